"""Whole processes: stages joined and piped, jobs, whole jobs against other programs, memory, start-up."""
import json
import os
import pathlib
import shutil
import sys

from measure import Run, Worker, in_turns, median
from report import Row

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")


class Job:
    """The commands of one job, text to student, in one process, as stages of their own, and as a pipe."""

    def __init__(self, inputs, text, epochs=1):
        self.inputs, self.text, self.epochs = inputs, text, epochs
        self.student = inputs.path("student")
        self.definition = inputs.path("job.yaml")
        self.definition.write_text(
            f"inputs: [{text}]\nstages:\n- tokenize: {{lang: {inputs.target}}}\n- embed: {{vectors: {inputs.table}}}\n"
            f"- score: {{teacher: {inputs.teacher}}}\n- update: {{output: {self.student}, epochs: {epochs}}}\n")

    def run(self, jobs, processors=None):
        """In one process; with `processors`, on these alone."""
        shutil.rmtree(self.student, ignore_errors=True)
        pin = ["taskset", "-c", processors] if processors else []
        return Run(pin + [self.inputs.nerpipe, "run", self.definition, "-q", "-j", jobs])

    def update(self, jobs, scored):
        shutil.rmtree(self.student, ignore_errors=True)
        return Run([self.inputs.nerpipe, "update", scored, "--epochs", self.epochs, "-o", self.student, "-q", "-j", jobs])

    def stages(self, jobs):
        """Each stage alone, one after the other, through plain files; seconds of the processor."""
        n, i = self.inputs.nerpipe, self.inputs
        commands = {
            "tokenize": [n, "tokenize", self.text, "--lang", i.target], "embed": [n, "embed", i.path("stage-tokenize"), "--vectors", i.table],
            "score": [n, "score", i.path("stage-embed"), "--teacher", i.teacher]}
        seconds = {}
        for stage, command in commands.items():
            seconds[stage] = Run(command + ["-q", "-j", jobs, "--compress", "never", "--force", "-o", i.path(f"stage-{stage}")]).processor_seconds
        seconds["update"] = self.update(jobs, i.path("stage-score")).processor_seconds
        return seconds

    def pipe(self, jobs):
        shutil.rmtree(self.student, ignore_errors=True)
        n, i = self.inputs.nerpipe, self.inputs
        return Run(
            f"{n} tokenize {self.text} --lang {i.target} -q -j {jobs} | {n} embed --vectors {i.table} -q -j {jobs} "
            f"| {n} score --teacher {i.teacher} -q -j {jobs} | {n} update --epochs {self.epochs} -o {self.student} -q -j {jobs}", shell=True)


def pipeline(inputs, rounds):
    job = Job(inputs, inputs.text)
    program = Worker([inputs.program])
    peak = lambda jobs: (lambda answer: answer["operations"] / answer["seconds"])(program.ask(do="peak", jobs=jobs))
    stages, joined, double, piped, single, plain = in_turns(
        min(rounds, 3), lambda: job.stages(1), lambda: job.run(2), lambda: peak(2), lambda: job.pipe(2), lambda: job.run(1), lambda: peak(1))
    program.close()
    sums = [sum(stage.values()) for stage in stages]
    share = {name: median(stage[name] for stage in stages) for name in stages[0]}
    rows = [Row(
        "four stages in one process, their sum on as many cores", [total / 2 / run.seconds for total, run in zip(sums, joined)],
        f"{median(run.seconds for run in joined):.2f} s", f"{median(sums) / 2:.2f} s",
        "2 jobs on 2 cores, one epoch while the stream flows. The other side: processor seconds of the four stages run alone with one job, "
        "divided by two cores; the slowest stage alone at its share of the cores would take as long. "
        + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in share.items()), ">= 0.9", f"{joined[0].memory:.0f} MiB",
        commands=[f"nerpipe run {job.definition} -j 2"])]
    rows.append(Row(
        "2 jobs, 1 job", [a.seconds / b.seconds for a, b in zip(single, joined)], f"{median(run.seconds for run in joined):.2f} s",
        f"{median(run.seconds for run in single):.2f} s", "the same run", ">= 1.85", commands=[f"nerpipe run {job.definition} -j 1|2"]))
    rows.append(Row(
        "2 threads, 1 thread: the machine itself", [b / a for a, b in zip(plain, double)], f"{median(double) / 1e9:.0f} GFLOP/s",
        f"{median(plain) / 1e9:.0f} GFLOP/s", "multiply-adds in registers, in turn with the runs above: less than 2 where a neighbour of a virtual "
        "machine takes the second core, and no program can have more", commands=["bench peak"]))
    rows.append(Row(
        "pipe of four processes, one process", [a.seconds / b.seconds for a, b in zip(joined, piped)],
        f"{median(run.seconds for run in piped):.2f} s", f"{median(run.seconds for run in joined):.2f} s",
        "-j 2 everywhere; the same bytes come out", ">= 0.85", commands=["nerpipe tokenize | embed | score | update"]))
    return rows


