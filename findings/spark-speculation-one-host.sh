#!/usr/bin/env bash
# Whether spark.speculation starts a copy of a task that hangs, when another executor of the same machine is idle.
#
# Guess, written down before:  yes: an executor with a free core gets a copy of a task that takes much longer than the others, on whatever machine it is.
# Fact:                        in pyspark 4.3.0 no copy is started on a host where an attempt of the task runs (TaskSetManager). In local-cluster mode, and with
#                              several executors or workers on one machine, all are on one host: nothing is started, however many executors are idle. Workers that call themselves by two addresses of the same machine are two hosts:
#                              there the copy starts.
# Why it matters to us:        who tries a pipeline on one machine believes that speculation was tested; whether a step bears a second
#                              process at the same unit was not. And one machine with many executors has no help against a process that hangs.
#
# Installs a pinned package into a temporary folder; needs python3, a Java (openjdk-17-jre-headless) and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; rm -rf "$folder" || true' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyspark==4.3.0
cd "$folder"
export PYSPARK_PYTHON="$folder/venv/bin/python" SPARK_WORKER_DIR="$folder/work" PATH="$folder/venv/bin:$PATH"
cat >job.py <<'PYTHON'
import sys
import time

import pyspark

conf = pyspark.SparkConf()
for name, value in {"ui.enabled": "false", "speculation": "true", "speculation.interval": "100ms", "speculation.multiplier": "1.1",
                    "speculation.quantile": "0.5", "cores.max": "2", "executor.cores": "1"}.items():
    conf.set(f"spark.{name}", value)
context = pyspark.SparkContext(sys.argv[1], conf=conf)


def work(number):
    """The first attempt at task 1 hangs for half a minute; all others take a moment."""
    attempt = pyspark.TaskContext.get().attemptNumber()
    time.sleep(30 if number == 1 and attempt == 0 else 0.2)
    return number, attempt


print("RESULT", pyspark.__version__, context.parallelize(range(2), 2).map(work).collect())
PYTHON

# Usage: run NAME MASTER: sets `result`, which attempt gave the result of each task
run() {
  python job.py "$2" >"$1.log" 2>&1 || { tail -20 "$1.log" >&2; exit 1; }
  result=$(grep -o 'RESULT.*' "$1.log")
  echo "$1: $result"
}

run one-host "local-cluster[2,1,1024]"
[ "${result##*RESULT }" = "4.3.0 [(0, 0), (1, 0)]" ] || { echo changed; exit 1; }

spark-class org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0 >master.log 2>&1 &
started+=($!)
until master=$(grep -o 'spark://127.0.0.1:[1-9][0-9]*' master.log | head -1) && [ -n "$master" ]; do sleep 0.2; done
for host in 127.0.0.2 127.0.0.3; do
  spark-class org.apache.spark.deploy.worker.Worker --host "$host" --webui-port 0 --cores 1 --memory 1g "$master" >"worker-$host.log" 2>&1 &
  started+=($!)
done
for host in 127.0.0.2 127.0.0.3; do until grep -q 'Successfully registered' "worker-$host.log"; do sleep 0.2; done; done
run two-hosts "$master"
[ "${result##*RESULT }" = "4.3.0 [(0, 0), (1, 1)]" ] || { echo changed; exit 1; }
echo as written
