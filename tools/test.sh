#!/usr/bin/env bash
# Builds and passes all tests. Tests on real data run when NERPIPE_DATA names the folder that corpora/README.md describes.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
swift build --build-tests --explicit-target-dependency-import-check error
python3 -B -m unittest discover -q -s corpora/common
swift test --skip-build "$@"
# Every method once on the sample world, as people run them.
if [ $# -eq 0 ]; then
  swift build -c release --product nerpipe
  methods=$(mktemp -d)
  trap 'rm -rf "$methods"' EXIT
  .build/release/nerpipe study pipelines/results-sample.yaml --set "work=$methods" --set target=qab --set seed=1
  # Its counts tell what was seen in the labels of the source.
  grep -q '^Recall on entities' "$methods/results.md"
  # The tables of docs/results.md from its counts, to the byte, without a model.
  mkdir "$methods/kept" && tar -C "$methods/kept" -xf docs/results.counts.tar.zst
  .build/release/nerpipe study pipelines/results.yaml --tables --set "work=$methods/kept" \
    | diff - <(sed -n '/^Methods against their own controls/,/^## /p' docs/results.md | sed '/^## /,$d' | sed '$d')
  # 69: without a network its packages cannot be had; it says so.
  NERPIPE=$PWD/.build/release/nerpipe tools/python/test.sh || [ $? = 69 ]
fi
# Every command line of the README.
if [ $# -eq 0 ]; then python3 -B tools/readme.py; fi
# Kill -9 at chosen calls, damaged files, hostile text, in a size for every day; a filter means that one thing is looked at.
if [ $# -eq 0 ]; then
  python3 -B tools/torture/torture.py interruption pipes resources corruption hostile --kills 150 --rounds 4 --mutations 400
  python3 -B tools/torture/torture.py rounds --kills 30
fi
