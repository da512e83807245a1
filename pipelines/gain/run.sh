#!/usr/bin/env bash
# Direct transfer from English, or from the labels of SOURCES, and a student of it, for the studies of what the gain goes with (study.yaml, sources.yaml).
# Usage: pipelines/gain/run.sh [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
model=$(source_teacher "$seed")
evaluate direct "$model"
student tsl "exclude.sentences=$(gold)" "score.teacher=$model"
