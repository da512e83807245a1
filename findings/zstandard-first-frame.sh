#!/usr/bin/env bash
# What a Python program reads of zstd data of several frames, such as corpora put end to end with cat, or any file that can be read from its middle.
#
# Guess, written down before:  zstandard.open reads the first frame only, and says nothing; all calls of the package agree.
# Fact:                        zstandard 0.25.0: they do not. open, stream_reader and copy_stream read all frames, as `zstd -dc` does. read_to_iter
#                              and decompress give the first one alone, without an error or a warning, in chunks or at once, from a file of any size.
# Why it matters to us:        Streams and large texts of ours have a frame for every block. A loop over read_to_iter, which is how one reads a corpus that does not
#                              fit into memory, sees the first block of each file and looks like a run over a small corpus. Our Python package and our tools use
#                              stream_reader; what counts a corpus is compared with `zstd -dc | wc`.
#
# Installs pinned packages into a temporary folder; needs python3, zstd and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet zstandard==0.25.0
cd "$folder"
for number in 1 2 3; do seq -f "sentensi namba %g ya faili $number" 20000 | zstd -q >> whole.zst; done
echo "zstd -dc: $(zstd -dc whole.zst | wc -l) lines"
"$folder/venv/bin/python" - <<'PYTHON'
import io
import zstandard

print("zstandard", zstandard.__version__)
path, decompressor = "whole.zst", zstandard.ZstdDecompressor()


def copied():
    out = io.BytesIO()
    with open(path, "rb") as file:
        decompressor.copy_stream(file, out)
    return out.getvalue()


def opened():
    with zstandard.open(path, "rb") as file:
        return file.read()


def streamed():
    with open(path, "rb") as file:
        return decompressor.stream_reader(file).read()


def iterated():
    with open(path, "rb") as file:
        return b"".join(decompressor.read_to_iter(file))


def at_once():
    with open(path, "rb") as file:
        return decompressor.decompress(file.read(), max_output_size=1 << 26)


seen = {"open": (opened, 60000), "stream_reader": (streamed, 60000), "copy_stream": (copied, 60000), "read_to_iter": (iterated, 20000), "decompress": (at_once, 20000)}
changed = False
for name, (read, expected) in seen.items():
    lines = read().count(b"\n")
    print(f"{name}: {lines} of 60000 lines")
    changed = changed or lines != expected
raise SystemExit("changed" if changed else 0)
PYTHON
