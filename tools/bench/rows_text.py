"""Tokenizing, shards and vectors."""
import json
import os
import random
import subprocess
import sys

from measure import Run, Worker, in_turns, median, rate
from report import Row

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")


def tokenize(inputs, rounds):
    text = inputs.text
    ours = Worker([inputs.program])
    theirs = Worker([sys.executable, f"{PEERS}/hf_tokenizers.py"])
    rows = []
    ask = lambda: ours.ask(do="tokenize", text=text)
    for kind in ("whitespace", "bert"):
        # The faster way of the two is the one that counts.
        way = max(("line", "batch"), key=lambda way: rate(theirs.ask(do="tokenize", text=text, kind=kind, way=way)))
        a, b = in_turns(rounds, ask, lambda: theirs.ask(do="tokenize", text=text, kind=kind, way=way))
        rows.append(Row(
            f"tokenize, HF tokenizers ({kind}, {'a line at a time' if way == 'line' else 'batches'})", [rate(x) / rate(y) for x, y in zip(a, b)],
            f"{median(map(rate, a)) / 1e6:.0f} MB/s", f"{median(map(rate, b)) / 1e6:.1f} MB/s",
            "one core; paragraphs in memory to words with byte offsets. nerpipe: UAX #29 words and sentences; tokenizers: the "
            f"pre-tokenizer '{kind}' from Python, first 10 MB", ">= 30", commands=[f"bench tokenize {text}"]))
    a, b = in_turns(rounds, ask, lambda: ours.ask(do="byteloop", text=text))
    rows.append(Row(
        "tokenize, a byte loop with class tables", [rate(x) / rate(y) for x, y in zip(a, b)],
        f"{median(map(rate, a)) / 1e6:.0f} MB/s", f"{median(map(rate, b)) / 1e6:.0f} MB/s",
        "one core; the loop (limits/limits.c) cuts at spaces and marks and writes offsets: no Unicode rules, no sentences", ">= 0.8",
        commands=[f"bench tokenize|byteloop {text}"]))
    memory = f"{ours.close():.0f} MiB against {theirs.close():.0f} MiB"
    for row in rows:
        row.memory = memory
    return rows


def divergence(inputs, rounds):
    """Processor time for each byte read, of whole processes: the text is read once by `tokenize` and twice, as source and target, by `divergence`."""
    text, rows = inputs.text, []
    size = text.stat().st_size
    for jobs in (1, 2):
        options = ["--lang", inputs.target, "--jobs", jobs, "-q", text]
        tokenize = " ".join(map(str, ["exec", inputs.nerpipe, "tokenize", "--compress", "never", *options, "> /dev/null"]))
        for name, extra, goal in (("sketches", [], ">= 0.5"), ("exact", ["--exact"], ">= 0.5"), ("sketches and running text", ["--running"], "")):
            command = [inputs.nerpipe, "divergence", "--source", f"{inputs.source}={text}", *extra, *options]
            a, b = in_turns(rounds, lambda: Run(command), lambda: Run(tokenize, shell=True))
            rate = lambda runs, times: times * size / median(run.processor_seconds for run in runs) / 1e6
            rows.append(Row(
                f"divergence ({name}), tokenize, {jobs} job{'s'[:jobs - 1]}", [2 * y.processor_seconds / x.processor_seconds for x, y in zip(a, b)],
                f"{rate(a, 2):.0f} MB/s", f"{rate(b, 1):.0f} MB/s", "bytes read for each second of processor time, user and system; tokenize's "
                "stream is not compressed and goes to /dev/null", goal, f"{a[0].memory:.0f} MiB against {b[0].memory:.0f} MiB",
                [" ".join(map(str, command)), tokenize]))
    return rows


