#!/usr/bin/env bash
# Fetches aligned fastText vectors into a data folder, and makes one table of all that are there:
# fetch.sh [--only LANGUAGE]... [OUTPUT_FOLDER]
# The addresses are in manifest.json; README.md tells the licence and the sizes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../common/fetch_lib.sh
source "$here/../common/fetch_lib.sh"
# shellcheck source=../common/fetch_files.sh
source "$here/../common/fetch_files.sh"
fetch_files_main "$here/manifest.json" "$@"

sources=()
for file in "$fetch_output"/vectors/fasttext-aligned/*.vec.zst; do
    language=${file##*/}
    sources+=("${language%.vec.zst}=$file")
done
table="$fetch_output/vectors/fasttext-aligned.vectors"
if ! command -v nerpipe >/dev/null; then
    fetch_say "nerpipe is not on the PATH; make the table with: nerpipe vectors import ${sources[*]} -o $table"
    exit 0
fi
exec nerpipe vectors import "${sources[@]}" -o "$table"