def epochs(inputs, rounds):
    """Eight epochs out of core, beside the same updates of batches that lie in memory."""
    scored = inputs.stream("scored", inputs.lines(60_000), compress="always")
    stored = inputs.path("epochs-student")
    program = Worker([inputs.program])

    def run(command):
        shutil.rmtree(stored, ignore_errors=True)
        return Run(f"{command} --epochs 8 -o {stored} -q -j 1", shell=True)

    def per_second(run):
        return json.loads((stored / "run.json").read_text())["tokens"] / run.seconds

    file, pipe, memory = in_turns(
        min(rounds, 3), lambda: (lambda run: (per_second(run), run))(run(f"{inputs.nerpipe} update {scored}")),
        lambda: (lambda run: (per_second(run), run))(run(f"cat {scored} | {inputs.nerpipe} update -")),
        lambda: program.ask(do="update", model=inputs.novice, stream=scored, jobs=1))
    program.close()
    plain = [answer["units"] / answer["seconds"] for answer in memory]
    return [
        Row(f"8 epochs out of core, {name}, the same updates in memory", [speed / base for (speed, _), base in zip(runs, plain)],
            f"{median(speed for speed, _ in runs) / 1e3:.0f} k tokens/s", f"{median(plain) / 1e3:.0f} k tokens/s",
            f"a whole process on one core, {how}; the other side updates from batches that lie in memory, in their order, and its start does not count",
            ">= 0.95", f"{runs[0][1].memory:.0f} MiB", commands=["nerpipe update --epochs 8", "bench update"])
        for name, runs, how in (
            ("a file", file, "which reads, checks and shuffles a compressed stream in every epoch"), ("a pipe", pipe, "which keeps the stream on disk first"))
    ]


def whole_job(inputs, rounds):
    text = inputs.lines(25_000)
    packed = inputs.make("job-text.zst", f"zstd -q -c {text} > $OUT")
    rows = []
    for epochs, goals in ((8, {"obvious": ">= 5", "tuned": ">= 8.5"}), (1, {})):
        job = Job(inputs, packed, epochs)
        for kind in ("obvious", "tuned"):
            command = [sys.executable, f"{PEERS}/plain_job.py", "--text", packed, "--vectors", inputs.vec, "--teacher", inputs.teacher,
                       "--epochs", epochs, "--kind", kind]
            ours, theirs = in_turns(
                1 if epochs > 1 else min(rounds, 3), lambda: job.run(2), lambda: Run(command), counts_first=epochs > 1)
            told = json.loads(theirs[0].output.strip().splitlines()[-1])
            tokens = json.loads((job.student / "run.json").read_text())["tokens"] // epochs
            rows.append(Row(
                f"whole job, {epochs} epoch{'s' if epochs > 1 else ''}, Python ({kind})", [b.seconds / a.seconds for a, b in zip(ours, theirs)],
                f"{median(run.seconds for run in ours):.1f} s", f"{median(run.seconds for run in theirs):.1f} s",
                f"compressed text to student on 2 cores, {tokens} tokens ({told['tokens']} by the other's tokenizer): zstandard, tokenizers in a "
                "process of its own, PyTorch with 2 threads" + (
                    ", eager, padded batches, its own dropout" if kind == "obvious"
                    else ", torch.compile, sentences end to end, dropout masks from a pool") + f". It took {told['start']:.1f} s to start",
                goals.get(kind, ""), f"{ours[0].memory:.0f} MiB against {theirs[0].memory:.0f} MiB",
                commands=[f"nerpipe run {job.definition} -j 2", " ".join(map(str, command))]))
    return rows


