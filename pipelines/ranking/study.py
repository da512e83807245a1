#!/usr/bin/env python3
"""study.py RANKS.csv DIVERGENCE.csv [--typology TABLE] [--strength FILE]: how well measures rank the sources of a target.

RANKS: rows are sources, columns targets, 1 is best, 0 on the diagonal. DIVERGENCE: what `nerpipe divergence --csv` printed, of all targets.
Prints for each measure the mean Spearman over targets, and how often the best source is among its first three; then the score of
`nerpipe divergence --rank-sources`, predicted for every family of targets by weights and strengths that no target of that family had a part in; then the
constants of all targets, which stand in Sources/Divergence/SourceRanking.swift. --strength writes the strength of each source.
Standard library alone.
"""
import argparse
import collections
import csv
import math

# Text that is damaged or cut into characters; corpora/ranks/README.md.
DAMAGED = {"spa", "ita", "hun", "nld", "kor", "zho"}
FAMILIES = {
    "Indo-European": "dan deu eng spa fas fra ita lav nep nld nor por ron swe ukr pcm",
    "Afro-Asiatic": "amh ara hau", "Uralic": "fin hun", "Nilotic": "luo", "Austronesian": "ind", "Koreanic": "kor",
    "Sino-Tibetan": "zho",
    "Niger-Congo": "bam bbj ewe fon ibo kin lug mos nya sna swa tsn twi wol xho yor zul",
}
FAMILY = {language: name for name, languages in FAMILIES.items() for language in languages.split()}
# Measures of which less is nearer.
DISTANCES = {"n-gram JSD", "n-gram distance", "running n-gram JSD", "running n-gram JSD, resampled",
             "type-token ratio distance"}
LEAST_OVERLAP = 0.002
TERMS = ["words", "variety", "place"]
RIDGE_OF_SOURCES, RIDGE_OF_MEASURES = 3.0, 1.0


