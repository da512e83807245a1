"""Text to tokens and sentences, as `nerpipe tokenize` cuts it (Sources/Tokenization/WordTokenizer.swift).

A token is a segment of UAX #29 in which something is visible, less the invisible characters at its beginning and the format
controls at its end. A line is a paragraph. Positions count code points.
"""
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ._arrays import Bools, Bytes, Ints, Words
from .abbreviations import titles
from .characters import INVISIBLE, PROPERTIES, UNICODE_VERSION, CharacterClass, Sentence, WordBreak
from .errors import NerpipeError, TextError
from .segmentation import segment_starts
from .sentences import SentenceSplitter

# WordTokenizer.identity of the program less the version of its dictionaries, which are not here.
IDENTITY = f"uax29/{UNICODE_VERSION} sentences/2"

# Scripts without spaces that the program cuts with ICU's dictionaries: first and last code point, name.
_DICTIONARY_SCRIPTS = [
    (0x0E00, 0x0E7F, "Thai"), (0x0E80, 0x0EFF, "Lao"), (0x1000, 0x109F, "Myanmar"), (0xA9E0, 0xA9FF, "Myanmar"),
    (0xAA60, 0xAA7F, "Myanmar"), (0x1780, 0x17FF, "Khmer"), (0x2E80, 0x9FFF, "Han and kana"),
    (0xF900, 0xFAFF, "Han and kana"), (0xFF65, 0xFF9F, "Han and kana"), (0x1AFF0, 0x1B16F, "Han and kana"),
    (0x20000, 0x3FFFF, "Han and kana"),
]


@dataclass
class TokenizedText:
    """Tokens and sentences of one text, in code points."""

    words: List[str]
    # `[N]`: where tokens begin and end.
    starts: List[int]
    ends: List[int]
    # The index behind the last token of each sentence; no sentence is empty.
    sentence_ends: List[int]
    # Sentences that were cut because they were longer than the maximum.
    split_count: int = 0
    # Tokens of scripts without spaces that are single characters because no dictionary was asked, by script.
    unsegmented: Dict[str, int] = field(default_factory=dict)


class Tokenizer:
    """Cuts text of one language.

    language: code that decides what counts as an abbreviation; `und` knows those of all languages.
    cuts_unspaced: whether text of scripts that need a dictionary becomes single characters, instead of being refused.
    """

    def __init__(self, language: str = "und", maximum_sentence_tokens: int = 512, cuts_unspaced: bool = False) -> None:
        if maximum_sentence_tokens < 1:
            raise NerpipeError(f"maximum_sentence_tokens is {maximum_sentence_tokens}, must be at least 1")
        self.language, self.maximum, self.cuts_unspaced = language, maximum_sentence_tokens, cuts_unspaced
        self._titles = titles(language)

    def __call__(self, text: str) -> TokenizedText:
        return self.batch([text])[0]

    def batch(self, texts: Sequence[str]) -> List[TokenizedText]:
        """Cuts many texts at once, which is much faster for short ones."""
        # A line end separates texts as it does paragraphs.
        text = "\n".join(texts)
        offsets = np.cumsum([0] + [len(part) + 1 for part in texts])
        try:
            return self._parts(text, offsets)
        except TextError as error:
            number = int(np.searchsorted(offsets, error.position, "right")) - 1
            raise TextError(error.what, error.position - int(offsets[number]), number if len(texts) > 1 else None) from None

    def _parts(self, text: str, offsets: Ints) -> List[TokenizedText]:
        scalars = _scalars(text)
        properties = PROPERTIES[scalars]
        classes = (properties & 31).astype(np.uint8)
        starts = segment_starts(classes)
        ends = np.append(starts[1:], len(scalars))
        # U+202F joins words (ExtendNumLet), and the program takes it for a part of them though it is a space.
        visible = ((properties & INVISIBLE) == 0) | (classes <= WordBreak.EXTENDNUMLET)
        starts, ends, moved = _visible_tokens(starts, ends, visible)
        unspaced = self._unspaced(text, starts, properties, moved)
        _trim(ends, starts, properties)
        breaks, line_ends = _breaks(starts, ends, classes, scalars)
        sentence_classes = properties[starts] >> 9 & 15
        terminators = np.flatnonzero(sentence_classes - np.uint16(1) < Sentence.CONTINUATION - 1)
        first, last = starts.tolist(), ends.tolist()
        splitter = SentenceSplitter(text, first, last, sentence_classes.tolist(), self._titles, self.maximum)
        sentence_ends = np.array(splitter.split(terminators, breaks, line_ends), np.int64)
        words = [text[start:end] for start, end in zip(first, last)]
        # Where each text begins, among the tokens and among the sentences.
        bounds = np.searchsorted(starts, offsets)
        sentence_bounds = np.searchsorted(sentence_ends, bounds, "right").tolist()
        parts = []
        for number, (begin, end) in enumerate(zip(bounds.tolist(), bounds[1:].tolist())):
            offset = int(offsets[number])
            own = sentence_ends[sentence_bounds[number]:sentence_bounds[number + 1]] - begin
            parts.append(TokenizedText(
                words[begin:end], (starts[begin:end] - offset).tolist(), (ends[begin:end] - offset).tolist(), own.tolist()))
        for token in splitter.long_sentences:
            parts[int(np.searchsorted(bounds, token, "right")) - 1].split_count += 1
        for place, script in unspaced:
            counts = parts[int(np.searchsorted(offsets, place, "right")) - 1].unsegmented
            counts[script] = counts.get(script, 0) + 1
        return parts

    def _unspaced(self, text: str, starts: Ints, properties: Words, moved: Bools) -> List[Tuple[int, str]]:
        """Segments that begin with a letter of a script without spaces; refuses them where a dictionary is needed."""
        first = properties[starts]
        wide = (first & 0x1E0) == CharacterClass.OTHER_LETTER << 5
        wide &= ((first & 31) == WordBreak.OTHER) | ((first & 31) == WordBreak.KATAKANA)
        wide &= ~moved
        found = []
        for place in starts[wide].tolist():
            script = _dictionary_script(ord(text[place]))
            if script is not None and not self.cuts_unspaced:
                raise TextError(
                    f"{text[place]!r} is of a script without spaces ({script}), whose words need the dictionaries of the "
                    "program: use 'nerpipe tag', or tag_tokens with words of your own, or load the model with "
                    "unspaced='characters' to have each character as a token", place)
            found.append((place, script or "other"))
        return found


