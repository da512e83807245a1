"""kill -9 at chosen calls and at random times: after any number of kills, the same command ends with the same bytes."""
import collections
import concurrent.futures
import random
import signal
import threading
import time

from workshop import ROUND, TOKENIZE, UPDATE, contents, kill_group, leftovers

STAGES = f"nerpipe tokenize -q {TOKENIZE} a.txt b.txt | nerpipe embed -q --vectors v.vectors | nerpipe score -q --teacher teacher"
# Name, script, what it makes, whether it has checkpoints.
JOBS = [
    ("run, one epoch", "exec nerpipe run p.yaml -q --set update.epochs=1", ["out"], True),
    ("run, several epochs", "exec nerpipe run p.yaml -q", ["out"], True),
    ("run, two jobs", "exec nerpipe run p.yaml -q -j 2", ["out"], True),
    ("run, rounds with a policy", "exec nerpipe run p.yaml -q --set rounds=2 --set update.epochs=2 --set update.selector=policy "
     "--set update.selector-dev=qaa=train.conll --set update.selector-sentences=8", ["out"], True),
    ("update from shards", f"exec nerpipe update scored.zst -o out --epochs 3 {UPDATE}", ["out"], True),
    ("update from a pipe, one epoch", f"set -o pipefail; {STAGES} | nerpipe update -o out --epochs 1 {UPDATE}", ["out"], True),
    ("update from a pipe, several epochs", f"set -o pipefail; {STAGES} | nerpipe update -o out --epochs 2 {UPDATE}", ["out"], True),
    ("train", f"exec nerpipe train train.conll --lang qaa --vectors v.vectors --epochs 2 --code-switch qac=d.tsv {UPDATE} -o out", ["out"], True),
    ("tokenize", f"exec nerpipe tokenize -q {TOKENIZE} a.txt b.txt -o out.zst", ["out.zst"], False),
    ("embed", "exec nerpipe embed -q --vectors v.vectors tokens.zst -o out.zst", ["out.zst"], False),
    ("score", "exec nerpipe score -q --teacher teacher embedded.zst -o out.zst", ["out.zst"], False),
    ("select", "exec nerpipe select -q --smooth 0.5 --weigh-by agreement --keep 0.8 voted.zst -o out.zst", ["out.zst"], False),
    ("mix", "exec nerpipe mix -q --gold qaa=train.conll --share 0.3 scored.zst -o out.zst", ["out.zst"], False),
    ("tag", "exec nerpipe tag -q --model teacher --lang qac a.txt -o out.conll", ["out.conll"], False),
    ("shard split", "exec nerpipe shard split scored.zst --blocks 7 -o out/part-", ["out"], False),
    ("vectors import", "exec nerpipe vectors import -q qaa=qaa.vec qac=qac.vec -o out.vectors", ["out.vectors"], False),
    ("vectors align", "exec nerpipe vectors align -q qac.vectors qaa.vectors --seeds identical --holdout 0 -o out.vectors", ["out.vectors"], False),
    ("vectors train", "exec nerpipe vectors train -q --parallel qaa-qac=pairs.tsv --text qac=b.txt --dimension 16 --epochs 2 --buckets 1000 "
     "--checkpoint-seconds 0.02 -o out.vectors", ["out.vectors"], True),
    ("project", "exec nerpipe project -q --model teacher --source qaa --target qac pairs.tsv -o out.conll", ["out.conll"], False),
    ("model package", "exec nerpipe model package -q teacher --lang qac -o out.nerpipe", ["out.nerpipe"], False),
    ("chain of phases", "exec nerpipe run c.yaml -q", ["out", "out.nerpipe"], True),
    ("rounds of three units", "set -e; for k in 1 2 3; do for u in 1 2 3; do nerpipe update -q units/scored/0000$u-of-00003.zst --round $k/3 "
     f"-o out {ROUND}; done; nerpipe merge -q --round $k/3 -o out --outer nesterov; done", ["out"], False),
    ("rounds, by the driver", "bash cluster/drive.sh job.sh processes 2 || kill -9 $$", ["out"], False),
    ("quarantine", "exec nerpipe tokenize -q --lang qac bad.txt --on-error quarantine:out.bad -o out.zst", ["out.zst", "out.bad", "out.bad.reasons"], False),
]


