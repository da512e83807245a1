#!/usr/bin/env bash
# From a fresh clone to a result: installs what is missing, builds, and distils taggers for every language of the sample world.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
echo "building (the first time takes some minutes) ..." >&2
swift build -c release --product nerpipe --explicit-target-dependency-import-check error
pipelines/smoke/run.sh "$@"
