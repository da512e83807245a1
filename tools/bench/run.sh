#!/usr/bin/env bash
# Compares nerpipe with other programs on this machine; see README.md. Arguments go to bench.py, for instance --only score,update.
#
# Prepares what it needs in $BENCH_FOLDER (default: nerpipe-bench in the temporary folder, some 7 GB): inputs, and a virtual
# environment with PyTorch, tokenizers, spaCy, gensim and zstandard. fasttext comes from the system's packages.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/setup.sh
folder="${BENCH_FOLDER:-${TMPDIR:-/tmp}/nerpipe-bench}"
mkdir -p "$folder"
if ! command -v fasttext > /dev/null; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq fasttext > /dev/null \
    || { echo "bench: fasttext is not installed (Debian package of that name)" >&2; exit 69; }
fi
if [ ! -f "$folder/venv/complete" ] || ! "$folder/venv/bin/python" -c "import xxhash, faiss" 2> /dev/null; then
  echo "bench: installing the other programs into $folder/venv ..." >&2
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install -q 'torch==2.15.0' 'tokenizers==0.23.3' 'spacy==3.8.18' 'gensim==4.4.0' 'zstandard==0.25.0' 'xxhash==3.6.0' 'transformers==5.24.0' 'safetensors==0.8.0' 'onnx==1.23.2' 'onnxruntime==1.32.0' 'numpy==2.4.6' 'faiss-cpu==1.15.1'
  touch "$folder/venv/complete"
fi
for product in nerpipe bench sample-world; do swift build -c release --product "$product" 2>&1 | tail -1 >&2; done
exec "$folder/venv/bin/python" -B tools/bench/bench.py --folder "$folder" "$@"
