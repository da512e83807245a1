#!/bin/sh
# Trains the multilingual fastText tables from the project's data.
#
#   NERPIPE_DATA=DIRECTORY tools/prototype-vectors/make.sh OUT [eur|afr ...]
#
# Writes OUT/SPACE.bin (with the sub-word table), OUT/SPACE.vec, OUT/SPACE.txt (the training text),
# OUT/SPACE.sources.tsv (what went in) and OUT/dict/*.tsv (word pairs from the alignments). Needs fasttext, zstd and
# Python 3.10 or later; without NumPy a virtual environment is made in OUT/venv. One thread, so that the same data give
# the same tables.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
data=${NERPIPE_DATA:?set NERPIPE_DATA to the data directory}
out=${1:?usage: make.sh OUT [eur|afr ...]}
shift
[ $# -gt 0 ] || set -- eur afr
mkdir -p "$out"

python=python3
if ! python3 -c 'import numpy' 2>/dev/null; then
    [ -x "$out/venv/bin/python3" ] || python3 -m venv "$out/venv"
    python="$out/venv/bin/python3"
    "$python" -m pip install --quiet 'numpy>=1.24,<3'
fi
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

for space in "$@"; do
    "$python" "$here/corpus.py" "$space" "$data" "$out"
    # Under another name until complete: fastText opens its output before it trains.
    fasttext skipgram -input "$out/$space.txt" -output "$out/$space.part" -dim 100 -minn 3 -maxn 5 -bucket 300000 \
        -minCount 2 -ws 5 -epoch 5 -neg 5 -lr 0.05 -thread 1 -seed 1
    mv "$out/$space.part.vec" "$out/$space.vec"
    mv "$out/$space.part.bin" "$out/$space.bin"
done
