#!/usr/bin/env bash
# Runs transformer_logits.py in an environment of its own; arguments as there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_REFERENCE_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-reference}-transformer
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet torch==2.15.0 transformers==5.24.0 safetensors==0.8.0 numpy==2.4.6
fi
exec "$environment/bin/python" -B "$here/transformer_logits.py" "$@"
