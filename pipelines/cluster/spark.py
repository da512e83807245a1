"""Does a step of a job with Spark, a task for each unit. Usage: spark-submit [options] spark.py JOB STEP"""
import pathlib
import subprocess
import sys

from pyspark.sql import SparkSession

program, job, step = pathlib.Path(__file__).resolve().parent / "step.sh", sys.argv[1], sys.argv[2]


def work(number):
    """Numbers go in, results lie in files; a unit that fails is a task that fails, which Spark starts again.

    Not by rdd.pipe: it takes a child that died for one that is done, and gives it no environment. A child whose task is cancelled
    or whose executor dies is told to stop.
    """
    command = ["setpriv", "--pdeathsig", "TERM", program, job, step, str(number)]
    status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    if status != 0:
        raise RuntimeError(f"{step}, unit {number}: status {status}")


units = int(subprocess.check_output(["bash", "-c", 'source "$1" && echo "$units"', "-", job]))
spark = SparkSession.builder.appName(f"nerpipe {pathlib.Path(job).name} {step}").getOrCreate()
try:
    spark.sparkContext.parallelize(range(1, units + 1), units).foreach(work)
except Exception as error:
    sys.exit(f"spark.py: {error}")
finally:
    spark.stop()
