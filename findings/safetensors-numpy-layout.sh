#!/usr/bin/env bash
# What safetensors writes of a numpy array that does not lie in memory row by row.
#
# Guess, written down before:  save() and load() give the array back, whatever its layout in memory: a transposed or a
#                              sliced array is copied into row order first, as numpy's own save() does.
# Fact:                        safetensors 0.8.0 writes the bytes as they lie in memory, under the shape of the view.
#                              A transposed array and one in Fortran order come back with their numbers in other
#                              places, a slice with numbers that are not in it; no error, no warning. The file is valid.
# Why it matters to us:        Linear layers are stored as [outputs, inputs], and who makes a model.safetensors for
#                              nerpipe with numpy writes `weight.T`. The shape is right, the file passes every check of the
#                              format, and the tagger is garbage. numpy.ascontiguousarray() before save() is the cure;
#                              a reader cannot see it.
#
# Installs pinned packages into a temporary folder; needs python3 and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy, safetensors
from safetensors.numpy import load, save

print("safetensors", safetensors.__version__, "numpy", numpy.__version__)
weights = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
views = {
    "transposed": (weights.T, [[0, 1], [2, 3], [4, 5]]),
    "Fortran order": (numpy.asfortranarray(weights), [[0, 3, 1], [4, 2, 5]]),
    "every other column": (weights[:, ::2], [[0, 1], [2, 3]]),
}
changed = []
for name, (view, seen) in views.items():
    found = load(save({"weights": view}))["weights"].tolist()
    print(f"{name}: saved {view.tolist()}, loaded {found}")
    if found != seen:
        changed.append(name)
copied = load(save({"weights": numpy.ascontiguousarray(weights.T)}))["weights"]
print("copied before:", copied.tolist())
if changed or copied.tolist() != weights.T.tolist():
    raise SystemExit(f"changed: {changed or 'the copy'}")
PYTHON
