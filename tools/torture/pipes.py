"""Signals under load, stages that stand still, stages that die, readers and writers that are slow."""
import random
import signal
import subprocess
import time

from interruption import STAGES
from workshop import UPDATE, contents, finish, kill_group, wait_until

ENDLESS = "sample-world --stream qac --bytes 1000G"


def run(workshop, scratch, rounds, seed, report):
    rng = random.Random(seed)
    return [
        complaint for campaign in (signals, second_signal, standing_still, deaths, slowness)
        for complaint in campaign(workshop, scratch, rounds, rng, report)]


def stage_processes(group):
    """Processes of nerpipe in a group, by what they do."""
    found = {}
    for line in subprocess.run(["ps", "-eo", "pid=,pgid=,args="], capture_output=True, text=True).stdout.splitlines():
        pid, pgid, *words = line.split()
        if int(pgid) == group and words and words[0].split("/")[-1] == "nerpipe" and len(words) > 1:
            found[words[1]] = int(pid)
    return found


def signals(workshop, scratch, rounds, rng, report):
    """SIGTERM or SIGINT to a whole pipe, or to one process, under full load: status 75 within 10 s, and a checkpoint that continues."""
    slowest, complaints = 0.0, []
    commands = {
        "pipe": f"set -o pipefail; trap : TERM INT; {ENDLESS} | nerpipe tokenize -q --lang qac | nerpipe embed -q --vectors v.vectors "
                f"| nerpipe score -q --teacher teacher | nerpipe update -o out --epochs 1 {UPDATE}",
        "process": f"exec nerpipe update endless -o out --epochs 1 {UPDATE}",
        "train": f"exec nerpipe train train.conll --lang qaa --vectors v.vectors --epochs 1000000 {UPDATE} -o out",
        "vectors train": "exec nerpipe vectors train -q --parallel qaa-qac=pairs.tsv --text qac=b.txt --dimension 32 --epochs 1000 --buckets 1000 -o out.vectors",
    }
    for number in range(rounds):
        name = list(commands)[number % len(commands)]
        folder = workshop.copy(scratch / "signals")
        script = commands[name]
        if name == "process":
            script = (f"mkfifo endless; ({ENDLESS} | nerpipe tokenize -q --lang qac | nerpipe embed -q --vectors v.vectors "
                      f"| nerpipe score -q --teacher teacher > endless) 2> /dev/null & {script}")
        process = workshop.start(script, folder)
        wait_until(lambda: list(folder.glob("out/checkpoints/*.zst")) or list(folder.glob("out.vectors.work/*vocab*")), 20)
        time.sleep(rng.random() * 0.5)
        kind = rng.choice([signal.SIGTERM, signal.SIGINT])
        start = time.monotonic()
        kill_group(process, kind)
        status, _, err = finish(process, 10)
        if status is None:
            complaints.append(f"{name}: {kind.name}: still there after 10 s: {err.decode()[-300:]}")
            continue
        slowest = max(slowest, time.monotonic() - start)
        if status != 75:
            complaints.append(f"{name}: {kind.name}: status {status}: {err.decode()[-300:]}")
        elif name != "vectors train" and not list(folder.glob("out/checkpoints/update-*.zst")):
            complaints.append(f"{name}: {kind.name}: no checkpoint")
        kill_group(process)
    report(f"{rounds} signals under load: the slowest end came after {slowest:.2f} s")
    return complaints


def second_signal(workshop, scratch, rounds, rng, report):
    """Two signals at once: an end within a second, nothing half-written under its name."""
    complaints = []
    for _ in range(rounds):
        folder = workshop.copy(scratch / "second")
        process = workshop.start(f"exec nerpipe train train.conll --lang qaa --vectors v.vectors --epochs 1000000 {UPDATE} -o out", folder)
        wait_until(lambda: list(folder.glob("out/checkpoints/*.zst")), 20)
        kill_group(process, signal.SIGTERM)
        kill_group(process, signal.SIGTERM)
        status, _, _ = finish(process, 2)
        if status is None:
            complaints.append("second signal: still there after 2 s")
        if status not in (75, -15, 128 + 15) or (folder / "out/config.json").exists():
            complaints.append(f"second signal: status {status}")
    report(f"{rounds} double signals")
    return complaints


