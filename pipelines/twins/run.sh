#!/usr/bin/env bash
# Direct transfer to a twin of the target, a language whose words are re-spelled, and a student of it: a cell of study.yaml and sample.yaml.
# Usage: RATE=0.4 pipelines/twins/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
#   RATE=0.4        share of the different words that are re-spelled
#   SPELLING=all    with names-kept, the words of names stay
set -euo pipefail
world=() target=es
if [ "${1:-}" = --sample ]; then world=(--sample) target=qab; shift; fi
target=${1:-$target} seed=${2:-1}
export WORK=${WORK:-out/twins}
twin=$WORK/twin-$target
export TABLE=$twin/vectors TEACHERS=$twin/teachers   # a teacher knows one table, that of its twin
source "$(dirname "$0")/../lib.sh" ${world[@]+"${world[@]}"} "$target" "$seed"
make_twin() {
  local name file
  TEXT=$(all_unlabelled "$target") GOLD=$(gold) SOURCE_TRAIN=$(labelled "$source" train)
  if $is_sample; then
    PARALLEL=$(folder "$target")/parallel.tsv.zst EXCLUDE= NAMES="$SOURCE_TRAIN $GOLD" VECTORS="--dimension 50 --epochs 5 --buckets 20000"
  else
    PARALLEL= EXCLUDE=$(labelled "$source" dev) NAMES="$SOURCE_TRAIN $TEXT $GOLD" VECTORS="--dimension 100 --epochs 5 --buckets 100000"
    for name in newstest ntrex128 flores200 mafand tico19; do   # news and what is near it
      file=$NERPIPE_DATA/parallel/$source-$target/$name.tsv.zst
      [ ! -f "$file" ] || PARALLEL="$PARALLEL $file"
    done
  fi
  export TEXT PARALLEL GOLD SOURCE_TRAIN EXCLUDE NAMES VECTORS
  pipelines/twins/twin.sh "$twin" "$source" "$target" "${RATE:-0.4}" "${SPELLING:-all}" >&2
}
once "$twin/measures.csv" make_twin
all_unlabelled() { ls "$twin"/text-*; }
gold() { ls "$twin"/gold.*; }
model=$(teacher "$source" "$seed")
evaluate direct "$model"
student tsl gain/pipeline.yaml "exclude.sentences=$(gold)" "score.teacher=$model"
