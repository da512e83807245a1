#!/usr/bin/env bash
# Builds and passes all tests. Tests on real data run when NERPIPE_DATA names the folder that corpora/README.md describes.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
swift build --build-tests --explicit-target-dependency-import-check error
python3 -B -m unittest discover -q -s corpora/common
exec swift test --skip-build "$@"
