#!/usr/bin/env bash
# What synchronous rounds cost in F1: the same text, the same number of tokens learnt from, in one process and in N units by rounds.
#   pipelines/cluster/measure.sh [--sample] [TARGET] [SEED]      prints TARGET NAME SEED F1, NAME being N-H-OUTER-MOMENTS
#   UNITS="2 4 8"  UPDATES="10 50 250 epoch": of a unit in a round  OUTERS="mean nesterov"  MOMENTS="keep reset"
# Besides them: `serial`, the student of one process, and N-apart, units that are trained alone and averaged once, in the end.
# shellcheck source=pipelines/lib.sh
. "$(dirname "$0")/../lib.sh"
epochs=8 batch=700
mkdir -p "$work"/scored

score() { # FILE: small blocks, so that the text can be shared out evenly
  local files model
  mapfile -t files < <(unlabelled "$target")
  model=$(teacher "$source" "$seed")
  "$nerpipe" tokenize -q -j "$jobs" --lang "$target" --block-bytes 4096 "${files[@]}" \
    | "$nerpipe" embed -q -j "$jobs" --vectors "$table" | "$nerpipe" score -q -j "$jobs" --teacher "$model" -o "$1"
}
split() { # FOLDER N
  rm -rf "$1.new"
  mkdir "$1.new"
  "$nerpipe" shard split "$scored" --blocks $(((blocks + $2 - 1) / $2)) -o "$1.new/part-"
  mv "$1.new" "$1"
}
info() { "$nerpipe" shard info "$scored" | awk -v name="$1" '$1 == name { print $2 }'; }
options=(--epochs "$epochs" --batch-tokens "$batch" --seed "$seed")

scored=$work/scored/$space-$target-$seed.zst
once "$scored" score "$scored"
blocks=$(info blocks) tokens=$(info tokens)
serial=$work/students/$target-serial-$seed
once "$serial/run.json" "$nerpipe" update -q -j "$jobs" "$scored" "${options[@]}" -o "$serial"
evaluate serial "$serial"
for count in ${UNITS:-2 4 8}; do
  folder=$work/scored/$space-$target-$seed-of-$count
  once "$folder" split "$folder" "$count"
  units=("$folder"/*)
  each=$((tokens * epochs / batch / count))      # updates of a unit in all rounds
  for updates in apart ${UPDATES:-10 50 250 epoch}; do
    case $updates in apart) rounds=1 ;; epoch) rounds=$epochs ;; *) rounds=$(((each + updates - 1) / updates)) ;; esac
    for outer in ${OUTERS:-mean nesterov}; do
      for moments in ${MOMENTS:-keep reset}; do
        [ "$updates" != apart ] || [ "$outer-$moments" = mean-keep ] || continue
        name=$count-$updates-$outer-$moments
        [ "$updates" != apart ] || name=$count-apart
        student=$(NERPIPE=$nerpipe JOBS=$jobs OUTER="--outer $outer" pipelines/cluster/rounds.sh \
          "$work/students/$target-$name-$seed" "$rounds" "${units[@]}" -- "${options[@]}" --inner-moments "$moments")
        evaluate "$name" "$student"
      done
    done
  done
done
