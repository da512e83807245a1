"""A small job in a folder of its own, made of the sample world: what every campaign tortures."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

NETWORK = "--width 24 --convolutions 2 --feature-buckets 64"
UPDATE = f"{NETWORK} --batch-tokens 120 --window-tokens 2000 --checkpoint-seconds 0.02 -q"
ROUND = f"{NETWORK} --epochs 2 --batch-tokens 120 --window-tokens 2000"
TOKENIZE = "--lang qac --block-bytes 2000"


class Tools:
    """The program, and the layer of faults."""

    def __init__(self, root, build):
        self.root = pathlib.Path(root)
        self.build = self.root / ".build" / build
        self.nerpipe = self.build / "nerpipe"
        self.sample = self.root / "corpora" / "sample"
        for program in ("nerpipe", "sample-world"):
            if not (self.build / program).exists():
                raise SystemExit(f"torture: {self.build / program} is missing; build it first")

    def compile_faults(self, folder):
        """The shared library of faults.c, made with the compiler that Swift brings."""
        library = pathlib.Path(folder) / "faults.so"
        compiler = next(c for c in ("clang", "cc", "gcc") if shutil.which(c))
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, self.root / "tools/torture/faults.c", "-ldl"], check=True)
        return library


class Workshop:
    """A folder with text, vectors, dictionaries, a teacher and streams of each kind; copied for each trial."""

    def __init__(self, tools, folder, text_bytes=60_000):
        self.tools, self.folder = tools, pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        s = tools.sample
        for line in [
            f"{tools.build}/sample-world --stream qac --bytes {text_bytes} > a.txt",
            f"{tools.build}/sample-world --stream qac --seed 5 --bytes {text_bytes // 2} > b.txt",
            f"zstdcat {s}/qaa/train.conll.zst | head -4000 > train.conll",
            f"zstdcat {s}/vectors/qac.vec.zst > qac.vec; zstdcat {s}/vectors/qaa.vec.zst > qaa.vec",
            "nerpipe vectors import -q qaa=qaa.vec qac=qac.vec -o v.vectors",
            "nerpipe vectors import -q qaa=qaa.vec -o qaa.vectors; nerpipe vectors import -q qac=qac.vec -o qac.vectors",
            f"nerpipe train -q train.conll --lang qaa --vectors v.vectors --epochs 1 {NETWORK} -o teacher",
            f"nerpipe tokenize -q {TOKENIZE} a.txt b.txt -o tokens.zst",
            "nerpipe embed -q --vectors v.vectors tokens.zst -o embedded.zst",
            "nerpipe score -q --teacher teacher embedded.zst -o scored.zst",
            f"nerpipe train -q train.conll --lang qaa --vectors v.vectors --epochs 1 --seed 2 {NETWORK} -o other",
            "nerpipe score -q --teacher teacher --teacher other embedded.zst -o voted.zst",
            "mkdir -p units/scored; nerpipe shard split scored.zst --blocks 17 -o units/part-",
            "for i in 1 2 3; do mv units/part-0000$((i - 1)).zst units/scored/0000$i-of-00003.zst; done; [ $(ls units) = scored ]",
            f"mkdir cluster; cp {tools.root}/pipelines/cluster/{{drive,processes,step}}.sh cluster/",
            "paste a.txt a.txt | head -300 > pairs.tsv",
        ]:
            self.shell(line, check=True)
        (self.folder / "job.sh").write_text(
            "nerpipe=nerpipe text=() units=3 folder=units options=(-q -j 1 --wait 60) rounds=3 student=out initial=\n"
            f"update=({ROUND}) merge=(--outer nesterov)\n")
        words = sorted({w for w in (self.folder / "a.txt").read_text().split() if w.isalpha()})[:200]
        (self.folder / "d.tsv").write_text("".join(f"{word}\t{word}\n" for word in words))
        (self.folder / "p.yaml").write_text(
            f"inputs: [a.txt, b.txt]\nstages:\n- tokenize: {{lang: qac, block-bytes: 2000}}\n- embed: {{vectors: v.vectors}}\n- score: {{teacher: teacher}}\n"
            "- update: {output: out, epochs: 3, width: 24, convolutions: 2, feature-buckets: 64, batch-tokens: 120, window-tokens: 2000, checkpoint-seconds: 0.02}\n")

        (self.folder / "c.yaml").write_text(
            "records: records\nphases:\n- train: {inputs: [train.conll], lang: qaa, vectors: v.vectors, epochs: 1, width: 24, convolutions: 2, feature-buckets: 64, output: own}\n"
            "- pipeline:\n    inputs: [a.txt]\n    stages:\n    - tokenize: {lang: qac, block-bytes: 2000}\n    - exclude: {sentences: b.txt}\n    - embed: {vectors: v.vectors}\n    - score: {teacher: own}\n"
            "    - update: {output: out, epochs: 2, width: 24, convolutions: 2, feature-buckets: 64, batch-tokens: 120, window-tokens: 2000, checkpoint-seconds: 0.02}\n"
            "- model package: {inputs: [out], lang: qac, output: out.nerpipe}\n")

    def environment(self, extra=None):
        # Of a process without memory the printer of Swift's backtraces hangs at times; it is not what is tortured.
        return {**os.environ, "SWIFT_BACKTRACE": "enable=no", "PATH": f"{self.tools.build}:{os.environ['PATH']}", **(extra or {})}

    def start(self, script, folder=None, extra=None, **options):
        return subprocess.Popen(
            ["bash", "-c", script], cwd=folder or self.folder, env=self.environment(extra), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def shell(self, script, folder=None, extra=None, check=False, timeout=120):
        """Runs a script to its end: status, stdout, stderr. Whoever hangs is killed, and has status None."""
        status, out, err = finish(self.start(script, folder, extra), timeout)
        if check and status != 0:
            raise SystemExit(f"torture: {script}: status {status}: {err.decode(errors='replace')}")
        return status, out, err

    def copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, copy_function=os.link)
        return pathlib.Path(folder)


def kill_group(process, number=signal.SIGKILL):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def finish(process, timeout):
    """Waits for a process: status, stdout, stderr. One that takes too long is killed with its group, and has status None."""
    try:
        out, err = process.communicate(timeout=timeout)
        return process.returncode, out, err
    except subprocess.TimeoutExpired:
        kill_group(process)
        out, err = process.communicate()
        return None, out, err


def contents(folder, names):
    """Bytes of files, and of the files in folders, by name; without what says when or how fast a run was."""
    found = {}
    for name in names:
        path = folder / name
        if not path.exists():
            found[name] = None
        for file in sorted(path.rglob("*")) if path.is_dir() else [path] if path.exists() else []:
            if file.is_file() and file.name != "run.json" and "checkpoints" not in file.parts:
                found[str(file.relative_to(folder))] = file.read_bytes()
    return found


def leftovers(folder):
    """Temporary and work files that a finished job should not leave."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.name.endswith(".tmp") or p.name == "spool" or p.name.endswith(".work"))


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.002)
    return False
