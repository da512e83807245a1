#!/usr/bin/env bash
# Students of three teachers for one target: uniform weights, weights of the target, weights of each sentence; and what the teachers
# give without a student, apart, as an ensemble, and as one teacher of all. Prints one line each; writes the scores to WORK/scores.
# Usage: NERPIPE_DATA=DIR pipelines/tsl-multi/run.sh [TARGET] [SEED]     (target: es, nl or de; the sources are the other two, and en)
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:-nl} seed=${2:-1}
: "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}"
nerpipe=${NERPIPE:-.build/release/nerpipe}
work=${WORK:-out/tsl-multi} jobs=${JOBS:-2}
table=$work/eur.vectors
folder() { case $1 in en|de) echo "$NERPIPE_DATA/ner/conll2003/$1" ;; *) echo "$NERPIPE_DATA/ner/conll2002/$1" ;; esac; }
sources=$(for language in en es nl de; do [ "$language" = "$target" ] || echo "$language"; done)
mkdir -p "$work/teachers" "$work/students" "$work/weights" "$work/embedded" "$work/scores"

# One process makes what the seeds share; the others wait for it.
exec 9> "$work/lock"
flock 9
[ -f "$table" ] || "$nerpipe" vectors import -q "$NERPIPE_DATA/vectors/eur.vec.zst" -o "$table"
for language in en es nl de; do
  [ -f "$work/embedded/$language.zst" ] || "$nerpipe" tokenize -q --lang "$language" "$(folder "$language")/train.tsv.zst" \
    | "$nerpipe" embed -q --vectors "$table" -o "$work/embedded/$language.zst"
done
for language in $sources; do
  "$nerpipe" train -q "$(folder "$language")/train.tsv.zst" --dev "$(folder "$language")/dev.tsv.zst" --lang "$language" --types PER,LOC,ORG \
    --vectors "$table" --seed "$seed" -j "$jobs" -o "$work/teachers/$language-$seed"
done
[ -f "$work/weights/$target" ] || "$nerpipe" weigh -q $(for language in $sources; do echo "--source $language=$work/embedded/$language.zst"; done) \
  "$work/embedded/$target.zst" -o "$work/weights/$target" > "$work/weights/$target.txt"
flock -u 9

teachers=$(for language in $sources; do echo "--teacher $work/teachers/$language-$seed"; done)
evaluate() {  # NAME MODEL ...
  [ -f "$work/scores/$target-$1-$seed.json" ] || "$nerpipe" evaluate $(for model in "${@:2}"; do echo "--model $model"; done) --lang "$target" --types PER,LOC,ORG --bootstrap 0 --json \
    "$(folder "$target")/dev.tsv.zst" > "$work/scores/$target-$1-$seed.json"
  echo "$target $1 $seed $(sed -n 's/.*"overall":{[^}]*"f1":\([0-9.]*\).*/\1/p' "$work/scores/$target-$1-$seed.json")"
}
for language in $sources; do evaluate "direct-$language" "$work/teachers/$language-$seed"; done
evaluate ensemble $(for language in $sources; do echo "$work/teachers/$language-$seed"; done)
student() {  # NAME, options of score
  local name=$1 student=$work/students/$target-$1-$seed
  shift
  [ -f "$student/run.json" ] || "$nerpipe" score -q -j "$jobs" "$@" "$work/embedded/$target.zst" \
    | "$nerpipe" update -q -j "$jobs" --objective mse --epochs 8 --seed "$seed" -o "$student"
  evaluate "$name" "$student"
}
student "tsl-en" --teacher "$work/teachers/en-$seed"
"$nerpipe" train -q $(for language in $sources; do echo "$language=$(folder "$language")/train.tsv.zst"; done) --types PER,LOC,ORG \
  $(for language in $sources; do echo "--dev $language=$(folder "$language")/dev.tsv.zst"; done) --vectors "$table" --seed "$seed" -j "$jobs" \
  -o "$work/teachers/pooled-$target-$seed"
evaluate pooled "$work/teachers/pooled-$target-$seed"
student tsl-pooled --teacher "$work/teachers/pooled-$target-$seed"
student uniform $teachers
student domain $teachers --weights "$work/weights/$target"
student sentence $teachers --weights "$work/weights/$target" --weight-level sentence