def spacy(inputs, rounds):
    text = inputs.lines(4_000)
    job = Job(inputs, text, epochs=1)
    ours = in_turns(min(rounds, 3), lambda: job.run(2))[0]
    labelled = inputs.make("labelled.jsonl", f"{inputs.nerpipe} tag --model {inputs.teacher} --lang {inputs.target} {text} --to jsonl -q -o $OUT")
    theirs = json.loads(Run([sys.executable, f"{PEERS}/spacy_ner.py", labelled, text]).output.strip().splitlines()[-1])
    seconds = median(run.seconds for run in ours)
    rows = [Row(
        "whole job, 1 epoch, spaCy training", [theirs["training"] / run.seconds for run in ours], f"{seconds:.2f} s", f"{theirs['training']:.1f} s",
        f"{theirs['sentences']} sentences, {theirs['tokens']} tokens. nerpipe: text to student, all four stages, 2 jobs. spaCy {theirs['version']}: "
        "blank('xx') with an NER, its default network and batches, one pass over the same teacher's labels, given as examples; one run", ">= 5",
        commands=[f"nerpipe run {job.definition} -j 2", f"peers/spacy_ner.py {labelled} {text}"])]
    tag = lambda: Run([inputs.nerpipe, "tag", "--model", job.student, "--lang", inputs.target, text, "-q", "-j", "1", "-o", inputs.path("tagged.conll")])
    runs = in_turns(min(rounds, 3), tag)[0]
    rows.append(Row(
        "tagging, spaCy nlp.pipe", [theirs["tagging"] / run.seconds for run in runs], f"{median(run.seconds for run in runs):.2f} s",
        f"{theirs['tagging']:.1f} s", "the same text to labelled tokens in a file, one core each, models loaded; nerpipe's time is the whole process", ">= 10",
        f"{runs[0].memory:.0f} MiB against {theirs['memory']:.0f} MiB", commands=[f"nerpipe tag {text}"]))
    return rows


def memory(inputs, rounds, large=False):
    """Peaks of the four processes of a pipe over generated text, 10 MB against 1 GB, or 10 GB."""
    sizes = ("10M", "10G" if large else "1G")
    world, sample = inputs.world, pathlib.Path(inputs.root) / "corpora" / "sample"
    table = inputs.make("memory.vectors", f"{inputs.nerpipe} vectors import -q qaa={sample}/vectors/qaa.vec.zst qac={sample}/vectors/qac.vec.zst -o $OUT")
    teacher = inputs.make("memory-teacher", f"{inputs.nerpipe} train {sample}/qaa/train.conll.zst --lang qaa --vectors {table} --epochs 2 -q -o $OUT")
    peaks = {}
    for size in sizes:
        folder = inputs.path(f"memory-{size}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        n = inputs.nerpipe
        m = lambda stage: f"-q -j 2 --metrics {folder}/{stage}.jsonl"
        Run(f"{world} --stream qac --bytes {size} | {n} tokenize --lang qac {m('tokenize')} | {n} embed --vectors {table} {m('embed')} "
            f"| {n} score --teacher {teacher} {m('score')} | {n} update --epochs 1 --checkpoint-seconds 2 -o {folder}/student {m('update')}", shell=True)
        peaks[size] = {
            stage: json.loads((folder / f"{stage}.jsonl").read_text().splitlines()[-1])["peakResidentBytes"] / (1 << 20)
            for stage in ("tokenize", "embed", "score", "update")}
    small, large_ = (peaks[size] for size in sizes)
    rows = [Row(
        f"peak memory of {stage}, {sizes[1]} against {sizes[0]}", [large_[stage] / small[stage]], f"{large_[stage]:.0f} MiB", f"{small[stage]:.0f} MiB",
        "a stage of the pipe, 2 jobs, the usual network, text of the sample world, one epoch while it flows; the mapped table counts too", "<= 1.05",
        commands=["sample-world | nerpipe tokenize | embed | score | update"]) for stage in small]
    rows.append(Row(
        f"peak memory of the largest stage, of 400 MiB, {sizes[1]}", [max(large_.values()) / 400], f"{max(large_.values()):.0f} MiB", "400 MiB",
        "the goal itself", "<= 1"))
    return rows


def start_up(inputs, rounds):
    ours, theirs = in_turns(
        20, lambda: Run([inputs.nerpipe, "--help"]).seconds,
        lambda: Run(["fasttext"], status=1).seconds)
    return [Row(
        "start-up, fastText", [median(ours) / median(theirs)], f"{median(ours) * 1e3:.1f} ms", f"{median(theirs) * 1e3:.1f} ms",
        "nerpipe --help against fasttext without arguments, each printing its help, which fasttext ends with status 1; medians of 20", "<= 2", commands=["nerpipe --help", "fasttext"])]
