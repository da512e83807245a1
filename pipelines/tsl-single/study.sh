#!/usr/bin/env bash
# Direct transfer and TSL on every target, several seeds: one line per target with mean and standard deviation.
# Usage: NERPIPE_DATA=DIR pipelines/tsl-single/study.sh [TARGET ...]
#   SEEDS="1 2 3 4 5"  WORK=out/tsl-single  JOBS=2 (processes)  OBJECTIVES="mse kl-mse"
#   EUR=table AFR=table: vector tables or files to import instead of $NERPIPE_DATA/vectors/{eur,afr}.vec.zst
# Interrupted, it continues. Labels of the target language are used for scoring alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}"
export NERPIPE=${NERPIPE:-.build/release/nerpipe} WORK=${WORK:-out/tsl-single} OBJECTIVES=${OBJECTIVES:-mse}
seeds=${SEEDS:-1 2 3 4 5}
targets=${*:-es nl de bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul}
mkdir -p "$WORK/teachers" "$WORK/students" "$WORK/scores"

spaces=$(for target in $targets; do case $target in es|nl|de) echo eur ;; *) echo afr ;; esac; done | sort -u)
for space in $spaces; do
  upper=$(echo "$space" | tr a-z A-Z)
  input=${!upper:-$NERPIPE_DATA/vectors/$space.vec.zst}
  [ -f "$WORK/$space.vectors" ] || case $input in
    *.vectors) ln -s "$(realpath "$input")" "$WORK/$space.vectors" ;;
    *) "$NERPIPE" vectors import "$input" -o "$WORK/$space.vectors" ;;
  esac
done

evaluate() {   # MODEL TARGET_DATA OUTPUT; the folder of the data is named after its language
  [ -f "$3" ] || { "$NERPIPE" evaluate --model "$1" --lang "${2##*/}" --types PER,LOC,ORG --bootstrap 0 --json "$2/dev.tsv.zst" > "$3.tmp" && mv "$3.tmp" "$3"; }
}
teacher() {    # SPACE SEED
  local en=$NERPIPE_DATA/ner/conll2003/en
  "$NERPIPE" train "$en/train.tsv.zst" --dev "$en/dev.tsv.zst" --lang en --types PER,LOC,ORG --vectors "$WORK/$1.vectors" \
    --seed "$2" --jobs 1 --quiet -o "$WORK/teachers/$1-$2"
  evaluate "$WORK/teachers/$1-$2" "$en" "$WORK/scores/en-$1-direct-$2.json"
}
student() {    # TARGET SEED
  local space=afr dataset=masakhaner2
  case $1 in es|nl) space=eur dataset=conll2002 ;; de) space=eur dataset=conll2003 ;; esac
  local data=$NERPIPE_DATA/ner/$dataset/$1
  evaluate "$WORK/teachers/$space-$2" "$data" "$WORK/scores/$1-direct-$2.json"
  for objective in $OBJECTIVES; do
    local output=$WORK/students/$1-$objective-$2
    "$NERPIPE" run pipelines/tsl-single/pipeline.yaml --set "work=$WORK" --set "dataset=$dataset" --set "target=$1" --set "space=$space" \
      --set "seed=$2" --set "update.objective=$objective" --set "update.output=$output" --jobs 1 --quiet
    evaluate "$output" "$data" "$WORK/scores/$1-tsl-$objective-$2.json"
  done
}
export -f evaluate teacher student
for space in $spaces; do for seed in $seeds; do echo "$space $seed"; done; done | xargs -P "${JOBS:-2}" -L 1 bash -ec 'teacher "$1" "$2"' _
for target in $targets; do for seed in $seeds; do echo "$target $seed"; done; done | xargs -P "${JOBS:-2}" -L 1 bash -ec 'student "$1" "$2"' _
pipelines/tsl-single/table.sh "$WORK/scores" $targets
