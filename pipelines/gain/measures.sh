#!/usr/bin/env bash
# How far the words of each target are from English: measures.csv of the study, from the same text that students learn from. No label is read.
# Usage: NERPIPE_DATA=DIR EUR=wide.vectors AFR=afr.vectors pipelines/gain/measures.sh > pipelines/gain/measures.csv
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${NERPIPE_DATA:?the folder that corpora/README.md describes}" "${EUR:?}" "${AFR:?}"
nerpipe=${NERPIPE:-.build/release/nerpipe} ner=$NERPIPE_DATA/ner head=true
for target in es nl de da it pt fr bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul; do
  case $target in
    es | nl) corpus=conll2002 table=$EUR ;;
    de) corpus=conll2003 table=$EUR ;;
    da | it | pt | fr) corpus=transfer3 table=$EUR ;;
    *) corpus=masakhaner2 table=$AFR ;;
  esac
  options=() dictionary=${table%.vectors} dictionary=${dictionary%-e5}.dictionaries/en-$target.tsv
  [ ! -f "$dictionary" ] || options=(--dictionary "en-$target=$dictionary" --vectors "$table")
  # Equal amounts: the least of the targets, bbj, has 47,239 tokens.
  "$nerpipe" divergence -q --exact --csv --max-tokens 45000 "$ner/$corpus/$target/train.tsv.zst" --lang "$target" \
    --source "en=$ner/conll2003/en/train.tsv.zst" "${options[@]}" | if $head; then cat; else tail -n +2; fi
  head=false
done
