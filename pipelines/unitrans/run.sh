#!/usr/bin/env bash
# UniTrans: soft labels of a teacher fine-tuned on translated data, and hard labels where three teachers agree.
# Usage: pipelines/unitrans/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
plain=$(teacher "$source" "$seed")
translations=$(dictionary)
translated=$work/teachers/$space-$source-translated-$target-$seed tuned=$work/teachers/$space-$source-tuned-$target-$seed
translate() {   # OUTPUT [OPTION ...]: trains on the source with its words translated, persons apart
  local labels
  labels=$(labelled "$source" train)
  "$nerpipe" train -q "$source=$labels" --lang "$source" --types "$types" --vectors "$table" --seed "$seed" -j "$jobs" \
    --code-switch "$target=$translations" --code-switch-rate 1 --code-switch-only --code-switch-keep PER "${@:2}" -o "$1" >&2
}
once "$translated/run.json" translate "$translated"
once "$tuned/run.json" translate "$tuned" --initial "$plain" --epochs 3
evaluate unitrans-teacher "$tuned"
student tsl-unitrans-teacher tsl-single/pipeline.yaml "score.teacher=$tuned"
student unitrans
