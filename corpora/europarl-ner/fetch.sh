#!/usr/bin/env bash
# Fetches europarl-ner into a data folder: fetch.sh [--held-out] [--only LANGUAGE[/SPLIT]]... [OUTPUT_FOLDER]
# Sources, digests and conversions are in manifest.json; README.md tells the licence and what is known to be wrong.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../common/fetch_lib.sh
source "$here/../common/fetch_lib.sh"
fetch_main "$here/manifest.json" "$@"
