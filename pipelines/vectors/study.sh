#!/usr/bin/env bash
# What each step of making the vectors is worth to a tagger: English teachers, plain and code-switched, scored on the development
# sets of other languages, without distillation.
# Usage: NERPIPE_DATA=DIR pipelines/vectors/study.sh [TARGET ...]
#   SEEDS="1 2 3 4 5"  WORK=out/vectors  JOBS=2 (processes)  STEPS="all refined trained shared"  TEACHERS="plain switched"
# Steps: `shared`: the tables that come with the data; `trained`: our own, as the training leaves them; `refined`: centered, rotated, mixed
# with translations; `all`: with the word statistics, the position flags and hidden rare words besides. Interrupted, it continues.
# A plain teacher serves all targets of its table; a code-switched one is made for one target: English and a copy of it with 7 in 10 words
# that have a translation replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}"
export NERPIPE=${NERPIPE:-.build/release/nerpipe} WORK=${WORK:-out/vectors}
seeds=${SEEDS:-1 2 3 4 5} steps=${STEPS:-all refined trained shared} teachers=${TEACHERS:-plain switched}
targets=${*:-es nl de swa yor kin luo lug hau twi zul nya ibo}
mkdir -p "$WORK/teachers" "$WORK/scores"

space_of() { case $1 in es|nl|de) echo eur ;; *) echo afr ;; esac; }
export -f space_of
spaces=$(for target in $targets; do space_of "$target"; done | sort -u)
for space in $spaces; do
  OPTIONS="${OPTIONS:-} --keep-work" pipelines/vectors/make.sh "$space"
  if [ ! -f "$WORK/$space-trained.vectors" ]; then   # the same training without the last step
    mv "$WORK/$space.vectors" "$WORK/$space.vectors.kept"
    OPTIONS="${OPTIONS:-} --keep-work --no-refine" pipelines/vectors/make.sh "$space"
    mv "$WORK/$space.vectors" "$WORK/$space-trained.vectors"
    mv "$WORK/$space.vectors.kept" "$WORK/$space.vectors"
  fi
  ln -sf "$space.vectors" "$WORK/$space-refined.vectors"
  ln -sf "$space.vectors" "$WORK/$space-all.vectors"
  [ -f "$WORK/$space-shared.vectors" ] || "$NERPIPE" vectors import "$NERPIPE_DATA/vectors/$space.vec.zst" -o "$WORK/$space-shared.vectors"
done

options_of() { # STEP: what a step's tables leave out
  [ "$1" = all ] || echo --numbers none --hide-rare 0
}
teacher() {    # SPACE STEP TEACHER SEED OPTION ...
  local en=$NERPIPE_DATA/ner/conll2003/en output=$WORK/teachers/$3-$2-$4
  # shellcheck disable=SC2046
  "$NERPIPE" train "$en/train.tsv.zst" --dev "$en/dev.tsv.zst" --lang en --types PER,LOC,ORG --vectors "$WORK/$1-$2.vectors" \
    --seed "$4" --jobs 1 --quiet $(options_of "$2") "${@:5}" -o "$output"
}
score() {      # TARGET STEP KIND SEED MODEL
  local dataset=masakhaner2 output=$WORK/scores/$1-$2-$3-$4.json
  case $1 in es|nl) dataset=conll2002 ;; de) dataset=conll2003 ;; esac
  [ -f "$output" ] || { "$NERPIPE" evaluate --model "$5" --lang "$1" --types PER,LOC,ORG --bootstrap 0 --json \
    "$NERPIPE_DATA/ner/$dataset/$1/dev.tsv.zst" > "$output.tmp" && mv "$output.tmp" "$output"; }
}
plain() {      # SPACE STEP SEED
  teacher "$1" "$2" "plain-$1" "$3"
  for target in $targets; do
    [ "$(space_of "$target")" != "$1" ] || score "$target" "$2" plain "$3" "$WORK/teachers/plain-$1-$2-$3"
  done
}
switched() {   # TARGET STEP SEED
  local space
  space=$(space_of "$1")
  teacher "$space" "$2" "switched-$1" "$3" --epochs 3 --code-switch "$1=$WORK/$space.dictionaries/en-$1.tsv"
  score "$1" "$2" switched "$3" "$WORK/teachers/switched-$1-$2-$3"
}
export targets
export -f options_of teacher score plain switched
each() { for seed in $seeds; do for step in $steps; do for a in $1; do echo "$2 $a $step $seed"; done; done; done; }
for kind in $teachers; do
  if [ "$kind" = plain ]; then each "$spaces" plain; else each "$targets" switched; fi
done | xargs -P "${JOBS:-2}" -L 1 bash -ec '"$1" "$2" "$3" "$4"' _
pipelines/vectors/table.sh "$WORK/scores" $targets
