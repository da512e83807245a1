#!/usr/bin/env bash
# What each step of making the vectors is worth to a tagger: English teachers, plain and code-switched, scored on the development
# sets of other languages, without distillation.
# Usage: NERPIPE_DATA=DIR pipelines/vectors/study.sh [TARGET ...]
#   SEEDS="1 2 3 4 5"  WORK=out/vectors  JOBS=2 (processes)  STEPS="shared trained refined all"  TEACHERS="plain switched"
# Steps: `shared`: the tables that come with the data; `trained`: our own, as the training leaves them; `refined`: centered, rotated, mixed
# with translations; `all`: with the word statistics and position flags besides. Interrupted, it continues.
# One code-switched teacher per table: English and one copy for every target language of the table.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}"
export NERPIPE=${NERPIPE:-.build/release/nerpipe} WORK=${WORK:-out/vectors}
seeds=${SEEDS:-1 2 3 4 5} steps=${STEPS:-shared trained refined all} teachers=${TEACHERS:-plain switched}
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

teacher() {    # SPACE STEP TEACHER SEED
  local en=$NERPIPE_DATA/ner/conll2003/en options=() dictionary language
  [ "$2" = all ] || options+=(--numbers none)
  if [ "$3" = switched ]; then
    # As many updates as the copies allow in two passes over all of them.
    options+=(--epochs 2)
    for dictionary in "$WORK/$1.dictionaries"/en-*.tsv; do
      language=${dictionary##*/en-}
      language=${language%.tsv}
      [ "$language" = fr ] || options+=(--code-switch "$language=$dictionary")
    done
  fi
  "$NERPIPE" train "$en/train.tsv.zst" --dev "$en/dev.tsv.zst" --lang en --types PER,LOC,ORG --vectors "$WORK/$1-$2.vectors" \
    --seed "$4" --jobs 1 --quiet "${options[@]}" -o "$WORK/teachers/$1-$2-$3-$4"
}
score() {      # TARGET STEP TEACHER SEED
  local space dataset=masakhaner2 output=$WORK/scores/$1-$2-$3-$4.json
  space=$(space_of "$1")
  case $1 in es|nl) dataset=conll2002 ;; de) dataset=conll2003 ;; esac
  [ -f "$output" ] || { "$NERPIPE" evaluate --model "$WORK/teachers/$space-$2-$3-$4" --lang "$1" --types PER,LOC,ORG --bootstrap 0 --json \
    "$NERPIPE_DATA/ner/$dataset/$1/dev.tsv.zst" > "$output.tmp" && mv "$output.tmp" "$output"; }
}
export -f teacher score
each() { for a in $1; do for step in $steps; do for kind in $teachers; do for seed in $seeds; do echo "$a $step $kind $seed"; done; done; done; done; }
each "$spaces" | xargs -P "${JOBS:-2}" -L 1 bash -ec 'teacher "$1" "$2" "$3" "$4"' _
each "$targets" | xargs -P "${JOBS:-2}" -L 1 bash -ec 'score "$1" "$2" "$3" "$4"' _
pipelines/vectors/table.sh "$WORK/scores" $targets