class Trial:
    """One job, killed again and again in a folder of its own."""

    def __init__(self, workshop, faults, folder, job, expected, calls, rng):
        self.workshop, self.faults, self.job, self.expected, self.calls, self.rng = workshop, faults, job, expected, calls, rng
        self.folder = workshop.copy(folder)
        self.kills, self.loss = collections.Counter(), 0.0

    def attempt(self):
        """Runs the command once, to a kill or to its end; its status."""
        name, script, _, has_checkpoints = self.job
        if self.rng.random() < 0.75:
            kind = self.rng.choice(["before", "after", "torn"])
            extra = {"LD_PRELOAD": str(self.faults), "FAULT_KIND": kind, "FAULT_AT": str(self.rng.randint(1, self.calls))}
            status, _, err = self.workshop.shell(script, self.folder, extra)
            if status in (-9, 137) or b"Killed" in err:
                self.kills[kind] += 1
            # A shell says of its command that it was killed; who reads the output of a killed stage says so, too.
            return (-9 if status == 137 or status == 65 and "|" in script else status), err
        start = time.time()
        process = self.workshop.start(script, self.folder)
        limit = self.rng.random() ** 2 * 1.5
        try:
            _, err = process.communicate(timeout=limit)
            return process.returncode, err
        except Exception:
            newest = max((p.stat().st_mtime for p in self.folder.glob("out*/checkpoints/*.zst")), default=start)
            kill_group(process)
            _, err = process.communicate()
            self.kills["at a random time"] += 1
            if has_checkpoints:
                self.loss = max(self.loss, time.time() - max(newest, start))
            return -9, err

    def run(self, limit):
        """Complaints, none when all is well."""
        for _ in range(limit):
            status, err = self.attempt()
            if status == 0:
                break
            if status != -9:
                return [f"{self.job[0]}: status {status}: {err.decode(errors='replace')[-500:]}"]
        status, _, err = self.workshop.shell(self.job[1], self.folder)
        if status != 0:
            return [f"{self.job[0]}: does not go on after {dict(self.kills)}: status {status}: {err.decode(errors='replace')[-500:]}"]
        found = contents(self.folder, self.job[2])
        wrong = [name for name in self.expected.keys() | found.keys() if self.expected.get(name) != found.get(name)]
        return [f"{self.job[0]}: other bytes in {', '.join(sorted(wrong))} after {dict(self.kills)}"] * bool(wrong) + [
            f"{self.job[0]}: left {', '.join(leftovers(self.folder))}"] * bool(leftovers(self.folder))


def run(workshop, scratch, kills, seed, report):
    """Kills until there were as many; complaints."""
    faults = workshop.tools.compile_faults(scratch)
    (workshop.folder / "bad.txt").write_bytes(b"".join(b"good line %d\n" % i + (b"bad \xff\n" if i % 40 == 0 else b"") for i in range(3000)))
    undisturbed = []
    for number, job in enumerate(JOBS):
        folder = workshop.copy(scratch / "undisturbed")
        counts = scratch / "counts"
        counts.unlink(missing_ok=True)
        status, _, err = workshop.shell(job[1], folder, {"LD_PRELOAD": str(faults), "FAULT_COUNT": str(counts)})
        if status != 0:
            return [f"{job[0]}: status {status} undisturbed: {err.decode(errors='replace')}"]
        # The shell counts too; a stage of a pipe that writes no file has no call of its own to be killed at.
        undisturbed.append((contents(folder, job[2]), max(1, *map(int, counts.read_text().split()))))
    lock, totals, complaints = threading.Lock(), collections.defaultdict(collections.Counter), []
    losses, trials = collections.defaultdict(float), collections.Counter()

    def work(worker):
        rng, turn = random.Random(f"{seed} {worker}"), worker
        while not complaints and sum(sum(c.values()) for c in totals.values()) < kills:
            job = JOBS[turn % len(JOBS)]
            expected, calls = undisturbed[turn % len(JOBS)]
            trial = Trial(workshop, faults, scratch / f"trial-{worker}", job, expected, calls, rng)
            found = trial.run(12)
            with lock:
                complaints.extend(found)
                totals[job[0]].update(trial.kills)
                losses[job[0]] = max(losses[job[0]], trial.loss)
                trials[job[0]] += 1
            turn += 2

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    report("| job | runs | kills before a call | after | in half a write | at a random time | calls that change files | most work lost, s |\n|---|---|---|---|---|---|---|---|")
    for (name, _, _, has_checkpoints), (_, calls) in zip(JOBS, undisturbed):
        c = totals[name]
        report(f"| {name} | {trials[name]} | {c['before']} | {c['after']} | {c['torn']} | {c['at a random time']} | {calls} | {f'{losses[name]:.2f}' if has_checkpoints else ''} |")
    report(f"\n{sum(sum(c.values()) for c in totals.values())} kills, {len(complaints)} complaints")
    return complaints
