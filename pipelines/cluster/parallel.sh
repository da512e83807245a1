#!/usr/bin/env bash
# Does a job with GNU parallel, here or on several machines. Stopped or killed, the same command goes on.
# Usage: parallel.sh JOB [options of parallel: --jobs 8, --sshlogin 8/node1,8/node2 ...]
set -euo pipefail
here=$(realpath "$(dirname "$0")") job=$(realpath "$1")
shift
cd "$(dirname "$job")"
source "$job"
mkdir -p "$folder"
# The log has the units that were begun: of one that was passed over it says nothing, and parallel ends with 0 after SIGHUP.
seq "$units" | parallel --joblog "$folder/parallel.log" --resume-failed --retries 3 "$@" "$here/unit.sh" "$job" || true
exec "$here/status.sh" "$job"
