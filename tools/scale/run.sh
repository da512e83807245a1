#!/usr/bin/env bash
# Sends generated text through all four stages and writes down the peak memory: it must not depend on the amount of text.
# Usage: tools/scale/run.sh [SIZE ...]     (default: 200M 2G; a long soak, not a part of the tests)
#
# The student learns while the stream flows (--epochs 1). The network is a small one (WIDTH, default 16, one convolution) so that gigabytes pass in
# minutes; stages, streams and the shuffle are those of every run. The pipe variant prints the peak of each process.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product nerpipe 2>&1 | tail -1 >&2
swift build -c release --product sample-world 2>&1 | tail -1 >&2
bin=.build/release sample=corpora/sample work=out/scale width=${WIDTH:-16}
mkdir -p "$work"
[ -f "$work/sample.vectors" ] || "$bin/nerpipe" vectors import qaa="$sample/vectors/qaa.vec.zst" qac="$sample/vectors/qac.vec.zst" -o "$work/sample.vectors" --quiet
"$bin/nerpipe" train "$sample/qaa/train.conll.zst" --lang qaa --vectors "$work/sample.vectors" --width "$width" --convolutions 1 --epochs 2 \
  -o "$work/teacher" --quiet
peak() { sed -n 's/.*"peakResidentBytes":\([0-9]*\).*/\1/p' "$1" | tail -1; }

printf '%8s %14s %10s %12s %12s %12s %12s\n' text tokens "tokens/s" tokenize embed score update
for size in "${@:-200M 2G}"; do for size in $size; do
  rm -rf "$work/student-$size" "$work"/*-"$size".jsonl
  begin=$(date +%s.%N)
  "$bin/sample-world" --stream qac --bytes "$size" \
    | "$bin/nerpipe" tokenize --lang qac --quiet --metrics "$work/tokenize-$size.jsonl" \
    | "$bin/nerpipe" embed --vectors "$work/sample.vectors" --quiet --metrics "$work/embed-$size.jsonl" \
    | "$bin/nerpipe" score --teacher "$work/teacher" --quiet --metrics "$work/score-$size.jsonl" \
    | "$bin/nerpipe" update --epochs 1 --width "$width" --convolutions 1 --batch-tokens 4096 -o "$work/student-$size" --quiet --metrics "$work/update-$size.jsonl"
  seconds=$(echo "$(date +%s.%N) $begin" | awk '{ print $1 - $2 }')
  tokens=$(sed -n 's/.*"tokens" *: *\([0-9]*\).*/\1/p' "$work/student-$size/run.json")
  line=$(printf '%8s %14d %10d' "$size" "$tokens" "$(awk -v n="$tokens" -v s="$seconds" 'BEGIN { printf "%d", n / s }')")
  for stage in tokenize embed score update; do
    line="$line $(awk -v b="$(peak "$work/$stage-$size.jsonl")" 'BEGIN { printf "%8.1f MiB", b / 1048576 }')"
  done
  echo "$line"
done; done
