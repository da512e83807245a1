#!/usr/bin/env bash
# Direct transfer from English and a student of it, for the study of what the gain goes with (study.yaml).
# Usage: pipelines/gain/run.sh [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
model=$(teacher "$source" "$seed")
evaluate direct "$model"
student tsl "exclude.sentences=$(gold)" "score.teacher=$model"
