#!/usr/bin/env bash
# Measures what a job costs as its parts grow, and prints the tables of docs/scaling.md. Arguments go to scaling.py; `--large` takes an hour.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/setup.sh
folder="${BENCH_FOLDER:-${TMPDIR:-/tmp}/nerpipe-bench}"
mkdir -p "$folder"
for product in nerpipe bench sample-world; do swift build -c release --product "$product" 2>&1 | tail -1 >&2; done
exec python3 -B tools/bench/scaling.py --folder "$folder" "$@"
