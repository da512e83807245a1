#!/usr/bin/env python3
"""Writes the reference values that Tests/EvaluationTests replays.

    pip install seqeval==1.2.2 numpy==2.4.6
    pip download --no-deps --no-binary :all: seqeval==1.2.2 && tar xzf seqeval-1.2.2.tar.gz
    python3 tools/reference/conlleval_golden.py seqeval-1.2.2/tests/conlleval.pl \\
        Tests/EvaluationTests/Fixtures/conlleval_golden.tsv

Span counts come from seqeval: its default mode, which is conlleval's reading of tags, and mode="strict" with
scheme=IOB2. For tags of IOB2 the default mode is also compared here with the rules of conlleval written out, and the
text that the Perl script itself prints is kept (it comes with seqeval's source archive; Perl 5 runs it). The
resampling values are computed with NumPy and a second implementation of the random number generator.
"""

import platform
import random
import subprocess
import sys
from collections import Counter
from importlib.metadata import version

import numpy
from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

SEED = 20260101
PAIRS = 1000
OTHER_SCHEME_PAIRS = 300
RESAMPLED = 300
TYPES = {"P": "PER", "L": "LOC", "G": "ORG", "M": "MISC-x"}
# One character per tag keeps the fixture small.
CODES = {"O": "."}
for letter, name in TYPES.items():
    CODES["B-" + name] = letter
    CODES["I-" + name] = letter.lower()
for index, name in enumerate(TYPES.values()):
    CODES["E-" + name] = str(2 * index)
    CODES["S-" + name] = str(2 * index + 1)


def random_tags(rng, length, prefixes):
    """Tags without any order, so that most entities are ill-formed."""
    return [
        "O" if rng.random() < 0.3 else rng.choice(prefixes) + "-" + rng.choice(list(TYPES.values()))
        for _ in range(length)
    ]


def well_formed_tags(rng, length, dense):
    tags = []
    while len(tags) < length:
        if rng.random() < (0.1 if dense else 0.6):
            tags.append("O")
        else:
            name = rng.choice(list(TYPES.values()))
            size = rng.choice([1, 1, 2, 2, 3])
            tags += ["B-" + name] + ["I-" + name] * (size - 1)
    return tags[:length]


def corrupted(rng, tags):
    """A prediction: the gold tags with some prefixes, types or words changed."""
    result = list(tags)
    for index in range(len(result)):
        if rng.random() < 0.2:
            result[index] = random_tags(rng, 1, "BI")[0]
        elif result[index] != "O" and rng.random() < 0.15:
            result[index] = rng.choice("BI") + result[index][1:]
    return result


def spans_by_rule(tags):
    """conlleval's start and end conditions for B, I and O, written out."""
    spans, start = set(), None
    prefix, kind = "O", ""
    for index, tag in enumerate(tags + ["O"]):
        next_prefix, _, next_kind = tag.partition("-")
        if prefix in "BI" and (next_prefix in "BO" or kind != next_kind):
            spans.add((kind, start, index - 1))
        if next_prefix == "B" or (next_prefix == "I" and (prefix == "O" or kind != next_kind)):
            start = index
        prefix, kind = next_prefix, next_kind
    return spans


def ill_formed(tags):
    return sum(
        tag.startswith("I-") and before not in (tag, "B" + tag[1:])
        for before, tag in zip(["O"] + tags, tags)
    )


def counts(gold, predicted):
    return f"{len(gold & predicted)}/{len(predicted)}/{len(gold)}"


def by_type(gold, predicted):
    names = sorted({entity[0] for entity in gold | predicted})
    return ",".join(
        name + "=" + counts({e for e in gold if e[0] == name}, {e for e in predicted if e[0] == name})
        for name in names
    ) or "-"


def strict_spans(tags):
    return {entity.to_tuple()[1:] for entity in Entities([tags], IOB2).entities[0]}


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64


