#!/usr/bin/env python3
"""Aligns two word vector files by the supervised method of MUSE, written anew from the paper, and scores the result.

    tools/reference/procrustes_csls.sh es.vec en.vec train.tsv test.tsv [--iterations 5] [--center]

Conneau et al. 2018, "Word translation without parallel data", sections 2.2 to 2.4: orthogonal Procrustes on a
dictionary, refined with mutual nearest neighbours by CSLS. Prints one JSON object per map: pairs, mean cosine, P@1 and
P@5 by nearest neighbour and by CSLS on the test dictionary. What `nerpipe vectors align` prints is to be compared with.
"""

import argparse
import json
import unicodedata

import numpy

K = 10


def read_vectors(path, limit):
    """Words in look-up form and their unit vectors, rounded to half precision as a vector table holds them."""
    words, rows, seen = [], [], set()
    with open(path, encoding="utf-8", newline="\n") as lines:
        next(lines)
        for line in lines:
            word, *numbers = line.rstrip("\n").rstrip(" ").split(" ")
            word = unicodedata.normalize("NFC", word.lower())
            if word in seen or len(words) == limit:
                continue
            seen.add(word)
            words.append(word)
            rows.append(numpy.array(numbers, dtype=numpy.float32))
    matrix = unit(numpy.array(rows)).astype(numpy.float16).astype(numpy.float32)
    return {word: index for index, word in enumerate(words)}, unit(matrix)


def read_dictionary(path, source, target):
    """Pairs that both vocabularies know, and the number of distinct source words."""
    pairs, words = [], set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            x, y = (unicodedata.normalize("NFC", word.lower()) for word in line.rstrip("\n").split("\t")[:2])
            if " " in x or " " in y:
                continue
            words.add(x)
            if x in source and y in target and (source[x], target[y]) not in pairs:
                pairs.append((source[x], target[y]))
    return numpy.array(pairs), len(words)


def unit(rows):
    lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
    return rows / numpy.where(lengths > 0, lengths, 1)


def procrustes(x, y):
    u, _, vt = numpy.linalg.svd(x.T.astype(numpy.float64) @ y)
    return (u @ vt).astype(numpy.float32)


def mean_similarity(rows, others):
    """Mean cosine of each row with its K nearest among others."""
    means = []
    for start in range(0, len(rows), 1024):
        scores = rows[start : start + 1024] @ others.T
        means.append(numpy.partition(scores, -K, axis=1)[:, -K:].mean(axis=1))
    return numpy.concatenate(means)


def nearest(rows, others, penalties, k):
    best = []
    for start in range(0, len(rows), 1024):
        scores = 2 * (rows[start : start + 1024] @ others.T) - penalties
        top = numpy.argpartition(-scores, k, axis=1)[:, :k]
        order = numpy.argsort(-numpy.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
        best.append(numpy.take_along_axis(top, order, axis=1))
    return numpy.concatenate(best)


def mutual(x, y, words, candidates):
    """The next dictionary and the criterion: neighbours among all candidates, pairs with a word beyond `words` dropped."""
    a, b = x[:candidates], y[:candidates]
    of_x, of_y = mean_similarity(a, b), mean_similarity(b, a)
    forward = nearest(a[:words], b, of_y, 1)[:, 0]
    backward = nearest(b[:words], a, of_x, 1)[:, 0]
    pairs = [(i, j) for i, j in enumerate(forward) if j < len(backward) and backward[j] == i]
    counted = [(i, j) for i, j in enumerate(forward[:10000]) if j < 10000]
    cosine = numpy.mean([a[i] @ b[j] for i, j in counted])
    return numpy.array(pairs), float(cosine)


def scores(x, y, test):
    answers = {}
    for source, target in test:
        answers.setdefault(source, set()).add(target)
    words = sorted(answers)
    penalties = {"nearestNeighbour": numpy.zeros(len(y), numpy.float32), "csls": mean_similarity(y, x)}
    report = {"wordCount": len(words)}
    for name, penalty in penalties.items():
        found = nearest(x[words], y, penalty, 5)
        report[name] = {
            f"at{k}": 100 * numpy.mean([bool(answers[w] & set(row[:k].tolist())) for w, row in zip(words, found)])
            for k in (1, 5)
        }
    return report


def main():
    parser = argparse.ArgumentParser()
    for name in ("source", "target", "train", "test"):
        parser.add_argument(name)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--refine-words", type=int, default=15000)
    parser.add_argument("--refine-candidates", type=int, default=50000)
    parser.add_argument("--max-words", type=int, default=200000)
    parser.add_argument("--center", action="store_true", help="subtract the mean of the 12,000 most frequent words")
    options = parser.parse_args()
    source, x = read_vectors(options.source, options.max_words)
    target, y = read_vectors(options.target, options.max_words)
    if options.center:
        x, y = (unit(rows - rows[:12000].mean(axis=0, dtype=numpy.float64).astype(numpy.float32)) for rows in (x, y))
    pairs, _ = read_dictionary(options.train, source, target)
    test, test_words = read_dictionary(options.test, source, target)
    for iteration in range(options.iterations + 1):
        mapped = x @ procrustes(x[pairs[:, 0]], y[pairs[:, 1]])
        found, cosine = mutual(mapped, y, options.refine_words, options.refine_candidates)
        report = scores(mapped, y, test)
        print(json.dumps({"map": iteration, "pairs": len(pairs), "meanCosine": round(cosine, 4),
                          "dictionaryWordCount": test_words, **report}, sort_keys=True), flush=True)
        pairs = found


if __name__ == "__main__":
    main()
