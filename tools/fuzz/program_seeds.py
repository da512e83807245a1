#!/usr/bin/env python3
"""Seeds of the target 'program': hellos and answers as tools/fuzz/targets/ProgramFuzz.swift asks for them, good ones and near misses.

    tools/fuzz/program_seeds.py FOLDER
"""
import hashlib
import json
import os
import struct
import sys

folder = sys.argv[1]
hello = {"protocol": "nerpipe-teacher", "version": 1, "wire": "jsonl", "digest": "0123456789", "answers": "tags",
         "labels": ["O", "B-X", "I-X"], "scheme": "IOB2"}


def file(tensors):
    header, data = {}, b""
    for name, kind, shape, part in tensors:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def keep(line, rest=b""):
    content = json.dumps(line).encode() + b"\n" + rest
    with open(os.path.join(folder, hashlib.sha1(content).hexdigest()), "wb") as out:
        out.write(content)


tags = [["B-X", "O", None], [], ["I-X"]]
keep(hello, json.dumps({"id": 1, "tags": tags}).encode())
for change in ({"tags": [["B-Y", "O", "O"], [], ["O"]]}, {"tags": tags, "truncated": [0, 2]}, {"tags": tags, "truncated": [3]},
               {"tags": tags, "covered": [[1, 0, 1], [], [1]]}, {"tags": [[]]}, {}):
    keep(hello, json.dumps({"id": 1} | change).encode())
for change in ({"version": 2}, {"wire": "safetensors"}, {"digest": ""}, {"labels": ["O", "O"]}, {"scheme": "IOBES"}, {"scheme": None},
               {"in_flight": 0}, {"longest_sentence": 1 << 40}, {"answers": "words"}, {"labels": []}):
    keep(hello | change, json.dumps({"id": 1, "tags": tags}).encode())
keep(hello | {"answers": "probabilities"}, json.dumps({"id": 1, "probabilities": [[[1, 0, 0], None, [0.5, 0.25, 0.25]], [], [[0, 1, 0]]]}).encode())
spans = {k: v for k, v in hello.items() if k != "scheme"} | {"answers": "spans", "labels": ["X", "Y"]}
keep(spans, json.dumps({"id": 1, "spans": [[{"start": 0, "end": 2, "label": "X", "score": 0.5}], [], []], "covered": [[1, 1, 1], [], [0]]}).encode())
frames = {"wire": "safetensors"}
rows = struct.pack("<12f", *[1, 0, 0] * 4)
for tensors in ([("probabilities", "F32", [4, 3], rows)], [("probabilities", "F32", [3, 4], rows)], [("probabilities", "F16", [4, 3], rows[:24])],
                [("probabilities", "F32", [4, 3], rows), ("covered", "U8", [4], b"\1\0\1\1")], [("other", "F32", [4, 3], rows)],
                [("probabilities", "F32", [4, 3], rows), ("truncated", "I32", [1], b"\0\0\0\0")]):
    keep(hello | frames | {"answers": "probabilities"}, file(tensors))
keep(hello | frames, file([("tags", "I32", [4], struct.pack("<4i", 0, 1, 2, -1))]))
keep(hello | frames, file([("tags", "I32", [4], struct.pack("<4i", 0, 1, 3, -2))]))
keep(spans | frames, file([("spans", "I32", [1, 4], struct.pack("<4i", 0, 0, 2, 1)), ("span_scores", "F32", [1], struct.pack("<f", 0.5))]))
keep(spans | frames, file([("spans", "I32", [1, 4], struct.pack("<4i", 1, 0, 1, 1)), ("span_scores", "F32", [1], struct.pack("<f", 2))]))
