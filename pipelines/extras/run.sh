#!/usr/bin/env bash
# Parts that go with any method, each alone on top of TSL. Usage: pipelines/extras/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
plain=$(teacher "$source" "$seed")
models=$(seed_teachers)
seeds=()
for model in $models; do seeds+=(--teacher "$model"); done
# Which tokens and sentences count
select=(--weigh-by confidence)
student tsl-confidence --teacher "$plain" --
select=(--weigh-by agreement)
student tsl-3seeds-agreement "${seeds[@]}" --
select=(--weigh-by reliability --model "$plain" --select-seed "$seed")
student tsl-reliability --teacher "$plain" --
text=$(embedded "$source")
select=(--keep 0.8 --by independence --model "$plain" --source "$text" --select-seed "$seed")
student tsl-independence --teacher "$plain" --
select=()
# AdvPicker: a teacher trained against a discriminator, and the sentences that are hard to tell
own=$(embedded "$target")
adversarial=$work/teachers/$space-$source-adversarial-$target-$seed
train_adversarial() { train "$adversarial" "$source" "$seed" --adversary "$own"; }
once "$adversarial/run.json" train_adversarial
evaluate direct-adversarial "$adversarial"
student tsl-adversarial --teacher "$adversarial" --
select=(--keep 0.8 --by independence --model "$adversarial" --source "$text" --select-seed "$seed")
student advpicker --teacher "$adversarial" --
select=()
# Weights to begin with, and their running mean
student tsl-from-teacher --teacher "$plain" -- --initial "$plain" --learning-rate 1e-3
student tsl-average --teacher "$plain" -- --average 0.999
averaged=$(teacher "$source" "$seed" --average 0.999)
student tsl-of-average --teacher "$averaged" --
# Gold sentences of the source among the target's
labels=$(labelled "$source" train)
mix=(--gold "$source=$labels" --share 0.25)
student tsl-gold --teacher "$plain" --
mix=()
# Embeddings of the target's own words in the student
words=$work/embedded/$space-$target-words.zst
embed_words() {
  local files
  mapfile -t files < <(unlabelled "$target")
  "$nerpipe" tokenize -q -j "$jobs" --lang "$target" "${files[@]}" | "$nerpipe" embed -q -j "$jobs" --vectors "$table" --features shape,lower -o "$words"
}
once "$words" embed_words
embedded() { echo "$words"; }
student tsl-words --teacher "$plain" -- --feature-buckets 8192
