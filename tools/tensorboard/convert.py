#!/usr/bin/env python3
"""Metrics of nerpipe (--metrics FILE.jsonl) as event files of TensorBoard. Needs nothing but Python.

    python3 tools/tensorboard/convert.py m.jsonl -o logs && tensorboard --logdir logs

A training is a run of TensorBoard, named by its output folder, with the number of the update as step; any other process is one named by its
command, with its seconds as step. Where a training was resumed stands a record of its start, by which TensorBoard forgets what the process
before it had learnt after its last checkpoint. The same records give the same bytes, more of them the same beginning: converted again while
a run goes on, TensorBoard reads on.
"""
import argparse
import json
import os
import re
import sys

from events import EventFile


class Training:
    """The numbers of one output folder, over all processes that worked on it."""

    def __init__(self, path):
        self.file = EventFile(path)
        self.started = None
        self.update = 0
        self.evaluated = {}  # epochs that were evaluated: the update after which

    def add(self, record, rates):
        figures, time = record["figures"], record["time"]
        update = int(figures.get("update", 0))
        if record["started"] != self.started:
            if self.started is not None:
                after = int(figures.get("resumedAfter", 0))
                self.file.start(time, after + 1)
                self.evaluated = {epoch: at for epoch, at in self.evaluated.items() if at <= after}
                self.update = after
            self.started = record["started"]
        values = dict(rates)
        if update > self.update:
            values |= {f"training/{name}": figures[name] for name in ("loss", "epoch", "tokens") if name in figures}
        done = int(figures.get("epochsDone", 0))
        if done > 0 and done not in self.evaluated and "developmentF1" in figures:
            values["training/developmentF1"] = figures["developmentF1"]
            self.evaluated[done] = update
        self.update = max(self.update, update)
        self.file.scalars(time, update, values)


class Process:
    """The numbers of a process that trains nothing."""

    def __init__(self, path):
        self.file = EventFile(path)

    def add(self, record, rates):
        self.file.scalars(record["time"], int(record["seconds"]), rates)


class Rates:
    """Tokens in a second of every stage, since the record before it of the same process."""

    def __init__(self):
        self.before = {}

    def of(self, record):
        values = {"process/memory_MiB": record["peakResidentBytes"] / 2**20}
        for number, stage in enumerate(record["stages"]):
            key = (record["started"], number, stage["name"])
            seconds, tokens = self.before.get(key, (0.0, 0))
            if record["seconds"] - seconds >= 1:
                # A stage of several epochs is there several times; the last one with its name is the one at work.
                values[f"tokens_per_second/{stage['name']}"] = (stage["tokens"] - tokens) / (record["seconds"] - seconds)
                self.before[key] = record["seconds"], stage["tokens"]
        return values


def records(lines, place):
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            print(f"convert.py: {place}, line {number}: left out: no record (the disk was full, or the process died while it wrote)", file=sys.stderr)
            continue
        if not isinstance(record, dict) or "started" not in record or "command" not in record:
            sys.exit(f"convert.py: {place}, line {number}: no record of --metrics, or of a version of nerpipe before 'started' was written")
        yield record


def name(record, processes):
    """What TensorBoard calls it: the folder that is trained, or the command and which process of it."""
    if "output" in record:
        return re.sub(r"[^A-Za-z0-9._=+-]+", "_", record["output"].strip("/")) or "model"
    of_command = processes.setdefault(record["command"], [])
    if record["started"] not in of_command:
        of_command.append(record["started"])
    number = of_command.index(record["started"]) + 1
    return record["command"].replace(" ", "-") + (f"-{number}" if number > 1 else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metrics", nargs="+", help="files of --metrics")
    parser.add_argument("-o", "--output", required=True, help="folder for TensorBoard's --logdir")
    options = parser.parse_args()
    runs, rates, processes = {}, Rates(), {}
    for path in options.metrics:
        with open(path, encoding="utf-8") as lines:
            for record in records(lines, path):
                place = name(record, processes)
                if place not in runs:
                    file = os.path.join(options.output, place, f"events.out.tfevents.{int(record['started'])}.nerpipe")
                    runs[place] = (Training if "output" in record else Process)(file)
                runs[place].add(record, rates.of(record))
    if not runs:
        sys.exit("convert.py: no records")
    for place, run in runs.items():
        run.file.write()
        print(f"{run.file.path}: {run.file.count} events")


if __name__ == "__main__":
    main()
