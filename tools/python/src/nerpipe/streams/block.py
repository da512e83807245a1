"""One record of a stream (Sources/Shards/Block.swift, Columns.swift): a head of 56 bytes and a payload."""
import struct
from dataclasses import dataclass
from typing import Dict

import numpy as np

from .._arrays import AnyArray
from ..errors import NerpipeError
from ..xxh3 import xxh3_64

MAGIC = b"NPB1"
HEAD_BYTES = 56
HEADER, DATA, END = 1, 2, 3
MAXIMUM_PAYLOAD_BYTES = 1 << 30
_ENTRY_BYTES = 40
_TYPES = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


@dataclass(frozen=True)
class Counts:
    """What the sentences of a block, or of a stream, add up to."""

    documents: int = 0
    sentences: int = 0
    tokens: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.documents + other.documents, self.sentences + other.sentences, self.tokens + other.tokens)


@dataclass(frozen=True)
class Head:
    """The fixed part of a block."""

    kind: int
    payload_bytes: int
    payload_hash: int
    index: int
    counts: Counts

    def pack(self) -> bytes:
        counts = self.counts
        packed = struct.pack(
            "<4sIQQQIIQ", MAGIC, self.kind, self.payload_bytes, self.payload_hash, self.index, counts.documents,
            counts.sentences, counts.tokens)
        return packed + struct.pack("<Q", xxh3_64(packed))

    @staticmethod
    def unpack(data: bytes, place: str) -> "Head":
        if len(data) != HEAD_BYTES or data[:4] != MAGIC:
            raise NerpipeError(f"{place}: no block of a nerpipe stream begins here; is it a stream, and complete?")
        _, kind, size, payload_hash, index, documents, sentences, tokens, checksum = struct.unpack("<4sIQQQIIQQ", data)
        if xxh3_64(data[:48]) != checksum or kind not in (HEADER, DATA, END) or size > MAXIMUM_PAYLOAD_BYTES:
            raise NerpipeError(f"{place}: the head of a block is damaged; make the stream again")
        return Head(kind, size, payload_hash, index, Counts(documents, sentences, tokens))


def pack_columns(columns: Dict[str, AnyArray]) -> bytes:
    """The payload of a data block."""
    offset = 8 + len(columns) * _ENTRY_BYTES
    directory, parts = [struct.pack("<II", len(columns), 0)], []
    for name, values in columns.items():
        content = np.ascontiguousarray(values).tobytes()
        directory.append(struct.pack("<16sIIQQ", name.encode(), values.dtype.itemsize, 0, offset, len(content)))
        parts.append(content + bytes(-len(content) % 8))
        offset += len(parts[-1])
    return b"".join(directory + parts)


def unpack_columns(payload: bytes, place: str) -> Dict[str, AnyArray]:
    """The columns of a data block, as unsigned integers."""
    count = int.from_bytes(payload[:4], "little")
    if len(payload) < 8 or count > 64 or 8 + count * _ENTRY_BYTES > len(payload):
        raise damaged(place, "the list of columns does not fit")
    columns: Dict[str, AnyArray] = {}
    for number in range(count):
        raw, width, _, offset, size = struct.unpack_from("<16sIIQQ", payload, 8 + _ENTRY_BYTES * number)
        name = raw.split(b"\0")[0].decode("utf-8", "replace")
        if offset > len(payload) or size > len(payload) - offset or width == 0 or size % width:
            raise damaged(place, f"column '{name}' lies outside of the block")
        if width in _TYPES:
            columns[name] = np.frombuffer(payload, _TYPES[width], size // width, offset)
    return columns


def damaged(place: str, what: str) -> NerpipeError:
    return NerpipeError(f"{place}: the block is damaged: {what}; make the stream again")
