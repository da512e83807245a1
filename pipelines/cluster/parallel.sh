#!/usr/bin/env bash
# Does a step of all units with GNU parallel, here or on several machines.
# Usage: parallel.sh JOB STEP [options of parallel: --jobs 8, --sshlogin 8/node1,8/node2 ...]
set -euo pipefail
here=$(realpath "$(dirname "$0")") job=$1 step=$2
shift 2
source "$job"
# Each step has a log of its own, beside what it makes, and goes with it: of units that stand in it as done nothing is begun.
[ "$step" = score ] || folder=$student
mkdir -p "$folder/parallel"
seq "$units" | parallel --joblog "$folder/parallel/$step.log" --resume-failed --retries 3 "$@" "$here/step.sh" "$job" "$step"
