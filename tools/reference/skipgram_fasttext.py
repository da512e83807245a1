"""How alike two sets of vectors of the same language are: skipgram_fasttext.py NAME=FILE NAME=FILE ...

A file is a fastText text file (.vec) or a table of nerpipe (.vectors). For every pair of files the Spearman correlation of the
cosines of 50,000 random pairs among the 3,000 most frequent words that all files have, and the mean overlap of the ten
nearest neighbours of these words among each other.
"""

import json
import struct
import sys

import numpy as np


def read_table(path):
    data = np.memmap(path, np.uint8, "r")
    offset, size = struct.unpack("<QQ", data[8:24].tobytes())
    description = json.loads(data[offset:offset + size].tobytes())

    def section(name, kind):
        place = description["sections"][name]
        return data[place["offset"]:place["offset"] + place["bytes"]].view(kind)

    rows = section("rows", np.float16).reshape(description["rowCount"], description["dimension"])
    ends = section("wordEnds", np.uint64).astype(int)
    text = section("words", np.uint8).tobytes()
    words = [text[start:end].decode() for start, end in zip(np.concatenate([[0], ends[:-1]]), ends)]
    return words, rows.astype(np.float32)


def read_text(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        file.readline()
        lines = [line.rstrip("\n ").split(" ") for line in file]
    return [line[0] for line in lines], np.array([line[1:] for line in lines], np.float32)


def ranks(values):
    order = np.empty(len(values), int)
    order[np.argsort(values, kind="stable")] = np.arange(len(values))
    return order


def main(files):
    spaces = {}
    for name, path in (file.split("=", 1) for file in files):
        words, rows = read_table(path) if path.endswith(".vectors") else read_text(path)
        spaces[name] = ({word: k for k, word in reversed(list(enumerate(words)))}, rows)
    first = next(iter(spaces.values()))[0]
    common = sorted((word for word in first if all(word in space[0] for space in spaces.values())), key=first.get)
    common = [word for word in common if word.isalpha()][:3000]
    chance = np.random.default_rng(1)
    pairs = chance.integers(0, len(common), (50_000, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    cosines, neighbours = {}, {}
    for name, (numbers, rows) in spaces.items():
        vectors = rows[[numbers[word] for word in common]]
        vectors = vectors - vectors.mean(axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines[name] = ranks((vectors[pairs[:, 0]] * vectors[pairs[:, 1]]).sum(axis=1))
        scores = vectors @ vectors.T
        np.fill_diagonal(scores, -2)
        neighbours[name] = np.argsort(-scores, axis=1)[:, :10]
    names = list(spaces)
    for k, one in enumerate(names):
        for other in names[k + 1:]:
            correlation = np.corrcoef(cosines[one], cosines[other])[0, 1]
            overlap = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(neighbours[one], neighbours[other])])
            print(f"{one} against {other}: Spearman {correlation:.3f}, ten neighbours in common {100 * overlap:.1f} %")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: skipgram_fasttext.py NAME=FILE NAME=FILE ...")
    main(sys.argv[1:])
