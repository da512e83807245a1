#!/usr/bin/env bash
# Makes a teacher from the sample world's source language, distils a student for each target, and prints their scores.
# Usage: pipelines/smoke/run.sh [SEED ...]      (default: one seed; a finished run is not repeated, remove out/smoke to start over)
set -euo pipefail
cd "$(dirname "$0")/../.."
nerpipe=${NERPIPE:-.build/release/nerpipe}
sample=corpora/sample work=${WORK:-out/smoke}
seeds=${*:-1}
mkdir -p "$work"
targets=$(cd "$sample" && for folder in */unlabelled; do dirname "$folder"; done)
f1() { "$nerpipe" evaluate -q --model "$1" --lang "$2" --bootstrap 0 "$sample/$2/test.conll.zst" | awk '$1 == "accuracy:" { print $NF }'; }
field() { sed -n "s/.*\"$2\" *: *\([0-9.]*\).*/\1/p" "$1/run.json" | head -1; }

if [ ! -f "$work/sample.vectors" ]; then
  tables=()
  for file in "$sample"/vectors/*.vec.zst; do tables+=("$(basename "$file" .vec.zst)=$file"); done
  "$nerpipe" vectors import "${tables[@]}" -o "$work/sample.vectors" --quiet
fi
for seed in $seeds; do
  "$nerpipe" train "$sample/qaa/train.conll.zst" --dev "$sample/qaa/dev.conll.zst" --lang qaa --vectors "$work/sample.vectors" \
    --seed "$seed" -o "$work/teacher-$seed" --quiet
  printf '\nSeed %s. Teacher on its own language: F1 %.1f\n\n' "$seed" "$(f1 "$work/teacher-$seed" qaa)"
  printf '%-8s %8s %8s %6s %14s %12s\n' target direct student gain "tokens/s" "peak memory"
  for target in $targets; do
    "$nerpipe" run pipelines/smoke/pipeline.yaml --set target="$target" --set work="$work" --set seed="$seed" --quiet
    student=$work/student-$target-$seed
    awk -v t="$target" -v d="$(f1 "$work/teacher-$seed" "$target")" -v s="$(f1 "$student" "$target")" \
      -v n="$(field "$student" tokens)" -v w="$(field "$student" seconds)" -v m="$(field "$student" peakResidentBytes)" \
      'BEGIN { printf "%-8s %8.1f %8.1f %+6.1f %14d %8.0f MiB\n", t, d, s, s - d, n / w, m / 1048576 }'
  done
done
