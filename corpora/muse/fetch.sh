#!/usr/bin/env bash
# Fetches the MUSE dictionaries into a data folder: fetch.sh [--only LANGUAGE]... [OUTPUT_FOLDER]
# The addresses are in manifest.json; README.md tells the licence.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../common/fetch_lib.sh
source "$here/../common/fetch_lib.sh"
# shellcheck source=../common/fetch_files.sh
source "$here/../common/fetch_files.sh"
fetch_files_main "$here/manifest.json" "$@"
