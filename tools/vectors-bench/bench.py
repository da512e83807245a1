"""Compares nerpipe's vector tables with gensim's KeyedVectors and with the fasttext program, on generated data.

Every time is the median of runs that take turns (nerpipe, other, nerpipe, ...); a program's peak memory is that of its
process. See README.md. This process stays small: the peak memory of a child counts what it was when it was forked.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time


def run(command, stdin=None):
    """Seconds, peak memory in MiB and output of a process."""
    started = time.perf_counter()
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1")  # nerpipe's side of each comparison is one thread
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    output = process.stdout.read()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {process.returncode}: {errors.decode()[-500:]}")
    return seconds, usage.ru_maxrss / 1024, output.decode()


def paired(first, second, rounds):
    """Medians of (seconds, MiB) of two commands that take turns; each value is a command or a callable."""
    runs = ([], [])
    for _ in range(rounds):
        for results, command in zip(runs, (first, second)):
            results.append(command() if callable(command) else run(command)[:2])
    return [tuple(statistics.median(values) for values in zip(*results)) for results in runs]


def report(name, ours, theirs, other, size=None):
    rate = f", {size / ours[0] / 1e6:.0f} MB/s against {size / theirs[0] / 1e6:.0f}" if size else ""
    print(f"{name}: nerpipe {ours[0]:.3f} s, {ours[1]:.0f} MiB; {other} {theirs[0]:.3f} s, {theirs[1]:.0f} MiB; "
          f"{theirs[0] / ours[0]:.1f} times as fast{rate}", flush=True)


def generate(folder, count, dimension, seed=1):
    path = folder / f"{count}x{dimension}.vec"
    if path.exists():
        return path
    generator = random.Random(seed)
    with open(path.with_suffix(".part"), "w") as file:
        file.write(f"{count} {dimension}\n")
        for index in range(count):
            numbers = " ".join(f"{generator.gauss(0, 0.1):.4f}" for _ in range(dimension))
            file.write(f"word{index} {numbers}\n")
    path.with_suffix(".part").rename(path)
    return path


def generate_text(path, words, tokens, seed=2):
    if path.exists():
        return
    generator = random.Random(seed)
    with open(path, "w") as file:
        for _ in range(tokens // 20):
            file.write(" ".join(f"word{int(words * generator.random() ** 3)}" for _ in range(20)) + "\n")


GENSIM_LOAD = "import sys; from gensim.models import KeyedVectors as K; K.load_word2vec_format(sys.argv[1], binary=sys.argv[2] == 'binary')"
GENSIM_SAVE = """
import sys
from gensim.models import KeyedVectors
vectors = KeyedVectors.load_word2vec_format(sys.argv[1])
vectors.save_word2vec_format(sys.argv[2], binary=True)
vectors.save(sys.argv[3])
"""
GENSIM_IMPORT = "from gensim.models import KeyedVectors"
GENSIM_USE = """
import json, sys, time
from gensim.models import KeyedVectors
vectors = KeyedVectors.load(sys.argv[1], mmap='r')
words = open(sys.argv[2]).read().split()
def best(work):
    times = []
    for _ in range(9):
        start = time.perf_counter(); work(); times.append(time.perf_counter() - start)
    return min(times)
known = [word for word in words if word in vectors.key_to_index]
result = {'words_per_second': len(words) / best(lambda: [vectors.key_to_index.get(word, -1) for word in words]),
          'vectors_per_second': len(known) / best(lambda: vectors[known])}
