#!/usr/bin/env bash
# How far the words of each target are from English: measures.csv of the study, from the same text that students learn from. No label is read.
# Usage: NERPIPE_DATA=DIR EUR=wide.vectors AFR=afr.vectors pipelines/gain/measures.sh > pipelines/gain/measures.csv
set -euo pipefail
export WORK=${WORK:-out/gain}
here=$(dirname "$0")
head=true
for target in es nl de da it pt fr bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul; do
  # Equal amounts: the least of the targets, bbj, has 47,239 tokens.
  (
    set -- "$target"
    source "$here/../lib.sh"
    options=() file=$dictionaries/$source-$target.tsv
    [ ! -f "$file" ] || options=(--dictionary "$source-$target=$file" --vectors "$table")
    "$nerpipe" divergence -q --exact --csv --max-tokens 45000 "$(unlabelled "$target")" --lang "$target" \
      --source "$source=$(unlabelled "$source")" "${options[@]}"
  ) | if $head; then cat; else tail -n +2; fi
  head=false
done
