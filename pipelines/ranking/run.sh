#!/usr/bin/env bash
# How well divergence ranks the sources of a target, on Masakhane's ranks of transfer: prints the table of README.md.
#
#     NERPIPE_DATA=DIR pipelines/ranking/run.sh      DIR/ranks: see corpora/ranks
#
#   NERPIPE=.build/release/nerpipe  WORK=out/ranking  PIECES=tokenizer.json (none: without sub-words)  JOBS=2
# Makes WORK/divergence.csv (42 runs, some minutes), WORK/uriel.tsv (69: without a network there is none, and the table has no place) and
# WORK/strength.tsv, for `nerpipe divergence --rank-sources --strength`.
set -euo pipefail
cd "$(dirname "$0")/../.."
nerpipe=${NERPIPE:-.build/release/nerpipe} work=${WORK:-out/ranking}
ranks=${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}/ranks
mkdir -p "$work"
languages=$(cd "$ranks/text" && for file in *.txt.zst; do echo "${file%.txt.zst}"; done)
if [ ! -e "$work/uriel.tsv" ]; then
  # shellcheck disable=SC2086
  tools/typology/run.sh $languages > "$work/uriel.tmp" && mv "$work/uriel.tmp" "$work/uriel.tsv" || rm -f "$work/uriel.tmp"
fi
mkdir -p "$work/pairs"
for target in $languages; do
  [ ! -e "$work/pairs/$target.csv" ] || continue
  sources=()
  for source in $languages; do [ "$source" = "$target" ] || sources+=(--source "$source=$ranks/text/$source.txt.zst"); done
  "$nerpipe" divergence -q --exact --running ${PIECES:+--pieces "$PIECES"} -j "${JOBS:-2}" "$ranks/text/$target.txt.zst" --lang "$target" \
    "${sources[@]}" --csv > "$work/pairs/$target.tmp"
  mv "$work/pairs/$target.tmp" "$work/pairs/$target.csv"
done
{ head -n 1 "$work/pairs/swa.csv"; for target in $languages; do tail -n +2 "$work/pairs/$target.csv"; done; } > "$work/divergence.csv"
typology=()
[ ! -e "$work/uriel.tsv" ] || typology=(--typology "$work/uriel.tsv")
python3 -B pipelines/ranking/study.py "$ranks/all_lang_ranks.csv" "$work/divergence.csv" ${typology[@]+"${typology[@]}"} \
  --strength "$work/strength.tsv"