def ranked(values):
    """Ranks of numbers, 1 is least, ties share their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    result, start = [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            result[order[place]] = (start + end) / 2 + 1
        start = end + 1
    return result


def correlation(a, b):
    n, x, y = len(a), sum(a) / len(a), sum(b) / len(b)
    xy = sum((p - x) * (q - y) for p, q in zip(a, b))
    xx, yy = sum((p - x) ** 2 for p in a), sum((q - y) ** 2 for q in b)
    return xy / math.sqrt(xx * yy) if n > 1 and xx > 0 and yy > 0 else 0.0


def solve(matrix, right):
    """Gauss with pivots; matrix is changed."""
    n = len(right)
    rows = [row + [value] for row, value in zip(matrix, right)]
    for column in range(n):
        pivot = max(range(column, n), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, n):
            factor = rows[row][column] / rows[column][column]
            if factor:
                for k in range(column, n + 1):
                    rows[row][k] -= factor * rows[column][k]
    result = [0.0] * n
    for row in range(n - 1, -1, -1):
        rest = sum(rows[row][k] * result[k] for k in range(row + 1, n))
        result[row] = (rows[row][n] - rest) / rows[row][row]
    return result


class Table:
    def __init__(self, ranks, divergence, typology):
        rows = list(csv.reader(open(ranks, encoding="utf-8")))
        names = rows[0][1:]
        self.rank = {(row[0], target): float(value) for row in rows[1:] for target, value in zip(names, row[1:])}
        self.values = collections.defaultdict(dict)
        for row in csv.DictReader(open(divergence, encoding="utf-8")):
            if row["value"] != "undefined":
                self.values[row["measure"]][row["source"], row["target"]] = float(row["value"])
        have = {language for pair in self.values["type Jaccard"] for language in pair}
        self.languages = [name for name in names if name not in DAMAGED and name in have]
        self.typology = self.read_typology(typology) if typology else {}
        for name, values in self.typology.items():
            self.values["typology " + name].update(values)

    def read_typology(self, path):
        lines = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
        places = collections.defaultdict(list)
        for number, name in enumerate(lines[0]):
            if number:
                places[name.split(":")[0]].append(number)
        vectors = {row[0]: row for row in lines[1:]}
        result = {name: {} for name in places}
        for source in self.languages:
            for target in self.languages:
                for name, columns in places.items():
                    pairs = [(vectors[source][c], vectors[target][c]) for c in columns]
                    pairs = [(float(a), float(b)) for a, b in pairs if a and b]
                    norm = math.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))
                    if norm > 0:
                        result[name][source, target] = 1 - sum(a * b for a, b in pairs) / norm
        return result

    def sources(self, target):
        return [source for source in self.languages if source != target]

    def score(self, predict):
        """Mean Spearman and share of targets whose best source is in the first three, with how many targets."""
        spearman, first = [], []
        for target in self.languages:
            sources = [source for source in self.sources(target) if predict(source, target) is not None]
            if len(sources) < 5:
                continue
            points = [predict(source, target) for source in sources]
            ranks = [self.rank[source, target] for source in sources]
            spearman.append(-correlation(ranked(points), ranked(ranks)))
            best = sources[ranks.index(min(ranks))]
            order = sorted(range(len(sources)), key=lambda k: -points[k])[:3]
            first.append(best in [sources[k] for k in order])
        n = max(1, len(spearman))
        return sum(spearman) / n, sum(first) / n, len(spearman)

    def evidence(self, source, target):
        """What the terms of the score are made of; None where it is not known."""
        types = {side: self.values[f"{side} types"][source, target] / self.values[f"{side} words"][source, target]
                 for side in ("source", "target")}
        place = self.values["typology geo"].get((source, target))
        return [math.log(self.values["type Jaccard"][source, target] + LEAST_OVERLAP),
                -abs(math.log(types["source"] / types["target"])), None if place is None else -place]

    def strength(self, source, targets):
        """Minus the mean rank over these targets."""
        ranks = [self.rank[source, target] for target in targets if target != source]
        return -sum(ranks) / len(ranks)


def scales(table, pairs):
    """Mean and deviation of each term."""
    result = []
    for term in range(len(TERMS)):
        values = [value for value in (table.evidence(*pair)[term] for pair in pairs) if value is not None]
        if not values:
            result.append((0.0, 1.0))
            continue
        mean = sum(values) / len(values)
        result.append((mean, math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)) or 1.0))
    return result


def fit(table, targets, terms, has_strength):
    """Ridge regression of standardized ranks on terms, with an effect of each source if its strength is to be known.

    Returns weights and effects. What is constant within a target cannot tell its sources apart, and is taken out.
    """
    pairs = [(source, target) for target in targets for source in table.sources(target)]
    unit = scales(table, pairs)
    number = {language: k for k, language in enumerate(table.languages)} if has_strength else {}
    width = len(number) + len(terms)
    matrix = [[0.0] * width for _ in range(width)]
    right = [0.0] * width
    for target in targets:
        sources = table.sources(target)
        ranks = [table.rank[source, target] for source in sources]
        mean = sum(ranks) / len(ranks)
        deviation = math.sqrt(sum((r - mean) ** 2 for r in ranks) / len(ranks))
        rows = [[(table.evidence(source, target)[t] - unit[t][0]) / unit[t][1] for t in terms] for source in sources]
        means = [sum(row[k] for row in rows) / len(rows) for k in range(len(terms))]
        for source, rank, row in zip(sources, ranks, rows):
            entries = [(number[source], 1.0)] if has_strength else []
            entries += [(len(number) + k, value - means[k]) for k, value in enumerate(row)]
            for i, a in entries:
                right[i] += a * (mean - rank) / deviation
                for j, b in entries:
                    matrix[i][j] += a * b
    for k in range(width):
        matrix[k][k] += RIDGE_OF_SOURCES if k < len(number) else RIDGE_OF_MEASURES
    found = solve(matrix, right)
    return found[len(number):], {language: found[k] for language, k in number.items()}, unit


def held_out(table, terms, has_strength):
    """The score of --rank-sources for each target, learnt without its family."""
    points = {}
    for family in {FAMILY[target] for target in table.languages}:
        others = [target for target in table.languages if FAMILY[target] != family]
        weights, effects, unit = fit(table, others, terms, has_strength)
        for target in table.languages:
            if FAMILY[target] != family:
                continue
            for source in table.sources(target):
                evidence = table.evidence(source, target)
                points[source, target] = effects.get(source, 0.0) + sum(
                    weight * (evidence[t] - unit[t][0]) / unit[t][1] for weight, t in zip(weights, terms))
    return lambda source, target: points[source, target]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ranks")
    parser.add_argument("divergence")
    parser.add_argument("--typology")
    parser.add_argument("--strength")
    arguments = parser.parse_args()
    table = Table(arguments.ranks, arguments.divergence, arguments.typology)

    def line(name, score):
        print(f"{name:52} {score[0]:6.3f} {score[1]:6.2f} {score[2]:8}")

    print(f"{'measure':52} {'rho':>6} {'top 3':>6} {'targets':>8}")
    for name, values in table.values.items():
        if name.split()[-1] in ("words", "types") or name.endswith("known"):
            continue
        sign = -1 if name in DISTANCES or name.startswith("typology") else 1
        line(name, table.score(lambda s, t: sign * values[s, t] if (s, t) in values else None))
    everywhere = table.languages
    line("mean rank on the other targets", table.score(
        lambda s, t: table.strength(s, [x for x in everywhere if x != t])))
    line("mean rank on targets of other families", table.score(
        lambda s, t: table.strength(s, [x for x in everywhere if FAMILY[x] != FAMILY[t]])))
    models = [([0, 1, 2], True), ([0, 1], True), ([0, 1, 2], False), ([0, 1], False)]
    if not arguments.typology:
        models = [model for model in models if 2 not in model[0]]
    for terms, has_strength in models:
        name = " + ".join((["strength"] if has_strength else []) + [TERMS[t] for t in terms])
        line(name + ", family held out", table.score(held_out(table, terms, has_strength)))
    for terms, has_strength in models:
        weights, effects, unit = fit(table, everywhere, terms, has_strength)
        print("constants", "with strength" if has_strength else "without", " ".join(
            f"{TERMS[t]} {w:.3f} (mean {unit[t][0]:.3f}, deviation {unit[t][1]:.3f})" for w, t in zip(weights, terms)),
            "strength %.3f" % math.sqrt(sum(e * e for e in effects.values()) / len(effects)) if effects else "")
    if arguments.strength:
        _, effects, _ = fit(table, everywhere, models[0][0], True)
        with open(arguments.strength, "w", encoding="utf-8") as file:
            for language, effect in sorted(effects.items()):
                file.write(f"{language}\t{effect:.4f}\n")


if __name__ == "__main__":
    main()
