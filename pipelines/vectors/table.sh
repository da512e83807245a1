#!/usr/bin/env bash
# Prints the tables of the study from its score files: mean F1 and standard deviation over the seeds, a table per kind of teacher.
# Usage: table.sh SCORES_FOLDER TARGET ...
set -euo pipefail
folder=$1
shift
for kind in plain switched; do
  for target in "$@"; do
    for file in "$folder/$target"-*-"$kind"-*.json; do
      [ -f "$file" ] || continue
      name=$(basename "$file" .json)
      step=${name#"$target"-}
      echo "$target ${step%%-*} $(sed -n 's/.*"overall":{[^}]*"f1":\([0-9.]*\).*/\1/p' "$file")"
    done
  done | awk -v kind="$kind" '
    { if (!($1 in seen)) { order[++count] = $1; seen[$1] = 1 } n[$1, $2]++; sum[$1, $2] += $3; squares[$1, $2] += $3 * $3 }
    END {
      k = split("shared trained refined all", step, " ")
      printf "| %s teacher |", kind; for (j = 1; j <= k; j++) printf " %s |", step[j]
      printf "\n|---|"; for (j = 1; j <= k; j++) printf "---|"; print ""
      for (i = 1; i <= count; i++) {
        printf "| %s |", order[i]
        for (j = 1; j <= k; j++) {
          m = n[order[i], step[j]]
          if (m == 0) { printf " - |"; continue }
          mean = sum[order[i], step[j]] / m
          total[j] += mean; targets[j]++
          printf(" %.1f ± %.1f |", mean, m > 1 ? sqrt((squares[order[i], step[j]] - m * mean * mean) / (m - 1) + 1e-12) : 0)
        }
        print ""
      }
      printf "| mean |"; for (j = 1; j <= k; j++) if (targets[j]) printf " %.1f |", total[j] / targets[j]; else printf " - |"
      print "\n"
    }'
done
