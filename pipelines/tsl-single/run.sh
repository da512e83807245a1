#!/usr/bin/env bash
# The same as `nerpipe run pipeline.yaml`, as a shell pipe, with what comes before and after it: table, teacher, scores.
# Usage: NERPIPE_DATA=DIR pipelines/tsl-single/run.sh [TARGET] [SEED]
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:-es} seed=${2:-1}
: "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}"
nerpipe=${NERPIPE:-.build/release/nerpipe}
work=${WORK:-out/tsl-single}
case $target in
  es|nl) space=eur dataset=conll2002 ;;
  de)    space=eur dataset=conll2003 ;;
  *)     space=afr dataset=masakhaner2 ;;
esac
source_data=$NERPIPE_DATA/ner/conll2003/en
target_data=$NERPIPE_DATA/ner/$dataset/$target
mkdir -p "$work/teachers" "$work/students"

[ -f "$work/$space.vectors" ] || "$nerpipe" vectors import "$NERPIPE_DATA/vectors/$space.vec.zst" -o "$work/$space.vectors"
"$nerpipe" train "$source_data/train.tsv.zst" --dev "$source_data/dev.tsv.zst" --lang en --types PER,LOC,ORG \
  --vectors "$work/$space.vectors" --seed "$seed" -o "$work/teachers/$space-$seed"

"$nerpipe" tokenize --lang "$target" "$target_data/train.tsv.zst" \
  | "$nerpipe" embed --vectors "$work/$space.vectors" \
  | "$nerpipe" score --teacher "$work/teachers/$space-$seed" \
  | "$nerpipe" update --objective mse --epochs 8 --seed "$seed" -o "$work/students/$space-$target-$seed"

for model in "teachers/$space-$seed" "students/$space-$target-$seed"; do
  echo "== $model on $target dev"
  "$nerpipe" evaluate --model "$work/$model" --lang "$target" --types PER,LOC,ORG "$target_data/dev.tsv.zst"
done
