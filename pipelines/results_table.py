#!/usr/bin/env python3
"""Prints the tables of pipelines/results.sh in Markdown, from its scores and counts of sentences.

Rows are what the methods scored, in the order of the methods; columns are targets. A method is compared with the base by `nerpipe compare`
on the seeds that both have; p-values are corrected by Holm's procedure over the targets of the method.
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
    """(name, target) -> {seed: overall counts and rates}, of complete scores."""
    scores = {}
    for name in names:
        for target in targets:
            for seed in seeds:
                stem = f"{work}/scores/{target}-{name}-{seed}"
                if os.path.exists(stem + ".json") and os.path.exists(stem + ".counts"):
                    with open(stem + ".json") as file:
                        scores.setdefault((name, target), {})[seed] = json.load(file)["overall"]
    return scores


def compare(nerpipe, work, base, name, target, seeds):
    files = lambda which: [f"{work}/scores/{target}-{which}-{seed}.counts" for seed in seeds]
    output = subprocess.run([nerpipe, "compare", "--json", "--base", *files(base), "--system", *files(name)],
                            check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)


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


def mean_cell(values, targets, sign=""):
    """The mean over the targets; in brackets over how many, if some are missing."""
    if not values:
        return "-"
    return f"{statistics.mean(values):{sign}.1f}" + ("" if len(values) == len(targets) else f" ({len(values)})")


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

    pairs = {}
    for name in names:
        for target in targets:
            common = [s for s in seeds if s in scores.get((name, target), {}) and s in scores.get((base, target), {})]
            if name != base and common:
                pairs[name, target] = common
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = dict(zip(pairs, pool.map(
            lambda pair: compare(options.nerpipe, options.work, base, *pair, pairs[pair]), pairs)))
    adjusted = {}
    for name in names:
        compared = [target for target in targets if (name, target) in found]
        for target, value in zip(compared, holm([found[name, target]["pValue"] for target in compared])):
            adjusted[name, target] = value

    scored, differences = [], []
    for name in names:
        row, means, row2, gains = [name], [], [name], []
        for target in targets:
            values = [scores[name, target][seed]["f1"] for seed in seeds if seed in scores.get((name, target), {})]
            if not values:
                row.append("-")
                row2.append("-")
                continue
            means.append(statistics.mean(values))
            cell = mean_and_deviation(values)
            if (name, target) in found:
                result, p = found[name, target], adjusted[name, target]
                gains.append(result["difference"]["mean"])
                if p < LEVEL:
                    cell += " ▲" if gains[-1] > 0 else " ▼"
                row2.append(mean_and_deviation(
                    [b - a for a, b in zip(result["base"]["f1"], result["system"]["f1"])], "+") + f", {probability(p)}")
            else:
                row2.append("-")
            row.append(cell)
        scored.append(row + [mean_cell(means, targets)])
        if name != base:
            differences.append(row2 + [mean_cell(gains, targets, "+")])

    print(f"F1, mean ± standard deviation over the seeds {' '.join(seeds)}. ▲ better, ▼ worse than `{base}` "
          f"(p < {LEVEL:g}, paired bootstrap over sentences, Holm over the targets of a row).\n")
    table(["method", *targets, "mean"], scored)
    if differences:
        print(f"Less `{base}`, paired by seed; p-values two-sided, after Holm.\n")
        table(["method", *targets, "mean"], differences)

    silent = [f"{name} {target} {seed}" for (name, target), runs in scores.items() if name in names
              for seed, overall in sorted(runs.items()) if overall["correct"] == 0]
    total = sum(len(runs) for (name, _), runs in scores.items() if name in names)
    print(f"- {len(silent)} of {total} scored systems find no entity at all" + (": " + ", ".join(silent) if silent else "") + ".")
    short = [f"{name} {target} {len(scores.get((name, target), {}))}" for name in names for target in targets
             if len(scores.get((name, target), {})) < len(seeds)]
    if short:
        print(f"- Fewer than {len(seeds)} seeds: " + ", ".join(short) + ".")


if __name__ == "__main__":
    main()
