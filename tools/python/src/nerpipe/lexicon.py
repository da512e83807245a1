"""What is known of the words met so far: each is looked up, composed and hashed once.

A token's number is its place in the arrays; `F` features.
"""
from typing import Dict, List, Optional, Sequence

import numpy as np

from ._arrays import AnyArray, Bytes, Floats, Ints
from .configuration import Configuration
from .languages import LanguageCode, language_number
from .lookup_form import WORDS, lookup_form
from .table import ABSENT, VectorTable
from .word_features import capitalization, feature_hash, parse_feature

# What is kept of words: so many of them, and so many characters in all.
_MAXIMUM_COUNT = 1 << 18
_MAXIMUM_CHARACTERS = 1 << 23
# A token's place in `composed` is stored as COMPOSED - place, below ABSENT.
COMPOSED = -2


class _Numbers(Dict[str, int]):
    """Gives each new token the next number, and lists it."""

    def __init__(self) -> None:
        super().__init__()
        self.new: List[str] = []

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        self.new.append(token)
        return number


class Lexicon:
    """The words of one language as a model sees them.

    language: the table's own code of the text's language.
    """

    def __init__(self, table: VectorTable, configuration: Configuration, language: str) -> None:
        self.table = table
        codes = table.languages
        self._features = [parse_feature(feature.name) for feature in configuration.features]
        self._bucket_counts = [feature.buckets for feature in configuration.features]
        order = [language_number(code, codes) for code in (language, "*", table.pivot) if code is not None]
        self._order = list(dict.fromkeys(number for number in order if number is not None))
        own, anything = language_number(language, codes), language_number("*", codes)
        self._language = own if own is not None else anything
        code = LanguageCode.parse(language)
        self._has_dotless_i = table.folding >= WORDS and code is not None and code.has_dotless_i
        self.clear()

    def clear(self) -> None:
        self._numbers = _Numbers()
        self._characters = 0
        # `[capacity]`, and `[capacity, F]`.
        self.rows: Ints = np.zeros(1024, np.int64)
        self.capitals: Bytes = np.zeros(1024, np.uint8)
        self.buckets: Ints = np.zeros((1024, len(self._features)), np.int64)
        self.composed: List[Floats] = []

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def is_full(self) -> bool:
        return len(self._numbers) >= _MAXIMUM_COUNT or self._characters >= _MAXIMUM_CHARACTERS

    def numbers(self, tokens: Sequence[str]) -> Ints:
        """`[N]`: the number of each token; new ones are looked up."""
        numbers = np.fromiter(map(self._numbers.__getitem__, tokens), np.int64, len(tokens))
        if self._numbers.new:
            self._add(self._numbers.new)
            self._numbers.new = []
        return numbers

    def _add(self, tokens: List[str]) -> None:
        first, count = len(self._numbers) - len(tokens), len(self._numbers)
        if count > len(self.rows):
            capacity = max(count, 2 * len(self.rows))
            self.rows, self.capitals, self.buckets = (
                _grown(array, capacity) for array in (self.rows, self.capitals, self.buckets))
        for number, token in enumerate(tokens, first):
            self._characters += len(token)
            form = lookup_form(token, self.table.folding, self._has_dotless_i)
            self.rows[number] = self._row(form)
            self.capitals[number] = capitalization(token)
            for index, (feature, buckets) in enumerate(zip(self._features, self._bucket_counts)):
                self.buckets[number, index] = feature_hash(feature, token, form) % buckets

    def _row(self, form: str) -> int:
        """A row of the table, or COMPOSED less the place of a composed vector, or ABSENT."""
        word = form.encode()
        row = self.table.row(word, self._order)
        if row == ABSENT and self._has_dotless_i and "\u0131" in form:
            # Names of other languages have an i that this one's lower-casing took the dot from.
            row = self.table.row(form.replace("\u0131", "i").encode(), self._order)
        if row != ABSENT:
            return row
        vector = self.table.compose(word, self._language)
        if vector is None:
            return ABSENT
        self.composed.append(vector)
        return COMPOSED - (len(self.composed) - 1)

    def vectors(self, numbers: Ints) -> Floats:
        """`[n, D]`"""
        rows = self.rows[numbers]
        out = self.table.vectors(np.maximum(rows, ABSENT))
        for place in np.flatnonzero(rows <= COMPOSED).tolist():
            out[place] = self.composed[COMPOSED - int(rows[place])]
        return out

    def statistics(self, numbers: Ints) -> Floats:
        """`[n, S]`; composed vectors belong to words without a row, and so do their statistics."""
        return self.table.statistics(np.maximum(self.rows[numbers], ABSENT))


def _grown(array: AnyArray, capacity: int) -> AnyArray:
    larger = np.zeros((capacity, *array.shape[1:]), array.dtype)
    larger[:len(array)] = array
    return larger


def position_flags(capitals: Bytes, ends: Ints) -> Bytes:
    """`[N]`: bit 0 the first token of its sentence, bit 1 in a headline, bit 2 a capital that these explain
    (Sources/Corpora/TokenNumbers.swift).

    capitals: `[N]`, Capitalization. ends: the index behind each sentence's last token; no sentence is empty.
    """
    flags = np.zeros(len(capitals), np.uint8)
    if len(capitals) == 0:
        return flags
    starts = np.append(0, ends[:-1])
    letters = np.add.reduceat((capitals > 0).astype(np.int64), starts)
    upper = np.add.reduceat((capitals > 1).astype(np.int64), starts)
    flags[np.repeat(upper * 5 > letters * 4, np.diff(ends, prepend=0))] = 2
    flags[starts] |= 1
    flags[(flags > 0) & (capitals == 2)] |= 4
    return flags


def known_language(given: Optional[str], configuration: Configuration, table: VectorTable) -> str:
    """The language that text is taken to be of: what the user gave, otherwise the only one of the model, otherwise `und`."""
    if given is not None and given != "und":
        return given
    languages = configuration.languages or []
    return languages[0] if len(languages) == 1 else "und"
