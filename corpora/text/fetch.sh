#!/usr/bin/env bash
# Fetches the unlabelled text into a data folder: fetch.sh [--unfiltered] [--only NAME[/SOURCE]]... [OUTPUT_FOLDER]
# Sources, digests and forms are in manifest.json; README.md tells the licences and what cannot be fetched.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../common/fetch_lib.sh
source "$here/../common/fetch_lib.sh"
# shellcheck source=../common/fetch_lines.sh
source "$here/../common/fetch_lines.sh"
fetch_lines_main "$here/manifest.json" "$@"
