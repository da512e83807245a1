#!/usr/bin/env bash
# Trains a tagger of the sample world, kills it, goes on, converts its metrics, and has TensorBoard read them back. For people; it downloads
# the package tensorboard into NERPIPE_TENSORBOARD (default: ~/.cache/nerpipe-tensorboard).
# Usage: tools/tensorboard/test.sh     (NERPIPE=.build/release/nerpipe)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_TENSORBOARD:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-tensorboard}
packages="tensorboard==2.21.0"
if [ "$(cat "$environment/made" 2>/dev/null)" != "$packages" ]; then
  python3 -m venv "$environment"
  # shellcheck disable=SC2086
  "$environment/bin/pip" install --quiet $packages
  echo "$packages" > "$environment/made"
fi
export NERPIPE=${NERPIPE:-$here/../../.build/release/nerpipe}
exec "$environment/bin/python" -B "$here/test.py"
