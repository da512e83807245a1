"""Training of vectors: against its own one job, against an older nerpipe, and against fastText. Neighbours between two languages, against FAISS."""
import filecmp
import os
import pathlib
import re
import sys

from measure import Run, Worker, in_turns, median
from report import Row

REFERENCE = pathlib.Path(__file__).resolve().parents[1] / "reference" / "skipgram_fasttext.py"
PAIRS = ["en-swa", "en-yor", "en-kin"]


class Training:
    """`vectors train` on parallel text and unlabelled text of the target language."""

    def __init__(self, inputs):
        self.inputs = inputs
        data = inputs.data
        if inputs.is_real:
            self.options = [f"--parallel {pair}={data}/parallel/{pair}" for pair in PAIRS]
            self.options += [f"--text {pair[3:]}={data}/text/{pair[3:]}" for pair in PAIRS]
        else:
            self.options = [f"--parallel qaa-qac={data}/qac/parallel.tsv.zst", f"--text qac={data}/qac/unlabelled"]

    def run(self, program, jobs, name):
        """The finished process, and the table it made as `table`."""
        table = self.inputs.path(f"{name}.vectors")
        command = f"{program} vectors train {' '.join(self.options)} --fresh -q --jobs {jobs} -o {table}"
        run = Run("exec " + command, shell=True)
        run.table = table
        return run


def train(inputs, rounds, base=None):
    """
    :param base: an older nerpipe to compare with
    """
    training, program = Training(inputs), Worker([inputs.program])
    peak = lambda jobs: (lambda answer: answer["operations"] / answer["seconds"])(program.ask(do="peak", jobs=jobs))
    one, two, plain, double = in_turns(
        min(rounds, 3), lambda: training.run(inputs.nerpipe, 1, "one"), lambda: training.run(inputs.nerpipe, 2, "two"),
        lambda: peak(1), lambda: peak(2), counts_first=True)
    program.close()
    if not filecmp.cmp(one[0].table, two[0].table, shallow=False):
        sys.exit("vectors train: two jobs made other bytes than one")
    what = f"whole processes, {' '.join(training.options)}".replace(str(inputs.data), "DATA")
    memory = f"{two[0].memory:.0f} MiB against {one[0].memory:.0f} MiB"
    seconds = lambda runs: f"{median(run.seconds for run in runs):.1f} s"
    rows = [
        Row("vectors train, 2 jobs, its own 1 job", [a.seconds / b.seconds for a, b in zip(one, two)], seconds(two), seconds(one),
            what + "; the same bytes", ">= 1.85", memory, ["nerpipe vectors train --jobs 1|2"]),
        Row("vectors train, 2 jobs, of what the machine gives two threads",
            [a.seconds / b.seconds / (d / p) for a, b, p, d in zip(one, two, plain, double)], seconds(two), seconds(one),
            "the same, divided by the ratio of multiply-adds in registers of two threads and one, measured in turn", ">= 0.95"),
    ]
    if base:
        ours, theirs = in_turns(
            min(rounds, 3), lambda: training.run(inputs.nerpipe, 1, "ours"), lambda: training.run(base, 1, "base"), counts_first=True)
        processor = lambda runs: f"{median(run.processor_seconds for run in runs):.1f} s"
        rows.append(Row(
            "vectors train, 1 job, --base", [b.processor_seconds / a.processor_seconds for a, b in zip(ours, theirs)], processor(ours),
            processor(theirs), "processor time, user and system, of the same", ">= 1.4",
            f"{ours[0].memory:.0f} MiB against {theirs[0].memory:.0f} MiB"))
        rows.append(Row(
            "vectors train, peak memory, --base", [a.memory / b.memory for a, b in zip(ours, theirs)], f"{ours[0].memory:.0f} MiB",
            f"{theirs[0].memory:.0f} MiB", "of the same", "<= 0.6"))
    return rows + fasttext(inputs, rounds)


