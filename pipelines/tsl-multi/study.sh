#!/usr/bin/env bash
# Everything in README.md: the targets es, nl and de, five seeds. Interrupted, it continues. SEEDS="1 2 3 4 5" WORK=out/tsl-multi
# Usage: NERPIPE_DATA=DIR pipelines/tsl-multi/study.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
export WORK=${WORK:-out/tsl-multi} JOBS=1
for seed in ${SEEDS:-1 2 3 4 5}; do for target in es nl de; do echo "$target $seed"; done; done \
  | xargs -P 2 -L 1 pipelines/tsl-multi/run.sh > "$WORK.lines"
for target in es nl de; do echo "weights, $target:"; cat "$WORK/weights/$target.txt"; done
python3 -B - "$WORK.lines" <<'P'
import collections, statistics, sys
scores = collections.defaultdict(dict)
for line in open(sys.argv[1]):
    target, name, seed, f1 = line.split()
    scores[target, name][seed] = float(f1)
names = ["direct-en", "direct-es", "direct-nl", "direct-de", "ensemble", "pooled", "tsl-en", "tsl-pooled", "uniform", "domain", "sentence"]
show = lambda values, form: f"{statistics.mean(values):{form}} ± {statistics.stdev(values) if len(values) > 1 else 0:.1f}"
print("| | " + " | ".join(("es", "nl", "de")) + " |\n|---|---|---|---|")
for name in names:
    print(f"| {name} | " + " | ".join(show(list(scores[t, name].values()), ".1f") if (t, name) in scores else "" for t in ("es", "nl", "de")) + " |")
for name, base in (("tsl-en", "direct-en"), ("uniform", "tsl-en"), ("uniform", "ensemble"), ("tsl-pooled", "pooled"), ("uniform", "tsl-pooled"), ("domain", "uniform"), ("sentence", "uniform")):
    print(f"| {name} less {base} | " + " | ".join(
        show([f1 - scores[t, base][seed] for seed, f1 in scores[t, name].items()], "+.1f") for t in ("es", "nl", "de")) + " |")
P
