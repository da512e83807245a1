#!/usr/bin/env bash
# How often Slurm begins a job again that ends with an exit status of RequeueExit when its time is over.
#
# Guess, written down before:  a job that hears SIGTERM at its time limit and ends with a status of RequeueExit is in state TIMEOUT, and
#                              stays there: RequeueExit is for jobs that end by themselves. And whatever it requeues, it does so a few times.
# Fact:                        Slurm 22.05.8 (Debian 12) requeues it from TIMEOUT, as every job with that status, and nothing was found
#                              that ends it: two minutes later it begins again, as often as one cares to watch. A script without a trap dies of
#                              the SIGTERM, which goes to all processes of the batch step, and is not requeued: what becomes of a job hangs on
#                              one line of its script.
# Why it matters to us:        75 (EX_TEMPFAIL) is the usual status for "interrupted, run me again". A training or annotation job whose step does not fit into its
#                              time limit, and that has no checkpoint, takes its nodes for ever, each time from the beginning, and squeue shows a job that waits.
#                              Bound it by SLURM_RESTART_COUNT, in the script.
#
# Needs slurmctld, slurmd and munge (apt-get install slurmctld slurmd slurm-client munge) and root; starts a cluster of its own in a temporary folder, without
# cgroups. Takes ten minutes: a time limit has no finer unit than a minute. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
export SLURM_CONF="$folder/slurm.conf"
trap 'timeout 10 scancel -u root 2>/dev/null || true; sleep 2; kill $(cat "$folder"/*.pid 2>/dev/null) 2>/dev/null || true; sleep 1; rm -rf "$folder"' EXIT
chmod 755 "$folder" && mkdir -m 700 "$folder/munge" && mkdir "$folder/state" "$folder/spool"
head -c 1024 /dev/urandom >"$folder/munge/key" && chmod 400 "$folder/munge/key"
host=$(hostname -s) port=$((20000 + RANDOM % 10000))
cat >"$SLURM_CONF" <<CONF
ClusterName=finding
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthInfo=socket=$folder/munge/socket
SlurmctldPort=$port
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/finished
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SlurmdParameters=config_overrides
RequeueExit=75
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=3 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
slurmctld && slurmd -N n1
slurmctld -V
for _ in $(seq 50); do sinfo -h -t idle 2>/dev/null | grep -q n1 && break; sleep 0.2; done
cd "$folder"
submit() { sbatch --time=1 --requeue --open-mode=append --output="$1" --job-name="$1" >/dev/null; }
submit trap <<'JOB'
#!/bin/bash
echo began
trap 'exit 75' TERM
sleep 600 & wait $!
JOB
submit untrapped <<'JOB'
#!/bin/bash
echo began
bash -c 'trap "exit 75" TERM; sleep 600 & wait $!'
JOB
submit soon <<'JOB'
#!/bin/bash
echo began
exit 75
JOB
began() { cat "$1" 2>/dev/null | grep -c began || true; }
while [ $SECONDS -lt 900 ] && { [ "$(began trap)" -lt 3 ] || [ "$(began soon)" -lt 5 ]; }; do sleep 1; done
timeouts=$(grep -c 'Name=trap JobState=TIMEOUT' finished || true)
echo "75 from a trap at the time limit: began $(began trap) times, ended as TIMEOUT $timeouts times"
echo "75 at once: began $(began soon) times"
echo "75 from a child, no trap in the script: began $(began untrapped) times"
[ "$(began trap)" -ge 3 ] && [ "$timeouts" -ge 2 ] && [ "$(began soon)" -ge 5 ] && [ "$(began untrapped)" = 1 ] || { echo changed; exit 1; }