def conlleval_lines(script, golds, predictions):
    """What conlleval prints for these sentences."""
    text = "".join(
        "".join(f"w {a} {b}\n" for a, b in zip(gold, predicted)) + "\n"
        for gold, predicted in zip(golds, predictions)
    )
    done = subprocess.run(["perl", script], input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def f1(total):
    """F1 in percent of (correct, predicted, gold)."""
    correct, predicted, gold = (int(value) for value in total)
    precision = 100 * correct / predicted if predicted else 0.0
    recall = 100 * correct / gold if gold else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def resampling_lines(first, second, replicates, seed):
    first, second, size = numpy.array(first), numpy.array(second), len(first)
    rng = SplitMix64(seed)
    scores = []
    for _ in range(replicates):
        drawn = [rng.below(size) for _ in range(size)]
        scores.append(f1(first[drawn].sum(axis=0)))
    low, high = numpy.percentile(scores, [2.5, 97.5])
    yield f"bootstrap\t{size}\t{replicates}\t{seed}\t{float(low)!r}\t{float(high)!r}"

    observed = f1(first.sum(axis=0)) - f1(second.sum(axis=0))
    rng = SplitMix64(seed)
    differences = []
    for _ in range(replicates):
        drawn = [rng.below(size) for _ in range(size)]
        differences.append(f1(first[drawn].sum(axis=0)) - f1(second[drawn].sum(axis=0)))
    low, high = numpy.percentile(differences, [2.5, 97.5])
    p = (sum(d - observed >= observed for d in differences) + 1) / (replicates + 1)
    two = (sum(abs(d - observed) >= abs(observed) for d in differences) + 1) / (replicates + 1)
    values = [observed, float(low), float(high), p, two]
    yield f"paired\t{size}\t{replicates}\t{seed}\t" + "\t".join(map(repr, values))

    rng = SplitMix64(seed)
    as_large = 0
    for _ in range(replicates):
        words = [rng.next() for _ in range((size + 63) // 64)]
        swap = numpy.array([(words[i // 64] >> (i % 64)) & 1 for i in range(size)], dtype=bool)[:, None]
        a, b = numpy.where(swap, second, first), numpy.where(swap, first, second)
        as_large += abs(f1(a.sum(axis=0)) - f1(b.sum(axis=0))) >= abs(observed)
    yield f"randomization\t{size}\t{replicates}\t{seed}\t{(as_large + 1) / (replicates + 1)!r}"


def main(script, path):
    rng = random.Random(SEED)
    lines = [
        "# Reference counts for the span scorer; written by tools/reference/conlleval_golden.py, do not edit.",
        f"# python {platform.python_version()}, seqeval {version('seqeval')}, numpy {numpy.__version__}, seed {SEED}",
        "# iob2: gold, predicted, per-type correct/predicted/gold, strict correct/predicted/gold,"
        " ill-formed gold/predicted",
        "# other: gold, predicted, per-type correct/predicted/gold (BIOES letters mixed at random)",
        "# total: precision, recall, f1, strict precision, recall, f1, accuracy (fractions) over the iob2 lines",
        "# text: what conlleval (version 2004-01-26) prints for the iob2 lines",
        f"# second: correct/predicted/gold of an invented second system on the first {RESAMPLED} iob2 lines",
        "# bootstrap: units, replicates, seed, low, high of f1 in percent over these lines",
        "# paired: units, replicates, seed, f1 of the first system minus f1 of the second, low, high, p, two-sided p",
        "# randomization: units, replicates, seed, p",
    ]
    lines += [f"code\t{code}\t{tag}" for tag, code in CODES.items()]
    encode = lambda tags: "".join(CODES[tag] for tag in tags)

    golds, predictions, units = [], [], []
    for index in range(PAIRS):
        length = rng.randint(1, 12)
        kind = index % 5
        if kind == 0:
            gold, predicted = random_tags(rng, length, "BI"), random_tags(rng, length, "BI")
        elif kind == 1:
            gold = random_tags(rng, length, "BI")
            predicted = corrupted(rng, gold)
        else:
            gold = well_formed_tags(rng, length, dense=kind == 2)
            predicted = corrupted(rng, gold)
        a, b = set(get_entities(gold)), set(get_entities(predicted))
        assert a == spans_by_rule(gold) and b == spans_by_rule(predicted), (gold, predicted)
        strict = counts(strict_spans(gold), strict_spans(predicted))
        lines.append(
            f"iob2\t{encode(gold)}\t{encode(predicted)}\t{by_type(a, b)}\t{strict}"
            f"\t{ill_formed(gold)}/{ill_formed(predicted)}"
        )
        golds.append(gold)
        predictions.append(predicted)
        units.append((len(a & b), len(b), len(a)))

    for index in range(OTHER_SCHEME_PAIRS):
        length = rng.randint(1, 12)
        gold = random_tags(rng, length, "BIES")
        predicted = [tag if rng.random() < 0.7 else random_tags(rng, 1, "BIES")[0] for tag in gold]
        a, b = set(get_entities(gold)), set(get_entities(predicted))
        lines.append(f"other\t{encode(gold)}\t{encode(predicted)}\t{by_type(a, b)}")

    scores = (precision_score, recall_score, f1_score)
    default = [score(golds, predictions) for score in scores]
    strict = [score(golds, predictions, mode="strict", scheme=IOB2) for score in scores]
    values = default + strict + [accuracy_score(golds, predictions)]
    lines.append("total\t" + "\t".join(repr(float(value)) for value in values))

    lines += ["text\t" + line for line in conlleval_lines(script, golds, predictions)]

    # A second system, slightly different: some sentences without any prediction, some others entirely right.
    first = units[:RESAMPLED]
    second = list(first)
    for index in range(RESAMPLED):
        gold = first[index][2]
        if index % 12 == 0:
            second[index] = (0, 0, gold)
        elif index % 17 == 0:
            second[index] = (gold, gold, gold)
    lines.append("second\t" + ",".join("/".join(map(str, unit)) for unit in second))
    lines += resampling_lines(first, second, 400, 42)
    lines += resampling_lines(first, second, 200, 18446744073709551615)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(Counter(line.split("\t")[0] for line in lines if not line.startswith("#")))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