def _dictionary_script(scalar: int) -> Optional[str]:
    return next((name for first, last, name in _DICTIONARY_SCRIPTS if first <= scalar <= last), None)


def _scalars(text: str) -> Ints:
    try:
        return np.frombuffer(text.encode("utf-32-le"), "<u4")
    except UnicodeEncodeError as error:
        raise TextError(
            f"U+{ord(text[error.start]):04X} is a lone surrogate, which is no text; decode its source with errors='replace'",
            error.start) from None


def _visible_tokens(starts: Ints, ends: Ints, visible: Bools) -> Tuple[Ints, Ints, Bools]:
    """Segments with something visible, from there on; and of which of them the start was moved."""
    is_token = visible[starts]
    hidden = np.flatnonzero(~is_token & (ends - starts > 1))
    moved = np.zeros(len(starts), np.bool_)
    if len(hidden):
        places = np.flatnonzero(visible)
        following = np.searchsorted(places, starts[hidden])
        found = following < len(places)
        hidden, following = hidden[found], places[following[found]]
        inside = following < ends[hidden]
        hidden, following = hidden[inside], following[inside]
        starts = starts.copy()
        starts[hidden] = following
        is_token[hidden] = moved[hidden] = True
    return starts[is_token], ends[is_token], moved[is_token]


def _trim(ends: Ints, starts: Ints, properties: Words) -> None:
    """Takes invisible format controls off the ends; the first character is visible, so something stays."""
    last = properties[ends - 1]
    for token in np.flatnonzero(((last & 31) == WordBreak.FORMAT) & (last & INVISIBLE != 0)).tolist():
        end, start = int(ends[token]), int(starts[token])
        while end - 1 > start and properties[end - 1] & 31 == WordBreak.FORMAT and properties[end - 1] & INVISIBLE:
            end -= 1
        ends[token] = end


def _breaks(starts: Ints, ends: Ints, classes: Bytes, scalars: Ints) -> Tuple[Ints, Ints]:
    """Tokens before which a paragraph breaks, and those of them that begin a line.

    A line feed ends a paragraph; within one, two line terminators in a row or U+2029 break it.
    """
    none = np.zeros(0, np.int64)
    terminators = np.flatnonzero(classes - np.uint8(WordBreak.CR) < 3)
    if len(terminators) == 0 or len(starts) == 0:
        return none, none
    is_line_feed = scalars[terminators] == 0x0A
    weights = np.where(is_line_feed | (scalars[terminators] == 0x2029), 2, 1)
    before = np.searchsorted(starts, terminators)  # the token behind each terminator
    total = np.bincount(before, weights, len(starts) + 1)[:-1]
    lines = np.bincount(before, is_line_feed, len(starts) + 1)[:-1]
    breaks, line_ends = np.flatnonzero(total >= 2), np.flatnonzero(lines)
    return breaks[breaks > 0], line_ends[line_ends > 0]
