#!/usr/bin/env bash
# A teacher that has seen English code-switched into the target too, with translations that the vectors themselves give; applied as it is, and a
# student that begins as it.
# Usage: pipelines/gain-switched/run.sh [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
dictionaries=$work/dictionaries translations=$dictionaries/$source-$target.tsv
mkdir -p "$dictionaries"
# Nobody's dictionary: nearest words by CSLS.
once "$translations" "$nerpipe" vectors dictionary -q -j "$jobs" "$table" --from "$source" --to "$target" --words 20000 -o "$translations"
model=$(switched_teacher "$seed")
evaluate direct-switched "$model"
student tsl-switched gain/pipeline.yaml "exclude.sentences=$(gold)" "score.teacher=$model" "update.initial=$model" update.learning-rate=0.0005
