#!/usr/bin/env python3
"""Prints the tables of pipelines/results.sh in Markdown, from its scores and counts of sentences.

Rows are what the methods scored, in the order of the methods; columns are targets. A row is compared with the base by `nerpipe compare` on the
seeds that both have, and with its own controls: lines `NAME CONTROL` of pipelines/METHOD/contrasts, where there is such a file. P-values are
those with the seeds drawn too, if there are several; Holm's procedure corrects them over the targets of a row.
"""
import argparse
import concurrent.futures
import json
import os
import statistics
import subprocess
import sys

LEVEL = 0.05


def holm(p_values):
    """Adjusted p-values in the order given (Holm 1979)."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def row_names(work, methods, targets, seeds):
    """Names of the scores, in the order in which the methods printed them."""
    names = []
    for method in methods:
        for target in targets:
            for seed in seeds:
                path = f"{work}/lines/{method}-{target}-{seed}"
                if not os.path.exists(path):
                    continue
                with open(path) as file:
                    lines = [line.split() for line in file]
                for fields in lines:
                    if len(fields) == 4 and fields[1] not in names:
                        names.append(fields[1])
    return names


def read_scores(work, names, targets, seeds):
    """(name, target) -> {seed: (correct, predicted, gold)}, summed over the sentences."""
    scores = {}
    for name in names:
        for target in targets:
            for seed in seeds:
                path = f"{work}/scores/{target}-{name}-{seed}.counts"
                if os.path.exists(path):
                    with open(path) as file:
                        next(file)
                        sentences = [[int(number) for number in line.split("\t")[1:]] for line in file]
                    scores.setdefault((name, target), {})[seed] = tuple(map(sum, zip(*sentences)))
    return scores


def f1(counts):
    correct, predicted, gold = counts
    return 200 * correct / (predicted + gold) if correct else 0.0


class Comparisons:
    """Rows compared with others, target by target."""

    def __init__(self, options, scores):
        self.options, self.scores, self.found = options, scores, {}

    def seeds(self, name, base, target):
        return [seed for seed in self.options.seeds
                if all(seed in self.scores.get((which, target), {}) for which in (name, base))]

    def run(self, pairs):
        """Compares every (name, base) on every target that both have."""
        todo = [(name, base, target) for name, base in pairs for target in self.options.targets if self.seeds(name, base, target)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            self.found.update(zip(todo, pool.map(self._compare, todo)))

    def _compare(self, key):
        name, base, target = key
        files = lambda which: [f"{self.options.work}/scores/{target}-{which}-{seed}.counts" for seed in self.seeds(*key)]
        output = subprocess.run([self.options.nerpipe, "compare", "--json", "--base", *files(base), "--system", *files(name)],
                                check=True, stdout=subprocess.PIPE).stdout
        result = json.loads(output)
        across = result["difference"].get("acrossSeeds")
        return {"differences": dict(zip(self.seeds(*key), (b - a for a, b in zip(result["base"]["f1"], result["system"]["f1"])))),
                "p": across["pValue"] if across else result["pValue"]}

    def row(self, name, base):
        """target -> (differences by seed, corrected p-value)"""
        row = {target: self.found[name, base, target] for target in self.options.targets if (name, base, target) in self.found}
        corrected = holm([result["p"] for result in row.values()])
        return {target: (result["differences"], p) for (target, result), p in zip(row.items(), corrected)}


def contrasts(methods, names):
    """(name, control), in the order of the methods, of those that were scored."""
    pairs, folder = [], os.path.dirname(os.path.abspath(__file__))
    for method in methods:
        path = f"{folder}/{method}/contrasts"
        if os.path.exists(path):
            with open(path) as file:
                pairs += [tuple(line.split()) for line in file if line.strip()]
    return [pair for pair in pairs if all(name in names for name in pair)]


def mark(differences, p):
    if p >= LEVEL:
        return ""
    return "▲" if statistics.mean(differences.values()) > 0 else "▼"


def mean_and_deviation(values, sign=""):
    deviation = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):{sign}.1f}{deviation}"


def probability(value):
    return "p < .001" if value < 0.001 else f"p = {value:.3f}".replace("0.", ".", 1)


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---|" + "---|" * (len(header) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def mean_cell(by_target, targets, seeds, sign=""):
    """The mean over the targets, and its deviation over the seeds; in brackets over how many targets, if some are missing.

    by_target: target -> {seed: value}
    """
    if not by_target:
        return "-"
    if len(by_target) == len(targets) and all(len(values) == len(seeds) for values in by_target.values()):
        return mean_and_deviation([statistics.mean(values[seed] for values in by_target.values()) for seed in seeds], sign)
    mean = statistics.mean(statistics.mean(values.values()) for values in by_target.values())
    return f"{mean:{sign}.1f}" + ("" if len(by_target) == len(targets) else f" ({len(by_target)})")


def print_controls(controls, comparisons, targets, seeds):
    """The table of methods against their own controls."""
    print("Methods against their own controls: the mean of the difference over the targets ± its standard deviation over the seeds, "
          "on how many targets it is above zero, and on how many there is a mark.\n")
    rows = []
    for name, control in controls:
        row = comparisons.row(name, control)
        gains = {target: of for target, (of, _) in row.items()}
        above = sum(statistics.mean(of.values()) > 0 for of in gains.values())
        marks = [mark(*result) for result in row.values()]
        rows.append([name, control, mean_cell(gains, targets, seeds, "+"), f"{above} of {len(gains)}",
                     str(marks.count("▲")), str(marks.count("▼"))])
    table(["method", "control", "difference", "above zero", "▲", "▼"], rows)


def print_scores(names, scores, comparisons, options):
    """The table of F1, and that of the differences to the base."""
    targets, seeds, base = options.targets, options.seeds, options.base
    scored, differences = [], []
    for name in names:
        values = {target: scores[name, target] for target in targets if (name, target) in scores}
        values = {target: {seed: f1(counts) for seed, counts in sorted(runs.items())} for target, runs in values.items()}
        row = comparisons.row(name, base) if name != base else {}
        cells = {target: f"{mean_and_deviation(list(of.values()))} {mark(*row[target]) if target in row else ''}".strip()
                 for target, of in values.items()}
        scored.append([name] + [cells.get(target, "-") for target in targets] + [mean_cell(values, targets, seeds)])
        if name != base:
            cells = {target: f"{mean_and_deviation(list(of.values()), '+')}, {probability(p)}" for target, (of, p) in row.items()}
            gains = {target: of for target, (of, _) in row.items()}
            differences.append([name] + [cells.get(target, "-") for target in targets] + [mean_cell(gains, targets, seeds, "+")])
    drawn = "seeds and sentences" if len(seeds) > 1 else "sentences"
    print(f"F1, mean ± standard deviation over the seeds {' '.join(seeds)}. ▲ better, ▼ worse than `{base}` "
          f"(p < {LEVEL:g}, paired bootstrap over {drawn}, Holm over the targets of a row).\n")
    table(["method", *targets, "mean"], scored)
    if differences:
        print(f"Less `{base}`, paired by seed; p-values two-sided, after Holm.\n")
        table(["method", *targets, "mean"], differences)


def print_notes(names, scores, targets, seeds):
    """What tables do not show: systems without an entity, runs that are missing."""
    silent = [f"{name} {target} {seed}" for (name, target), runs in scores.items() if name in names
              for seed, counts in sorted(runs.items()) if counts[0] == 0]
    total = sum(len(runs) for (name, _), runs in scores.items() if name in names)
    print(f"- {len(silent)} of {total} scored systems find no entity at all" + (": " + ", ".join(silent) if silent else "") + ".")
    short = [f"{name} {target} {len(scores.get((name, target), {}))}" for name in names for target in targets
             if len(scores.get((name, target), {})) < len(seeds)]
    if short:
        print(f"- Fewer than {len(seeds)} seeds: " + ", ".join(short) + ".")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--nerpipe", default=".build/release/nerpipe")
    parser.add_argument("--base", default="direct")
    for name in ("methods", "targets", "seeds"):
        parser.add_argument("--" + name, nargs="+", required=True)
    options = parser.parse_args()
    targets, seeds, base = options.targets, options.seeds, options.base
    names = row_names(options.work, options.methods, targets, seeds)
    scores = read_scores(options.work, names + [base], targets, seeds)
    if base not in names and any((base, target) in scores for target in targets):
        names.insert(0, base)
    if not names:
        sys.exit("results_table.py: no scores yet")

    comparisons = Comparisons(options, scores)
    controls = contrasts(options.methods, names)
    comparisons.run(dict.fromkeys([(name, base) for name in names if name != base] + controls))
    if controls:
        print_controls(controls, comparisons, targets, seeds)
    print_scores(names, scores, comparisons, options)
    print_notes(names, scores, targets, seeds)


if __name__ == "__main__":
    main()
