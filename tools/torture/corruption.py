"""Stored files that were damaged: every case is noticed, or changes nothing; none crashes, hangs or takes memory without bound."""
import collections
import concurrent.futures
import random
import signal
import threading

from workshop import UPDATE, contents, kill_group, wait_until

TAG = "nerpipe tag -q --model teacher --lang qac a.txt -o -"
# What is damaged, and what then reads it; its output must be the old one, or it must say that it cannot.
FORMATS = [
    ("stream, read in order", "scored.zst", "nerpipe shard cat scored.zst"),
    ("plain stream", "scored.plain", "nerpipe shard cat scored.plain"),
    ("stream, through its seek table", "scored.zst", f"nerpipe update scored.zst -q -o o --epochs 2 {UPDATE} && cat o/model.safetensors"),
    ("vector table", "v.vectors", "nerpipe embed -q --vectors v.vectors tokens.zst -o - --compress never"),
    ("vector table of 8-bit rows", "i.vectors", "nerpipe embed -q --vectors i.vectors tokens.zst -o - --compress never"),
    ("weights", "teacher/model.safetensors", TAG), ("configuration", "teacher/config.json", TAG),
    ("compressed text", "text.zst", "nerpipe tokenize -q text.zst -o - --compress never"),
]


def mutate(data, rng):
    """Other bytes, and what was done."""
    data, size = bytearray(data), len(data)
    a, b = rng.randrange(size), rng.randrange(size)
    length = min(size, 1 << rng.randrange(12))
    kind = rng.choice(["flip", "flip", "byte", "cut", "extend", "repeat", "swap", "zero", "insert", "remove", "end"])
    if kind == "flip":
        data[a] ^= 1 << rng.randrange(8)
    elif kind == "byte":
        data[a] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    elif kind == "cut":
        del data[a:]
    elif kind == "extend":
        data += rng.randbytes(length)
    elif kind == "repeat":
        data += data[a:a + length]
    elif kind == "swap":
        x, y = bytes(data[a:a + length]), bytes(data[b:b + length])
        if len(x) == len(y) and abs(a - b) >= length:
            data[a:a + length], data[b:b + length] = y, x
    elif kind == "zero":
        data[a:a + length] = bytes(len(data[a:a + length]))
    elif kind == "insert":
        data[a:a] = rng.randbytes(length)
    elif kind == "remove":
        del data[a:a + length]
    else:  # large numbers where sizes stand: at the beginning and at the end
        place = rng.choice([rng.randrange(min(size, 128)), size - 1 - rng.randrange(min(size, 128))])
        data[place:place + 8] = (rng.choice([1 << 31, 1 << 32, (1 << 63) - 1, (1 << 64) - 1]) & ((1 << 64) - 1)).to_bytes(8, "little")
    return bytes(data), f"{kind} at {a} of {size}"


def run(workshop, scratch, mutations, seed, report):
    workshop.shell("nerpipe vectors import -q --rows int8 qaa=qaa.vec qac=qac.vec -o i.vectors; zstdcat scored.zst > scored.plain; zstd -q a.txt -o text.zst", check=True)
    expected = []
    for name, victim, script in FORMATS:
        folder = workshop.copy(scratch / "whole")
        status, out, err = workshop.shell(script, folder)
        if status != 0:
            return [f"{name}: status {status} undamaged: {err.decode()}"]
        expected.append((out, (folder / victim).read_bytes()))
    lock, counts, complaints = threading.Lock(), collections.defaultdict(collections.Counter), []

    def work(worker):
        rng = random.Random(f"{seed} {worker}")
        folder = workshop.copy(scratch / f"damaged-{worker}")
        for number in range(worker, mutations, 2):
            name, victim, script = FORMATS[number % len(FORMATS)]
            out, data = expected[number % len(FORMATS)]
            bad, what = mutate(data, rng)
            (folder / victim).unlink()
            (folder / victim).write_bytes(bad)
            status, found, err = workshop.shell(f"rm -rf o; ulimit -v 4000000; {script}", folder, timeout=30)
            text = err.decode(errors="replace")
            with lock:
                if status == 0 and found == out:
                    counts[name]["harmless"] += 1
                elif status in (65, 66, 78) and text.startswith("nerpipe"):
                    counts[name]["noticed"] += 1
                else:
                    complaints.append(f"{name}: {what}: status {status}, {'the same' if found == out else 'other'} output: {text[-300:]}")
            (folder / victim).write_bytes(data)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    report("| format | noticed | harmless |\n|---|---|---|")
    for name, _, _ in FORMATS:
        report(f"| {name} | {counts[name]['noticed']} | {counts[name]['harmless']} |")
    complaints += work_in_progress(workshop, scratch, mutations // 40, random.Random(seed), report)
    return complaints


def work_in_progress(workshop, scratch, rounds, rng, report):
    """An interrupted run whose newest checkpoint, or spool, was damaged, or whose folder moved: it says so, and ends with the same bytes, or refuses."""
    script = "nerpipe run p.yaml -q"
    whole = workshop.copy(scratch / "whole")
    workshop.shell(script, whole, check=True)
    expected = contents(whole, ["out"])
    complaints, counts = [], collections.Counter()
    stopped = workshop.copy(scratch / "stopped")
    while True:
        process = workshop.start("exec " + script, stopped)
        wait_until(lambda: len(list(stopped.glob("out/checkpoints/*.zst"))) >= 3, 20)
        kill_group(process, signal.SIGKILL)
        process.communicate()
        if not (stopped / "out/config.json").exists():
            break
    workshop.folder, original = stopped, workshop.folder
    try:
        for number in range(rounds):
            folder = workshop.copy(scratch / f"progress-{number % 2}")  # another path each time
            victims = sorted(folder.glob("out/checkpoints/*.zst"))[-1:] + sorted(folder.glob("out/spool/*"))
            victim = victims[0] if number % 3 else rng.choice(victims)
            bad, what = mutate(victim.read_bytes(), rng)
            victim.unlink()
            victim.write_bytes(bad)
            jobs = rng.choice([1, 2, 3])
            status, _, err = workshop.shell(f"{script} -j {jobs}", folder, timeout=60)
            text = err.decode(errors="replace")
            if status == 0 and contents(folder, ["out"]) == expected:
                counts["the same bytes"] += 1
            elif status in (65, 78) and text.startswith("nerpipe"):
                counts["refused"] += 1
            else:
                complaints.append(f"{victim.name}: {what}: -j {jobs}: status {status}: {text[-300:]}")
    finally:
        workshop.folder = original
    report(f"\n{rounds} interrupted runs, moved to another path, with a damaged checkpoint or spool, other --jobs: {dict(counts)}")
    return complaints
