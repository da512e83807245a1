#!/usr/bin/env bash
# A student by synchronous rounds, with the processes of this machine: all units of a round, their merge, the next round (docs/cluster.md).
#   pipelines/cluster/rounds.sh FOLDER ROUNDS UNIT.zst ... -- [OPTION of update ...]
# Interrupted or killed anywhere, the same command goes on, and ends with the same bytes. Prints the folder of the student.
#   NERPIPE=.build/release/nerpipe
#   JOBS=2      units at a time
#   THREADS=1   computing threads of each
#   RETRIES=2   how often the units of a round that failed are begun again
#   OUTER=""    options of merge: "--outer nesterov"
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 64; }
nerpipe=${NERPIPE:-.build/release/nerpipe} jobs=${JOBS:-2} threads=${THREADS:-1} retries=${RETRIES:-2}
folder=$1 rounds=$2 units=()
shift 2
while [ $# -gt 0 ] && [ "$1" != -- ]; do units+=("$1"); shift; done
[ $# -eq 0 ] || shift

list() {   # the units with their numbers, as `update` takes them
  local index
  for index in "${!units[@]}"; do printf '%s\0%s\0' "$((index + 1))/${#units[@]}" "${units[index]}"; done
}
for round in $(seq "$rounds"); do
  name=$(printf '%s/%05d-of-%05d' "$folder" "$round" "$rounds")
  # The last is merged again: what a merge that was killed had still to remove goes then.
  [ ! -f "$name/run.json" ] || [ "$round" = "$rounds" ] || continue
  # Units that are done are left as they are, so all are begun again.
  for attempt in $(seq 0 "$retries"); do
    if list | xargs -0 -n 2 -P "$jobs" "$nerpipe" update -q -j "$threads" "$@" --round "$round/$rounds" -o "$folder" --unit; then break; fi
    [ "$attempt" -lt "$retries" ] || { echo "${0##*/}: round $round: units failed; the same command goes on" >&2; exit 74; }
  done
  # shellcheck disable=SC2086
  "$nerpipe" merge -q ${OUTER:-} --round "$round/$rounds" -o "$folder"
done
echo "$name"
