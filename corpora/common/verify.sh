#!/usr/bin/env bash
# Checks every file of a data folder against all manifests of corpora/ and prints a table.
#
#   verify.sh [--all] [DATA_FOLDER]      DATA_FOLDER defaults to $NERPIPE_DATA
#
# Exit status: 0 all listed files are there and right, 1 some are missing or unlisted, 65 some differ, else see manifest.py.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
options=()
if [[ ${1:-} == --all ]]; then
    options+=(--all)
    shift
fi
folder=${1:-${NERPIPE_DATA:-}}
if [[ -z $folder || $# -gt 1 || $folder == -* ]]; then
    echo "usage: verify.sh [--all] [DATA_FOLDER]   (or set NERPIPE_DATA)" >&2
    exit 64
fi
exec python3 "$here/manifest.py" verify ${options[@]+"${options[@]}"} "$folder"
