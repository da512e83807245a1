#!/usr/bin/env bash
# The recipe of Slurm on a slurmctld and a slurmd of its own, with workers, steps, daemons and the driver killed.
set -euo pipefail
engine=slurm
source "$(dirname "$0")/work.sh"
command -v slurmctld slurmd sbatch munged >/dev/null \
  || apt-get install -y -q --no-install-recommends slurmctld slurmd slurm-client munge >/dev/null
say "$(slurmctld -V)"
prepare

# No cgroups, which a container may not have; a requeued task begins after cred_expire seconds instead of 120.
cluster=$WORK/slurm-cluster
rm -rf "$cluster" && mkdir -p "$cluster"/{munge,state,spool} && chmod 700 "$cluster/munge" && chmod 755 "$WORK"
head -c 1024 /dev/urandom >"$cluster/munge/key" && chmod 400 "$cluster/munge/key"
export SLURM_CONF=$cluster/slurm.conf
port=$((20000 + RANDOM % 10000))
cat >"$SLURM_CONF" <<CONF
ClusterName=engines
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
SlurmctldPort=$port
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$cluster/finished
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=10
SlurmdTimeout=10
RequeueExit=75
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
id() { cat "$cluster/$1" 2>/dev/null || echo 0; }
stop() {
  timeout 10 scancel -u root 2>/dev/null || true
  for _ in $(seq 15); do [ -n "$(timeout 5 squeue -h 2>/dev/null)" ] || break; sleep 1; done
  kill "$(id slurmd.pid)" "$(id slurmctld.pid)" "$(id munge/pid)" 2>/dev/null || true
}
trap stop EXIT
munged --force --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" --pid-file="$cluster/munge/pid" \
  --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed"
slurmctld && slurmd -N n1
for _ in $(seq 50); do sinfo -h -t idle 2>/dev/null | grep -q n1 && break; sleep 0.2; done
sinfo -h -t idle | grep -q n1 || fail "the node is not there: $(tail -3 "$cluster"/*.log)"

