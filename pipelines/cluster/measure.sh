#!/usr/bin/env bash
# What synchronous rounds cost in F1: the same text, the same number of tokens learnt from, in one process and in N units by rounds.
#   pipelines/cluster/measure.sh [--sample] [TARGET] [SEED]      prints TARGET NAME SEED F1, NAME being N-H-OUTER-MOMENTS-eEPOCHS-RATE
#   UNITS="2 4 8"  UPDATES="10 50 250 epoch": of a unit in a round  OUTERS="mean nesterov"  MOMENTS="keep reset"  EPOCHS=8  RATE=0.002
#   BEGUN=yes: all students begin with the weights of their teacher (begun-eEPOCHS-RATE)
# Besides them: `serial`, the student of one process; N-batch, one whose updates have N times the tokens, which takes as many steps one after
# the other as the units do; and N-apart, units that are trained alone and averaged once, in the end: what so many updates in a round that there
# is one round come to as well, so these have no row.
# shellcheck source=pipelines/lib.sh
. "$(dirname "$0")/../lib.sh"
epochs=${EPOCHS:-8} rate=${RATE:-0.002} batch=700
last=${BEGUN:+begun-}e$epochs-$rate   # of every name
mkdir -p "$work"/scored

score() { # FILE: small blocks, so that the text can be shared out evenly
  local files model
  mapfile -t files < <(unlabelled "$target")
  model=$(source_teacher "$seed")
  "$nerpipe" tokenize -q -j "$jobs" --lang "$target" --block-bytes 4096 "${files[@]}" \
    | "$nerpipe" embed -q -j "$jobs" --vectors "$table" | "$nerpipe" score -q -j "$jobs" --teacher "$model" -o "$1"
}
split() { # FOLDER N: units as a job has them
  local part number=0
  rm -rf "$1.new"
  mkdir -p "$1.new/scored"
  "$nerpipe" shard split "$scored" --blocks $(((blocks + $2 - 1) / $2)) -o "$1.new/part-"
  for part in "$1.new"/part-*; do
    ((number += 1))
    mv "$part" "$1.new/scored/$(printf '%05d-of-%05d.zst' "$number" "$2")"
  done
  [ "$number" = "$2" ] || fail "$scored has too few blocks for $2 units"
  mv "$1.new" "$1"
}
info() { "$nerpipe" shard info "$scored" | awk -v name="$1" '$1 == name { print $2 }'; }
serial() {   # NAME TOKENS: one process, with updates of so many tokens; its score
  local folder=$work/students/$target-$1-$last-$seed
  once "$folder/run.json" "$nerpipe" update -q -j "$jobs" "$scored" "${training[@]}" ${initial:+--initial "$initial"} --batch-tokens "$2" -o "$folder"
  evaluate "$1-$last" "$folder"
}
student() {   # ROUNDS NAME OUTER MOMENTS: of the units, and its score
  local rounds=$1 name=$count-$2-$last student=$students/$target-$count-$2-$last-$seed job last_round
  local update=("${training[@]}" --batch-tokens "$batch" --inner-moments "$4") merge=(--outer "$3")
  job=$student.job.sh
  declare -p nerpipe text units folder options rounds student initial update merge > "$job"
  last_round=$(pipelines/cluster/drive.sh "$job" processes "$jobs")
  evaluate "$name" "$last_round"
}
initial=
if [ -n "${BEGUN:-}" ]; then initial=$(source_teacher "$seed"); fi
# Of all jobs, whose names are relative to their own folder.
nerpipe=$(realpath "$(command -v "$nerpipe")") students=$(realpath "$work/students") initial=${initial:+$(realpath "$initial")}
text=() options=(-q -j 1) training=(--epochs "$epochs" --seed "$seed" --learning-rate "$rate" --vectors "$(realpath "$table")")

scored=$work/scored/$space-$target-$seed.zst
once "$scored" score "$scored"
blocks=$(info blocks) tokens=$(info tokens)
serial serial "$batch"
for count in ${UNITS:-2 4 8}; do
  units=$count folder=$(realpath "$work/scored")/$space-$target-$seed-of-$count
  once "$folder" split "$folder" "$count"
  serial "$count-batch" $((batch * count))
  each=$((tokens * epochs / batch / count))      # updates of a unit in all rounds
  student 1 apart mean reset
  for updates in ${UPDATES:-10 50 250 epoch}; do
    case $updates in epoch) rounds=$epochs ;; *) rounds=$(((each + updates - 1) / updates)) ;; esac
    [ "$rounds" -gt 1 ] || continue
    for outer in ${OUTERS:-mean nesterov}; do
      for moments in ${MOMENTS:-keep reset}; do student "$rounds" "$updates-$outer-$moments" "$outer" "$moments"; done
    done
  done
done
