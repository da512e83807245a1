#!/usr/bin/env bash
# Does a step as an array of Slurm, a task for each unit, and waits for it.
# Usage: slurm.sh JOB STEP [options of sbatch: --time 4:00:00, --cpus-per-task 1 ...]
set -euo pipefail
here=$(realpath "$(dirname "$0")") job=$1 step=$2
shift 2
source "$job"
[ "$step" = score ] || folder=$student
mkdir -p "$folder/slurm"
# Two minutes before its time is over a unit is told to stop (75), and begins again; so does one that was killed, ten times at
# most. RequeueExit=75 in slurm.conf would do it without a bound, so the last one ends with 1.
sbatch --wait --array="1-$units" --job-name="$step" --requeue --open-mode=append --signal=TERM@120 --output="$folder/slurm/%a.log" "$@" <<TASK
#!/usr/bin/env bash
status=0
srun --ntasks=1 "$here/step.sh" "$job" "$step" "\$SLURM_ARRAY_TASK_ID" || status=\$?
case \$status in 75 | 137 | 143)
  [ "\${SLURM_RESTART_COUNT:-0}" -lt 10 ] && scontrol requeue "\$SLURM_JOB_ID" && sleep 60
  status=1
esac
exit \$status
TASK