# All that runs on the node: the daemon, and what has a job of this cluster in its environment.
on_node() {
  local file id comm
  for file in $(grep -lsF "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ); do
    id=${file#/proc/} id=${id%/environ}
    { read -r comm <"/proc/$id/comm"; } 2>/dev/null || continue
    if [[ $comm == slurmd || $comm == slurmstepd ]] || grep -qsF SLURM_JOB_ID= "$file"; then echo "$id"; fi
  done
}

# Processes of nerpipe, and whole steps, are killed; tasks that were killed begin again, logs are appended.
job=$(job_in slurm-killed)
kill_some slurm-killed 12 &
killer=$!
{
  for _ in 1 2 3; do
    sleep 2
    step=$(squeue -h -s -o %i | grep '\.0$' | shuf -n 1) || continue
    scancel --signal=KILL "$step" && echo "$step step" >>slurm-killed.kills
  done
} &
"$recipes/drive.sh" "$job" slurm --time=10 >slurm-killed.log 2>&1 || "$recipes/drive.sh" "$job" slurm --time=10 >slurm-killed.log 2>&1 \
  || fail "killed: $(tail -5 slurm-killed.log)"
touch slurm-killed.over && wait $killer
[ "$(wc -l <slurm-killed.kills)" -ge 4 ] || fail "only $(wc -l <slurm-killed.kills) kills"
grep -ql "Killed" slurm-killed/slurm/*.log || fail "no log has the killed attempt"
expect_same_bytes slurm-killed

# The driver, the controller and the node daemon are killed: what they began goes on, what is given twice is done once.
job=$(job_in slurm-driver)
"$recipes/drive.sh" "$job" slurm --time=10 >slurm-driver.log 2>&1 &
driver=$!
disown $driver
wait_for_units slurm-driver 2
sbatch=$(pgrep -f "^sbatch .*$WORK/slurm-driver/") && kill -9 "$sbatch" $driver && echo "$sbatch driver" >>slurm-driver.kills
kill -9 "$(id slurmctld.pid)" && echo controller >>slurm-driver.kills && sleep 1 && slurmctld
sleep 1
kill -9 "$(id slurmd.pid)" && echo daemon >>slurm-driver.kills && sleep 1 && slurmd -N n1
"$recipes/drive.sh" "$job" slurm --time=10 >slurm-driver.log 2>&1 || fail "driver: $(cat slurm-driver.log)"
expect_same_bytes slurm-driver

# The node is lost with all that runs on it: its tasks are requeued.
job=$(job_in slurm-node)
"$recipes/drive.sh" "$job" slurm --time=10 >slurm-node.log 2>&1 &
driver=$!
wait_for_units slurm-node 2
kill -9 $(on_node) 2>/dev/null || true
echo node >>slurm-node.kills
for _ in $(seq 60); do sinfo -h -t down | grep -q n1 && break; sleep 1; done
slurmd -N n1
wait $driver || "$recipes/drive.sh" "$job" slurm --time=10 >slurm-node.log 2>&1 || fail "node: $(tail -5 slurm-node.log)"
grep -q JobState=NODE_FAIL "$cluster/finished" || fail "no task was requeued"
expect_same_bytes slurm-node

# The time is over: a unit that is stopped in the middle hears of it, ends with 75, and is done by the next attempt.
job=$(job_in slurm-time)
"$recipes/drive.sh" "$job" slurm --time=1 --signal=TERM@20 >slurm-time.log 2>&1 &
driver=$!
for _ in $(seq 300); do
  unit=$(processes "$WORK/slurm-time" nerpipe | sed -n 1p)
  # Bit 15: SIGTERM, which it takes by then.
  [ -n "$unit" ] && taken=$(awk '/^SigCgt/ { print $2 }' "/proc/$unit/status") && [ $((0x$taken >> 14 & 1)) = 1 ] && kill -STOP "$unit" && break
  sleep 0.1
done
say "process $unit is stopped until its time is over"
for _ in $(seq 120); do
  # It is pending.
  pending=$(awk '/^ShdPnd/ { print $2 }' "/proc/$unit/status" 2>/dev/null) || break
  [ $((0x$pending >> 14 & 1)) = 1 ] && kill -CONT "$unit" && break
  sleep 1
done
wait $driver || fail "time: $(tail -5 slurm-time.log)"
grep -l "interrupted" slurm-time/slurm/*.log >/dev/null || fail "no log has an interrupted attempt"
echo "$unit 75" >slurm-time.kills
expect_same_bytes slurm-time

# Rounds, an array each: workers, steps, merges and the driver are killed; arrays of drivers that are gone go on beside the next one's.
rm -f slurm-rounds.over
{
  for _ in 1 2 3; do
    sleep 4
    step=$(squeue -h -s -o %i | grep '\.0$' | shuf -n 1) || continue
    scancel --signal=KILL "$step" && echo "$step step" >>slurm-rounds.kills
  done
} 2>/dev/null &
DRIVER_LIVES=15 torture_rounds slurm-rounds slurm --time=10

# What a round of Slurm takes beside its units.
job=$(rounds_in slurm-quiet)
start=$SECONDS
"$recipes/drive.sh" "$job" slurm --time=10 >slurm-quiet.log 2>&1 || fail "quiet: $(tail -5 slurm-quiet.log)"
say "undisturbed, four rounds take $((SECONDS - start)) s"
expect_same_student slurm-quiet

# What will not do is no reason to begin again.
job=$(job_in slurm-bad)
echo 'options+=(--no-such-option)' >>"$job"
"$recipes/drive.sh" "$job" slurm --time=10 >slurm-bad.log 2>&1 && fail "a bad option is no failure"
for log in slurm-bad/slurm/*.log; do
  [ "$(grep -c "Unknown option" "$log")" = 1 ] || fail "a task with a bad option began again: $(cat "$log")"
done
say passed
