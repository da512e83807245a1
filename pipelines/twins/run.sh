#!/usr/bin/env bash
# Makes twins of a language whose words are re-spelled at growing rates, and for each: vectors anew, direct transfer, a student, and how far it is
# from the language and from the source.
#
#     pipelines/twins/run.sh --sample [LANGUAGE]     the sample world (default: qab); some minutes
#     TEXT=... PARALLEL=... GOLD=... SOURCE_TRAIN=... SOURCE_DEV=... pipelines/twins/run.sh SOURCE LANGUAGE
#
#   NERPIPE=.build/release/nerpipe  WORK=out/twins  RATES="0 0.2 0.4 0.6"  SEEDS="1"  TWIN_SEED=1
#   NAMES=respell|keep   with keep, NAME_LIST is a file of names, one on a line; in the sample world it is made of the source's labels
#   VECTORS="--dimension 50 --epochs 5 --buckets 20000"   TRAIN="" and UPDATE="--epochs 4": options of the steps
#
# Prints RATE SEED DIRECT STUDENT, and keeps WORK/divergence-RATE.csv (language and twin) and WORK/source-RATE.csv (source and twin). A file that
# is there is complete; nothing is made twice.
set -euo pipefail
cd "$(dirname "$0")/../.."
nerpipe=${NERPIPE:-.build/release/nerpipe} rates=${RATES:-0 0.2 0.4 0.6} seeds=${SEEDS:-1} twin_seed=${TWIN_SEED:-1}
names=${NAMES:-respell}
vectors=${VECTORS:---dimension 50 --epochs 5 --buckets 20000} train=${TRAIN:-} update=${UPDATE:---epochs 4}
if [ "${1:-}" = --sample ]; then
  language=${2:-qab} source=qaa world=corpora/sample
  text=$(ls $world/"$language"/unlabelled/*.txt.zst) parallel=$world/$language/parallel.tsv.zst gold=$world/$language/test.conll.zst
  source_train=$world/qaa/train.conll.zst source_dev=$world/qaa/dev.conll.zst
else
  source=${1:?source language} language=${2:?language}
  text=${TEXT:?} parallel=${PARALLEL:?} gold=${GOLD:?} source_train=${SOURCE_TRAIN:?} source_dev=${SOURCE_DEV:?}
fi
work=${WORK:-out/twins}
mkdir -p "$work"

keep=()
if [ "$names" = keep ]; then keep=(--names keep); [ -z "${NAME_LIST:-}" ] || keep+=(--name-list "$NAME_LIST")
  [ -n "${NAME_LIST:-}" ] || keep+=(--labels "$source_train")
fi
respell() {     # INPUT OUTPUT RATE [COLUMN]
  [ -e "$2" ] || "$nerpipe" respell -q "$1" "$2" --rate "$3" --seed "$twin_seed" ${4:+--column "$4"} ${keep[@]+"${keep[@]}"}
}
f1() { "$nerpipe" evaluate -q --model "$1" --lang "$language" --bootstrap 0 "$2" | awk '$1 == "accuracy:" { print $NF }'; }

printf '%-6s %5s %8s %8s %8s\n' rate seed direct student gain
for rate in $rates; do
  twin=$work/$rate
  mkdir -p "$twin"
  # One language, one cipher: everything that has its words.
  number=0
  for file in $text; do number=$((number + 1)); respell "$file" "$twin/text-$number.txt.zst" "$rate"; done
  respell "$parallel" "$twin/parallel.tsv.zst" "$rate" 2
  respell "$gold" "$twin/gold.conll.zst" "$rate" 1
  # shellcheck disable=SC2086
  [ -e "$twin/vectors" ] || "$nerpipe" vectors train -q --parallel "$source-$language=$twin/parallel.tsv.zst" \
    $(for file in "$twin"/text-*.txt.zst; do echo "--text $language=$file"; done) --text "$source=$source_train" --pivot "$source" \
    -o "$twin/vectors" $vectors
  # shellcheck disable=SC2086
  [ -e "$work/divergence-$rate.csv" ] || "$nerpipe" divergence -q --exact --running "$twin"/text-*.txt.zst --lang "$language" \
    $(for file in $text; do echo "--source original=$file"; done) --csv > "$work/divergence-$rate.csv"
  [ -e "$work/source-$rate.csv" ] || "$nerpipe" divergence -q --exact "$twin"/text-*.txt.zst --lang "$language" \
    --source "$source=$source_train" --csv > "$work/source-$rate.csv"
  for seed in $seeds; do
    teacher=$twin/teacher-$seed student=$twin/student-$seed
    # shellcheck disable=SC2086
    [ -e "$teacher" ] || "$nerpipe" train -q "$source_train" --dev "$source_dev" --lang "$source" --vectors "$twin/vectors" --seed "$seed" \
      -o "$teacher" $train
    # shellcheck disable=SC2086
    [ -e "$student" ] || "$nerpipe" tokenize -q --lang "$language" "$twin"/text-*.txt.zst \
      | "$nerpipe" embed -q --vectors "$twin/vectors" | "$nerpipe" score -q --teacher "$teacher" \
      | "$nerpipe" update -q -o "$student" --seed "$seed" $update
    direct=$(f1 "$teacher" "$twin/gold.conll.zst") distilled=$(f1 "$student" "$twin/gold.conll.zst")
    awk -v r="$rate" -v s="$seed" -v d="$direct" -v t="$distilled" \
      'BEGIN { printf "%-6s %5d %8.1f %8.1f %+8.1f\n", r, s, d, t, t - d }'
  done
done