def shards(inputs, rounds):
    plain = inputs.stream("scored", inputs.lines(60_000))
    packed = inputs.stream("scored", inputs.lines(60_000), compress="always")
    ours = Worker([inputs.program])
    size = plain.stat().st_size
    write = lambda: rate(ours.ask(do="write", stream=plain, output="/dev/null", level=3))
    read = lambda: rate(ours.ask(do="read", stream=plain, output=packed))
    zstd = lambda *options: size / Run(["bash", "-c", " ".join(["zstd", "-q", "-T1", "-c", *map(str, options), "> /dev/null"])]).seconds
    rows = []
    for name, mine, options in (("write", write, ["-3", plain]), ("read", read, ["-d", packed])):
        a, b = in_turns(rounds, mine, lambda: zstd(*options))
        rows.append(Row(
            f"shards: {name}", [x / y for x, y in zip(a, b)], f"{median(a) / 1e6:.0f} MB/s", f"{median(b) / 1e6:.0f} MB/s",
            "one thread, level 3, the bytes of a scored stream. nerpipe: blocks of 64 KiB of text, each a frame, hashed; zstd: "
            + ("the whole as one frame" if name == "write" else "the shard that nerpipe wrote"),
            ">= 0.9", commands=[f"zstd -T1 -c {' '.join(map(str, options))} > /dev/null"]))
    ours.close()
    return rows


def embed(inputs, rounds):
    table, words = inputs.table, inputs.words
    ours = Worker([inputs.program])
    rows = []
    a, b = in_turns(rounds, lambda: rate(ours.ask(do="gather", table=table, words=words)),
                    lambda: rate(ours.ask(do="gather-limit", table=table, words=words)))
    rows.append(Row(
        "embed: rows, a plain gather", [x / y for x, y in zip(a, b)], f"{median(a) / 1e6:.0f} M/s", f"{median(b) / 1e6:.0f} M/s",
        "one thread; rows of the words of a text, f16 to f32, 4096 a call. The other: the plainest loop with the best distance of its "
        "prefetches, on a copy in memory (limits/limits.c)", ">= 0.8", commands=["bench gather|gather-limit"]))
    theirs = Worker([sys.executable, f"{PEERS}/gensim_vectors.py", inputs.vec, words])
    a, b = in_turns(rounds, lambda: rate(ours.ask(do="vectors", table=table, words=words)), lambda: rate(theirs.ask(do="vectors")))
    rows.append(Row(
        "embed: words to vectors, gensim", [x / y for x, y in zip(a, b)], f"{median(a) / 1e6:.1f} M/s", f"{median(b) / 1e6:.2f} M/s",
        "one thread; the same words, known ones alone for gensim: vectors[words] of KeyedVectors", ">= 20",
        commands=["bench vectors"]))
    a, b = in_turns(rounds, lambda: rate(ours.ask(do="look-up", table=table, words=words)), lambda: rate(theirs.ask(do="look-up")))
    rows.append(Row(
        "embed: words to rows, gensim's dictionary", [x / y for x, y in zip(a, b)], f"{median(a) / 1e6:.1f} M/s",
        f"{median(b) / 1e6:.1f} M/s", "one thread; key_to_index.get of every word", commands=["bench look-up"]))
    rows.append(nearest(ours, theirs, table, words, rounds, 1))
    both = Worker([sys.executable, f"{PEERS}/gensim_vectors.py", inputs.vec, words], {"OPENBLAS_NUM_THREADS": "2"})
    rows.append(nearest(ours, both, table, words, rounds, 2))
    both.close()
    memory = f"{ours.close():.0f} MiB against {theirs.close():.0f} MiB"
    for row in rows[1:]:
        row.memory = memory
    return rows + fasttext(inputs, rounds)


def nearest(ours, theirs, table, words, rounds, jobs):
    """Ten searches a round, of which the fastest counts: one takes a millisecond or two."""
    mine = lambda: min((ours.ask(do="nearest", table=table, words=words, jobs=jobs) for _ in range(10)), key=lambda answer: answer["seconds"])
    peer = lambda: min((theirs.ask(do="nearest") for _ in range(10)), key=lambda answer: answer["seconds"])
    cosines = [sorted(side()["detail"].values()) for side in (mine, peer)]
    if max(abs(x - y) for x, y in zip(*cosines)) > 2e-3:
        sys.exit(f"nearest: cosines {cosines[0]} against {cosines[1]}: not the same rows")
    a, b = ([answer["seconds"] for answer in side] for side in in_turns(rounds, mine, peer))
    return Row(
        f"ten nearest rows, gensim, {jobs} thread{'s'[:jobs - 1]}", [y / x for x, y in zip(a, b)], f"{median(a) * 1e3:.2f} ms", f"{median(b) * 1e3:.2f} ms",
        "the fastest of ten searches in each round; gensim searches f32 rows whose lengths it has computed, nerpipe f16 rows and their lengths; the cosines agree",
        ">= 2", commands=["bench nearest"])


