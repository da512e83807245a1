#!/usr/bin/env bash
# Compares the skip-gram of `vectors train` with fastText's on monolingual text: speed on one core, and how alike the vectors are
# (two fastText runs with other seeds say how alike two good answers are).
# Usage: tools/reference/skipgram_fasttext.sh TEXT.txt WORK     TEXT: lower-cased, tokenized, plain; needs Debian's fasttext
set -euo pipefail
text=${1:?usage: skipgram_fasttext.sh TEXT.txt WORK} work=${2:?usage: skipgram_fasttext.sh TEXT.txt WORK}
here=$(cd "$(dirname "$0")" && pwd)
nerpipe=${NERPIPE:-$here/../../.build/release/nerpipe}
mkdir -p "$work"
python=$work/venv/bin/python3
[ -x "$python" ] || { python3 -m venv "$work/venv"; "$python" -m pip install --quiet 'numpy>=1.24,<3'; }
export TIMEFORMAT="%U s of one core"
for seed in 1 2; do
  echo "fastText, seed $seed:"
  time fasttext skipgram -input "$text" -output "$work/fasttext-$seed" -dim 100 -minn 3 -maxn 5 -bucket 300000 -minCount 5 -ws 5 -epoch 5 \
    -neg 5 -lr 0.05 -thread 1 -seed "$seed" -verbose 0
done
echo "nerpipe:"
time "$nerpipe" vectors train --text "xx=$text" -o "$work/nerpipe.vectors" --dimension 100 --min-count 5 --epochs 5 --no-refine --fresh \
  --jobs 1 --quiet
"$python" "$here/skipgram_fasttext.py" "fasttext-1=$work/fasttext-1.vec" "fasttext-2=$work/fasttext-2.vec" "nerpipe=$work/nerpipe.vectors"
