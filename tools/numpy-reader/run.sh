#!/usr/bin/env bash
# Compares a teacher's scores with those that NumPy computes from its model folder.
# Usage: tools/numpy-reader/run.sh MODEL SCORED_STREAM     (embed with --dense; makes a virtual environment beside this script)
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
[ -x "$folder/.venv/bin/python" ] || { python3 -m venv "$folder/.venv" && "$folder/.venv/bin/pip" install -q numpy==2.2.6; }
exec "$folder/.venv/bin/python" "$folder/nerpipe_reader.py" "$@"
