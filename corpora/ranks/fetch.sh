#!/usr/bin/env bash
# Fetches Masakhane's table of ranks and its texts without their labels: fetch.sh [OUTPUT_FOLDER]   (default: $NERPIPE_DATA)
#
#   NERPIPE_FETCH_BASE   a mirror: https://HOST/PATH is looked up as $NERPIPE_FETCH_BASE/HOST/PATH
#
# Exit status: 0 done, 69 something could not be fetched. Read the licences in README.md first.
set -euo pipefail
folder=${1:-${NERPIPE_DATA:?set NERPIPE_DATA, or name a folder}}/ranks
base=https://raw.githubusercontent.com/masakhane-io/masakhane-ner/main/MasakhaNER2.0
if [ -n "${NERPIPE_FETCH_BASE:-}" ]; then base=${NERPIPE_FETCH_BASE%/}/${base#https://}; fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/text"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
get() { curl --fail --silent --show-error --location --retry 3 "$1" -o "$2" || { echo "fetch.sh: $1 could not be fetched" >&2; failed=69; return 1; }; }

if [ ! -e "$folder/all_lang_ranks.csv" ] && get "$base/ranking_languages/ranking_data/all_lang_ranks.csv" "$scratch/ranks"; then
  mv "$scratch/ranks" "$folder/all_lang_ranks.csv"
fi
while IFS=$'\t' read -r code name split sentences tokens; do
  file=$folder/text/$code.txt.zst
  [ ! -e "$file" ] || continue
  get "$base/transfer_corpus/$name/$split.txt" "$scratch/labelled" || continue
  # Tokens of a sentence on a line, until there are 25,000.
  awk -v limit=25000 '
    function finish() { if (n > 0) { print line; total += n; if (total >= limit) exit } line = ""; n = 0 }
    NF == 0 || $1 == "-DOCSTART-" { finish(); next }
    { line = n++ ? line " " $1 : $1 }
    END { if (total < limit) finish() }' "$scratch/labelled" > "$scratch/text"
  found="$(wc -l < "$scratch/text") sentences, $(wc -w < "$scratch/text") tokens"
  [ "$found" = "$sentences sentences, $tokens tokens" ] \
    || echo "fetch.sh: $code: $found, expected $sentences sentences, $tokens tokens" >&2
  zstd -q -19 "$scratch/text" -o "$file.tmp" && mv "$file.tmp" "$file"
done < "$here/manifest.tsv"
exit "$failed"
