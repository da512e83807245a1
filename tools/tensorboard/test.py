"""The test of test.sh: needs the package tensorboard, and NERPIPE."""
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from events import crc32c

here = os.path.dirname(os.path.abspath(__file__))
sample = os.path.join(here, "../../corpora/sample")
nerpipe = os.path.abspath(os.environ["NERPIPE"])


def convert(metrics, folder):
    subprocess.run([sys.executable, "-B", f"{here}/convert.py", metrics, "-o", folder], check=True, stdout=subprocess.DEVNULL)
    return {os.path.relpath(os.path.dirname(path), folder): path for path in glob.glob(f"{folder}/**/events.out.*", recursive=True)}


def scalars(path):
    """Every tag with its (step, value), as TensorBoard has them after what it forgets."""
    read = EventAccumulator(os.path.dirname(path), size_guidance={"scalars": 0})
    read.Reload()
    return {tag: [(event.step, event.value) for event in read.Scalars(tag)] for tag in read.Tags()["scalars"]}


def near(a, b):
    return len(a) == len(b) and all(x[0] == y[0] and abs(x[1] - y[1]) < 1e-5 * max(1, abs(y[1])) for x, y in zip(a, b))


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def overlapping(folder):
    """A run that was killed at update 30 and went on after 20: what was learnt in between counts once."""
    def record(started, seconds, update, loss, **more):
        return {"time": started + seconds, "started": started, "seconds": seconds, "command": "train", "output": "teachers/en",
                "peakResidentBytes": 1 << 20, "stages": [], "figures": {"update": update, "loss": loss, "epoch": 1, **more}}
    records = [record(100.0, 0, 0, 0), record(100.0, 10, 10, 3.0), record(100.0, 20, 20, 2.0), record(100.0, 30, 30, 9.0),
               record(200.0, 0, 20, 2.0, resumedAfter=20), record(200.0, 10, 40, 1.0, resumedAfter=20, epochsDone=1, developmentF1=50.0)]
    path = os.path.join(folder, "made.jsonl")
    with open(path, "w") as file:
        file.write("".join(json.dumps(record) + "\n" for record in records[:4]))
    (before,) = convert(path, f"{folder}/made").values()
    with open(before, "rb") as file:
        old = file.read()
    with open(path, "a") as file:
        file.write('{"torn\n' + "".join(json.dumps(record) + "\n" for record in records[4:]))
    files = convert(path, f"{folder}/made")
    assert list(files) == ["teachers_en"], files
    found = scalars(files["teachers_en"])
    assert near(found["training/loss"], [(10, 3.0), (20, 2.0), (40, 1.0)]), found["training/loss"]
    assert near(found["training/developmentF1"], [(40, 50.0)]), found
    with open(files["teachers_en"], "rb") as file:
        new = file.read()
    assert new.startswith(old) and len(new) > len(old), "more records do not continue the file"


def killed(folder):
    """A training that is killed, and goes on."""
    output, metrics = f"{folder}/teacher", f"{folder}/m.jsonl"
    subprocess.run([nerpipe, "vectors", "import", "-q", f"qaa={sample}/vectors/qaa.vec.zst", "-o", f"{folder}/v.vectors", "--metrics", metrics], check=True)
    train = [nerpipe, "train", "-q", f"{sample}/qaa/train.conll.zst", "--dev", f"{sample}/qaa/dev.conll.zst", "--vectors", f"{folder}/v.vectors",
             "--lang", "qaa", "--epochs", "6", "--batch-tokens", "100", "--checkpoint-seconds", "0.2", "-o", output, "--metrics", metrics]
    process = subprocess.Popen(train)
    while process.poll() is None and not (os.path.exists(metrics) and any(r["figures"].get("epochsDone", 0) >= 2 for r in lines(metrics))):
        time.sleep(0.01)
    assert process.poll() is None, "it was over before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run(train, check=True)
    records = [record for record in lines(metrics) if "output" in record]
    legs = sorted({record["started"] for record in records})
    assert len(legs) == 2, legs
    files = convert(metrics, f"{folder}/logs")
    name = next(name for name in files if name.endswith("teacher"))
    found = scalars(files[name])
    steps = [step for step, _ in found["training/loss"]]
    assert steps == sorted(set(steps)), f"steps twice or backwards: {steps}"
    with open(f"{output}/run.json", encoding="utf-8") as file:
        run = json.load(file)
    expected = [(epoch["lastUpdate"], epoch["developmentF1"]) for epoch in run["epochs"]]
    assert near(found["training/developmentF1"], expected), (found["training/developmentF1"], expected)
    losses = dict(found["training/loss"])
    for epoch in run["epochs"]:
        assert abs(losses[epoch["lastUpdate"]] - epoch["loss"]) < 1e-5 * max(1, epoch["loss"]), (epoch, losses)
    resumed = [record["figures"]["resumedAfter"] for record in records if record["started"] == legs[1]][0]
    print(f"killed and resumed after update {resumed:.0f}; {len(steps)} losses, {len(expected)} F1, the runs {sorted(files)}")


assert crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C
with tempfile.TemporaryDirectory() as folder:
    overlapping(folder)
    killed(folder)
print("TensorBoard reads what was written")
