"""A packaged model at work."""
import threading
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ._arrays import Bytes, Floats, Ints
from .configuration import POSITION_NAMES, check_manifest, read_configuration, read_tensors
from .decoding import allowed_after, decode
from .document import Document
from .errors import NerpipeError, TextError
from .files import ModelFiles, PathLike
from .languages import own_code
from .lexicon import Lexicon, known_language, position_flags
from .network import Network
from .table import ABSENT, VectorTable
from .tokenizer import Tokenizer

# Tokens of one forward pass: few enough for the activations to stay in the second-level cache.
_PASS_TOKENS = 1024
# Characters that are cut and tagged together.
_BATCH_CHARACTERS = 1 << 17
# Entries of tokens that are kept.
_ENTRY_COUNT = 1 << 14


class Model:
    """A tagger with its vector table. Made by `nerpipe.load`; may be used by several threads, one at a time."""

    def __init__(
        self, path: PathLike, *, vectors: Optional[PathLike] = None, language: Optional[str] = None,
        unspaced: str = "refuse", verify: bool = True, maximum_sentence_tokens: int = 512,
    ) -> None:
        if unspaced not in ("refuse", "characters"):
            raise NerpipeError(f"unspaced is {unspaced!r}, must be 'refuse' or 'characters'")
        files = ModelFiles(path)
        self.path = str(path)
        self._arguments: Dict[str, Any] = {
            "vectors": vectors, "language": language, "unspaced": unspaced, "verify": False,
            "maximum_sentence_tokens": maximum_sentence_tokens}
        check_manifest(files)
        self.configuration = read_configuration(files)
        self.table = VectorTable(*files.table(self.configuration.table_path, vectors))
        self._require_fit()
        if verify:
            self.table.verify()
        self._network = Network(self.configuration, read_tensors(files, self.configuration))
        self._allowed = allowed_after(len(self.labels))
        given = known_language(language, self.configuration, self.table)
        # The table's own code of the language that text is taken to be of.
        self.language = own_code(given, self.table.languages, self.table.place)
        self._tokenizer = Tokenizer(given, maximum_sentence_tokens, unspaced == "characters")
        self._lexicon = Lexicon(self.table, self.configuration, self.language)
        self._lock = threading.Lock()
        self._clear_entries()

    def _require_fit(self) -> None:
        table, configuration = self.table, self.configuration
        if table.digest != configuration.table_digest or table.dimension != configuration.dimension:
            raise NerpipeError(
                f"{table.place}: not the vector table of the model: its digest is {table.digest}, {self.path} was trained with "
                f"{configuration.table_digest}; name the right one with vectors=FILE")
        if configuration.statistics and configuration.statistics != table.statistic_names:
            raise NerpipeError(
                f"{table.place}: the table has statistics {table.statistic_names}, needed are {configuration.statistics}")

    def __reduce__(self) -> Tuple[Any, ...]:
        """Another process loads the model from where it lies."""
        return _again, (self.path, self._arguments)

    def __repr__(self) -> str:
        return f"<nerpipe.Model {self.path!r}, language {self.language}, types {' '.join(self.types)}>"

    @property
    def labels(self) -> List[str]:
        """O, B-X, I-X, ..."""
        return self.configuration.labels

    @property
    def types(self) -> List[str]:
        return [label[2:] for label in self.labels[1::2]]

    def tag(self, text: str) -> Document:
        """Tags a text; a line is a paragraph."""
        return next(self.tag_stream([text]))

    def tag_batch(self, texts: Iterable[str]) -> List[Document]:
        """Tags many texts, faster than one by one."""
        return list(self.tag_stream(texts))

    def tag_stream(self, texts: Iterable[str]) -> Iterator[Document]:
        """The same for any number of texts, some of which are in memory at a time."""
        batch: List[str] = []
        size = done = 0
        for text in texts:
            batch.append(text)
            size += len(text) + 1
            if size >= _BATCH_CHARACTERS:
                yield from self._tag_texts(batch, done)
                done += len(batch)
                batch, size = [], 0
        if batch:
            yield from self._tag_texts(batch, done)

    def tag_tokens(self, sentences: Sequence[Sequence[str]]) -> Document:
        """Tags sentences of given tokens. The document's text is the tokens with a space between, a line for each sentence;
        sentences without tokens stay sentences."""
        words = [token for sentence in sentences for token in sentence]
        if not all(words):
            raise NerpipeError("a token is empty; leave it out")
        try:
            "".join(words).encode()
        except UnicodeEncodeError:
            wrong = next(word for word in words if any("\ud800" <= character <= "\udfff" for character in word))
            raise NerpipeError(f"the token {wrong!r} has a lone surrogate, which is no text; leave it out") from None
        ends = np.cumsum([len(sentence) for sentence in sentences], dtype=np.int64)
        starts: List[int] = []
        place = 0
        for sentence in sentences:
            for token in sentence:
                starts.append(place)
                place += len(token) + 1
            place += not sentence  # the line end of a sentence without tokens
        text = "\n".join(map(" ".join, sentences))
        token_ends = [start + len(word) for start, word in zip(starts, words)]
        numbers, probabilities, unknown = self._run(words, ends[np.diff(ends, prepend=0) > 0])
        return Document(
            text, self.labels, words, starts, token_ends, ends.tolist(), numbers.tolist(), probabilities,
            int(unknown.sum()))

    def _tag_texts(self, texts: List[str], first: int) -> Iterator[Document]:
        """first: the number of the first text."""
        try:
            cut = self._tokenizer.batch(texts)
        except TextError as error:
            number = error.number or 0
            raise TextError(error.what, error.position, first + number if len(texts) > 1 or first else None) from None
        words = [word for tokens in cut for word in tokens.words]
        offsets = np.cumsum([0] + [len(tokens.words) for tokens in cut]).tolist()
        ends = [offset + end for offset, tokens in zip(offsets, cut) for end in tokens.sentence_ends]
        numbers, probabilities, unknown = self._run(words, np.array(ends, np.int64))
        for text, tokens, start, end in zip(texts, cut, offsets, offsets[1:]):
            yield Document(
                text, self.labels, tokens.words, tokens.starts, tokens.ends, tokens.sentence_ends, numbers[start:end].tolist(),
                probabilities[start:end], int(unknown[start:end].sum()), tokens.split_count, tokens.unsegmented)

    def _run(self, words: List[str], ends: Ints) -> Tuple[Ints, Floats, Ints]:
        """Label numbers `[N]`, probabilities `[N, K]`, and whether each word is unknown `[N]`; sentences are not empty."""
        N = len(words)
        numbers = np.zeros(N, np.int64)
        probabilities = np.zeros((N, len(self.labels)), np.float32)
        unknown = np.zeros(N, np.int64)
        with self._lock:
            first = 0
            while first < len(ends):
                start = int(ends[first - 1]) if first else 0
                last = max(first + 1, int(np.searchsorted(ends, start + _PASS_TOKENS, side="right")))
                span = slice(start, int(ends[last - 1]))
                numbers[span], probabilities[span], unknown[span] = self._pass(words[span], ends[first:last] - start)
                first = last
        return numbers, probabilities, unknown

    def _pass(self, words: List[str], ends: Ints) -> Tuple[Ints, Floats, Ints]:
        """The same for sentences that are computed together."""
        if self._lexicon.is_full:
            self._lexicon.clear()
            self._clear_entries()
        tokens = self._lexicon.numbers(words)
        starts = np.append(0, ends[:-1])
        flags: Bytes = np.zeros(len(words), np.uint8)
        if self.configuration.has_positions:
            flags = position_flags(self._lexicon.capitals[tokens], ends)
        # Rows: an empty one before each sentence and behind the last.
        sentences = np.repeat(np.arange(len(ends)), ends - starts)
        token_rows = np.arange(len(words)) + sentences + 1
        slots = np.zeros(len(words) + len(ends) + 1, np.int64)
        slots[token_rows] = self._slots(tokens * 8 + flags)
        boundaries = np.append(0, ends + np.arange(1, len(ends) + 1))
        logits, probabilities = self._network.forward(self._entries, slots, boundaries)
        labels = decode(logits[token_rows], starts, ends, self._allowed)
        return labels, probabilities[token_rows], (self._lexicon.rows[tokens] == ABSENT).astype(np.int64)

    def _clear_entries(self) -> None:
        H, parts = self._network.hidden_width, self._network.entry_parts
        # The place of the entry of token * 8 + flags; 0: none. Place 0 is that of an empty row.
        self._places: Ints = np.zeros(8 * len(self._lexicon.rows), np.int64)
        self._entries: Floats = np.zeros((1, parts, H), np.float32)
        self._entry_count = 1

    def _slots(self, keys: Ints) -> Ints:
        """`[N]`: the places of the entries of tokens with their flags; those that are missing are computed."""
        needed = 8 * len(self._lexicon.rows)
        if needed > len(self._places):
            self._places = np.concatenate([self._places, np.zeros(needed - len(self._places), np.int64)])
        new = np.unique(keys[self._places[keys] == 0])
        if len(new):
            if self._entry_count + len(new) > _ENTRY_COUNT and self._entry_count > 1:
                self._clear_entries()
                new = np.unique(keys)
            self._add_entries(new)
        return self._places[keys]

    def _add_entries(self, keys: Ints) -> None:
        tokens, flags = keys >> 3, keys & 7
        numbers = [self._lexicon.statistics(tokens)] if self.configuration.statistics else []
        if self.configuration.has_positions:
            bits = flags[:, None] >> np.arange(len(POSITION_NAMES)) & 1
            numbers.append(bits.astype(np.float32))
        beside = np.concatenate(numbers, 1) if numbers else np.zeros((len(keys), 0), np.float32)
        entries = self._network.entries(self._lexicon.vectors(tokens), beside, self._lexicon.buckets[tokens])
        end = self._entry_count + len(keys)
        if end > len(self._entries):
            grown = np.zeros((max(end, min(_ENTRY_COUNT, 2 * len(self._entries))), *self._entries.shape[1:]), np.float32)
            grown[:self._entry_count] = self._entries[:self._entry_count]
            self._entries = grown
        self._entries[self._entry_count:end] = entries
        self._places[keys] = np.arange(self._entry_count, end)
        self._entry_count = end


def _again(path: str, arguments: Dict[str, Any]) -> Model:
    return Model(path, **arguments)


def load(
    path: PathLike, *, vectors: Optional[PathLike] = None, language: Optional[str] = None, unspaced: str = "refuse",
    verify: bool = True, maximum_sentence_tokens: int = 512,
) -> Model:
    """Loads a model: a folder, or a package of `nerpipe model package`.

    vectors: the vector table, when it is not where the model says. language: that of the text, when it is not that of the
    model. unspaced: what becomes of text in Thai, Lao, Khmer, Burmese, Chinese and Japanese, for which the program has
    dictionaries: 'refuse' it, or take its 'characters' as tokens and count them. verify: whether table and weights are compared
    with their digests, which reads all of them. maximum_sentence_tokens: longer sentences of a text are cut.
    """
    return Model(
        path, vectors=vectors, language=language, unspaced=unspaced, verify=verify,
        maximum_sentence_tokens=maximum_sentence_tokens)


