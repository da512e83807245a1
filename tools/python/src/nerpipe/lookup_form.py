"""The forms under which words are looked up: lower-cased, in NFC, and with what Sources/UnicodeText/WordFolding.swift folds."""
from typing import Callable, List, Optional, Tuple

from .characters import (
    CLASSES, COMPOSITION, DECOMPOSITION, INVISIBLE, LOWER, MAPPED, NORMALIZATION, PROPERTIES, CharacterClass, WordBreak)

# Foldings as vector tables store them.
LETTERS, WORDS = 0, 1
_APOSTROPHES = frozenset("'\u00b4\u02bb\u02bc\u05f3\u2018\u2019\u201b\uff07")
_DOT_ABOVE = "\u0307"
_IGNORABLE = (WordBreak.MIDLETTER, WordBreak.MIDNUMLET, WordBreak.SINGLE_QUOTE)
_CASED = (CharacterClass.UPPER, CharacterClass.LOWER)
_REMOVED = INVISIBLE | MAPPED


def lookup_form(word: str, folding: int = WORDS, has_dotless_i: bool = False) -> str:
    """The form of a word. has_dotless_i: whether I of the language has no dot (Turkish, Azerbaijani)."""
    has_dotless_i = has_dotless_i and folding >= WORDS
    if word.isascii() and not (has_dotless_i and "I" in word):
        return word.lower()
    if folding >= WORDS:
        word = _folded(word, has_dotless_i) or word
    return nfc("".join([LOWER.get(character, character) for character in word]))


def _class(character: str) -> int:
    return CLASSES[ord(character)]


def _is_removed(character: str) -> bool:
    return int(PROPERTIES[ord(character)]) & _REMOVED == _REMOVED


def _is_case_ignorable(character: str) -> bool:
    if int(PROPERTIES[ord(character)]) & 31 in _IGNORABLE:
        return True
    return _class(character) == CharacterClass.MARK or character in _APOSTROPHES


def _is_part_of_word(character: str) -> bool:
    return _class(character) <= CharacterClass.DIGIT


def _combining_class(character: str) -> int:
    return NORMALIZATION.get(ord(character), 0) & 0xFF


def _first(word: str, start: int, is_meant: Callable[[str], bool]) -> Optional[str]:
    """The next character that is not left out and that is meant."""
    for index in range(start, len(word)):
        if not _is_removed(word[index]) and is_meant(word[index]):
            return word[index]
    return None


def _folded(word: str, has_dotless_i: bool) -> str:
    output: List[str] = []
    follows_word = follows_cased = follows_dotted_i = False
    for index, character in enumerate(word):
        if _is_removed(character) or (character == _DOT_ABOVE and follows_dotted_i):
            continue
        is_apostrophe = character in _APOSTROPHES
        mapped = character
        if character == "\u03a3":
            if follows_cased:
                following = _first(word, index + 1, lambda c: not _is_case_ignorable(c))
                if following is None or _class(following) not in _CASED:
                    mapped = "\u03c2"
        elif character == "\u0130":
            mapped = "i"
        elif character == "I" and has_dotless_i:
            following = _first(word, index + 1, lambda c: _combining_class(c) in (0, 230))
            mapped = "i" if following == _DOT_ABOVE else "\u0131"
        elif is_apostrophe:
            following = _first(word, index + 1, lambda c: True)
            if follows_word or (following is not None and following not in _APOSTROPHES and _is_part_of_word(following)):
                mapped = "'"
        output.append(mapped)
        kind = _class(character)
        follows_word = (not is_apostrophe and kind <= CharacterClass.DIGIT) or (follows_word and kind == CharacterClass.MARK)
        follows_cased = kind in _CASED or (follows_cased and _is_case_ignorable(character))
        follows_dotted_i = mapped in "iI" or (follows_dotted_i and _combining_class(character) not in (0, 230))
    return "".join(output)


def nfc(text: str) -> str:
    """Unicode Standard Annex #15, Normalization Form C, of Unicode 15.0."""
    if not any(ord(character) in NORMALIZATION for character in text):
        return text
    return "".join(map(chr, _composed(_ordered(_decomposed(text)))))


# Of a scalar: its combining class and itself.
_Element = Tuple[int, int]


def _decomposed(text: str) -> List[_Element]:
    elements: List[_Element] = []
    for scalar in map(ord, text):
        if 0 <= scalar - 0xAC00 < 11172:
            syllable = scalar - 0xAC00
            parts = [0x1100 + syllable // 588, 0x1161 + syllable % 588 // 28, 0x11A7 + syllable % 28]
            parts = parts if syllable % 28 else parts[:2]
        else:
            parts = DECOMPOSITION.get(scalar, [scalar])
        elements.extend((NORMALIZATION.get(part, 0) & 0xFF, part) for part in parts)
    return elements


def _ordered(elements: List[_Element]) -> List[_Element]:
    """Each run of marks sorted by class, stably."""
    start = 0
    while start < len(elements):
        end = start
        while end < len(elements) and elements[end][0]:
            end += 1
        if end - start > 1:
            elements[start:end] = sorted(elements[start:end], key=lambda element: element[0])
        start = end + 1
    return elements


def _composed(elements: List[_Element]) -> List[int]:
    kept: List[_Element] = []
    starter = -1
    for combining_class, scalar in elements:
        # Blocked when something of class 0, or of no smaller class, stands between.
        if starter >= 0 and (len(kept) - 1 == starter or kept[-1][0] < combining_class):
            composite = _composite(kept[starter][1], scalar)
            if composite is not None:
                kept[starter] = (0, composite)
                continue
        if combining_class == 0:
            starter = len(kept)
        kept.append((combining_class, scalar))
    return [scalar for _, scalar in kept]


def _composite(first: int, second: int) -> Optional[int]:
    if 0 <= first - 0x1100 < 19 and 0 <= second - 0x1161 < 21:
        return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    if 0 <= first - 0xAC00 < 11172 and (first - 0xAC00) % 28 == 0 and 0 < second - 0x11A7 < 28:
        return first + second - 0x11A7
    return COMPOSITION.get((first, second))
