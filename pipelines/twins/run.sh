#!/usr/bin/env bash
# Direct transfer to a twin of the target, a language whose words are re-spelled, and a student of it: a cell of study.yaml and sample.yaml.
# Usage: RATE=0.4 pipelines/twins/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
#   RATE=0.4        share of the different words that are re-spelled
#   SPELLING=all    with names-kept, the words of names stay
set -euo pipefail
cd "$(dirname "$0")/../.."
world=()
if [ "${1:-}" = --sample ]; then world=(--sample); shift; fi
seed=${2:-1} rate=${RATE:-0.4} spelling=${SPELLING:-all}
if [ ${#world[@]} -gt 0 ]; then
  target=${1:-qab} source=qaa corpus=corpora/sample
  TEXT=$(ls $corpus/"$target"/unlabelled/*.txt.zst) PARALLEL=$corpus/$target/parallel.tsv.zst GOLD=$corpus/$target/test.conll.zst
  SOURCE_TRAIN=$corpus/qaa/train.conll.zst EXCLUDE= NAMES="$SOURCE_TRAIN $GOLD" VECTORS="--dimension 50 --epochs 5 --buckets 20000"
else
  data=${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes, or call with --sample}
  target=${1:-es} source=en
  case $target in es | nl) corpus=conll2002 ;; de) corpus=conll2003 ;; *) corpus=masakhaner2 ;; esac
  TEXT=$data/ner/$corpus/$target/train.tsv.zst GOLD=$data/ner/$corpus/$target/dev.tsv.zst
  SOURCE_TRAIN=$data/ner/conll2003/en/train.tsv.zst EXCLUDE=$data/ner/conll2003/en/dev.tsv.zst
  NAMES="$SOURCE_TRAIN $TEXT $GOLD" VECTORS="--dimension 100 --epochs 5 --buckets 100000" PARALLEL=
  for name in newstest ntrex128 flores200 mafand tico19; do   # news and what is near it
    file=$data/parallel/en-$target/$name.tsv.zst
    [ ! -f "$file" ] || PARALLEL="$PARALLEL $file"
  done
fi
export TEXT PARALLEL GOLD SOURCE_TRAIN EXCLUDE NAMES VECTORS
export WORK=${WORK:-out/twins}
twin=$WORK/twin-$target
mkdir -p "$twin"
( # Made once, whichever seed comes first.
  flock 9
  pipelines/twins/twin.sh "$twin" "$source" "$target" "$rate" "$spelling" >&2
) 9> "$twin/lock"
export TABLE=$twin/vectors TEACHERS=$twin/teachers
source pipelines/lib.sh ${world[@]+"${world[@]}"} "$target" "$seed"
all_unlabelled() { ls "$twin"/text-*; }
gold() { ls "$twin"/gold.*; }
model=$(teacher "$source" "$seed")
evaluate direct "$model"
student tsl gain/pipeline.yaml "exclude.sentences=$(gold)" "score.teacher=$model"
