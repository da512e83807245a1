"""What is measured on: text, vectors, models and streams, made once and kept in a folder."""
import os
import pathlib
import subprocess
import sys

from measure import Run

LANGUAGES = ["swa", "kin", "yor", "hau", "lug", "zul", "ibo", "sna"]


class Inputs:
    """Real text where `NERPIPE_DATA` names the folder that corpora/README.md describes, otherwise that of the sample world."""

    def __init__(self, root, folder, wants_sample=False):
        self.root = pathlib.Path(root)
        data = os.environ.get("NERPIPE_DATA")
        self.is_real = bool(data) and not wants_sample
        self.data = pathlib.Path(data) if self.is_real else self.root / "corpora" / "sample"
        self.folder = pathlib.Path(folder) / ("real" if self.is_real else "sample")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.nerpipe = self.root / ".build" / "release" / "nerpipe"
        self.program = self.root / ".build" / "release" / "bench"
        self.world = self.root / ".build" / "release" / "sample-world"
        self.source, self.target = ("en", "sw") if self.is_real else ("qaa", "qac")

    def path(self, name):
        return self.folder / name

    def make(self, name, command):
        """The path of a file or folder, made by a shell command that writes to $OUT when it is not there."""
        path = self.path(name)
        if not path.exists():
            print(f"making {path}", file=sys.stderr)
            part = path.with_name(path.name + ".part")
            subprocess.run(["rm", "-rf", str(part)], check=True)
            Run(f"OUT={part}; {command}", shell=True)
            part.rename(path)
        return path

    @property
    def text(self):
        """Some 30 MB of the target language; of eight languages, when it is real."""
        if self.is_real:
            folders = " ".join(f"{self.data}/text/{language}/*.zst" for language in LANGUAGES)
            return self.make("text.txt", f"zstdcat {folders} > $OUT")
        return self.make("text.txt", f"{self.world} --stream {self.target} --bytes 30M > $OUT")

    def lines(self, count):
        """The first lines of the text."""
        return self.make(f"text-{count}.txt", f"head -n {count} {self.text} > $OUT")

    @property
    def vec(self):
        return self.data / "vectors" / ("afr.vec.zst" if self.is_real else "qac.vec.zst")

    @property
    def table(self):
        files = str(self.vec) if self.is_real else " ".join(
            f"{language}={self.data}/vectors/{language}.vec.zst" for language in (self.source, self.target))
        return self.make("table.vectors", f"{self.nerpipe} vectors import -q {files} -o $OUT")

    def model(self, seed, epochs):
        """A tagger trained on the source language."""
        train = self.data / ("ner/conll2003/en/train.tsv.zst" if self.is_real else "qaa/train.conll.zst")
        kept = "--map MISC=O --types PER,ORG,LOC" if self.is_real else ""
        # Moved to its place with the path of the table in it, which stays.
        return self.make(f"model-{seed}", f"{self.nerpipe} train {train} {kept} --lang {self.source} --vectors {self.table} "
                                          f"--epochs {epochs} --seed {seed} -q -o $OUT")

    @property
    def teacher(self):
        return self.model(1, 3)

    @property
    def novice(self):
        return self.model(2, 1)

    def stream(self, kind, text, compress="never", options=""):
        """A stream of a text: `tokens`, `embedded` or `scored`."""
        suffix = "zst" if compress == "always" else "bin"
        name = f"{kind}{options.replace(' ', '')}-{text.stem}.{suffix}"
        stages = [f"{self.nerpipe} tokenize {text} --lang {self.target} -q",
                  f"{self.nerpipe} embed --vectors {self.table} {options} -q",
                  f"{self.nerpipe} score --teacher {self.teacher} -q"]
        stages = stages[: {"tokens": 1, "embedded": 2, "scored": 3}[kind]]
        return self.make(name, " | ".join(stages) + f" --compress {compress} -o $OUT")

    @property
    def words(self):
        """A word a line: the tokens of the first 60,000 lines of the text."""
        tokens = self.stream("tokens", self.lines(60_000))
        return self.make("words.txt", f"{self.nerpipe} shard cat {tokens} --to conll | grep -v '^$' > $OUT")


def machine():
    """What this machine is, in a line."""
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
    known = [name for name in ("avx2", "avx512f", "avx512_bf16") if f" {name} " in flags + " "]
    return f"{model}, {os.cpu_count()} CPUs, {' '.join(known)}"
