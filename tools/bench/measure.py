"""Processes that are measured: asked over pipes, or run as a whole; and pairs of them that take turns."""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time


def peak_memory(usage):
    """MiB. A process begins with the peak of the one that started it: what is not above that is not known."""
    return usage.ru_maxrss / 1024 if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else float("nan")


class Worker:
    """A process that answers requests (see program/BenchProgram.swift and peers/protocol.py)."""

    def __init__(self, command, environment=None):
        self.command = [str(part) for part in command]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env={**os.environ, **(environment or {})})
        self.memory = None

    def ask(self, **request):
        self.process.stdin.write(json.dumps({key: str(value) if isinstance(value, os.PathLike) else value
                                             for key, value in request.items()}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(self.command)}: no answer to {request}")
        return json.loads(line)

    def close(self):
        """Ends the process; its peak memory in MiB is then known."""
        self.process.stdin.close()
        self.process.stdout.close()
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        self.memory = peak_memory(usage)
        return self.memory


class Run:
    """A finished process: wall-clock seconds, processor seconds, peak memory in MiB, what it printed.

    The benchmark ends when the process ends with another status than the one expected.
    """

    def __init__(self, command, shell=False, stdin=None, environment=None, status=0):
        command = command if shell else [str(part) for part in command]
        started = time.perf_counter()
        # Errors go to a file: a process that writes many of them must not wait for a reader of its output.
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                ["bash", "-o", "pipefail", "-c", command] if shell else command, stdin=stdin or subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=errors, env={**os.environ, **(environment or {})})
            self.output = process.stdout.read().decode(errors="replace")
            _, ended, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(ended)
            errors.seek(0)
            told = errors.read().decode(errors="replace")
        self.seconds = time.perf_counter() - started
        self.processor_seconds = usage.ru_utime + usage.ru_stime
        self.memory = peak_memory(usage)
        if process.returncode != status:
            sys.exit(f"{command}: status {process.returncode}: {told[-800:]}")


def first_byte(command, stdin=None):
    """Seconds from the start of a process to the first byte that it prints."""
    started = time.perf_counter()
    with subprocess.Popen([str(part) for part in command], stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        byte = process.stdout.read(1)
        seconds = time.perf_counter() - started
        process.stdout.read()
    if process.returncode != 0 or not byte:
        sys.exit(f"{command}: status {process.returncode}, no output")
    return seconds


def rate(answer):
    return answer["units"] / answer["seconds"]


def in_turns(rounds, *sides, counts_first=False):
    """Calls the sides one after the other, round by round; a list of results for each.

    One round more comes first and is not counted, unless `counts_first` says that the sides are too long to need it.
    """
    results = [[] for _ in sides]
    for number in range(1 if counts_first else 0, rounds + 1):
        for kept, side in zip(results, sides):
            value = side()
            if number > 0:
                kept.append(value)
    return results


def median(values):
    return statistics.median(values)
