"""Vector tables, memory-mapped (Sources/Vectors/VectorTableFormat.swift). `N` rows, `D` numbers each."""
import struct
from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from ._arrays import AnyArray, Floats, Ints
from .canonical_json import encode, read_object
from .errors import NerpipeError
from .lookup_form import WORDS
from .xxh3 import running_digest, xxh3_64

_EMPTY = 0xFFFFFFFF
ABSENT = -1


class VectorTable:
    """Vectors of words of several languages in one space; opening reads the head and the description alone.

    content: the bytes of the file. place: its name, for messages.
    """

    def __init__(self, content: memoryview, place: str) -> None:
        self.place = place
        self._content = content
        self._description = description = _description(content, place)
        try:
            self.dimension = int(description["dimension"])
            self.row_count = int(description["rowCount"])
            self.languages: List[str] = [str(code) for code in description["languages"]]
            self.statistic_names: List[str] = [str(name) for name in description["statistics"]]
            self.digest = str(description["digest"])
            self.folding = int(description.get("folding") or 0)
            self.pivot: Optional[str] = description.get("pivot")
            self._unseen = np.array(description.get("unseenStatistics") or [], np.float32)
            self._is_unit = description["normalization"] != "none"
            self._subwords: Optional[Dict[str, int]] = description.get("subwords")
            if not 0 <= self.folding <= WORDS:
                raise NerpipeError(f"{place}: words are folded in a way this version does not know; install a newer nerpipe")
            self._read_sections(description["sections"], description.get("rowFormat") or "f16")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, NerpipeError):
                raise
            raise _damaged(place, f"its description is incomplete ({error!r})") from error

    def _read_sections(self, sections: Dict[str, Dict[str, int]], row_format: str) -> None:
        N, D = self.row_count, self.dimension
        L, S = len(self.languages), len(self.statistic_names)
        if not (1 <= D <= 65536 and 0 <= N < 1 << 31 and L < 65536 and S <= 64 and len(self._unseen) == S):
            raise _damaged(self.place, "impossible sizes")

        def section(name: str, size: Optional[int] = None) -> memoryview:
            entry = sections.get(name, {})
            offset, length = entry.get("offset", -1), entry.get("bytes", -1)
            if offset < 0 or length < 0 or offset % 64 or offset + length > len(self._content) or size not in (None, length):
                raise _damaged(self.place, f"section '{name}' is missing or lies outside of the file")
            return self._content[offset:offset + length]

        def array(name: str, kind: str, *shape: int) -> AnyArray:
            size = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
            return np.frombuffer(section(name, size), kind).reshape(shape)

        kind = {"f16": "<f2", "int8": "<i1"}.get(row_format)
        if kind is None:
            raise NerpipeError(f"{self.place}: rows of {row_format}, which this version does not know; install a newer nerpipe")
        self._rows = array("rows", kind, N, D)
        self._row_scales = array("rowScales", "<f4", N) if row_format == "int8" else None
        self._statistics = array("statistics", "<f4", N, S) if S else None
        self._words = section("words")
        self._word_ends = section("wordEnds", 8 * N).cast("Q")
        self._word_languages = section("wordLanguages", 2 * N).cast("H")
        index = section("index")
        self._slots = index.cast("I") if len(index) % 4 == 0 else index
        self._mask = len(index) // 4 - 1
        if len(index) % 4 or self._mask < N or self._mask & (self._mask + 1):
            raise _damaged(self.place, "the index has an impossible size")
        self._subword_rows: Optional[AnyArray] = None
        self._subword_scales: Optional[AnyArray] = None
        if self._subwords is not None:
            buckets, low, high = (int(self._subwords[key]) for key in ("buckets", "minimum", "maximum"))
            if not (0 < buckets < 1 << 31 and low >= 1 and high <= 64):
                raise _damaged(self.place, "impossible sizes")
            self._subword_rows = array("subwords", kind, buckets, D)
            self._subword_scales = array("subwordScales", "<f4", buckets) if row_format == "int8" else None
        has_transforms = "centers" in sections or "rotations" in sections
        self._centers = array("centers", "<f4", L, D) if has_transforms else None
        self._rotations = array("rotations", "<f4", L, D, D) if has_transforms else None

    def verify(self) -> None:
        """Compares the content with the digest it was written with; reads the whole file."""
        digest = running_digest()
        parts = [(entry["offset"], entry["bytes"]) for entry in self._description["sections"].values()]
        for offset, length in sorted(parts):
            digest.update(self._content[offset:offset + length])
        keys = ("statistics", "unseenStatistics", "pivot", "folding")
        settings: Dict[str, Any] = {key: self._description.get(key) for key in keys}
        if settings["statistics"] or settings["pivot"] is not None or settings["folding"] is not None:
            settings["unseenStatistics"] = settings["unseenStatistics"] or []
            digest.update(encode({key: value for key, value in settings.items() if value is not None}).encode())
        if digest.hexdigest() != self.digest:
            raise _damaged(self.place, "its content does not have the digest it was written with")

    def row(self, word: bytes, languages: Sequence[int]) -> int:
        """The row of a word, given in its look-up form; the first language that has one decides. ABSENT when none has."""
        slots, mask = self._slots, self._mask
        for language in languages:
            slot = xxh3_64(word, language) & mask
            for _ in range(mask + 1):
                row = int(slots[slot])
                if row == _EMPTY:
                    break
                if row < self.row_count and self._word_languages[row] == language:
                    start = self._word_ends[row - 1] if row else 0
                    if self._words[start:self._word_ends[row]] == word:
                        return row
                slot = slot + 1 & mask
        return ABSENT

    def language_of(self, row: int) -> int:
        return int(self._word_languages[row])

    def vectors(self, rows: Ints) -> Floats:
        """`[n, D]`; zeros for ABSENT."""
        if self.row_count == 0:
            return np.zeros((len(rows), self.dimension), np.float32)
        out = self._rows[rows].astype(np.float32)
        if self._row_scales is not None:
            out *= self._row_scales[rows][:, None]
        out[rows == ABSENT] = 0
        return out

    def statistics(self, rows: Ints) -> Floats:
        """`[n, S]`; those of an unseen word for ABSENT."""
        if self._statistics is None or self.row_count == 0:
            return np.tile(self._unseen, (len(rows), 1))
        out = self._statistics[rows].astype(np.float32)
        out[rows == ABSENT] = self._unseen
        return out

    def compose(self, word: bytes, language: Optional[int]) -> Optional[Floats]:
        """The vector of a word from its character n-grams, as fastText makes it, in the precision of a stream (f16).

        language: number of the language to whose rows the vector is moved; None leaves it in the common space.
        """
        if self._subwords is None or self._subword_rows is None:
            return None
        buckets = np.array(_ngram_buckets(word, self._subwords), np.int64)
        if len(buckets) == 0:
            return None
        grams = self._subword_rows[buckets].astype(np.float32)
        if self._subword_scales is not None:
            grams *= self._subword_scales[buckets][:, None]
        vector: Floats = grams.sum(0) * np.float32(1 / len(buckets))
        if self._is_unit:
            vector = _unit(vector)
        if language is not None and self._centers is not None and self._rotations is not None:
            vector = _unit(_unit(vector) - self._centers[language]) @ self._rotations[language]
        return vector.astype(np.float16).astype(np.float32)


