#!/usr/bin/env bash
# Runs mixed_model.py in an environment of its own: mixed_model.sh [FILE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=${NERPIPE_REFERENCE_ENV:-${XDG_CACHE_HOME:-$HOME/.cache}/nerpipe-reference}-statistics
if [ ! -x "$environment/bin/python" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet statsmodels==0.15.0
fi
exec "$environment/bin/python" -B -W ignore "$here/mixed_model.py" "${1:-$here/../../Tests/StatisticsTests/Fixtures/mixed_model.json}"
