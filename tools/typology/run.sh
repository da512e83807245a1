#!/usr/bin/env bash
# run.sh CODE ... > TABLE: features of languages (URIEL) for `nerpipe divergence --typology`, with lang2vec in an environment of its own.
#
#     tools/typology/run.sh eng swa hau > uriel.tsv
#
# The environment lies in NERPIPE_TYPOLOGY (default: ~/.cache/nerpipe-typology). 69: its packages cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages="lang2vec==1.1.2 numpy==2.4.6 setuptools==80.9.0"
place=${NERPIPE_TYPOLOGY:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-typology}
if [ "$(cat "$place/made" 2> /dev/null)" != "$packages" ]; then
  python3 -m venv "$place" >&2
  # shellcheck disable=SC2086
  "$place/bin/pip" install --quiet $packages >&2 || { echo "run.sh: lang2vec cannot be installed" >&2; exit 69; }
  echo "$packages" > "$place/made"
fi
exec "$place/bin/python" -B "$here/uriel.py" "$@"
