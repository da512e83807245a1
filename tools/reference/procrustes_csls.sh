#!/usr/bin/env bash
# Runs procrustes_csls.py in an environment of its own; arguments as there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_REFERENCE_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-reference}
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet numpy==2.4.6
fi
exec "$environment/bin/python" -B "$here/procrustes_csls.py" "$@"
