#!/usr/bin/env bash
# Sends labels through the programs that own the forms, and compares what comes back. Runs roundtrip.py in an environment of its own.
# Usage: tools/formats/roundtrip.sh [GOLD.conll ...]     Default: a small file that it makes, and corpora/sample/qaa/dev.conll.zst
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_FORMATS_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-formats}
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet datasets==5.2.0 conllu==6.0.0 label-studio-sdk==2.1.2 spacy==3.8.18 seqeval==1.2.2 \
    nervaluate==1.2.1 bratiaa==0.1.4
fi
export NERPIPE=${NERPIPE:-$here/../../.build/release/nerpipe}
exec "$environment/bin/python" -B "$here/roundtrip.py" "$@"
