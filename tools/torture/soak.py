"""One run for a long time: memory stays flat, no descriptor is lost."""
import json
import os
import time

from pipes import stage_processes
from workshop import UPDATE, kill_group


def run(workshop, scratch, seconds, report):
    folder = workshop.copy(scratch / "soak")
    process = workshop.start(
        "set -o pipefail; sample-world --stream qac --bytes 1000G | nerpipe tokenize -q --lang qac --metrics tokenize | nerpipe embed -q --vectors v.vectors --metrics embed "
        f"| nerpipe score -q --teacher teacher --metrics score | nerpipe update -o out --epochs 1 --metrics update {UPDATE.replace('0.02', '1')}", folder)
    samples, descriptors = {}, {}
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        time.sleep(min(seconds / 60, 10))
        for stage, pid in stage_processes(process.pid).items():
            with open(f"/proc/{pid}/status") as status:
                anonymous = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
            samples.setdefault(stage, []).append(anonymous / 1024)
            descriptors.setdefault(stage, []).append(len(os.listdir(f"/proc/{pid}/fd")))
    ended = process.poll()
    kill_group(process)
    process.communicate()
    complaints = [f"soak: ended with status {ended}"] if ended is not None else []
    tokens = json.loads((folder / "update").read_text().splitlines()[-1])["stages"][-1]["tokens"]
    report(f"{seconds} s, {tokens / 1e6:.0f} M tokens learnt\n\n| stage | MiB after a quarter | at the end, the highest | open files |\n|---|---|---|---|")
    for stage, values in samples.items():
        quarter, last = max(values[: max(1, len(values) // 4)]), max(values[len(values) * 3 // 4:])
        files = descriptors[stage]
        report(f"| {stage} | {quarter:.1f} | {last:.1f} | {min(files)} to {max(files)} |")
        if last > quarter * 1.05 + 2 or files[-1] > files[0] + 2:
            complaints.append(f"soak: {stage} grows from {quarter:.1f} to {last:.1f} MiB, open files {files[0]} to {files[-1]}")
    return complaints
