#!/usr/bin/env bash
# Measures the package beside the program: whole processes, the same model and text, one core, in turn; the best of several.
# Usage: tools/python/bench.sh MODEL TEXT [ROUNDS]     (after test.sh, whose environment it uses; NERPIPE as there)
set -euo pipefail
[ $# -ge 2 ] || { sed -n '3s/# //p' "$0" >&2; exit 64; }
program=${NERPIPE:-$(dirname "$0")/../../.build/release/nerpipe}
python=$(dirname "$0")/.venv/bin/python
[ -x "$python" ] || { echo "bench.sh: run tools/python/test.sh first" >&2; exit 66; }
core=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
export OPENBLAS_NUM_THREADS=1 TIMEFORMAT=%U
seconds() { { time taskset -c "$core" "$@" > /dev/null 2>&1; } 2>&1; }      # of its processor
least() { sort -g | head -1; }
tokens=$("$program" tag -q --model "$1" "$2" | grep -c .)
for _ in $(seq "${3:-5}"); do
  seconds "$program" tag -q --jobs 1 --model "$1" "$2" >> "${TMPDIR:-/tmp}/bench.$$.program"
  seconds "$python" -m nerpipe tag "$1" "$2" >> "${TMPDIR:-/tmp}/bench.$$.python"
done
awk -v n="$tokens" -v a="$(least < "${TMPDIR:-/tmp}/bench.$$.program")" -v b="$(least < "${TMPDIR:-/tmp}/bench.$$.python")" 'BEGIN {
  printf "%d tokens, one core, seconds of the processor with loading and writing\n", n
  printf "program   %6.2f s  %9.0f tokens/s\npackage   %6.2f s  %9.0f tokens/s\nratio     %6.1f\n", a, n / a, b, n / b, b / a }'
rm -f "${TMPDIR:-/tmp}/bench.$$.program" "${TMPDIR:-/tmp}/bench.$$.python"
