#!/usr/bin/env bash
# The student of ../gain that begins with the weights of its teacher and learns slowly, where little text is not enough to begin from nothing.
# Usage: SOURCES=en pipelines/gain-begun/run.sh [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
model=$(source_teacher "$seed")
student tsl-begun gain/pipeline.yaml "exclude.sentences=$(gold)" "score.teacher=$model" "update.initial=$model" update.learning-rate=0.0005
