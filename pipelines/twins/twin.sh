#!/usr/bin/env bash
# Makes the twin of a language: its text, sentence pairs and labels with a share of the words re-spelled, vectors anew, and how far it is from the
# language and from the source.
# Usage: pipelines/twins/twin.sh FOLDER SOURCE LANGUAGE RATE all|names-kept
#   NERPIPE, TWIN_SEED=1
#   TEXT PARALLEL GOLD   files of the language; of PARALLEL column 2 is the language
#   SOURCE_TRAIN         labels of the source: its words
#   NAMES                labelled files: with `names-kept`, the words of their names are not re-spelled
#   VECTORS              options of `nerpipe vectors train`
#   EXCLUDE              files whose sentences are left out of the vectors' text, beside the gold's
# Makes FOLDER/{text-N,parallel,gold}, FOLDER/vectors, and FOLDER/measures.csv last. A file that is there is complete; nothing is made twice.
set -euo pipefail
folder=$1 source=$2 language=$3 rate=$4 names=$5
nerpipe=${NERPIPE:-.build/release/nerpipe}
mkdir -p "$folder"
keep=()
if [ "$names" = names-kept ]; then
  keep=(--names keep)
  for file in $NAMES; do keep+=(--labels "$file"); done
fi
respell() {     # INPUT OUTPUT [COLUMN]
  [ -e "$2" ] || "$nerpipe" respell -q "$1" "$2" --rate "$rate" --seed "${TWIN_SEED:-1}" ${3:+--column "$3"} ${keep[@]+"${keep[@]}"}
}
# One language, one cipher: everything that has its words.
number=0 texts=() originals=()
for file in $TEXT; do
  number=$((number + 1)) ending=${file#"${file%.*.zst}"}
  respell "$file" "$folder/text-$number$ending" $([ "$ending" = .txt.zst ] || echo 1)
  texts+=("$folder/text-$number$ending") originals+=(--source "original=$file")
done
pairs=()
number=0
for file in $PARALLEL; do
  number=$((number + 1))
  respell "$file" "$folder/parallel-$number.tsv.zst" 2
  pairs+=(--parallel "$source-$language=$folder/parallel-$number.tsv.zst")
done
gold=$folder/gold${GOLD#"${GOLD%.*.zst}"}
respell "$GOLD" "$gold" 1
exclude=(--exclude "$gold")
for file in ${EXCLUDE:-}; do exclude+=(--exclude "$file"); done
for file in "${texts[@]}"; do pairs+=(--text "$language=$file"); done
# shellcheck disable=SC2086
[ -e "$folder/vectors" ] || "$nerpipe" vectors train -q "${pairs[@]}" --text "$source=$SOURCE_TRAIN" "${exclude[@]}" --pivot "$source" \
  -o "$folder/vectors" ${VECTORS:-}
if [ ! -e "$folder/measures.csv" ]; then
  "$nerpipe" divergence -q --exact --running "${texts[@]}" --lang "$language" "${originals[@]}" --source "$source=$SOURCE_TRAIN" --csv > "$folder/measures.new"
  mv "$folder/measures.new" "$folder/measures.csv"
fi
