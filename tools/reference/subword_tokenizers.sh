#!/usr/bin/env bash
# Runs subword_tokenizers.py in an environment of its own; arguments as there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_SUBWORDS_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-subwords}
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet tokenizers==0.23.3 sentencepiece==0.2.3 protobuf==7.36.2
fi
export RAYON_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false
exec "$environment/bin/python" -B "$here/subword_tokenizers.py" "$@"
