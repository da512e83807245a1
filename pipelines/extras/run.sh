#!/usr/bin/env bash
# Parts that go with any method, each alone on top of TSL. Usage: pipelines/extras/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
plain=$(teacher "$source" "$seed")
switched=$(switched_teacher "$seed")
seeds=()
for other in "$seed" $((seed + 100)) $((seed + 200)); do
  model=$(teacher "$source" "$other")
  seeds+=(--teacher "$model")
done
variant() {     # NAME "OPTIONS of select" [OPTION of score ... --] [OPTION of update ...]
  read -ra select <<< "$2"
  student "$1" "${@:3}"
  select=()
}
# Targets and weights
variant tsl-smoothed "--smooth 0.5" --teacher "$plain" --
variant tsl-confidence "--weigh-by confidence" --teacher "$plain" --
variant tsl-reliability "--weigh-by reliability --model $plain --select-seed $seed" --teacher "$plain" --
variant tsl-independence "--keep 0.8 --by independence --model $plain --source $(embedded "$source") --select-seed $seed" --teacher "$plain" --
# Teachers of several seeds
variant tsl-3seeds "" "${seeds[@]}" --
variant tsl-3seeds-agreement "--weigh-by agreement" "${seeds[@]}" --
variant tsl-3seeds-smoothed "--smooth 0.5" "${seeds[@]}" --
# Weights to begin with, and their running mean
variant tsl-from-teacher "" --teacher "$plain" -- --initial "$plain" --learning-rate 1e-3
variant tsl-average "" --teacher "$plain" -- --average 0.999
averaged=$(teacher "$source" "$seed" --average 0.999)
variant tsl-of-average "" --teacher "$averaged" --
# Gold sentences of the source among the target's
mix=(--gold "$source=$(labelled "$source" train)" --share 0.25)
variant tsl-gold25 "" --teacher "$plain" --
mix=()
# UniTrans: a teacher on translated data, one on both, and what all three agree on
fine_tuned=$work/teachers/$space-$source-unitrans-$target-$seed translated=$work/teachers/$space-$source-translated-$target-$seed
translations=$(dictionary)
translate() {   # OUTPUT OPTION ...: trains on the source with its words translated
  "$nerpipe" train -q "$source=$(labelled "$source" train)" --lang "$source" --types "$types" --vectors "$table" --seed "$seed" -j "$jobs" \
    --code-switch "$target=$translations" --code-switch-rate 1 --code-switch-only --code-switch-keep PER "${@:2}" -o "$1" >&2
}
once "$translated/run.json" translate "$translated"
once "$fine_tuned/run.json" translate "$fine_tuned" --initial "$plain" --epochs 2
evaluate unitrans-teacher "$fine_tuned"
variant unitrans "" --teacher "$fine_tuned" --teacher "$plain" --teacher "$translated" --weight 1 --weight 0 --weight 0 -- --objective hard-soft
# Word embeddings of the target's own in the student
word_student() {
  local stream=$work/embedded/$space-$target-words.zst output=$work/students/$target-tsl-words-$seed files
  mapfile -t files < <(unlabelled "$target")
  once "$stream" words_embedded "$stream" "${files[@]}"
  once "$output/run.json" distil "$output" "$stream" 2 --teacher "$plain"
  evaluate tsl-words "$output"
}
words_embedded() { "$nerpipe" tokenize -q -j "$jobs" --lang "$target" "${@:2}" | "$nerpipe" embed -q -j "$jobs" --vectors "$table" --features shape,lower -o "$1"; }
word_student
# All that helps together, on the better teacher
variant tsl-switched-smoothed "--smooth 0.5" --teacher "$switched" --
