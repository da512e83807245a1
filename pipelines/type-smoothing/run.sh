#!/usr/bin/env bash
# Type-smoothed targets, of one teacher, of three seeds, of a code-switched teacher.
# Usage: pipelines/type-smoothing/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "$0")/../lib.sh"
switched=$(switched_teacher "$seed")
seeds=$(seed_teachers | sed 's/^/score.teacher=/')
# shellcheck disable=SC2086
student tsl-3seeds tsl-single/pipeline.yaml $seeds
student tsl-smoothed
# shellcheck disable=SC2086
student tsl-3seeds-smoothed $seeds
student tsl-switched-smoothed "score.teacher=$switched"
