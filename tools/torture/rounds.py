"""kill -9 of workers, merges and drivers of a job of rounds: whoever is hit, and when, the student has the bytes of an undisturbed run."""
import collections
import os
import pathlib
import random
import signal
import time

from workshop import contents, kill_group, leftovers, wait_until

# Its messages in a file: who outlives it would hold a pipe open.
DRIVE = "exec bash cluster/drive.sh job.sh processes 2 > log 2>&1"
WORKER, MERGE, DRIVER, ALL = "worker", "merge", "driver", "driver, with all that it began"
# Of drivers that go on when they are started again: killed; the merge was killed; units are missing.
GOES_ON = (-signal.SIGKILL, 128 + signal.SIGKILL, 66)
KILLS_OF_A_RUN = 10


def working(folder):
    """Processes of nerpipe in a folder: (id, who)."""
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.readlink(f"/proc/{entry}/cwd") == str(folder):
                words = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
                if words[0] == b"nerpipe":
                    yield int(entry), {b"update": WORKER, b"merge": MERGE}[words[1]]
        except (OSError, IndexError):
            pass


def log(folder):
    return (folder / "log").read_text()[-500:]


def state(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def kill(process):
    """Kills a process; whether it lived: one that has stopped has not ended."""
    try:
        os.kill(process, signal.SIGSTOP)
        wait_until(lambda: state(process) in ("T", "Z", "gone"), 5)
        lived = state(process) == "T"
        os.kill(process, signal.SIGKILL)
        return lived
    except ProcessLookupError:
        return False


def watch(workshop, folder):
    """An undisturbed run: its bytes, and how long who of it is there at most, in seconds."""
    start, seen, longest = time.monotonic(), {}, collections.Counter()
    process = workshop.start(DRIVE, folder)
    while process.poll() is None:
        now = time.monotonic()
        for number, who in working(folder):
            longest[who] = max(longest[who], now - seen.setdefault(number, now))
    longest[DRIVER] = longest[ALL] = time.monotonic() - start
    if process.returncode != 0:
        raise SystemExit(f"torture: undisturbed: status {process.returncode}: {log(folder)}")
    return contents(folder, ["out"]), longest


def attempt(workshop, folder, longest, kills, left, rng):
    """Starts the driver, and kills until it ends or `left` processes were hit: its status, and how many were hit."""
    process, hit = workshop.start(DRIVE, folder), 0
    while process.poll() is None and hit < left:
        who = rng.choice([WORKER, WORKER, MERGE, MERGE, DRIVER, ALL])
        victims = [process.pid]
        if who in (WORKER, MERGE):
            wait_until(lambda: any(w == who for _, w in working(folder)) or process.poll() is not None, 60)
            victims = [number for number, w in working(folder) if w == who]
        time.sleep(rng.random() ** 2 * longest[who])
        if not victims or process.poll() is not None or not kill(rng.choice(victims)):
            continue
        hit += 1
        kills[who] += 1
        if who == ALL:
            kill_group(process)
    return process.wait(), hit


def run(workshop, scratch, kills, seed, report):
    """Kills until so many processes were hit; complaints."""
    expected, longest = watch(workshop, workshop.copy(scratch / "undisturbed"))
    rng, counts, runs, begun = random.Random(seed), collections.Counter(), 0, 0
    while sum(counts.values()) < kills:
        folder, left, status = workshop.copy(scratch / "rounds"), KILLS_OF_A_RUN, None
        runs += 1
        while status != 0:
            begun += 1
            left = min(left, kills - sum(counts.values()))
            status, hit = attempt(workshop, folder, longest, counts, left, rng)
            left -= hit
            if status != 0 and status not in GOES_ON:
                return [f"run {runs}: status {status}: {log(folder)}"]
        # Who was left behind by a driver that was killed.
        if not wait_until(lambda: not any(working(folder)), 60):
            return [f"run {runs}: a process does not end"]
        status, _, _ = workshop.shell(DRIVE, folder)
        found, rest = contents(folder, ["out"]), leftovers(folder)
        wrong = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
        if status != 0 or wrong or rest:
            return [f"run {runs}: status {status}, other bytes in {wrong}, left {rest}: {log(folder)}"]
    report("| who was hit | times |\n|---|---|")
    for who in (WORKER, MERGE, DRIVER, ALL):
        report(f"| {who} | {counts[who]} |")
    report(f"\n{sum(counts.values())} kills of living processes in {runs} runs, the driver begun {begun} times; {len(expected)} files with the same bytes after each")
    return []
