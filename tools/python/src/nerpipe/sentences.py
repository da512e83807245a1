"""Rule-based sentence ends on tokens; the rules and their reasons stand in Sources/Tokenization/SentenceSplitter.swift."""
from dataclasses import replace
from enum import Enum
from typing import FrozenSet, List

from ._arrays import Ints
from .abbreviations import LONGEST, Abbreviation, abbreviation
from .characters import CLASSES, CharacterClass, Sentence


class _State(Enum):
    INSIDE = 0
    # After a terminator and perhaps closing punctuation.
    TERMINATED = 1
    # After a period, white space and the token `candidate`, which is neither letter nor digit: a sentence end unless the
    # next letter is lower-case.
    UNDECIDED = 2


def _is_terminator(sentence_class: int) -> bool:
    return Sentence.ASCII_TERMINATOR <= sentence_class < Sentence.CONTINUATION


class SentenceSplitter:
    """Cuts the tokens of one text, paragraph after paragraph.

    starts, ends: where each token lies in the text. classes: the Sentence class of each token's first character.
    """

    def __init__(
        self, text: str, starts: List[int], ends: List[int], classes: List[int], titles: FrozenSet[str], maximum: int
    ) -> None:
        self.text, self.starts, self.ends, self.classes = text, starts, ends, classes
        self.titles, self.maximum = titles, maximum
        self.sentence_ends: List[int] = []
        # The first token of each sentence that was cut because it was longer than the maximum.
        self.long_sentences: List[int] = []
        self._sentence_start = 0
        self._begin()

    def _begin(self) -> None:
        self._state = _State.INSIDE
        self._terminator = 0
        self._abbreviation = Abbreviation()
        self._has_closer = False
        self._candidate = 0
        # Token index of the last period after an initial.
        self._initial_end = -2

    def split(self, terminators: Ints, breaks: Ints, line_ends: Ints) -> List[int]:
        """The index behind the last token of each sentence.

        terminators: tokens that can end a sentence. breaks: tokens before which a sentence ends whatever they are.
        line_ends: those of the breaks at which a new paragraph begins.
        """
        paragraph_starts = set(line_ends.tolist())
        waiting = terminators.tolist()
        position, count = 0, len(self.starts)
        for end in [*breaks.tolist(), count]:
            index = 0
            while position < len(waiting) and waiting[position] < end:
                index = max(index, waiting[position])
                position += 1
                while index < end:
                    self._observe(index)
                    index += 1
                    if self._state is _State.INSIDE:
                        break
                while position < len(waiting) and waiting[position] < index:
                    position += 1
            if self._state is _State.UNDECIDED:
                self._end_sentence(self._candidate)
            self._end_sentence(end)
            if end in paragraph_starts:
                self._begin()
        return self.sentence_ends

    def _end_sentence(self, index: int) -> None:
        self._state = _State.INSIDE
        if index <= self._sentence_start:
            return
        if index - self._sentence_start > self.maximum:
            self.long_sentences.append(self._sentence_start)
            while index - self._sentence_start > self.maximum:
                self._sentence_start += self.maximum
                self.sentence_ends.append(self._sentence_start)
        self.sentence_ends.append(index)
        self._sentence_start = index

    def _observe(self, index: int) -> None:
        sentence_class = self.classes[index]
        has_gap = index == 0 or self.starts[index] > self.ends[index - 1]
        if self._state is _State.TERMINATED:
            self._after_terminator(index, sentence_class, has_gap)
        elif self._state is _State.UNDECIDED:
            self._while_undecided(index, sentence_class)
        if not _is_terminator(sentence_class):
            return
        if self._state is _State.TERMINATED:
            # The strongest of a group decides; several periods are an ellipsis.
            if self._terminator in (Sentence.PERIOD, Sentence.ELLIPSIS):
                self._terminator = Sentence.ELLIPSIS if sentence_class == Sentence.PERIOD else sentence_class
            self._abbreviation = Abbreviation()
            return
        self._state = _State.TERMINATED
        self._terminator = sentence_class
        self._has_closer = False
        self._abbreviation = Abbreviation()
        if sentence_class == Sentence.PERIOD and index > self._sentence_start and not has_gap:
            start, end = self.starts[index - 1], self.ends[index - 1]
            found = Abbreviation()
            if end - start <= LONGEST:
                found = abbreviation(self.text[start:end], self.titles, self._initial_end == index - 2)
            if found.is_initials:
                self._initial_end = index
            if found.is_short_number and index - 1 == self._sentence_start:
                found = replace(found, is_title=True)
            self._abbreviation = found

    def _after_terminator(self, index: int, sentence_class: int, has_gap: bool) -> None:
        if _is_terminator(sentence_class):
            return
        if sentence_class == Sentence.CONTINUATION:
            self._state = _State.INSIDE
            return
        if (
            sentence_class == Sentence.CLOSE_BRACKET
            or (sentence_class == Sentence.NEUTRAL_QUOTE and not has_gap)
            or (sentence_class == Sentence.FINAL_QUOTE and (not has_gap or self._is_free_on_the_right(index)))
            or (sentence_class == Sentence.INITIAL_QUOTE and not has_gap and self._is_free_on_the_right(index))
        ):
            self._has_closer = True
            return
        kind = self._class(index)
        is_lower, is_letter = kind == CharacterClass.LOWER, kind <= CharacterClass.OTHER_LETTER
        if self._terminator in (Sentence.TERMINATOR, Sentence.WIDE_PERIOD):
            continues = self._has_closer and is_lower
        elif self._terminator == Sentence.ASCII_TERMINATOR:
            if is_lower:
                continues = self._has_closer or not has_gap
            else:
                continues = not has_gap and not self._has_closer and not is_letter
        else:
            continues = not has_gap or is_lower or (not self._has_closer and self._is_abbreviated(kind))
            if not continues and not is_letter and kind != CharacterClass.DIGIT:
                self._state = _State.UNDECIDED
                self._candidate = index
                return
        if continues:
            self._state = _State.INSIDE
        else:
            self._end_sentence(index)

    def _is_abbreviated(self, following: int) -> bool:
        found = self._abbreviation
        return found.is_initials or found.is_title or (found.is_short and following == CharacterClass.DIGIT)

    def _while_undecided(self, index: int, sentence_class: int) -> None:
        kind = self._class(index)
        if kind == CharacterClass.LOWER:
            self._state = _State.INSIDE
        elif kind <= CharacterClass.OTHER_LETTER or kind == CharacterClass.DIGIT or _is_terminator(sentence_class):
            self._end_sentence(self._candidate)

    def _class(self, index: int) -> int:
        """The class of the token's first character; if that is a letter without case, of its first letter with case."""
        start = self.starts[index]
        first = CLASSES[ord(self.text[start])]
        if first == CharacterClass.OTHER_LETTER:
            for character in self.text[start:self.ends[index]]:
                kind = CLASSES[ord(character)]
                if kind <= CharacterClass.LOWER:
                    return kind
        return first

    def _is_free_on_the_right(self, index: int) -> bool:
        """Whether what follows directly is no letter or digit: then a quote can only be a closing one."""
        end = self.ends[index]
        return end >= len(self.text) or CLASSES[ord(self.text[end])] not in (0, 1, 2, CharacterClass.DIGIT)
