# shellcheck shell=bash
# What the scripts of the methods share; sourced by pipelines/METHOD/run.sh, which is called
#   run.sh [TARGET] [SEED]            real languages, from $NERPIPE_DATA (corpora/README.md)
#   run.sh --sample [TARGET] [SEED]   the sample world (corpora/sample)
# and prints a line `TARGET NAME SEED F1` for everything it scores.
#
#   NERPIPE=.build/release/nerpipe   WORK=out/results (out/results-sample)   JOBS=2
#   EUR=out/vectors/eur.vectors AFR=out/vectors/afr.vectors: tables, or text of vectors to be imported
#   TABLE=FILE       one table for all languages, in place of both
#   DICTIONARIES=the folder beside the table: en-TARGET.tsv, as pipelines/vectors/make.sh makes them
#   SENTENCES=N      only the first of the target's unlabelled text (documents in the sample world)
#   NEWS=yes         news of the target beside the text of its corpus, where there is some
#   TYPES=PER,LOC,ORG types of entities; MISC is in the labels of en, es and nl alone
#   SOURCE=en        the source language; SOURCES=en+swa: those of methods that have several
#   TEACHERS=DIR     teachers that several WORKs share, which must have the same tables and sources
#
# Sets: method target seed nerpipe work jobs table types space source (the language whose labels are there).
# Everything is made once, under a lock: processes side by side wait for each other, and what was interrupted continues. A file that is
# there is complete. To make something anew, remove it. No label of the target is read but by `evaluate`.
#
# Call these as `model=$(teacher en 1)`: bash sees a failure in an assignment, not in an argument.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."
method=pipelines/$(basename "$(dirname "$0")")
is_sample=false
if [ "${1:-}" = --sample ]; then is_sample=true; shift; fi
nerpipe=${NERPIPE:-.build/release/nerpipe} jobs=${JOBS:-2} types=${TYPES:-PER,LOC,ORG}
seed=${2:-1}
if $is_sample; then
  target=${1:-qab} work=${WORK:-out/results-sample} space=sample source=${SOURCE:-qaa}
else
  : "${NERPIPE_DATA:?set NERPIPE_DATA to the folder that corpora/README.md describes, or call with --sample}"
  target=${1:-es} work=${WORK:-out/results} source=${SOURCE:-en}
  case $target in es|nl|de|da|it|pt|fr) space=eur ;; *) space=afr ;; esac   # da it pt fr: with the table 'wide'
fi
[ -z "${TABLE:-}" ] || space=$(basename "$TABLE" .vectors)
teacher_folder=${TEACHERS:-$work/teachers} locks=${TEACHERS:-$work}/locks
mkdir -p "$work"/{teachers,students,embedded,weights,scores,unlabelled} "$teacher_folder" "$locks"

fail() { echo "${0#"$PWD"/}: $*" >&2; exit 1; }

