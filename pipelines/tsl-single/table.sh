#!/usr/bin/env bash
# Prints the table of a study from its score files: mean F1 and standard deviation over the seeds, and the paired gain of each TSL variant.
# Usage: table.sh SCORES_FOLDER TARGET ...
set -euo pipefail
folder=$1
shift
objectives=$(cd "$folder" && ls | sed -n 's/.*-tsl-\(.*\)-[0-9]*\.json/\1/p' | sort -u)
for target in "$@"; do
  for file in "$folder/$target"-direct-*.json "$folder/$target"-tsl-*.json; do
    [ -f "$file" ] || continue
    name=$(basename "$file" .json)
    name=${name#"$target"-}
    echo "$target ${name%-*} ${name##*-} $(sed -n 's/.*"overall":{[^}]*"f1":\([0-9.]*\).*/\1/p' "$file")"
  done
done | awk -v objectives="$objectives" '
  { if (!($1 in seen)) { order[++count] = $1; seen[$1] = 1 } f1[$1, $2, $3] = $4; seeds[$3] = 1 }
  function summary(target, kind, base,   seed, n, sum, squares, x, mean) {
    n = sum = squares = 0
    for (seed in seeds) if ((target, kind, seed) in f1) {
      x = f1[target, kind, seed] - (base == "" ? 0 : f1[target, base, seed]); n++; sum += x; squares += x * x
    }
    if (n == 0) return "-"
    mean = sum / n
    total[kind, base] += mean; targets[kind, base]++
    return sprintf(base == "" ? "%.1f ± %.1f" : "%+.1f ± %.1f", mean, n > 1 ? sqrt((squares - n * mean * mean) / (n - 1) + 1e-12) : 0)
  }
  END {
    k = split(objectives, objective, " ")
    line = "| target | direct |"; rule = "|---|---|"
    for (j = 1; j <= k; j++) { line = line " TSL " objective[j] " | gain |"; rule = rule "---|---|" }
    print line; print rule
    for (i = 1; i <= count; i++) {
      line = "| " order[i] " | " summary(order[i], "direct", "") " |"
      for (j = 1; j <= k; j++) line = line " " summary(order[i], "tsl-" objective[j], "") " | " summary(order[i], "tsl-" objective[j], "direct") " |"
      print line
    }
    line = sprintf("| mean | %.1f |", total["direct", ""] / targets["direct", ""])
    for (j = 1; j <= k; j++) {
      s = "tsl-" objective[j]
      line = line sprintf(" %.1f | %+.1f |", total[s, ""] / targets[s, ""], total[s, "direct"] / targets[s, "direct"])
    }
    print line
  }'
