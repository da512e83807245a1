#!/usr/bin/env bash
# The recipe of Spark in local-cluster mode, executors being processes of their own: killed workers, executors and driver, speculation.
set -euo pipefail
engine=spark
source "$(dirname "$0")/work.sh"
command -v java >/dev/null || apt-get install -y -q --no-install-recommends openjdk-17-jre-headless >/dev/null
[ -x "$WORK/venv/bin/spark-submit" ] || { python3 -m venv "$WORK/venv" && "$WORK/venv/bin/pip" install -q pyspark==4.3.0; }
export PYSPARK_PYTHON=$WORK/venv/bin/python
say "pyspark $("$PYSPARK_PYTHON" -c 'import pyspark; print(pyspark.__version__)'), $(java -version 2>&1 | sed -n 1p)"
prepare
export PATH=$WORK/venv/bin:$PATH SPARK_WORKER_DIR=$WORK/spark-work
options=(--conf spark.ui.enabled=false --conf spark.ui.showConsoleProgress=false --conf spark.speculation=true
  --conf spark.speculation.multiplier=1.1 --conf spark.speculation.quantile=0.1 --conf spark.speculation.interval=100ms --conf spark.task.maxFailures=8)
spark() { "$recipes/drive.sh" "$1" spark --master "${master:-local-cluster[2,1,1024]}" "${options[@]}" "${@:2}"; }

trap 'kill $(pgrep -f "$WORK/(venv|spark)") 2>/dev/null || true' EXIT

# Processes of nerpipe and executors are killed; copies of tasks are started on speculation.
job=$(job_in spark-killed)
kill_some spark-killed 8 &
killer=$!
spark "$job" >spark-killed.log 2>&1 &
driver=$!
for round in 1 2; do
  wait_for_units spark-killed $((round * 3))
  executor=$(pgrep -f "$WORK/venv.*CoarseGrainedExecutorBackend" | shuf -n 1) && kill -9 "$executor" && echo "$executor executor" >>spark-killed.kills
done
wait $driver || spark "$job" >spark-killed.log 2>&1 || fail "killed: $(grep -v '^\s*at ' spark-killed.log | tail -20)"
touch spark-killed.over && wait $killer
[ "$(wc -l <spark-killed.kills)" -ge 4 ] || fail "only $(wc -l <spark-killed.kills) kills"
expect_same_bytes spark-killed

# The driver is killed at random points; given again, it does the rest.
job=$(job_in spark-driver)
for attempt in $(seq 8); do
  spark "$job" >spark-driver.log 2>&1 &
  driver=$!
  if [ "$attempt" -le 3 ]; then
    wait_for_units spark-driver $((attempt * 2))
    java=$(pgrep -f "org.apache.spark.deploy.SparkSubmit.*$job" | sed -n 1p) && kill -9 "$java" && echo "$java driver" >>spark-driver.kills
  fi
  wait $driver && break
done
"$recipes/status.sh" "$job" >/dev/null || fail "driver: not done after $attempt calls"
[ "$(wc -l <spark-driver.kills)" -ge 2 ] || fail "the driver was killed too seldom"
expect_same_bytes spark-driver

# Rounds, a session each: workers, executors, merges and the driver are killed.
rm -f spark-rounds.over
{
  for _ in 1 2 3 4; do
    sleep 8
    executor=$(pgrep -f "$WORK/venv.*CoarseGrainedExecutorBackend" | shuf -n 1) && kill -9 "$executor" && echo "$executor executor" >>spark-rounds.kills
  done
} 2>/dev/null &
DRIVER_LIVES=20 torture_rounds spark-rounds spark --master 'local-cluster[2,1,1024]' "${options[@]}"

# Spark begins no copy of a task on the host of the original: a master, and workers on two hosts.
port=$((20000 + RANDOM % 10000)) master=spark://127.0.0.1:$port
options+=(--conf spark.driver.host=127.0.0.1 --conf spark.log.level=INFO)
spark-class org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0 >spark-master.log 2>&1 &
for host in 127.0.0.2 127.0.0.3; do
  spark-class org.apache.spark.deploy.worker.Worker --host $host --webui-port 0 --cores 1 --memory 1g $master >spark-worker-$host.log 2>&1 &
done
# Usage: stop_one NAME [UNIT]: the first process of a job, or of one of its units, that is seen is stopped; sets `unit`
stop_one() {
  for _ in $(seq 1200); do
    unit=$(processes "$WORK/$1" nerpipe | while read -r id; do if grep -qsF "${2:-}" "/proc/$id/cmdline"; then echo "$id"; fi; done | sed -n 1p)
    if [ -n "$unit" ] && kill -STOP "$unit"; then return; fi
    sleep 0.1
  done
  fail "$1: no process"
}
copies() { grep -c 'Starting task [0-9]*\.1 in stage' "$1.log" || true; }

# A unit hangs when it is scored: a copy of its task is started, waits for it, and finds it done.
job=$(job_in spark-speculation)
spark "$job" >spark-speculation.log 2>&1 &
driver=$!
stop_one spark-speculation
for _ in $(seq 1500); do [ "$(copies spark-speculation)" = 0 ] || break; sleep 0.2; done
sleep 3
kill -CONT "$unit"
wait $driver || fail "speculation: $(grep -v '^\s*at ' spark-speculation.log | tail -20)"
[ "$(copies spark-speculation)" -gt 0 ] || fail "no copy of a task was started"
say "copies of tasks: $(copies spark-speculation)"
expect_same_bytes spark-speculation

# It hangs in a round: the copy does it.
job=$(rounds_in spark-slow)
spark "$job" >spark-slow.log 2>&1 &
driver=$!
stop_one spark-slow 00002-of-00003
wait $driver || fail "a slow unit: $(grep -v '^\s*at ' spark-slow.log | tail -20)"
[ "$(copies spark-slow)" -gt 0 ] || fail "no copy of a task was started"
say "copies of tasks: $(copies spark-slow)"
# Where it was, unless the end of its executor has ended it.
kill -CONT "$unit" 2>/dev/null || true
echo "$unit stopped" >>spark-slow.kills
while [ -n "$(processes "$WORK/spark-slow" nerpipe)" ]; do sleep 0.2; done
"$recipes/drive.sh" "$job" spark >/dev/null
expect_same_student spark-slow
say passed
