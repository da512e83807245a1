"""What tagging gives: a text with its tokens, sentences and entities. Objects are made when they are asked for."""
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Dict, List

from ._arrays import Floats
from .decoding import spans


@dataclass(frozen=True)
class Token:
    text: str
    # Code points of the document's text, half-open.
    start: int
    end: int
    tag: str
    # The probability that the network gives the tag.
    score: float


@dataclass(frozen=True)
class Entity:
    """A named entity; `document.text[start:end]` is its text."""

    text: str
    type: str
    start: int
    end: int
    # The probability of its tokens' tags together, and that it does not go on: as in the program, not calibrated.
    score: float
    # Its tokens in the document, half-open.
    first_token: int
    end_token: int


@dataclass(frozen=True)
class Sentence:
    tokens: List[Token]
    entities: List[Entity]

    @property
    def tags(self) -> List[str]:
        return [token.tag for token in self.tokens]


@dataclass(frozen=True, eq=False)
class Document:
    """A tagged text. `N` tokens, `K` labels."""

    text: str
    # `[K]`: O, B-X, I-X, ...
    labels: List[str]
    # `[N]`
    words: List[str] = field(repr=False)
    # `[N]`: code points of the text.
    starts: List[int] = field(repr=False)
    ends: List[int] = field(repr=False)
    # The index behind the last token of each sentence.
    sentence_ends: List[int] = field(repr=False)
    # `[N]`: index of each token's label.
    label_numbers: List[int] = field(repr=False)
    # `[N, K]`: the network's distribution over the labels.
    probabilities: Floats = field(repr=False)
    # Tokens whose word has neither a row in the table nor sub-words.
    unknown_count: int = 0
    # Sentences that were cut because they were longer than the maximum.
    split_count: int = 0
    # Tokens of scripts without spaces that are single characters, by script.
    unsegmented: Dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def tags(self) -> List[str]:
        return [self.labels[number] for number in self.label_numbers]

    @cached_property
    def _scores(self) -> List[float]:
        if not self.words:
            return []
        scores: List[float] = self.probabilities[range(len(self.words)), self.label_numbers].tolist()
        return scores

    @cached_property
    def tokens(self) -> List[Token]:
        return list(map(Token, self.words, self.starts, self.ends, self.tags, self._scores))

    @cached_property
    def entities(self) -> List[Entity]:
        return [entity for number in range(len(self.sentence_ends)) for entity in self._entities(number)]

    @cached_property
    def sentences(self) -> List[Sentence]:
        return [
            Sentence(self.tokens[self._start(number):end], self._entities(number))
            for number, end in enumerate(self.sentence_ends)
        ]

    def _start(self, sentence: int) -> int:
        return self.sentence_ends[sentence - 1] if sentence else 0

    def _entities(self, sentence: int) -> List[Entity]:
        base = self._start(sentence)
        numbers = self.label_numbers[base:self.sentence_ends[sentence]]
        if not any(numbers):
            return []
        found = []
        for kind, first, end in spans(numbers):
            first, end = first + base, end + base
            start, stop = self.starts[first], self.ends[end - 1]
            score = math.prod(self._scores[first:end])
            if end < self.sentence_ends[sentence]:
                score *= 1 - float(self.probabilities[end, 2 * kind + 2])
            found.append(Entity(self.text[start:stop], self.labels[2 * kind + 1][2:], start, stop, score, first, end))
        return found

    def to_dict(self) -> Dict[str, Any]:
        """For JSON: the text and its entities."""
        keys = ("type", "start", "end", "text", "score")
        return {"text": self.text, "entities": [{key: getattr(entity, key) for key in keys} for entity in self.entities]}