vectors.fill_norms()
import numpy
query = numpy.array([i % 7 - 3 for i in range(vectors.vector_size)], dtype='float32')
result['nearest_seconds'] = best(lambda: vectors.similar_by_vector(query, topn=10))
print(json.dumps(result))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binaries", required=True, help="folder with the release builds of nerpipe and vectors-bench")
    parser.add_argument("--work", required=True, help="folder for generated data")
    parser.add_argument("--words", type=int, default=200_000)
    parser.add_argument("--dimension", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.work)
    folder.mkdir(parents=True, exist_ok=True)
    nerpipe = pathlib.Path(arguments.binaries) / "nerpipe"
    rounds = arguments.rounds
    print(f"{arguments.words} words of {arguments.dimension} dimensions, medians of {rounds} paired runs")

    text = generate(folder, arguments.words, arguments.dimension)
    table = folder / "table.vectors"
    python_start = statistics.median(run([sys.executable, "-c", GENSIM_IMPORT])[0] for _ in range(3))
    print(f"(gensim's times include {python_start:.2f} s in which Python loads it)")
    command = [nerpipe, "vectors", "import", "-q", "-o", table]
    ours, theirs = paired(command + [text], [sys.executable, "-c", GENSIM_LOAD, text, "text"], rounds)
    report("import of .vec text", ours, theirs, "gensim", text.stat().st_size)

    binary, native = folder / "word2vec.bin", folder / "vectors.kv"
    if not binary.exists() or not native.exists():
        run([sys.executable, "-c", GENSIM_SAVE, text, binary, native])
    ours, theirs = paired(
        [nerpipe, "vectors", "import", "-q", "-o", folder / "binary.vectors", binary],
        [sys.executable, "-c", GENSIM_LOAD, binary, "binary"], rounds)
    report("import of a word2vec binary", ours, theirs, "gensim", binary.stat().st_size)

    corpus, model = folder / "corpus.txt", folder / "model"
    generate_text(corpus, 20_000, 400_000)
    if not model.with_suffix(".bin").exists():
        run(["fasttext", "skipgram", "-input", corpus, "-output", model, "-dim", "100", "-epoch", "1", "-bucket",
             "200000", "-minCount", "1", "-thread", "2"])
    model = model.with_suffix(".bin")
    ours, theirs = paired(
        [nerpipe, "vectors", "import", "-q", "-o", folder / "model.vectors", model],
        lambda: run(["fasttext", "print-word-vectors", model], subprocess.DEVNULL)[:2], rounds)
    report(f"fastText model of {model.stat().st_size >> 20} MiB, import against starting fasttext", ours, theirs, "fasttext")
    ours, theirs = paired(
        [nerpipe, "vectors", "info", folder / "model.vectors"],
        lambda: run(["fasttext", "print-word-vectors", model], subprocess.DEVNULL)[:2], rounds)
    report("the same, opening the imported table", ours, theirs, "fasttext")

    words = folder / "words.txt"
    generator = random.Random(3)
    words.write_text("\n".join(
        f"word{int(arguments.words * 1.1 * generator.random())}" for _ in range(1_000_000)) + "\n")
    ours = json.loads(run([pathlib.Path(arguments.binaries) / "vectors-bench", table, words])[2])
    theirs = json.loads(run([sys.executable, "-c", GENSIM_USE, native, words])[2])
    print(f"opening: {ours['openSeconds'] * 1e3:.2f} ms, {ours['openResidentBytes'] / 1024:.0f} KiB resident")
    print(f"look-up of {ours['words']} words, {ours['found']} found: one by one {ours['singleWordsPerSecond'] / 1e6:.1f}, "
          f"in batches {ours['batchWordsPerSecond'] / 1e6:.1f}, gensim's dictionary {theirs['words_per_second'] / 1e6:.1f} "
          f"million words/s; {ours['batchWordsPerSecond'] / theirs['words_per_second']:.1f} times as fast")
    print(f"with vectors: {ours['batchVectorsPerSecond'] / 1e6:.2f} against {theirs['vectors_per_second'] / 1e6:.2f} "
          f"million/s; {ours['batchVectorsPerSecond'] / theirs['vectors_per_second']:.1f} times as fast")
    print(f"ten nearest of {arguments.words} rows, one thread each: {ours['nearestSeconds'] * 1e3:.1f} ms, "
          f"gensim {theirs['nearest_seconds'] * 1e3:.1f} ms; {theirs['nearest_seconds'] / ours['nearestSeconds']:.1f} times as fast")


main()