def fasttext(inputs, rounds):
    """Skip-gram of one language: two threads each, 100 numbers, five epochs, the same n-grams."""
    lines = "zstdcat {0}/parallel/en-*/*.zst | cut -f1 | head -n 60000" if inputs.is_real else "zstdcat {0}/qac/parallel.tsv.zst | cut -f1"
    text = inputs.make("monolingual.txt", f"({lines.format(inputs.data)} || true) | tr '[:upper:]' '[:lower:]' | sed 's/[[:punct:]]/ & /g' > $OUT")
    table = inputs.path("monolingual.vectors")
    ours = [inputs.nerpipe, "vectors", "train", "--text", f"xx={text}", "-o", table, "--dimension", 100, "--min-count", 5, "--epochs", 5,
            "--no-refine", "--fresh", "-q", "--jobs", 2]
    peer = lambda seed: ["fasttext", "skipgram", "-input", text, "-output", inputs.path(f"monolingual-{seed}"), "-dim", 100, "-minn", 3, "-maxn", 5,
                         "-bucket", 300_000, "-minCount", 5, "-ws", 5, "-epoch", 5, "-neg", 5, "-lr", "0.05", "-thread", 2, "-seed", seed, "-verbose", 0]
    a, b = in_turns(min(rounds, 3), lambda: Run(ours), lambda: Run(peer(1)), counts_first=True)
    Run(peer(2))
    told = Run([sys.executable, REFERENCE, *(f"fasttext-{seed}={inputs.path(f'monolingual-{seed}.vec')}" for seed in (1, 2)), f"nerpipe={table}"]).output
    shared = dict(re.findall(r"(.+?): Spearman [\d.-]+, ten neighbours in common ([\d.]+) %", told))
    return [Row(
        "vectors train, fastText", [y.seconds / x.seconds for x, y in zip(a, b)], f"{median(run.seconds for run in a):.1f} s",
        f"{median(run.seconds for run in b):.1f} s", f"skip-gram of one language, {os.path.getsize(text) / 1e6:.0f} MB, 2 threads each; of ten "
        f"nearest neighbours {shared.get('fasttext-1 against nerpipe')} % are the same, of two runs of fastText {shared.get('fasttext-1 against fasttext-2')} %",
        ">= 15", f"{a[0].memory:.0f} MiB against {b[0].memory:.0f} MiB", [" ".join(map(str, ours)), " ".join(map(str, peer(1)))])]


PEER = pathlib.Path(__file__).resolve().parent / "peers" / "faiss_neighbours.py"
DIMENSION = 100
# Rows whose numbers fade as those of word vectors do; the other language has the same ones in another order, with noise.
ROWS = """
import sys, numpy
count, dimension = map(int, sys.argv[1:3])
random = numpy.random.default_rng(1)
unit = lambda rows: (rows / numpy.linalg.norm(rows, axis=1, keepdims=True)).astype("float32")
target = unit(random.standard_normal((count, dimension)) / numpy.sqrt(1 + numpy.arange(dimension)))
unit(target[random.permutation(count)] + 0.05 * random.standard_normal((count, dimension))).tofile(sys.argv[3])
target.tofile(sys.argv[4])
"""


def neighbours(inputs, rounds):
    """
    The ten nearest words of the other language, what CSLS is made of: of 200,000 words among as many, two threads each. FAISS is asked for every
    twentieth word and its time is taken so many times: it compares each with all, a thousand or more at a time.
    """
    count, share = 200_000, 20
    folder = inputs.make(f"rows-{count}", f"mkdir $OUT && {sys.executable} -c '{ROWS}' {count} {DIMENSION} $OUT/source $OUT/target")
    source, target = folder / "source", folder / "target"
    ours = Worker([inputs.program])
    # Its OpenBLAS does not know every processor; both choices are tried.
    theirs = [Worker([sys.executable, PEER, source, target, DIMENSION], environment) for environment in (None, {"OPENBLAS_CORETYPE": "SkylakeX"})]
    mine = lambda do: ours.ask(do=do, source=source, target=target, dimension=DIMENSION, jobs=2)
    few = lambda do, peer: peer.ask(do=do, jobs=2, count=count // share)
    if "avx512f" not in open("/proc/cpuinfo", encoding="utf-8").read():
        theirs.pop().close()
    best = min(theirs, key=lambda peer: few("neighbours", peer)["seconds"])
    version = best.ask(do="versions")["detail"]
    rows = []
    for do, name, goal in (("mutual-neighbours", "both directions", ">= 1"), ("neighbours", "one direction", ">= 1")):
        a, b = in_turns(min(rounds, 3), lambda: mine(do), lambda: few(do, best), counts_first=True)
        rows.append(Row(
            f"neighbours of 200,000 x 200,000 words, {name}, FAISS flat", [share * y["seconds"] / x["seconds"] for x, y in zip(a, b)],
            f"{median(x['seconds'] for x in a):.1f} s", f"{median(share * y['seconds'] for y in b):.0f} s",
            f"{DIMENSION} numbers, 10 neighbours, 2 threads each, rows in memory; {version}, IndexFlatIP, asked for {count // share} words, "
            f"time times {share}", goal, commands=[f"bench {do}", "peers/faiss_neighbours.py"]))
    for peer in theirs:
        peer.close()
    ours.close()
    return rows
