#!/usr/bin/env bash
# Type-smoothed targets, of one teacher, of three seeds, of a code-switched teacher.
# Usage: pipelines/type-smoothing/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
plain=$(teacher "$source" "$seed")
switched=$(switched_teacher "$seed")
seeds=()
for other in "$seed" $((seed + 100)) $((seed + 200)); do
  model=$(teacher "$source" "$other")
  seeds+=(--teacher "$model")
done
student tsl-3seeds "${seeds[@]}" --
select=(--smooth 0.5)
student tsl-smoothed --teacher "$plain" --
student tsl-3seeds-smoothed "${seeds[@]}" --
student tsl-switched-smoothed --teacher "$switched" --
