#!/usr/bin/env bash
# Does a step of all units with the processes of this machine; those that fail are begun again twice.
# Usage: processes.sh JOB STEP [UNITS AT A TIME]
set -euo pipefail
here=$(realpath "$(dirname "$0")")
source "$1"
# Units that are done are left as they are, so all are begun again.
for _ in 1 2 3; do
  if seq "$units" | xargs -P "${3:-$(nproc)}" -n 1 "$here/step.sh" "$1" "$2"; then exit; fi
done
exit 1