once() {        # FILE COMMAND ...: runs the command, which makes FILE, unless it is there
  local file=$1
  shift
  [ -e "$file" ] || (
    name=${file//\//_}
    exec 9> "$locks/$name"
    flock 9
    [ -e "$file" ] || "$@"
  )
}

# --- the two worlds

folder() {      # LANGUAGE: where its corpus is
  if $is_sample; then echo "corpora/sample/$1"; return; fi
  case $1 in
    en|de) echo "$NERPIPE_DATA/ner/conll2003/$1" ;;
    es|nl) echo "$NERPIPE_DATA/ner/conll2002/$1" ;;
    ar|da|fa|fi|fr|hu|id|it|lv|no|pt|sv|uk) echo "$NERPIPE_DATA/ner/transfer3/$1" ;;
    amh)   echo "$NERPIPE_DATA/ner/masakhaner1/$1" ;;
    *)     echo "$NERPIPE_DATA/ner/masakhaner2/$1" ;;
  esac
}
labelled() {    # LANGUAGE train|dev: labels of a source
  [ "$1" != "$target" ] || fail "labels of the target, $target, train nothing"
  # In the sample world only qaa has a training split: other sources are trained on their (small) test split.
  case $is_sample,$1,$2 in
    true,qaa,*) echo "$(folder "$1")/$2.conll.zst" ;;
    true,*,train) echo "$(folder "$1")/test.conll.zst" ;;
    true,*) echo "$(folder "$1")/dev.conll.zst" ;;
    *) echo "$(folder "$1")/$2.tsv.zst" ;;
  esac
}
unlabelled() {  # LANGUAGE: its text; tags are not read
  if [ -n "${SENTENCES:-}" ] && [ "$1" = "$target" ]; then
    local file=$work/unlabelled/$target-$SENTENCES.$($is_sample && echo txt || echo tsv).zst
    once "$file" first_sentences "$file"
    echo "$file"
  else
    all_unlabelled "$1"
  fi
}
first_sentences() {  # FILE: of the target; a paragraph of columns each, in the sample world a line
  local files separator=''
  mapfile -t files < <(all_unlabelled "$target")
  if $is_sample; then separator='\n'; fi
  zstd -dcq "${files[@]}" | awk -v RS="$separator" -v ORS="${separator:-\n\n}" -v n="$SENTENCES" 'NR <= n' | zstd -q > "$1.new"
  mv "$1.new" "$1"
}
all_unlabelled() {
  case $is_sample,$1 in
    true,qaa) echo "$(folder "$1")/train.conll.zst" ;;
    true,*) ls "$(folder "$1")"/unlabelled/*.txt.zst ;;
    *) echo "$(folder "$1")/train.tsv.zst"
       # lacuna-news is the pool from which the corpora were drawn, with their development sentences.
       [ "${NEWS:-}" != yes ] || [ "$1" != "$target" ] || ls "$NERPIPE_DATA/text/$1"/masakhane*.txt.zst ;;
  esac
}
gold() { if $is_sample; then echo "$(folder "$target")/test.conll.zst"; else echo "$(folder "$target")/dev.tsv.zst"; fi; }
sources() {     # the source languages of methods that have several, without the target
  local language all
  if [ -n "${SOURCES:-}" ]; then all=${SOURCES//+/ }; else case $space in
    sample) all="qaa qab qad" ;;
    eur)    all="en es nl de" ;;
    afr)    all="en swa hau yor luo wol" ;;
  esac; fi
  for language in $all; do [ "$language" = "$target" ] || echo "$language"; done
}
dictionary() {  # the file of translations from the source into the target
  if $is_sample; then
    once "$work/$source-$target.tsv" sample_dictionary
    echo "$work/$source-$target.tsv"
    return
  fi
  local file
  for file in "$dictionaries/$source-$target".tsv{,.zst}; do
    if [ -f "$file" ]; then echo "$file"; return; fi
  done
  fail "$file is not there; make it with pipelines/vectors/make.sh, or name the folder in DICTIONARIES"
}
sample_dictionary() {  # there is none: the nearest neighbours of the source's thousand most frequent words
  local word
  zstd -dc "corpora/sample/vectors/$source.vec.zst" | awk 'NR > 1 && $1 ~ /^[a-z]+$/ && ++n <= 1000 { print $1 }' | while read -r word; do
    "$nerpipe" vectors nearest -q "$table" "$word" --from "$source" --to "$target" --count 1 --json \
      | sed -n '/"word"/{s/.*"word" : "\(.*\)".*/'"$word"'\t\1/p;q}'
  done > "$work/$source-$target.tsv.new"
  mv "$work/$source-$target.tsv.new" "$work/$source-$target.tsv"
}
import() { "$nerpipe" vectors import -q "$@" -o "$table"; }
if [ -n "${TABLE:-}" ]; then
  table=$TABLE
