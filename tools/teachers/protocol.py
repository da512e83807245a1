"""The protocol of docs/teacher-protocol.md for adapters in Python; the standard library alone.

Import this before anything else: it keeps standard output for the answers, and lets what others print go to standard error.
"""
import hashlib
import json
import os
import struct
import sys
from array import array

_answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
_questions = sys.stdin.buffer


def digest_of(paths, *settings):
    """Identity of a model: its files, and all else that decides its scores."""
    digest = hashlib.sha256(json.dumps(settings).encode())
    for path in sorted(paths):
        digest.update(os.path.basename(path).encode() + b"\0")
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()[:32]


def _say(*parts):
    for part in parts:
        _answers.write(part)
    _answers.flush()


def _question(body):
    """Sentences of a safetensors file."""
    (length,) = struct.unpack_from("<Q", body)
    header = json.loads(body[8:8 + length])

    def part(name):
        begin, end = header[name]["data_offsets"]
        return body[8 + length + begin:8 + length + end]

    text, words, begin = part("text"), [], 0
    for end in array("i", part("word_ends")):
        words.append(text[begin:end].decode("utf-8"))
        begin = end
    sentences, begin = [], 0
    for end in array("i", part("sentence_ends")):
        sentences.append(words[begin:end])
        begin = end
    return sentences


def _file(tensors):
    """A safetensors file of (name, type, shape, bytes)."""
    entries, offset = {}, 0
    for name, kind, shape, data in tensors:
        entries[name] = {"dtype": kind, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    header = json.dumps(entries).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + b"".join(data for *_, data in tensors)


def _tensors(hello, answer):
    """What an adapter answers, as tensors; those of larger numbers first, so that all lie where they may."""
    tensors = []
    if hello["answers"] == "probabilities":
        rows, labels = answer["probabilities"], len(hello["labels"])
        data = rows if isinstance(rows, bytes) else array("f", [value for row in rows for value in row]).tobytes()
        tensors.append(("probabilities", "F32", [len(data) // (4 * labels), labels], data))
    elif hello["answers"] == "tags":
        tensors.append(("tags", "I32", [len(answer["tags"])], array("i", answer["tags"]).tobytes()))
    else:
        spans = answer["spans"]  # (sentence, first word, word after the last, label, score)
        numbers = array("i", [number for span in spans for number in span[:4]]).tobytes()
        tensors.append(("spans", "I32", [len(spans), 4], numbers))
        tensors.append(("span_scores", "F32", [len(spans)], array("f", [span[4] for span in spans]).tobytes()))
    if answer.get("truncated"):
        tensors.append(("truncated", "I32", [len(answer["truncated"])], array("i", answer["truncated"]).tobytes()))
    if "covered" in answer:
        tensors.append(("covered", "U8", [len(answer["covered"])], bytes(answer["covered"])))
    return tensors


def serve(hello, answer):
    """Says hello, and answers until the input ends.

    answer(sentences), lists of words, gives {"probabilities": bytes of float32, or rows} or {"tags": numbers} or
    {"spans": tuples}, and as it must "covered" (a number for each word) and "truncated" (numbers of sentences).
    """
    if "safetensors" not in json.loads(_questions.readline())["wires"]:
        sys.exit("this adapter speaks only safetensors; leave out --teacher-wire jsonl")
    hello = {"protocol": "nerpipe-teacher", "version": 1, "wire": "safetensors"} | hello
    _say(json.dumps(hello).encode() + b"\n")
    while head := _questions.read(16):
        number, size = struct.unpack("<QQ", head)
        body = _questions.read(size)
        if len(body) < size:
            sys.exit("the input ends in the middle of a question")
        file = _file(_tensors(hello, answer(_question(body))))
        _say(struct.pack("<QQ", number, len(file)), file)