def standing_still(workshop, scratch, rounds, rng, report):
    """SIGSTOP and SIGCONT of single stages change nothing but the time."""
    script = f"set -o pipefail; {STAGES} | nerpipe update -o out --epochs 1 {UPDATE}"
    expected = expected_student(workshop, scratch, script)
    complaints, stops = [], 0
    for _ in range(rounds):
        folder = workshop.copy(scratch / "still")
        process = workshop.start(script, folder)
        while process.poll() is None:
            for pid in [p for p in stage_processes(process.pid).values() if rng.random() < 0.5]:
                try:
                    subprocess.run(["kill", "-STOP", str(pid)], stderr=subprocess.DEVNULL)
                    time.sleep(rng.random() * 0.05)
                    subprocess.run(["kill", "-CONT", str(pid)], stderr=subprocess.DEVNULL)
                    stops += 1
                except ProcessLookupError:
                    pass
        _, err = process.communicate()
        if process.returncode != 0 or contents(folder, ["out"]) != expected:
            complaints.append(f"stopped and continued: status {process.returncode}, other bytes: {err.decode()[-300:]}")
    report(f"{rounds} pipes, {stops} stages stopped and continued")
    return complaints


def expected_student(workshop, scratch, script):
    folder = workshop.copy(scratch / "expected")
    workshop.shell(script, folder, check=True)
    return contents(folder, ["out"])


def deaths(workshop, scratch, rounds, rng, report):
    """Any stage of a pipe is killed, without pipefail: everybody after it ends with 65 and no result, and the same command continues."""
    # Long enough that a stage can be found alive.
    script = f"for i in $(seq 12); do cat a.txt; done | {STAGES.replace('a.txt b.txt', '-')} | nerpipe update -o out --epochs 1 {UPDATE}"
    expected = expected_student(workshop, scratch, script)
    complaints, killed = [], 0
    for number in range(rounds):
        stage = ("tokenize", "embed", "score")[number % 3]
        folder = workshop.copy(scratch / "deaths")
        process = workshop.start(script, folder)
        wait_until(lambda: list(folder.glob("out/checkpoints/*.zst")) or process.poll() is not None, 20)
        pid = stage_processes(process.pid).get(stage)
        if pid:
            subprocess.run(["kill", "-KILL", str(pid)], stderr=subprocess.DEVNULL)
        _, err = process.communicate(timeout=60)
        if process.returncode == 0 and contents(folder, ["out"]) == expected:
            continue  # it was done before
        killed += 1
        if process.returncode != 65 or (folder / "out/config.json").exists():
            complaints.append(f"death of {stage}: status {process.returncode}: {err.decode()[-300:]}")
        if not list(folder.glob("out/checkpoints/*.zst")):
            complaints.append(f"death of {stage}: the checkpoint is gone")
        status, _, err = workshop.shell(script, folder)
        if status != 0 or contents(folder, ["out"]) != expected:
            complaints.append(f"death of {stage}: does not continue: status {status}: {err.decode()[-300:]}")
    report(f"{rounds} pipes, {killed} of them lost a stage")
    return complaints


def slowness(workshop, scratch, rounds, rng, report):
    """A reader or writer that takes single bytes and pauses: the same bytes."""
    drip = "python3 -c 'import sys,time,os\nwhile True:\n b=os.read(0,%d)\n if not b: break\n os.write(1,b); time.sleep(0.0005)'"
    complaints = []
    expected = workshop.shell("nerpipe shard cat tokens.zst --to conll", check=True)[1]
    for size in (1000, 7777):
        status, out, err = workshop.shell(f"set -o pipefail; cat tokens.zst | {drip % size} | nerpipe shard cat - --to conll | {drip % (size * 3)}")
        if status != 0 or out != expected:
            complaints.append(f"slow reader and writer: status {status}: {err.decode()[-300:]}")
    report("2 slow readers and writers")
    return complaints
