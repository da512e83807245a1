#!/usr/bin/env bash
# Word-by-word translation: the labelled source is translated by a dictionary that the vector space gives, persons stay, and a tagger is
# trained on the translation alone. Prints one line `TARGET NAME SEED F1`.
# Usage: pipelines/word-translation/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
mkdir -p "$work/dictionaries"
induce() {          # OUTPUT
  "$nerpipe" vectors dictionary -q -j "$jobs" "$table" --from "$source" --to "$target" -o "$1"
}
train_translated() { # OUTPUT DICTIONARY: all epochs, because the source's own dev set does not say when the translation is learnt
  "$nerpipe" train -q -j "$jobs" "$(labelled "$source" train)" --lang "$source" --types "$types" --vectors "$table" --seed "$seed" \
    --code-switch "$target=$2" --code-switch-rate 1 --code-switch-keep PER --code-switch-only -o "$1" >&2
}
dictionary=$work/dictionaries/$source-$target.induced.tsv
once "$dictionary" induce "$dictionary"
student=$work/students/$target-word-translation-$seed
once "$student/run.json" train_translated "$student" "$dictionary"
evaluate word-translation "$student"
