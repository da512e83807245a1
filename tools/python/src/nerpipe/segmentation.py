"""Word boundaries of Unicode Standard Annex #29, section 4.1.1, for a whole text at once.

Rule WB4 (Extend, Format and ZWJ do not count) is kept by leaving these characters out; what is left is decided by pairs, and
by triples around a mark inside of words (WB6, WB7, WB11, WB12). `n` characters, `m` of them left.
"""
import numpy as np

from ._arrays import Bools, Bytes, Ints
from .characters import WordBreak as W

_LETTERS = (W.ALETTER, W.PICTOGRAPHIC_LETTER, W.HEBREW)


def _set(*classes: int) -> Bools:
    """`[32]`: whether a class is one of these."""
    members = np.zeros(32, np.bool_)
    members[list(classes)] = True
    return members


def _pairs() -> Bools:
    """`[32 * 32]`: whether two classes join wherever they meet."""
    joins = np.zeros((32, 32), np.bool_)
    for left in (*_LETTERS, W.NUMERIC, W.EXTENDNUMLET):  # WB5, WB8, WB9, WB10, WB13b
        joins[left, [*_LETTERS, W.NUMERIC]] = True
    for left in (*_LETTERS, W.NUMERIC, W.KATAKANA, W.EXTENDNUMLET):  # WB13a
        joins[left, W.EXTENDNUMLET] = True
    joins[[W.KATAKANA, W.EXTENDNUMLET], W.KATAKANA] = True  # WB13, WB13b
    joins[W.CR, W.LF] = True  # WB3
    joins[W.WSEGSPACE, W.WSEGSPACE] = True  # WB3d
    joins[W.HEBREW, W.SINGLE_QUOTE] = True  # WB7a
    return joins.ravel()


_PAIRS = _pairs()
_IS_LETTER = _set(*_LETTERS)
_IS_MIDDLE = _set(W.MIDLETTER, W.MIDNUM, W.MIDNUMLET, W.SINGLE_QUOTE, W.DOUBLE_QUOTE)
_IN_WORDS = _set(W.MIDLETTER, W.MIDNUMLET, W.SINGLE_QUOTE)
_IN_NUMBERS = _set(W.MIDNUM, W.MIDNUMLET, W.SINGLE_QUOTE)


def segment_starts(classes: Bytes) -> Ints:
    """The index of the first character of each segment.

    classes: `[n]`, the WordBreak class of each character.
    """
    if len(classes) == 0:
        return np.zeros(0, np.int64)
    attached = classes - np.uint8(W.EXTEND) < 3
    if not attached.any():
        return np.flatnonzero(_base_starts(classes))
    # After a line terminator they begin something new (WB3a), as at the start of the text.
    attached[0] = False
    attached[1:] &= classes[:-1] - np.uint8(W.CR) >= 3
    places = np.flatnonzero(~attached)
    base = classes[places]
    spaces = (base == W.WSEGSPACE) & attached[np.minimum(places + 1, len(classes) - 1)]
    base[spaces] = W.OTHER  # WB3d: spaces join only directly
    starts = np.zeros(len(classes), np.bool_)
    starts[places] = _base_starts(base)
    pictograph_follows = (classes[:-1] == W.ZWJ) & (classes[1:] >= W.PICTOGRAPHIC)
    starts[1:] &= ~pictograph_follows  # WB3c
    return np.flatnonzero(starts)


def _base_starts(base: Bytes) -> Bools:
    """`[m]`: whether a segment begins with a character, when those of WB4 are left out."""
    joins = np.zeros(len(base) + 1, np.bool_)  # to the character before
    joins[1:-1] = _PAIRS[(base[:-1].astype(np.uint16) << 5) | base[1:]]
    middles = np.flatnonzero(_IS_MIDDLE[base[1:-1]]) + 1
    if len(middles):
        left, middle, right = base[middles - 1], base[middles], base[middles + 1]
        inside = _IS_LETTER[left] & _IS_LETTER[right] & _IN_WORDS[middle]  # WB6, WB7
        inside |= (left == W.NUMERIC) & (right == W.NUMERIC) & _IN_NUMBERS[middle]  # WB11, WB12
        inside |= (left == W.HEBREW) & (right == W.HEBREW) & (middle == W.DOUBLE_QUOTE)  # WB7b, WB7c
        joins[middles[inside]] = True
        joins[middles[inside] + 1] = True
    regional = np.flatnonzero(base == W.REGIONAL)
    if len(regional):  # WB15, WB16: every second one of a row joins
        begins = np.ones(len(regional), np.bool_)
        begins[1:] = np.diff(regional) > 1
        order = np.arange(len(regional))
        place = order - np.maximum.accumulate(np.where(begins, order, 0))
        joins[regional[place % 2 == 1]] = True
    starts: Bools = ~joins[:-1]
    return starts
