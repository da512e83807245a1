"""What a word looks like: its capitals, its shape, and the hashes of its features."""
from enum import IntEnum
from typing import Tuple

from .characters import CLASSES, CharacterClass
from .errors import NerpipeError
from .xxh3 import xxh3_64


class Capitalization(IntEnum):
    """How a token uses capitals; letters without case and marks are looked past (Sources/UnicodeText/Capitalization.swift)."""

    NO_LETTER = 0
    LOWER = 1
    CAPITALIZED = 2
    UPPER = 3


def capitalization(token: str) -> int:
    found = Capitalization.NO_LETTER
    for character in token:
        kind = CLASSES[ord(character)]
        if kind == CharacterClass.UPPER:
            found = Capitalization.UPPER if found >= Capitalization.CAPITALIZED else Capitalization.CAPITALIZED
        elif kind == CharacterClass.LOWER:
            return Capitalization.CAPITALIZED if found >= Capitalization.CAPITALIZED else Capitalization.LOWER
        elif kind == CharacterClass.OTHER_LETTER and found == Capitalization.NO_LETTER:
            found = Capitalization.LOWER
    return found


_SYMBOLS = {CharacterClass.UPPER: "X", CharacterClass.LOWER: "x", CharacterClass.DIGIT: "d", CharacterClass.OTHER_LETTER: "a"}


def shape(token: str) -> str:
    """`X`, `x`, `d`, `a` for upper and lower case, digits, letters without case; others themselves, marks left out. Two of
    a run, ten symbols in all (Sources/UnicodeText/WordShape.swift)."""
    output = ""
    previous, run = "", 0
    for character in token:
        kind = CLASSES[ord(character)]
        if kind == CharacterClass.MARK:
            continue
        symbol = _SYMBOLS.get(CharacterClass(kind), character)
        if symbol == previous:
            run += 1
            if run > 2:
                continue
        else:
            previous, run = symbol, 1
        if len(output) == 10:
            break
        output += symbol
    return output


# What a feature takes of a token, and the number it needs.
Feature = Tuple[str, int]


def parse_feature(name: str) -> Feature:
    """`shape`, `lower`, `prefix3`, `suffix2` (Sources/Vectors/FeatureTemplate.swift)."""
    for kind in ("prefix", "suffix"):
        if name.startswith(kind) and name[6:].isascii() and name[6:].isdigit() and 1 <= int(name[6:]) <= 9:
            return kind, int(name[6:])
    if name in ("shape", "lower"):
        return name, 0
    raise NerpipeError(f"the model has a feature {name!r} that this version does not know; install a newer nerpipe")


def feature_hash(feature: Feature, token: str, form: str) -> int:
    """32 bits. form: the token's look-up form."""
    kind, count = feature
    if kind == "shape":
        text, seed = shape(token), 1
    elif kind == "lower":
        text, seed = form, 2
    elif kind == "prefix":
        text, seed = form[:count], 100 + count
    else:
        text, seed = form[-count:], 200 + count
    return xxh3_64(text.encode(), seed) & 0xFFFFFFFF