def fasttext(inputs, rounds):
    """A model of fastText, trained here; its program prints the vectors of words from standard input."""
    model = inputs.make("fasttext", "mkdir $OUT && head -c 2000000 {text} > $OUT/text && fasttext skipgram -input $OUT/text -output $OUT/model "
                        "-dim 100 -epoch 1 -bucket 200000 -minCount 2 -thread 2 > /dev/null 2>&1".format(text=inputs.text)) / "model.bin"
    few = inputs.make("few-words.txt", f"head -n 100000 {inputs.words} > $OUT")
    table = inputs.make("fasttext.vectors", f"{inputs.nerpipe} vectors import -q {model} -o $OUT")
    ours = Worker([inputs.program])

    def theirs():
        seconds = []
        for path in (few, "/dev/null"):
            with open(path, "rb") as words:
                seconds.append(Run(["bash", "-c", f"fasttext print-word-vectors {model} > /dev/null"], stdin=words).seconds)
        return 100_000 / max(1e-3, seconds[0] - seconds[1])

    a, b = in_turns(min(rounds, 3), lambda: rate(ours.ask(do="vectors", table=table, words=few)), theirs)
    rows = [Row(
        "embed: words to vectors, fastText", [x / y for x, y in zip(a, b)], f"{median(a) / 1e6:.1f} M/s", f"{median(b) / 1e6:.2f} M/s",
        "one thread; fasttext print-word-vectors into /dev/null, less its time without words: it prints them as text, which is the only "
        "way out of the program; known words on both sides take most of the list", ">= 20",
        commands=[f"fasttext print-word-vectors {model} < {few}"])]
    ours.close()
    a, b = in_turns(rounds, lambda: Run([inputs.nerpipe, "vectors", "info", table]).seconds,
                    lambda: Run(["fasttext", "print-word-vectors", model]).seconds)
    rows.append(Row(
        "opening a table, fastText", [y / x for x, y in zip(a, b)], f"{median(a) * 1e3:.1f} ms", f"{median(b) * 1e3:.0f} ms",
        f"whole processes: vectors info of the imported table, fasttext with no words; model of {model.stat().st_size >> 20} MiB",
        commands=[f"nerpipe vectors info {table}"]))
    return rows


IMPORT = "import sys; from gensim.models import KeyedVectors as K; K.load_word2vec_format(sys.argv[1], binary=sys.argv[2] == 'binary')"
SAVE = "import sys; from gensim.models import KeyedVectors as K; K.load_word2vec_format(sys.argv[1]).save_word2vec_format(sys.argv[2], binary=True)"


def imports(inputs, rounds):
    """Vector files of 100,000 generated words of 300 dimensions."""
    text = inputs.path("generated.vec")
    if not text.exists():
        generator = random.Random(1)
        with open(text.with_suffix(".part"), "w", encoding="utf-8") as file:
            file.write("100000 300\n")
            for index in range(100_000):
                file.write(f"word{index} " + " ".join(f"{generator.gauss(0, 0.1):.5f}" for _ in range(300)) + "\n")
        text.with_suffix(".part").rename(text)
    binary = inputs.path("generated.bin")
    if not binary.exists():
        Run([sys.executable, "-c", SAVE, text, binary])
    rows = []
    for name, path, kind in ((".vec text", text, "text"), ("a word2vec binary", binary, "binary")):
        runs = in_turns(min(rounds, 3), lambda: Run([inputs.nerpipe, "vectors", "import", "-q", path, "-o", inputs.path("generated.vectors")]),
                        lambda: Run([sys.executable, "-c", IMPORT, path, kind], environment={"OPENBLAS_NUM_THREADS": "1"}))
        a, b = ([run.seconds for run in side] for side in runs)
        rows.append(Row(
            f"import of {name}, gensim", [y / x for x, y in zip(a, b)], f"{median(a):.2f} s", f"{median(b):.2f} s",
            f"whole processes, {path.stat().st_size >> 20} MiB of 100,000 x 300 numbers; nerpipe writes a table of 16-bit floats, gensim holds "
            "32-bit ones", memory=f"{runs[0][0].memory:.0f} MiB against {runs[1][0].memory:.0f} MiB",
            commands=[f"nerpipe vectors import {path}"]))
    return rows
