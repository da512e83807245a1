#!/usr/bin/env bash
# Does a step of all units with Spark.
# Usage: spark.sh JOB STEP [options of spark-submit: --master ..., --conf spark.task.maxFailures=8 ...]
set -euo pipefail
here=$(realpath "$(dirname "$0")") job=$1 step=$2
shift 2
exec spark-submit "$@" "$here/spark.py" "$job" "$step"
