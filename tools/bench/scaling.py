"""What a job costs as its parts grow: text, vocabulary, teachers, jobs. Generated text alone; scaling.sh prepares it."""
import argparse
import itertools
import json
import pathlib
import random
import shutil
import sys

from inputs import Inputs, machine
from measure import Run, median


def table(title, head, rows):
    """Prints a table, a row at a time."""
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


class Scaling:
    def __init__(self, inputs, large):
        self.inputs, self.large, self.nerpipe = inputs, large, inputs.nerpipe
        self.student = inputs.path("scaling-student")

    def job(self, text, vectors, teacher, jobs, *options):
        """A run over a text, one epoch; the process and its counts."""
        definition = self.inputs.path("scaling.yaml")
        definition.write_text(
            f"inputs: [{text}]\nstages:\n- tokenize: {{lang: qac}}\n- embed: {{vectors: {vectors}}}\n- score: {{teacher: {teacher}}}\n"
            f"- update: {{output: {self.student}, epochs: 1}}\n")
        shutil.rmtree(self.student, ignore_errors=True)
        run = Run([self.nerpipe, "run", definition, "-q", "-j", jobs, *options])
        return run, json.loads((self.student / "run.json").read_text())["tokens"]

    def text(self, size):
        return self.inputs.make(f"scaling-{size}.txt.zst", f"{self.inputs.world} --stream qac --bytes {size} | zstd -q -1 -T2 -c > $OUT")

    def sizes(self):
        for size in ["10M", "100M", "1G"] + (["10G"] if self.large else []):
            text = self.text(size)
            run, tokens = self.job(text, self.inputs.table, self.inputs.teacher, 2)
            yield size, f"{tokens / 1e6:.1f} M", f"{run.seconds:.1f} s", f"{tokens / run.seconds / 1e3:.0f} k", f"{run.processor_seconds / tokens * 1e9:.0f} ns", f"{run.memory:.0f} MiB"

    def vectors(self, count):
        """A table with a row for each of so many words."""
        source = self.inputs.path("scaling.vec")
        command = f"{sys.executable} {__file__} --write-vectors {count} > {source} && {self.nerpipe} vectors import -q {source} -o $OUT && rm {source}"
        return self.inputs.make(f"scaling-{count}.vectors", command)

    def vocabulary(self):
        """Texts of 3 million tokens, words drawn by Zipf's law from a vocabulary that has a row for each of them."""
        for count in (10_000, 100_000, 1_000_000) + ((4_000_000,) if self.large else ()):
            vectors = self.vectors(count)
            text = self.inputs.path(f"scaling-{count}.txt")
            if not text.exists():
                with open(text, "w", encoding="ascii") as file:
                    write_text(file, count, 3_000_000)
            training = self.inputs.path("scaling-train.conll")
            training.write_text("".join(f"{word_of(i)} {'B-PER' if i % 3 == 0 else 'O'}\n\n" for i in range(300)))
            teacher = self.inputs.make(f"scaling-teacher-{count}", f"{self.nerpipe} train {training} --lang qac --vectors {vectors} --epochs 1 -q -o $OUT")
            embedded = self.inputs.path("scaling-embedded")
            embedding = Run([self.nerpipe, "embed", self.tokenized(text), "--vectors", vectors, "-q", "-j", 1, "--compress", "never", "-o", embedded])
            tokens = self.tokens(embedded)
            scoring = Run([self.nerpipe, "score", embedded, "--teacher", teacher, "-q", "-j", 1, "--compress", "never", "-o", "/dev/null"])
            yield (f"{count:,}", f"{vectors.stat().st_size >> 20} MiB", f"{tokens / embedding.seconds / 1e6:.1f} M", f"{tokens / scoring.seconds / 1e6:.2f} M",
                   f"{scoring.memory:.0f} MiB")
            embedded.unlink()

    def billion(self):
        """A billion tokens, words drawn by Zipf's law from a million, compressed text to student: the projection of stages alone, the run, and how it went on.

        A hundred million tokens ten times over: nothing but the student remembers what came before.
        """
        count, part, times, jobs = 1_000_000, 100_000_000, 10, 2
        vectors = self.vectors(count)
        text = self.inputs.make("billion.txt.zst", f"{sys.executable} {__file__} --write-text {count} {part} | zstd -q -1 -c > $OUT")
        sample = self.inputs.make("billion-sample.txt", f"{sys.executable} {__file__} --write-text {count} 5000000 > $OUT")
        training = self.inputs.path("scaling-train.conll")
        training.write_text("".join(f"{word_of(i)} {'B-PER' if i % 3 == 0 else 'O'}\n\n" for i in range(300)))
        teacher = self.inputs.make(f"scaling-teacher-{count}", f"{self.nerpipe} train {training} --lang qac --vectors {vectors} --epochs 1 -q -o $OUT")
        seconds, previous = 0, sample
        for number, stage in enumerate((["tokenize", "--lang", "qac"], ["embed", "--vectors", vectors], ["score", "--teacher", teacher], ["update", "--epochs", 1])):
            path = self.inputs.path(f"billion-{number}")
            shutil.rmtree(path, ignore_errors=True)
            options = ["-q", "-j", 1, "-o", path] + (["--compress", "never"] if stage[0] != "update" else [])
            seconds += Run([self.nerpipe, stage[0], previous, *stage[1:], *options]).processor_seconds
            previous = path
        tokens = json.loads((previous / "run.json").read_text())["tokens"]
        projected = seconds / tokens * part * times / jobs / 0.93
        metrics = self.inputs.path("billion.jsonl")
        metrics.unlink(missing_ok=True)
        run, done = self.job(", ".join([str(text)] * times), vectors, teacher, jobs, "--metrics", metrics)
        yield "projected", f"{part * times / 1e6:.0f} M", f"{projected:.0f} s", f"{part * times / projected / 1e3:.0f} k", f"{seconds / tokens * 1e9:.0f} ns", ""
        before = (0, 0)
        lines = [json.loads(line) for line in metrics.read_text().splitlines()]
        for line in lines[len(lines) // 10 - 1:: max(1, len(lines) // 10)]:
            now = (line["figures"]["tokens"], line["seconds"])
            rate = (now[0] - before[0]) / (now[1] - before[1])
            yield "until then", f"{now[0] / 1e6:.0f} M", f"{now[1]:.0f} s", f"{rate / 1e3:.0f} k", "", f"{line['peakResidentBytes'] >> 20} MiB"
            before = now
        yield (f"the run, {run.seconds / (projected * done / part / times):.2f} of the projection", f"{done / 1e6:.0f} M", f"{run.seconds:.0f} s", f"{done / run.seconds / 1e3:.0f} k",
               f"{run.processor_seconds / done * 1e9:.0f} ns", f"{run.memory:.0f} MiB")

    def tokenized(self, text):
        path = self.inputs.path("scaling-tokens")
        Run([self.nerpipe, "tokenize", text, "--lang", "qac", "-q", "--compress", "never", "-o", path])
        return path

    def tokens(self, stream):
        return int(Run([self.nerpipe, "shard", "info", stream]).output.split()[-1])

    def teachers(self):
        """Each teacher scores the embedded text once."""
        text = self.text("100M")
        embedded = self.inputs.make("scaling-embedded-100M", f"{self.nerpipe} tokenize {text} --lang qac -q | {self.nerpipe} embed --vectors {self.inputs.table} -q -o $OUT")
        scored = self.inputs.path("scaling-scored")
        run, tokens = self.job(text, self.inputs.table, self.inputs.teacher, 2)
        one = None
        for count in (1, 2, 4):
            seconds = sum(
                Run([self.nerpipe, "score", embedded, "--teacher", self.inputs.model(seed, 1), "-q", "-j", 2, "-o", scored]).seconds for seed in range(1, count + 1))
            one = one or seconds
            total = run.seconds + seconds - one
            yield str(count), f"{seconds:.1f} s", f"{total:.1f} s", f"{total / run.seconds:.2f}"
        print(f"\n{tokens / 1e6:.1f} million tokens; on disk, compressed: embedded {embedded.stat().st_size / tokens:.1f} bytes a token, "
              f"scored {scored.stat().st_size / tokens:.1f}.", flush=True)

    def jobs(self):
        text = self.text("100M")
        base = None
        for jobs in (1, 2, 4):
            runs = [self.job(text, self.inputs.table, self.inputs.teacher, jobs)[0] for _ in range(3)]
            seconds = median(run.seconds for run in runs)
            base = base or seconds
            yield str(jobs), f"{seconds:.1f} s", f"{base / seconds:.2f}", f"{median(run.processor_seconds for run in runs):.1f} s", f"{runs[0].memory:.0f} MiB"


def word_of(index):
    """A word of letters for every number, shorter for smaller ones."""
    letters, word = "etaoinshrdlucmfwypvbgkqjxz", ""
    index += 26
    while index:
        index, digit = divmod(index, 26)
        word += letters[digit]
    return word


def write_vectors(file, count):
    """Rows repeat after a thousand words: what a row holds does not change what it costs."""
    generator = random.Random(1)
    rows = [" ".join(f"{generator.gauss(0, 0.1):.4f}" for _ in range(100)) for _ in range(1000)]
    file.write(f"{count} 100\n")
    for index in range(count):
        file.write(f"{word_of(index)} {rows[index % 1000]}\n")


def write_text(file, count, tokens):
    """Words by Zipf's law, 20 a line."""
    generator = random.Random(2)
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(count)))
    words = [word_of(index) for index in range(count)]
    for _ in range(tokens // 20):
        file.write(" ".join(generator.choices(words, cum_weights=weights, k=19)) + " .\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder")
    parser.add_argument("--write-vectors", type=int, help="write vectors of so many words to standard output, and no more")
    parser.add_argument("--write-text", type=int, nargs=2, help="write text of so many words and tokens to standard output, and no more")
    parser.add_argument("--large", action="store_true", help="10 GB of text and 4 million words too")
    parser.add_argument("--only", default="jobs,teachers,vocabulary,sizes")
    arguments = parser.parse_args()
    if arguments.write_vectors:
        return write_vectors(sys.stdout, arguments.write_vectors)
    if arguments.write_text:
        return write_text(sys.stdout, *arguments.write_text)
    if not arguments.folder:
        parser.error("--folder is needed")
    inputs = Inputs(pathlib.Path(__file__).resolve().parents[2], arguments.folder, wants_sample=True)
    scaling = Scaling(inputs, arguments.large)
    print(machine())
    tables = {
        "jobs": ("Jobs", ["jobs", "seconds", "speed-up", "processor seconds", "peak memory"]),
        "teachers": ("Teachers", ["teachers", "scoring, 2 jobs", "the job with so many", "of the job with one"]),
        "vocabulary": ("Vocabulary", ["rows", "table", "embed, tokens/s, 1 job", "score, tokens/s, 1 job", "peak memory of score"]),
        "billion": ("A billion tokens", ["", "tokens", "seconds, 2 jobs", "tokens/s", "processor time a token", "peak memory"]),
        "sizes": ("Text", ["text", "tokens", "seconds, 2 jobs", "tokens/s", "processor time a token", "peak memory"]),
    }
    for name in arguments.only.split(","):
        if name not in tables:
            sys.exit(f"scaling: no table {name}; there are {', '.join(tables)}")
        table(*tables[name], getattr(scaling, name)())


main()
