#!/usr/bin/env bash
# Type-smoothed targets, of one teacher, of three seeds, of a code-switched teacher.
# Usage: pipelines/type-smoothing/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
plain=$(teacher "$source" "$seed")
switched=$(switched_teacher "$seed")
models=$(seed_teachers)
seeds=()
for model in $models; do seeds+=(--teacher "$model"); done
student tsl-3seeds "${seeds[@]}" --
select=(--smooth 0.5)
student tsl-smoothed --teacher "$plain" --
student tsl-3seeds-smoothed "${seeds[@]}" --
student tsl-switched-smoothed --teacher "$switched" --
