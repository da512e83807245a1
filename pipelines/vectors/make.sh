#!/usr/bin/env bash
# Trains the vector tables that the other pipelines use, from the parallel text, dictionaries and unlabelled text of NERPIPE_DATA.
# Usage: NERPIPE_DATA=DIR pipelines/vectors/make.sh [eur|wide|afr|many ...]      default: eur and afr
#   WORK=out/vectors   where tables (SPACE.vectors) and dictionaries (SPACE.dictionaries/) go
#   OPTIONS="..."      further options of `nerpipe vectors train`
# Interrupted, it continues. Development and test sentences of the NER corpora are left out of the text.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes}"
nerpipe=${NERPIPE:-.build/release/nerpipe} work=${WORK:-out/vectors} data=$NERPIPE_DATA
spaces=${*:-eur afr}
mkdir -p "$work"

add_pair() {   # SOURCE-TARGET: its parallel text and its dictionary, as far as they are there
  [ ! -d "$data/parallel/$1" ] || inputs+=(--parallel "$1=$data/parallel/$1")
  [ ! -f "$data/dictionaries/$1.tsv.zst" ] || inputs+=(--dictionary "$1=$data/dictionaries/$1.tsv.zst")
}
add_corpus() { # LANGUAGE CORPUS: the words of its training text; the labels are not read
  inputs+=(--text "$1=$data/ner/$2/train.tsv.zst")
  for split in dev test; do
    [ ! -f "$data/ner/$2/$split.tsv.zst" ] || inputs+=(--exclude "$data/ner/$2/$split.tsv.zst")
  done
}
for space in $spaces; do
  inputs=() defaults=
  add_corpus en conll2003/en
  case $space in
    eur)
      for language in es de nl; do add_pair "en-$language"; done
      add_corpus es conll2002/es; add_corpus nl conll2002/nl; add_corpus de conll2003/de ;;
    wide)     # eur, four languages more that have labels and parallel text, and words of two
      for language in es de nl da it pt fr; do add_pair "en-$language"; done
      add_corpus es conll2002/es; add_corpus nl conll2002/nl; add_corpus de conll2003/de
      for language in da it pt fr sv no; do add_corpus "$language" "transfer3/$language"; done ;;
    afr)
      add_pair en-fr
      for language in bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul; do
        add_pair "en-$language"; add_pair "fr-$language"; add_corpus "$language" "masakhaner2/$language"
        [ ! -d "$data/text/$language" ] || inputs+=(--text "$language=$data/text/$language")
      done ;;
    many)     # the words of 38 languages, for `vectors encode --share 1`: there is no text for good vectors of its own
      defaults="--epochs 1 --dimension 32 --min-count 1 --no-refine"
      add_corpus es conll2002/es; add_corpus nl conll2002/nl; add_corpus de conll2003/de; add_corpus amh masakhaner1/amh
      for language in ar da fa fi fr hu id it lv no pt sv uk; do add_corpus "$language" "transfer3/$language"; done
      for language in bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul; do
        add_corpus "$language" "masakhaner2/$language"
      done ;;
    *) echo "unknown space '$space': eur, wide, afr or many" >&2; exit 64 ;;
  esac
  # shellcheck disable=SC2086
  [ -f "$work/$space.vectors" ] || "$nerpipe" vectors train "${inputs[@]}" --pivot en -o "$work/$space.vectors" \
    --dictionaries "$work/$space.dictionaries" $defaults ${OPTIONS:-}
done
