#!/usr/bin/env bash
# Does a job: the scores of all units, and then, round after round, what they learn and their merge. Stopped or killed anywhere, the same command goes on.
#   drive.sh JOB processes [UNITS AT A TIME]
#   drive.sh JOB parallel|slurm|spark [options of parallel, sbatch, spark-submit ...]
# Prints how the units stand, and the folder of the student.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64; }
here=$(realpath "$(dirname "$0")") job=$(realpath "$1") engine=$here/$2.sh
[ -x "$engine" ] || { echo "${0##*/}: no engine '$2'; there are processes, parallel, slurm, spark" >&2; exit 64; }
shift 2
cd "$(dirname "$job")"
source "$job"

# Not what an engine says decides, but what lies there: records, deltas.
if [ ${#text[@]} -gt 0 ]; then
  "$engine" "$job" score "$@" || true
  "$nerpipe" status "$folder"/{tokens,embedded,scored}
  # Of units that are done an engine may begin none: a job that was changed since is refused here.
  "$here/step.sh" "$job" score 1
fi
for round in $(seq "$rounds"); do
  stands=$student/$(printf '%05d-of-%05d' "$round" "$rounds")
  if [ -f "$stands/run.json" ]; then
    # The last is merged again: what a merge that was killed had still to remove goes then.
    [ "$round" = "$rounds" ] || continue
    "$here/step.sh" "$job" "$round" 1
  else
    "$engine" "$job" "$round" "$@" || true
  fi
  "$nerpipe" merge --round "$round/$rounds" ${initial:+--initial "$initial"} "${merge[@]}" "${options[@]}" -o "$student"
done
[ "$rounds" = 0 ] || echo "$stands"
