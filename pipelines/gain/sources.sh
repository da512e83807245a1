#!/usr/bin/env bash
# How far the words of each target are from those of each set of sources: sources.csv of sources.yaml. No label is read.
# Usage: NERPIPE_DATA=DIR pipelines/gain/sources.sh > pipelines/gain/sources.csv
# Equal amounts: 24,000 tokens of the target (the least, amh, has 25,819), and of a set, in equal shares of its languages.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${WORK:-out/gain-sources} amount=24000
targets="es nl de da sv no it pt fr fi lv id uk ar fa amh bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul"
sets="en en+es+nl+de en+swa+hau+yor+luo+wol xho+sna uk"
mkdir -p "$work/measured"
text() {        # LANGUAGE
  # A subshell, since lib.sh sets variables of one target.
  (set -- "$1"; TABLE=none WORK=$work; export TABLE WORK; source pipelines/lib.sh; all_unlabelled "$target")
}
shares=()
for set in $sets; do
  languages=${set//+/ }
  number=$(wc -w <<< "$languages")
  for language in $languages; do
    # Whole sentences, as many as the share has room for.
    zstd -dc "$(text "$language")" | awk -v most=$((amount / number)) -v RS= -v ORS='\n\n' -F '\n' '(tokens += NF) <= most' > "$work/measured/$set-$language.tsv"
    shares+=(--source "$set=$work/measured/$set-$language.tsv")
  done
done
head=true
for target in $targets; do
  "${NERPIPE:-.build/release/nerpipe}" divergence -q --exact --running --csv --max-tokens $amount "$(text "$target")" --lang "$target" "${shares[@]}" \
    | if $head; then cat; else tail -n +2; fi
  head=false
done
