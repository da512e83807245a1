"""What the system refuses: a full disk, failing calls, limits, files that change under us."""
import os
import random
import subprocess
import threading

from interruption import JOBS
from workshop import UPDATE, contents, finish, leftovers


def run(workshop, scratch, rounds, seed, report):
    rng = random.Random(seed)
    return [
        complaint for campaign in (failing_calls, full_disk, limits, read_only, changing_files, clock)
        for complaint in campaign(workshop, scratch, rounds, rng, report)]


def failing_calls(workshop, scratch, rounds, rng, report):
    """A full disk, an I/O error, half a write or an interrupted one at any call: an error with a sentence, and the same command still ends well."""
    faults = workshop.tools.compile_faults(scratch)
    complaints, hits = [], {"enospc": 0, "eio": 0, "short": 0, "eintr": 0}
    jobs = [job for job in JOBS if "|" not in job[1] and job[0] != "quarantine"]
    expected = {}
    for number in range(rounds):
        name, script, names, _ = jobs[number % len(jobs)]
        if name not in expected:
            folder, counts = workshop.copy(scratch / "undisturbed"), scratch / "counts"
            counts.unlink(missing_ok=True)
            workshop.shell(script, folder, {"LD_PRELOAD": str(faults), "FAULT_COUNT": str(counts)}, check=True)
            expected[name] = (contents(folder, names), max(map(int, counts.read_text().split())))
        kind = rng.choice(list(hits))
        folder = workshop.copy(scratch / "failing")
        status, _, err = workshop.shell(
            script, folder, {"LD_PRELOAD": str(faults), "FAULT_KIND": kind, "FAULT_AT": str(rng.randint(1, expected[name][1]))})
        hits[kind] += 1
        text = err.decode(errors="replace")
        # An error that changes nothing, such as one of a second removal, may pass; half a write must.
        if kind in ("short", "eintr") and status != 0 or status not in (0, 73, 74):
            complaints.append(f"{name}: {kind}: status {status}: {text[-300:]}")
            continue
        if status != 0 and not text.strip().split("\n")[-1].startswith("nerpipe: "):
            complaints.append(f"{name}: {kind}: no sentence: {text[-300:]}")
        again, _, err = workshop.shell(script, folder)
        if again != 0 or contents(folder, names) != expected[name][0]:
            complaints.append(f"{name}: {kind}: does not end well after it: status {again}: {err.decode()[-300:]}")
    report(f"failing calls: {', '.join(f'{count} {kind}' for kind, count in hits.items())}")
    return complaints


def full_disk(workshop, scratch, rounds, rng, report):
    """A file system of its own that is too small; then it has room."""
    mount = scratch / "small"
    mount.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", mount], capture_output=True).returncode != 0:
        report("full disk: SKIPPED, only root may mount a file system")
        return []
    complaints = []
    try:
        script = f"nerpipe run p.yaml -q --set update.output={mount}/out --set update.width=96"
        folder = workshop.copy(scratch / "full")
        status, _, err = workshop.shell(script, folder)
        if status not in (73, 74) or b"no space left on device" not in err:
            complaints.append(f"full disk: status {status}: {err.decode()[-300:]}")
        kept = list((mount / "out/checkpoints").glob("*.zst"))
        for path in kept:
            if workshop.shell(f"nerpipe checkpoint verify {mount}/out")[0] != 0:
                complaints.append(f"full disk: {path.name} is damaged")
        subprocess.run(["mount", "-o", "remount,size=64m", mount], check=True)
        status, _, err = workshop.shell(script, folder)
        expected = workshop.copy(scratch / "undisturbed")
        workshop.shell("nerpipe run p.yaml -q --set update.width=96", expected, check=True)
        # The model card says how to use the model where it is.
        made = {n.split("out/")[-1]: b.replace(f"{mount}/out".encode(), b"out") for n, b in contents(mount, ["out"]).items()}
        if status != 0 or made != {n.split("out/")[-1]: b for n, b in contents(expected, ["out"]).items()}:
            complaints.append(f"full disk, with room: status {status}: {err.decode()[-300:]}")
        report(f"full disk: refused with {len(kept)} checkpoints kept, continued when there was room")
    finally:
        subprocess.run(["umount", mount])
    return complaints


def limits(workshop, scratch, rounds, rng, report):
    """Limits of file size, of open files and of memory: an error or success, never a hang, and nothing half-written."""
    complaints, crashes = [], []
    jobs = [job for job in JOBS if "|" not in job[1] and job[0] != "quarantine"]
    for name, script, names, _ in jobs:
        for limit in ("-f 1", "-f 16", "-n 16", "-n 24", "-v 3000000", "-v 400000", "-v 150000"):
            folder = workshop.copy(scratch / "limits")
            status, _, err = workshop.shell(f"ulimit {limit}; {script}", folder)
            text = err.decode(errors="replace")
            if status is None:
                complaints.append(f"{name}: ulimit {limit}: hangs")
            elif status not in (0, 66, 73, 74, 75, 78):
                # Nothing can be promised of a process that gets no memory but this: what has its final name is whole.
                (crashes if "-v" in limit else complaints).append(f"{name}: ulimit {limit}: status {status}: {text[-200:]}")
            status, _, err = workshop.shell(script, folder)
            if status != 0 or leftovers(folder):
                complaints.append(f"{name}: after ulimit {limit}: status {status}, left {leftovers(folder)}: {err.decode()[-300:]}")
    report(f"limits: {len(jobs) * 7} runs under a limit, all ended well without it; {len(crashes)} died for lack of memory, without a sentence")
    return complaints


