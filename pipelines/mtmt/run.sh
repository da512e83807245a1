#!/usr/bin/env bash
# MTMT: a recognizer and a similarity evaluator teach one student. Usage: pipelines/mtmt/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "$0")/../lib.sh"
teacher "$source" "$seed" > /dev/null
evaluator=$teacher_folder/$space-$source-similarity-$seed
train_evaluator() {
  "$nerpipe" train -q "$source=$(labelled "$source" train)" --lang "$source" --types "$types" --vectors "$table" --seed "$seed" -j "$jobs" \
    --task similarity -o "$evaluator" >&2
}
once "$evaluator/run.json" train_evaluator
student mtmt
# Without the second task: the same pairs, the same weights of the words.
student mtmt-no-similarity update.similarity-weight=0
