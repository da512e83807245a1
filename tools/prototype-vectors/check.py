"""Word translation by nearest neighbour, a sanity check of a table: check.py VECTORS DATA SOURCE-TARGET ...

VECTORS is a fastText text file. For each dictionary of DATA the 500 most frequent source words of the table that have
a translation in it are looked up among the dictionary's target words: P@1 is the share whose nearest target word by
cosine is one of their translations. The source word itself does not count as an answer. `unseen` repeats it with words
that are not among the first 15,000 entries, which the training text of the European table contains.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

QUERIES = 500
TRAINED_ENTRIES = 15_000


def read_vectors(path):
    """Rank of each word, most frequent first, and the unit vectors [words, dimension] in that order."""
    with open(path, encoding="utf-8", newline="\n") as file:
        count, dimension = map(int, file.readline().split())
        ranks, rows = {}, np.empty((count, dimension), np.float32)
        for line in file:
            word, *values = line.rstrip("\n ").split(" ")
            if word not in ranks and len(values) == dimension:
                rows[len(ranks)] = values
                ranks[word] = len(ranks)
    rows = rows[:len(ranks)]
    return ranks, rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def precision(ranks, rows, entries, allowed):
    """P@1 over the most frequent allowed source words, and how many there were."""
    translations = {}
    for word, translation in entries:
        if word in ranks and translation in ranks and word != translation:
            translations.setdefault(word, set()).add(translation)
    queries = sorted((word for word in translations if word in allowed), key=ranks.get)[:QUERIES]
    if not queries:
        return 0.0, 0
    candidates = sorted({word for _, word in entries if word in ranks})
    places = {word: k for k, word in enumerate(candidates)}
    scores = rows[[ranks[word] for word in queries]] @ rows[[ranks[word] for word in candidates]].T
    for k, word in enumerate(queries):
        if word in places:
            scores[k, places[word]] = -2
    hits = sum(candidates[best] in translations[word] for word, best in zip(queries, scores.argmax(axis=1)))
    return 100 * hits / len(queries), len(queries)


def main(path, data, pairs):
    ranks, rows = read_vectors(path)
    print(f"{path}: {len(ranks)} words")
    for pair in pairs:
        dictionary = data / "dictionaries" / f"{pair}.tsv.zst"
        text = subprocess.run(["zstd", "-dc", dictionary], check=True, capture_output=True).stdout.decode()
        entries = [tuple(line.split("\t")[:2]) for line in text.lower().splitlines()]
        entries = [entry for entry in entries if len(entry) == 2]
        words = {word for word, _ in entries}
        for name, allowed in ("all", words), ("unseen", words - {word for word, _ in entries[:TRAINED_ENTRIES]}):
            share, count = precision(ranks, rows, entries, allowed)
            if count:
                print(f"  {pair} {name}: P@1 {share:.1f} of {count} words")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit("usage: check.py VECTORS DATA SOURCE-TARGET ...")
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