def read_only(workshop, scratch, rounds, rng, report):
    """Outputs in a folder that is not there, is a file, or may not be written."""
    complaints = []
    # The outputs of a chain are those of its phases, and stand in its definition; the driver of rounds has no -o.
    jobs = [job for job in JOBS if job[0] not in ("quarantine", "chain of phases", "rounds, by the driver")]
    for name, script, names, _ in jobs:
        for place in ("missing/deep", "a.txt", "/proc/nothing", "/dev/full/x"):
            folder = workshop.copy(scratch / "readonly")
            before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
            status, _, err = workshop.shell(script.replace(" -o out", f" -o {place}/out").replace("run p.yaml", f"run p.yaml --set update.output={place}/out"), folder)
            makes_folder = place == "missing/deep" and (names == ["out"] or name in ("vectors train", "model package"))  # those make a folder to work in
            if (status != 0) == makes_folder or status not in (0, 65, 73, 74):
                complaints.append(f"{name}: output in {place}: status {status}: {err.decode()[-200:]}")
            after = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file() and "missing" not in p.parts}
            if before != after:
                complaints.append(f"{name}: output in {place}: changed {set(before.items()) ^ set(after.items())}")
    report(f"outputs that cannot be made: {len(jobs) * 4} runs")
    return complaints


def changing_files(workshop, scratch, rounds, rng, report):
    """Inputs that shrink, grow or are exchanged while they are read: an error or the old result, no death by a signal."""
    complaints, outcomes = [], {}
    big = workshop.copy(scratch / "big")
    workshop.shell("for i in $(seq 60); do cat a.txt; done > big.txt; nerpipe tokenize -q --lang qac big.txt -o big.zst; "
                   "nerpipe embed -q --vectors v.vectors big.zst -o bige.zst; nerpipe score -q --teacher teacher bige.zst -o bigs.zst", big, check=True)
    workshop.folder, original = big, workshop.folder
    try:
        cases = [
            ("nerpipe tokenize -q --lang qac big.txt -o out.zst", "big.txt"), ("nerpipe embed -q --vectors v.vectors big.zst -o out.zst", "v.vectors"),
            ("nerpipe embed -q --vectors v.vectors big.zst -o out.zst", "big.zst"), ("nerpipe score -q --teacher teacher bige.zst -o out.zst", "v.vectors"),
            (f"nerpipe update bigs.zst -o out --epochs 2 {UPDATE}", "bigs.zst"), (f"nerpipe update bigs.zst -o out --epochs 2 {UPDATE}", "v.vectors"),
            ("nerpipe vectors import -q qaa=qaa.vec qac=qac.vec -o out.vectors", "qac.vec"),
        ]
        for number in range(rounds):
            script, victim = cases[number % len(cases)]
            folder = workshop.copy(scratch / "changing")
            path = folder / victim
            data = path.read_bytes()
            path.unlink()
            path.write_bytes(data)  # no longer a link to that of the others
            process = workshop.start("exec " + script, folder)
            timer = threading.Timer(rng.random() * 0.4, lambda: change(path, data, rng))
            timer.start()
            status, _, err = finish(process, 60)
            if status is None:
                complaints.append(f"{script}: hangs when {victim} changes")
            timer.cancel()
            timer.join()
            outcomes[status] = outcomes.get(status, 0) + 1
            if status not in (0, 65, 66, 74, 78):
                complaints.append(f"{script}: {victim} changes: status {status}: {err.decode(errors='replace')[-300:]}")
    finally:
        workshop.folder = original
    report(f"inputs that change: {rounds} runs, by status: {dict(sorted(outcomes.items(), key=str))}")
    return complaints


def change(path, data, rng):
    kind = rng.randrange(4)
    with open(path, "r+b") as file:
        if kind == 0:
            file.truncate(rng.randrange(len(data)))
        elif kind == 1:
            file.truncate(0)
        elif kind == 2:
            file.seek(0, os.SEEK_END)
            file.write(data[: rng.randrange(1, 4096)])
        else:
            for _ in range(50):
                file.seek(rng.randrange(len(data)))
                file.write(bytes([rng.randrange(256)]))


def clock(workshop, scratch, rounds, rng, report):
    """The time of day jumps by years all the time: the same bytes, and checkpoints as often as without."""
    faults = workshop.tools.compile_faults(scratch)
    complaints, jobs = [], [job for job in JOBS if "|" not in job[1] and job[0] != "quarantine"]
    for name, script, names, _ in jobs:
        found = []
        for extra in ({}, {"LD_PRELOAD": str(faults), "FAULT_CLOCK": "1"}):
            folder = workshop.copy(scratch / "clock")
            status, _, err = workshop.shell(script, folder, extra)
            found.append((status, contents(folder, names)))
        if found[0] != found[1]:
            complaints.append(f"{name}: clock jumps: status {found[1][0]}: {err.decode()[-300:]}")
    report(f"the clock jumps: {len(jobs)} jobs")
    return complaints