def _unit(vector: Floats) -> Floats:
    norm = float(np.sqrt(np.dot(vector, vector)))
    factor = np.float32(1 / norm) if norm > 0 else np.float32(np.inf)
    return vector * factor if np.isfinite(factor) else np.zeros_like(vector)


def _ngram_buckets(word: bytes, subwords: Dict[str, int]) -> List[int]:
    """Buckets of the n-grams of `<word>`, hashed with FNV-1a as fastText does (facebookresearch/fastText,
    `Dictionary::computeSubwords`); single `<` and `>` do not count."""
    minimum, maximum, count = subwords["minimum"], subwords["maximum"], subwords["buckets"]
    characters: List[List[int]] = []
    for byte in b"<" + word + b">":
        if byte & 0xC0 == 0x80 and characters:
            characters[-1].append(byte)
        else:
            characters.append([byte])
    # fastText extends the sign of each byte.
    extended = [[byte | 0xFFFFFF00 if byte >= 0x80 else byte for byte in character] for character in characters]
    buckets = []
    for start in range(len(extended)):
        value = 2166136261
        for length, character in enumerate(extended[start:start + maximum], 1):
            for byte in character:
                value = (value ^ byte) * 16777619 & 0xFFFFFFFF
            if length >= minimum and not (length == 1 and start in (0, len(extended) - 1)):
                buckets.append(value % count)
    return buckets


def _damaged(place: str, what: str) -> NerpipeError:
    return NerpipeError(f"{place}: not a usable vector table: {what}; copy or make it again")


def _description(content: memoryview, place: str) -> Dict[str, Any]:
    if bytes(content[:8]) != b"NPVECTB1":
        raise NerpipeError(f"{place}: no vector table of nerpipe; make one with 'nerpipe vectors import'")
    if len(content) < 48:
        raise _damaged(place, "it is too short")
    offset, count, checksum, size, head_checksum = struct.unpack_from("<5Q", content, 8)
    if (
        xxh3_64(content[:40]) != head_checksum or size != len(content) or offset > len(content)
        or count != len(content) - offset or xxh3_64(content[offset:]) != checksum
    ):
        raise _damaged(place, "its head or description is damaged, or the file was cut")
    description = read_object(content[offset:], place)
    if description.get("version") not in (1, 2):
        raise NerpipeError(f"{place}: vector table of version {description.get('version')}; install a newer nerpipe")
    return description
