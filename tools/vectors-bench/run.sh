#!/usr/bin/env bash
# Compares vector tables with gensim and fasttext; see README.md. Arguments go to bench.py: --words N --dimension D --rounds R.
set -euo pipefail
cd "$(dirname "$0")/../.."
work="${VECTORS_BENCH_FOLDER:-${TMPDIR:-/tmp}/nerpipe-vectors-bench}"
command -v fasttext > /dev/null || { echo "fasttext is not installed (Debian package fasttext)" >&2; exit 69; }
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q 'gensim==4.4.0'
fi
swift build -c release --product nerpipe
swift build -c release --product vectors-bench
exec "$work/venv/bin/python" tools/vectors-bench/bench.py --binaries .build/release --work "$work/data" "$@"
