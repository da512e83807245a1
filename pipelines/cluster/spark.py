"""Does a job with Spark, a task for each unit. Stopped or killed, the same command goes on.

Usage: spark-submit [options: --master ..., --conf spark.task.maxFailures=8] spark.py JOB
"""
import pathlib
import subprocess
import sys

from pyspark.sql import SparkSession

here, job = pathlib.Path(__file__).resolve().parent, pathlib.Path(sys.argv[1]).resolve()


def work(number):
    """Numbers go in, results lie in files; a unit that fails is a task that fails, which Spark starts again.

    Not by rdd.pipe: it takes a child that died for one that is done, and gives it no environment. A child whose task is cancelled
    or whose executor dies is told to stop.
    """
    command = ["setpriv", "--pdeathsig", "TERM", here / "unit.sh", job, str(number)]
    status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    if status != 0:
        raise RuntimeError(f"unit {number}: status {status}")


units = int(subprocess.check_output(["bash", "-c", 'source "$1" && echo "$units"', "-", job]))
spark = SparkSession.builder.appName(f"nerpipe {job.name}").getOrCreate()
try:
    spark.sparkContext.parallelize(range(1, units + 1), units).foreach(work)
except Exception as error:
    print(f"spark.py: {error}", file=sys.stderr)
spark.stop()
sys.exit(subprocess.run([here / "status.sh", job]).returncode)
