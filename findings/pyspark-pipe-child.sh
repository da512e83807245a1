#!/usr/bin/env bash
# What becomes of a program behind rdd.pipe of PySpark, when it dies, when its input fails, and when its task is cancelled.
#
# Guess, written down before:  as in Scala, a child that exits with 1 or is killed fails its task, the child has the worker's environment, an
#                              exception in what feeds it fails the job, and the child of a cancelled task is killed.
# Fact:                        in pyspark 4.3.0 none of it. Of a child that was killed (-9) in the middle the job takes what it had written, and
#                              succeeds: checkCode is False by default. The environment is empty, not even PATH, HOME or LANG. An exception in the
#                              stage before is lost in a thread; the pipe stays open, so child and job wait for ever, with checkCode=True
#                              as well. The child of a cancelled task lives on and sees a plain end of its input: it ends with 0 and may
#                              give its half of the work the final name.
# Why it matters to us:        rdd.pipe is what the Spark guide shows for programs that are not Spark. Annotated corpora made so lack lines without a
#                              word about it. Start the program in mapPartitions or foreach, look at its status, and let results be files that
#                              appear when they are complete, whose end the writer knows by more than the end of a pipe.
#
# Installs a pinned package into a temporary folder; needs python3, a Java (openjdk-17-jre-headless) and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyspark==4.3.0
cd "$folder"
export PYSPARK_PYTHON="$folder/venv/bin/python" SPARK_WORKER_DIR="$folder/work"
"$folder/venv/bin/python" - 2>log <<'PYTHON' || { tail -20 log >&2; exit 1; }
import os
import pathlib
import threading
import time

import pyspark

context = pyspark.SparkContext("local-cluster[1,2,1024]", conf=pyspark.SparkConf().set("spark.ui.enabled", "false"))
print("pyspark", pyspark.__version__)
folder = pathlib.Path.cwd()
words = context.parallelize("a b c d".split(), 1)
seen = {}


def outcome(rdd):
    try:
        return rdd.collect()
    except Exception as error:
        return type(error).__name__


def started(rdd):
    thread = threading.Thread(target=lambda: outcome(rdd), daemon=True)
    thread.start()
    return thread


seen["child that is killed after a line"] = outcome(words.pipe("/bin/sh -c 'read x; echo $x; kill -9 $$'")), ["a"]
seen["child that exits with 1 after a line"] = outcome(words.pipe("/bin/sh -c 'read x; echo $x; exit 1'")), ["a"]
seen["the same with checkCode"] = outcome(words.pipe("/bin/sh -c 'read x; echo $x; exit 1'", checkCode=True)), "Py4JJavaError"
seen["environment"] = outcome(words.pipe("/usr/bin/env")), []

# A thread of the child's task sleeps between words; the job is cancelled in the middle.
slow = words.map(lambda word: (time.sleep(2), word)[1])
started(slow.pipe(f"/bin/sh -c '/bin/cat > {folder}/half; echo $? > {folder}/complete'"))
while not (folder / "half").exists():
    time.sleep(0.1)
time.sleep(3)
context.cancelAllJobs()
time.sleep(8)
lines = (folder / "half").read_text().split()
seen["cancelled task: its child ended with"] = ((folder / "complete").read_text() if (folder / "complete").exists() else "killed"), "0\n"
print("lines that it had got:", len(lines), "of 4")

failing = started(words.map(lambda word: 1 / 0 if word == "c" else word).pipe("/bin/cat", checkCode=True))
failing.join(30)
seen["exception before the pipe, after 30 s"] = "still running" if failing.is_alive() else "ended", "still running"
changed = len(lines) >= 4
for what, (found, expected) in seen.items():
    print(f"{what}: {found!r}")
    changed = changed or found != expected
print("changed" if changed else "as written", flush=True)
os._exit(1 if changed else 0)
PYTHON
