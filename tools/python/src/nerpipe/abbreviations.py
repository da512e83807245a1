"""What stands before a period without ending a sentence; as Sources/Tokenization/Abbreviation.swift has it."""
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import FrozenSet

from .characters import CLASSES, NORMALIZATION, PROPERTIES, CharacterClass, Sentence, WordBreak

_DATA = json.loads((files("nerpipe") / "data" / "abbreviations.json").read_text(encoding="utf-8"))
_LETTER_NAMES = frozenset(_DATA["letterNames"])
# Words of one letter and its marks that end sentences.
_FINAL_WORDS = frozenset(_DATA["finalWords"])
# Characters of the longest token that can be one.
LONGEST = 60
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")


@dataclass(frozen=True)
class Abbreviation:
    """What the token before a period looks like."""

    # A single letter with its marks, the name of a letter, or several with periods between them.
    is_initials: bool = False
    is_title: bool = False
    # At most four letters, or at most three digits.
    is_short: bool = False
    # At most three digits.
    is_short_number: bool = False


@lru_cache(maxsize=64)
def titles(language: str) -> FrozenSet[str]:
    """The titles of a language, given by any of its codes; of an undetermined one those of all languages."""
    code = language.replace("_", "-").split("-")[0].lower()
    everything = code in ("", "und", "mul", "zxx")
    return frozenset(word for codes, words in _DATA["titles"] if everything or codes == ["*"] or code in codes for word in words)


@lru_cache(maxsize=1 << 14)
def abbreviation(token: str, known_titles: FrozenSet[str], follows_initial: bool) -> Abbreviation:
    """follows_initial: whether an initial and its period stand directly before the token."""
    size = len(token.encode())
    # Letters of scripts without case take three bytes, and their initials several letters.
    if not token or size > (24 if token[0] < "\u0800" else 60):
        return Abbreviation()
    letters = digits = others = 0
    initials = _Initials(token, follows_initial)
    for index, character in enumerate(token):
        scalar = ord(character)
        kind = CLASSES[scalar]
        if kind <= CharacterClass.OTHER_LETTER:
            letters += 1
            initials.add_letter(scalar, kind != CharacterClass.OTHER_LETTER)
        elif kind == CharacterClass.DIGIT:
            digits += 1
            initials.holds = False
        elif kind == CharacterClass.MARK:
            initials.add_mark(scalar)
        else:
            properties = int(PROPERTIES[scalar])
            if properties & 31 == WordBreak.ZWJ or scalar == 0x200C:
                continue
            others += 1
            if properties >> 9 & 15 == Sentence.PERIOD:
                initials.end_part(index, index + 1)
            else:
                initials.holds = False
    initials.end_part(len(token), len(token))
    if others:
        return Abbreviation(initials.holds)
    is_short_number = 0 < digits < 4 and letters == 0
    return Abbreviation(
        is_initials=initials.holds,
        is_title=digits == 0 and (_is_vowelless(token) or _is_thai_consonants(token) or token in known_titles),
        is_short=is_short_number or (digits == 0 and 0 < letters < 5), is_short_number=is_short_number)


def _is_vowelless(token: str) -> bool:
    """At most four ASCII consonants that are not all capitals: `Dr`, `Sgt`, `ltd`."""
    if not 2 <= len(token) <= 4 or not all(character.lower() in _CONSONANTS and character.isascii() for character in token):
        return False
    return token[1:] == token[1:].lower()


def _is_thai_consonants(token: str) -> bool:
    return len(token) <= 4 and all("\u0e01" <= c <= "\u0e2e" or "\u0e81" <= c <= "\u0eae" for c in token)


class _Initials:
    """The pattern initial (period initial)*, while a token is read."""

    def __init__(self, token: str, follows_initial: bool) -> None:
        self.token, self.follows_initial = token, follows_initial
        self.holds = True
        self.begin_part(0)

    def begin_part(self, start: int) -> None:
        self.start, self.letters = start, 0
        self.is_syllabic = self.is_cased = self.is_after_virama = False

    def add_letter(self, scalar: int, is_cased: bool) -> None:
        # Letters that a virama joins to the one before do not count.
        if not self.is_after_virama:
            self.letters += 1
        self.is_after_virama = False
        self.is_cased = is_cased
        self.is_syllabic = not is_cased and _is_syllable(scalar)

    def add_mark(self, scalar: int) -> None:
        self.is_after_virama = not self.is_cased and NORMALIZATION.get(scalar, 0) & 0xFF == 9

    def end_part(self, end: int, following: int) -> None:
        if self.holds:
            if self.is_cased:
                self.holds = self.letters == 1
            else:
                part = self.token[self.start:end]
                is_letter = (
                    self.letters == 1 and not self.is_syllabic
                    and (self.follows_initial or self.start > 0 or part not in _FINAL_WORDS)
                )
                self.holds = is_letter or part in _LETTER_NAMES
        self.begin_part(following)


_SYLLABLES = [
    (0x1100, 0x1200), (0x2E80, 0xA640), (0xA960, 0xA980), (0xAC00, 0xD800), (0xF900, 0xFB00), (0xFF65, 0xFFE0),
    (0x16FE0, 0x1B300), (0x20000, 0x40000),
]


def _is_syllable(scalar: int) -> bool:
    """A letter of a script in which words of one letter are common: Hangul, Han, kana, bopomofo, Yi, Vai, Tangut."""
    return any(first <= scalar < last for first, last in _SYLLABLES)
