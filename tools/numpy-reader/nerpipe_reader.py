"""Reads nerpipe's models and streams with NumPy alone, and computes the same probabilities.

    python nerpipe_reader.py MODEL STREAM     # STREAM: from `nerpipe score`, embedded with `--dense`

prints the largest difference between the probabilities in the stream (the teacher's, stored as f16) and those computed here from MODEL.
Formats: Sources/Shards/Block.swift, Sources/Shards/Columns.swift, Sources/Taggers/Tagger+Forward.swift.
"""
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

TYPES = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def read_blocks(path):
    """Yields (kind, payload) of every block; kinds: 1 header, 2 data, 3 END."""
    data = Path(path).read_bytes()
    if data[:4] == b"\x28\xb5\x2f\xfd":
        data = subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
    offset = 0
    while offset < len(data):
        magic, kind, size = struct.unpack_from("<4sIQ", data, offset)
        if magic != b"NPB1":
            raise ValueError(f"{path}: no block at byte {offset}")
        yield kind, data[offset + 56 : offset + 56 + size]
        offset += 56 + size


def read_columns(payload):
    """The columns of a data block as arrays of unsigned integers."""
    (count,) = struct.unpack_from("<I", payload, 0)
    columns = {}
    for index in range(count):
        name, width, _, offset, size = struct.unpack_from("<16sIIQQ", payload, 8 + 40 * index)
        columns[name.rstrip(b"\0").decode()] = np.frombuffer(payload, TYPES[width], size // width, offset)
    return columns


class Model:
    def __init__(self, folder):
        folder = Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        data = (folder / "model.safetensors").read_bytes()
        (length,) = struct.unpack_from("<Q", data, 0)
        self.tensors = {}
        header = json.loads(data[8 : 8 + length])
        header.pop("__metadata__", None)
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            self.tensors[name] = np.frombuffer(data[8 + length + begin : 8 + length + end], np.float32).reshape(entry["shape"])

    def layer(self, name, x):
        weights = self.tensors
        y = np.maximum(x @ weights[name + ".weight"].T + weights[name + ".bias"], 0)
        y = (y - y.mean(1, keepdims=True)) / np.sqrt(y.var(1, keepdims=True) + 1e-5)
        return y * weights[name + ".norm.weight"] + weights[name + ".norm.bias"]

    def probabilities(self, vectors, numbers, features):
        """Distributions over the labels for one sentence: vectors [T, D], numbers beside them [T, N], feature hashes
        [T, F] -> [T, K]."""
        parts = [vectors * np.float32(self.config["vectorScale"]), numbers]
        for index, feature in enumerate(self.config["features"]):
            parts.append(self.tensors[f"features.{feature['name']}.weight"][features[:, index] % feature["buckets"]])
        h = self.layer("input", np.concatenate(parts, 1))
        for index in range(self.config["convolutionCount"]):
            padded = np.pad(h, ((1, 1), (0, 0)))
            h = h + self.layer(f"convolutions.{index}", np.concatenate([padded[:-2], padded[1:-1], padded[2:]], 1))
        logits = h @ self.tensors["output.weight"].T + self.tensors["output.bias"]
        e = np.exp(logits - logits.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)


def numbers_beside(columns, token_count):
    """The statistics of each token's word and the three flags of its position, as far as the stream has them: [T, N]."""
    numbers = np.zeros((token_count, 0), np.float32)
    if "tok.statistic" in columns:
        numbers = columns["tok.statistic"].view(np.float32).reshape(token_count, -1)
    if "tok.position" in columns:
        flags = (columns["tok.position"][:, None] >> np.arange(3, dtype=np.uint8)) & 1
        numbers = np.concatenate([numbers, flags.astype(np.float32)], 1)
    return numbers


def main(model_path, stream_path):
    model = Model(model_path)
    worst, tokens = 0.0, 0
    for kind, payload in read_blocks(stream_path):
        if kind != 2:
            continue
        columns = read_columns(payload)
        dimension, feature_count, label_count = columns["shape"]
        vectors = columns["tok.vector"].view(np.float16).reshape(-1, dimension).astype(np.float32)
        features = columns["tok.feature"].reshape(-1, feature_count)
        numbers = numbers_beside(columns, len(vectors))
        stored = columns["tok.prob"].view(np.float16).reshape(-1, label_count).astype(np.float32)
        start = 0
        for end in columns["sent.end"].astype(int):
            computed = model.probabilities(vectors[start:end], numbers[start:end], features[start:end])
            worst = max(worst, float(np.abs(computed - stored[start:end]).max()))
            tokens += end - start
            start = end
    print(f"{tokens} tokens, largest difference {worst:.2e}")
    # f16 keeps 11 bits: half a unit in the last place of 1.0 is 2.4e-4.
    return 0 if tokens and worst < 5e-4 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
