#!/usr/bin/env bash
# Three rounds of teacher and student: the sentences of each update chosen by a policy (rikd), by chance at the policy's rate, by the
# teacher's entropy at that rate, or all of them (rounds). Usage: pipelines/rikd/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
rounds=3
first=$(teacher "$source" "$seed")
students() {    # NAME OPTION of update ...: a student of the teacher, a student of that student, ...
  local name=$1 round teacher=$first
  shift
  for ((round = 1; round < rounds; round++)); do
    student "$name-round$round" --teacher "$teacher" -- "$@"
    teacher=$work/students/$target-$name-round$round-$seed
  done
  student "$name" --teacher "$teacher" -- "$@"
}
kept() {        # NAME: the share of sentences that its policy kept, over all rounds and epochs
  local round models=("$work/students/$target-$1-$seed/run.json")
  for ((round = 1; round < rounds; round++)); do models+=("$work/students/$target-$1-round$round-$seed/run.json"); done
  sed -n 's/.*"keptShare" *: *\([0-9.]*\).*/\1/p' "${models[@]}" | awk '{ sum += $1 } END { printf "%.3f", sum / NR }'
}
students rounds
students rikd --selector policy --selector-dev "$source=$(labelled "$source" dev)"
rate=$(kept rikd)
students rikd-random --selector random --selector-rate "$rate"
select=(--keep "$rate" --by entropy)
students rikd-entropy
