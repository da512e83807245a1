"""Properties of characters: Unicode 15.0, reduced to what words and sentences need.

The tables are those of the program (Sources/CUnicodeTables, see its header for the bits), not those of Python, whose version
differs from release to release.
"""
from enum import IntEnum
from importlib.resources import files
from io import BytesIO
from typing import Dict, List, Tuple

import numpy as np

from ._arrays import AnyArray, Words

with BytesIO((files("nerpipe") / "data" / "unicode.npz").read_bytes()) as _file, np.load(_file) as _arrays:
    _tables: Dict[str, AnyArray] = {name: _arrays[name] for name in _arrays}

UNICODE_VERSION = ".".join(str(part) for part in _tables["unicode_version"][:2])

# `[0x110000]`: bits 0-4 WordBreak, 5-8 CharacterClass, 9-12 Sentence, 13 INVISIBLE, 15 MAPPED.
PROPERTIES: Words = _tables["properties_blocks"].reshape(-1, 128)[_tables["properties_index"]].ravel()
# The character class and the bits above it alone, for loops over the characters of one word.
CLASSES: bytes = (PROPERTIES >> 5 & 15).astype(np.uint8).tobytes()
INVISIBLE = 0x2000
# Has a lower-case mapping, or is folded where words are looked up.
MAPPED = 0x8000


class WordBreak(IntEnum):
    ALETTER = 0
    NUMERIC = 1
    EXTENDNUMLET = 2
    HEBREW = 3
    KATAKANA = 4
    EXTEND = 5
    FORMAT = 6
    ZWJ = 7
    MIDLETTER = 8
    MIDNUM = 9
    MIDNUMLET = 10
    SINGLE_QUOTE = 11
    DOUBLE_QUOTE = 12
    REGIONAL = 13
    WSEGSPACE = 14
    CR = 15
    LF = 16
    NEWLINE = 17
    OTHER = 18
    PICTOGRAPHIC = 19
    PICTOGRAPHIC_LETTER = 20


class CharacterClass(IntEnum):
    UPPER = 0
    LOWER = 1
    OTHER_LETTER = 2
    DIGIT = 3
    OTHER_NUMBER = 4
    MARK = 5
    SPACE = 6
    PUNCTUATION = 7
    SYMBOL = 8
    OTHER = 9


class Sentence(IntEnum):
    NONE = 0
    ASCII_TERMINATOR = 1
    TERMINATOR = 2
    PERIOD = 3
    WIDE_PERIOD = 4
    ELLIPSIS = 5
    CONTINUATION = 6
    CLOSE_BRACKET = 7
    FINAL_QUOTE = 8
    INITIAL_QUOTE = 9
    NEUTRAL_QUOTE = 10
    OPEN_BRACKET = 11


def _pairs(name: str) -> Dict[int, int]:
    return dict(zip(_tables[name + "_scalars"].tolist(), _tables[name + "_values"].tolist()))


# Canonical combining class in bits 0-7; bit 8: NFC_Quick_Check=Maybe; bit 9: =No. Scalars without an entry have 0.
NORMALIZATION: Dict[int, int] = _pairs("normalization")
# Full lower-case mapping of a character; only U+0130 has two.
LOWER: Dict[str, str] = {chr(scalar): chr(scalar + delta) for scalar, delta in _pairs("lower").items()}
LOWER["\u0130"] = "i\u0307"
_LAST, _SCALAR = 1 << 31, 0x1FFFFF


_pool: List[int] = _tables["decomposition_pool"].tolist()


def _decomposition(start: int) -> List[int]:
    end = start
    while not _pool[end] & _LAST:
        end += 1
    return [entry & _SCALAR for entry in _pool[start:end + 1]]


# Full canonical decomposition, without Hangul.
DECOMPOSITION: Dict[int, List[int]] = {scalar: _decomposition(start) for scalar, start in _pairs("decomposition").items()}
# Primary composite of two scalars, without Hangul.
COMPOSITION: Dict[Tuple[int, int], int] = {
    (entry >> 42, entry >> 21 & _SCALAR): entry & _SCALAR for entry in _tables["compositions"].tolist()
}
del _tables, _pool
