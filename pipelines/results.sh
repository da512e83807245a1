#!/usr/bin/env bash
# The tables of docs/results.md: every method on every target with every seed, compared with direct transfer.
# Usage: NERPIPE_DATA=DIR pipelines/results.sh        real languages
#        pipelines/results.sh --sample                the sample world
#   METHODS="direct tsl-single ..."  TARGETS="es nl de ..."  SEEDS="1 2 3 4 5"  PROCESSES=2
#   NERPIPE, WORK, EUR, AFR, DICTIONARIES: see pipelines/lib.sh
# Interrupted, it continues: what is there is not made again, and a run whose scores are there (WORK/lines, WORK/scores) is not begun. A run
# that fails is named at the end (its messages: WORK/logs) and stops no other. Writes WORK/results.md and prints it.
set -euo pipefail
cd "$(dirname "$0")/.."
world=
if [ "${1:-}" = --sample ]; then world=--sample; fi
[ -n "$world" ] || : "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes, or call with --sample}"
export WORK=${WORK:-out/results${world:+-sample}} NERPIPE=${NERPIPE:-.build/release/nerpipe} JOBS=1 world
seeds=${SEEDS:-1 2 3 4 5}
targets=${TARGETS:-$([ -n "$world" ] && echo qab qac qad qae qaf || echo es nl de swa kin hau yor ibo luo wol bam mos zul)}
first="direct tsl-single source-control code-switch tsl-multi projection word-translation type-smoothing rikd mtmt unitrans"
others=$(cd pipelines && grep -l 'lib\.sh"$' ./*/run.sh | cut -d/ -f2 | grep -vxF "${first// /$'\n'}" || true)
# Needs PyTorch, and much processor time: only when an encoder is named.
[ -n "${ENCODER:-}" ] || others=$(grep -vxE 'transformer|best' <<< "$others")
methods=${METHODS:-$first $others}
mkdir -p "$WORK/lines" "$WORK/logs"

run() {      # METHOD TARGET SEED: never fails, so that the others go on
  local name=$1-$2-$3
  if [ -e "$WORK/lines/$name" ]; then return; fi
  if "pipelines/$1/run.sh" ${world:+"$world"} "$2" "$3" > "$WORK/logs/$name.lines" 2> "$WORK/logs/$name"; then
    mv "$WORK/logs/$name.lines" "$WORK/lines/$name"
    rm -f "$WORK/logs/$name"
  else
    rm -f "$WORK/logs/$name.lines"
  fi
}
export -f run
rm -f "$WORK"/logs/*
for seed in $seeds; do for method in $methods; do for target in $targets; do echo "$method $target $seed"; done; done; done \
  | xargs -P "${PROCESSES:-2}" -L 1 bash -c 'run "$@"' _

python3 -B pipelines/results_table.py --work "$WORK" --nerpipe "$NERPIPE" --methods $methods --targets $targets --seeds $seeds > "$WORK/results.md.new"
mv "$WORK/results.md.new" "$WORK/results.md"
cat "$WORK/results.md"
failed=$(ls "$WORK/logs")
[ -z "$failed" ] || { echo "failed, see $WORK/logs:" $failed >&2; exit 1; }
