#!/usr/bin/env bash
# What synchronous rounds cost in F1: the same text, the same number of tokens learnt from, in one process and in N units by rounds.
#   pipelines/cluster/measure.sh [--sample] [TARGET] [SEED]      prints TARGET NAME SEED F1, NAME being N-H-OUTER-MOMENTS-eEPOCHS-RATE
#   UNITS="2 4 8"  UPDATES="10 50 250 epoch": of a unit in a round  OUTERS="mean nesterov"  MOMENTS="keep reset"  EPOCHS=8  RATE=0.002
# Besides them: `serial`, the student of one process; N-batch, one whose updates have N times the tokens, which takes as many steps one after
# the other as the units do; and N-apart, units that are trained alone and averaged once, in the end.
# shellcheck source=pipelines/lib.sh
. "$(dirname "$0")/../lib.sh"
epochs=${EPOCHS:-8} rate=${RATE:-0.002} batch=700
last=e$epochs-$rate   # of every name
mkdir -p "$work"/scored

score() { # FILE: small blocks, so that the text can be shared out evenly
  local files model
  mapfile -t files < <(unlabelled "$target")
  model=$(source_teacher "$seed")
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
serial() {   # NAME TOKENS: one process, with updates of so many tokens; its score
  local folder=$work/students/$target-$1-$last-$seed
  once "$folder/run.json" "$nerpipe" update -q -j "$jobs" "$scored" "${options[@]}" --batch-tokens "$2" -o "$folder"
  evaluate "$1-$last" "$folder"
}
options=(--epochs "$epochs" --seed "$seed" --learning-rate "$rate")

scored=$work/scored/$space-$target-$seed.zst
once "$scored" score "$scored"
blocks=$(info blocks) tokens=$(info tokens)
serial serial "$batch"
for count in ${UNITS:-2 4 8}; do
  folder=$work/scored/$space-$target-$seed-of-$count
  once "$folder" split "$folder" "$count"
  units=("$folder"/*)
  serial "$count-batch" $((batch * count))
  each=$((tokens * epochs / batch / count))      # updates of a unit in all rounds
  for updates in apart ${UPDATES:-10 50 250 epoch}; do
    case $updates in apart) rounds=1 ;; epoch) rounds=$epochs ;; *) rounds=$(((each + updates - 1) / updates)) ;; esac
    for outer in ${OUTERS:-mean nesterov}; do
      for moments in ${MOMENTS:-keep reset}; do
        [ "$updates" != apart ] || [ "$outer-$moments" = mean-keep ] || continue   # one merge: nothing to keep
        name=$count-$updates-$outer-$moments-$last
        [ "$updates" != apart ] || name=$count-apart-$last
        student=$(NERPIPE=$nerpipe JOBS=$jobs OUTER="--outer $outer" pipelines/cluster/rounds.sh \
          "$work/students/$target-$name-$seed" "$rounds" "${units[@]}" -- "${options[@]}" --batch-tokens "$batch" --inner-moments "$moments")
        evaluate "$name" "$student"
      done
    done
  done
done
