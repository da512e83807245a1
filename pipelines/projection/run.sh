#!/usr/bin/env bash
# Label projection: the source side of parallel text is tagged by a teacher, the labels are carried over word links, and a tagger of the
# target is trained on them. Prints one line `TARGET NAME SEED F1`; what became of the pairs is in WORK/projected/TARGET-SEED.txt.
# Usage: pipelines/projection/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
mkdir -p "$work/projected"
if $is_sample; then pairs=corpora/sample/$target/parallel.tsv.zst; else pairs=$NERPIPE_DATA/parallel/$source-$target; fi
[ -e "$pairs" ] || fail "$pairs is not there: no parallel text of $source and $target"
project() {         # OUTPUT TEACHER
  "$nerpipe" project -q -j "$jobs" --model "$2" --source "$source" --target "$target" --seed "$seed" "$pairs" -o "$1" \
    > "${1%.conll}.txt"
}
train_projected() { # OUTPUT COLUMNS: all epochs, as no label of the target may choose one
  "$nerpipe" train -q -j "$jobs" "$2" --lang "$target" --types "$types" --vectors "$table" --seed "$seed" -o "$1" >&2
}
model=$(teacher "$source" "$seed")
columns=$work/projected/$target-$seed.conll
once "$columns" project "$columns" "$model"
student=$work/students/$target-projection-$seed
once "$student/run.json" train_projected "$student" "$columns"
evaluate projection "$student"
