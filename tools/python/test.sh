#!/usr/bin/env bash
# Tests the Python package on its wheel, against the program.
# Usage: tools/python/test.sh             NumPy alone, then the extra `streams`
#        tools/python/test.sh --extras    spaCy, datasets and pyarrow too (downloads some 300 MB)
# NERPIPE names the program (default: the release build, then the debug build of this checkout); NERPIPE_DATA real text, which
# is compared when it is there. Environments are made beside this script, and kept.
set -euo pipefail
cd "$(dirname "$0")"
mode=${1:-}
case $mode in "" | --extras) ;; *) echo "usage: tools/python/test.sh [--extras]" >&2; exit 64 ;; esac
if [ -z "${NERPIPE:-}" ]; then
  for build in release debug; do
    if [ -z "${NERPIPE:-}" ] && [ -x "../../.build/$build/nerpipe" ]; then NERPIPE=$(cd "../../.build/$build" && pwd)/nerpipe; fi
  done
fi
if [ ! -x "${NERPIPE:-}" ]; then
  echo "tools/python/test.sh: no program to compare with: build it (swift build -c release --product nerpipe), or name it with NERPIPE" >&2
  exit 66
fi
export NERPIPE
export OPENBLAS_NUM_THREADS=1     # on a busy machine, threads for small products mostly wait

environment=.venv${mode:+-extras}
python=$environment/bin/python
unavailable() { echo "tools/python/test.sh: its packages cannot be installed here (is there a network?): the Python package was NOT tested" >&2; exit 69; }
[ -x "$python" ] || python3 -m venv "$environment" || unavailable
install() { "$python" -m pip install -q --disable-pip-version-check "$@"; }
run() { (cd tests && "../$python" -m pytest "$@"); }     # not here: the installed wheel is what is tested

install -r tests/requirements.txt || unavailable
"$python" generate_data.py --check
wheels=$(mktemp -d)
trap 'rm -rf "$wheels" build src/nerpipe.egg-info' EXIT
"$python" -m pip wheel -q --disable-pip-version-check --no-deps -w "$wheels" .
install --force-reinstall --no-deps "$wheels"/nerpipe-*.whl
if [ -z "$mode" ]; then
  "$python" -m pip uninstall -q -y zstandard xxhash > /dev/null 2>&1 || true
  echo "with NumPy alone"
  run
  install -r tests/requirements-streams.txt
  "$python" -m mypy
  echo "with the extra 'streams'"
  run test_streams.py test_xxh3.py test_files.py
else
  install -r tests/requirements-streams.txt -r tests/requirements-extras.txt
  "$python" -m mypy
  echo "with all extras"
  run
fi