elif $is_sample; then
  table=$work/sample.vectors
  inputs=()
  for file in corpora/sample/vectors/*.vec.zst; do inputs+=("$(basename "$file" .vec.zst)=$file"); done
  once "$table" import "${inputs[@]}"
else
  case $space in
    eur) table=${EUR:-out/vectors/eur.vectors} ;;
    afr) table=${AFR:-out/vectors/afr.vectors} ;;
  esac
  case $table in
    *.vectors) [ -f "$table" ] || fail "$table is not there; make it with pipelines/vectors/make.sh $space" ;;
    *) inputs=("$table") table=$work/$space.vectors; once "$table" import "${inputs[@]}" ;;
  esac
fi
# A table beside an encoder's vectors (-e5) has the dictionaries of the one that it was made of.
dictionaries=${table%.vectors} dictionaries=${DICTIONARIES:-${dictionaries%-e5}.dictionaries}

# --- models

train() {       # FOLDER LANGUAGES SEED OPTION ...: a teacher of one or several languages; its epoch is the best on their own dev
  local output=$1 languages=$2 language inputs=()
  for language in $languages; do
    inputs+=("$language=$(labelled "$language" train)" --dev "$language=$(labelled "$language" dev)")
  done
  "$nerpipe" train -q "${inputs[@]}" --lang "${languages%% *}" --types "$types" --vectors "$table" --seed "$3" -j "$jobs" "${@:4}" -o "$output" >&2
}
teacher() {     # LANGUAGE SEED [OPTION ...]: prints the folder of a teacher of one language; options of `train` are in its name
  local output=$teacher_folder/$space-$1-$2${*:3}
  output=${output// /}
  once "$output/run.json" train "$output" "$1" "$2" "${@:3}"
  echo "$output"
}
seed_teachers() { # prints the folders of three plain teachers: of the seed, and of two that belong to it
  teacher "$source" "$seed"
  teacher "$source" $((seed + 100))
  teacher "$source" $((seed + 200))
}
pooled_teacher() { # SEED: one teacher of all sources; targets with the same sources have the same
  local languages output
  languages=$(sources | xargs)
  output=$teacher_folder/$space-${languages// /+}-$1
  once "$output/run.json" train "$output" "$languages" "$1"
  echo "$output"
}
source_teacher() { # SEED: the teacher of SOURCES, or where there are none of the source
  if [ -n "${SOURCES:-}" ]; then pooled_teacher "$1"; else teacher "$source" "$1"; fi
}
switched_teacher() { # SEED: the source and a copy of it with 7 in 10 words that have a translation replaced
  local translations output=$teacher_folder/$space-$source-switched-$target-$1
  translations=$(dictionary)
  once "$output/run.json" train "$output" "$source" "$1" --epochs 3 --code-switch "$target=$translations"
  echo "$output"
}
embed() {       # OUTPUT LANGUAGE
  local files
  mapfile -t files < <(unlabelled "$2")
  "$nerpipe" tokenize -q -j "$jobs" --lang "$2" "${files[@]}" | "$nerpipe" embed -q -j "$jobs" --vectors "$table" -o "$1"
}
embedded() {    # LANGUAGE: prints the stream of its text with vectors
  local output=$work/embedded/$space-$1.zst
  once "$output" embed "$output" "$1"
  echo "$output"
}
tokens() {      # LANGUAGE: prints how many tokens its text has
  local stream
  stream=$(embedded "$1")
  "$nerpipe" shard info "$stream" | awk '$1 == "tokens" { print $2 }'
}
weights() {     # prints the file of how much each of the sources has to say, by similarity of their text with the target's
  local language output=$work/weights/$space-$target stream inputs=()
  for language in $(sources); do
    stream=$(embedded "$language")
    inputs+=(--source "$language=$stream")
  done
  stream=$(embedded "$target")
  once "$output" weigh "$output" "${inputs[@]}" "$stream"
  echo "$output"
}
weigh() { "$nerpipe" weigh -q -j "$jobs" "${@:2}" -o "$1" > "$1.txt"; }

# --- scores

evaluate() {    # NAME MODEL ...: scores a model, or an ensemble, on the target's gold labels
  local scores=$work/scores/$target-$1-$seed
  once "$scores.txt" compare_with_gold "$scores" "${@:2}"
  echo "$target $1 $seed $(f1 < "$scores.txt")"
}
compare_with_gold() {
  # Seen is what stands in the labels of the source, or of SOURCES: the same for all methods of a study, so that they can be compared.
  local model models=() language languages=$source file options=()
  if [ -n "${SOURCES:-}" ]; then languages=$(sources); fi
  for language in $languages; do
    file=$(labelled "$language" train)
    options+=(--seen "$file")
  done
  for model in "${@:2}"; do models+=(--model "$model"); done
  # How sure a tagger is, of one: an ensemble and a transformer have no diagram.
  if [ $# = 2 ] && [ ! -e "$2/tokenizer.json" ]; then options+=(--reliability "$1.reliability"); fi
  "$nerpipe" evaluate -q "${models[@]}" --lang "$target" --types "$types" --bootstrap 0 --counts "$1.counts" "${options[@]}" "$(gold)" > "$1.new"
  mv "$1.new" "$1.txt"
}
f1() { awk '$1 == "accuracy:" { print $NF }'; }   # of all types together, in the report of `evaluate`

student() {     # NAME [DEFINITION.yaml] [SETTING ...]: a student of a definition, with settings as of `run --set`; then its score
  # The definition is the method's pipeline.yaml, or another one of its folder, or METHOD/FILE of another.
  local name=$1 definition=$method/pipeline.yaml settings=() setting output
  shift
  case ${1:-} in
    */*.yaml) definition=pipelines/$1; shift ;;
    *.yaml) definition=$method/$1; shift ;;
  esac
  for setting in "$@"; do settings+=(--set "$setting"); done
  output=$work/students/$target-$name-$seed
  once "$output/run.json" distil "$definition" --set "update.output=$output" "${settings[@]}"
  evaluate "$name" "$output"
}
distil() {      # DEFINITION [OPTION of run ...]: in the world that was asked for
  local file settings=()
  for file in $(unlabelled "$target"); do settings+=(--set "inputs=$file"); done
  "$nerpipe" run -q -j "$jobs" "$1" "${settings[@]}" --set "data=${NERPIPE_DATA:-}" --set "work=$work" --set "table=$table" \
    --set "space=$space" --set "source=$source" --set "target=$target" --set "seed=$seed" "${@:2}"
}
