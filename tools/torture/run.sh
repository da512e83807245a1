#!/usr/bin/env bash
# Tortures nerpipe: see README.md. Arguments go to torture.py, for instance: interruption --kills 300
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/setup.sh
for product in nerpipe sample-world; do swift build --product "$product" 2>&1 | tail -1 >&2; done
exec python3 -B tools/torture/torture.py "$@"
