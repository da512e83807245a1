#!/usr/bin/env bash
# The student of ../gain-begun in three rounds: each student is the teacher of the next one.
# Usage: SOURCES=en pipelines/gain-rounds/run.sh [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
model=$(source_teacher "$seed")
student tsl-rounds gain/pipeline.yaml rounds=3 "exclude.sentences=$(gold)" "score.teacher=$model" "update.initial=$model" update.learning-rate=0.0005
