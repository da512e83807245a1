#!/usr/bin/env bash
# MTMT: a recognizer and a similarity evaluator teach one student. Usage: pipelines/mtmt/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
recognizer=$(teacher "$source" "$seed")
evaluator=$work/teachers/$space-$source-similarity-$seed
train_evaluator() {
  "$nerpipe" train -q "$source=$(labelled "$source" train)" --lang "$source" --types "$types" --vectors "$table" --seed "$seed" -j "$jobs" \
    --task similarity -o "$evaluator" >&2
}
once "$evaluator/run.json" train_evaluator
student mtmt --teacher "$recognizer" -- --objective pairs --evaluator "$evaluator"
# Without the second task: the same pairs, the same weights of the words.
student mtmt-no-similarity --teacher "$recognizer" -- --objective pairs --evaluator "$evaluator" --similarity-weight 0
