"""Sentences laid end to end: the content of one data block (Sources/Corpora/SentenceBatch.swift).

`N` tokens, `S` sentences, `M` documents, `K` labels, `F` features, `D` dimension of the vectors.
"""
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Sequence

import numpy as np

from .._arrays import AnyArray, Floats, Ints
from ..decoding import allowed_after, decode
from ..errors import NerpipeError
from .block import Counts, damaged, pack_columns, unpack_columns
from .header import Header

# Names of the columns and their types, those that every block has.
_TYPES = {
    "flags": np.uint8, "shape": np.uint32, "doc.id": np.uint8, "doc.id.end": np.uint32, "sent.doc": np.uint32,
    "sent.end": np.uint32, "tok.offset": np.uint64, "tok.text.end": np.uint32, "tok.text": np.uint8,
}
_HALF_ONE = 0x3C00  # the pattern of 1.0 as a 16-bit float


@dataclass(frozen=True)
class StreamSentence:
    document: str
    tokens: List[str]
    # UTF-8 bytes of the document before each token.
    offsets: List[int]
    # The most probable ones, or those given; None when the stream has none.
    tags: Optional[List[str]]
    # `[tokens, K]`
    probabilities: Optional[Floats]


@dataclass(frozen=True)
class Batch:
    """columns: the arrays of the block, by their names in the format; those of numbers with a fraction as unsigned patterns."""

    header: Header
    columns: Dict[str, AnyArray]

    @property
    def continues_document(self) -> bool:
        """Whether document 0 began in an earlier batch."""
        return bool(self.columns["flags"][0] & 1)

    @property
    def sentence_ends(self) -> Ints:
        """`[S]`: the index behind the last token of each sentence."""
        return self.columns["sent.end"].astype(np.int64)

    @property
    def counts(self) -> Counts:
        columns = self.columns
        return Counts(
            len(columns["doc.id.end"]) - self.continues_document, len(columns["sent.end"]), len(columns["tok.text.end"]))

    @property
    def documents(self) -> List[str]:
        """`[M]`"""
        return _texts(self.columns["doc.id"], self.columns["doc.id.end"])

    @property
    def tokens(self) -> List[str]:
        """`[N]`"""
        return _texts(self.columns["tok.text"], self.columns["tok.text.end"])

    @property
    def probabilities(self) -> Optional[Floats]:
        """`[N, K]`"""
        stored = self.columns.get("tok.prob")
        if stored is None or self.header.kind != "scored":
            return None
        values: Floats = stored.view(np.float16).astype(np.float32).reshape(-1, len(self.header.labels or []))
        return values

    @property
    def features(self) -> Optional[AnyArray]:
        """`[N, F]`: 32-bit hashes."""
        stored = self.columns.get("tok.feature")
        return None if stored is None else stored.reshape(self.counts.tokens, -1)

    @property
    def vectors(self) -> Optional[Floats]:
        """`[N, D]`, of a stream that was embedded with `--dense`."""
        stored = self.columns.get("tok.vector")
        return None if stored is None else stored.view(np.float16).astype(np.float32).reshape(-1, self.header.dimension)

    @property
    def numbers(self) -> Floats:
        """`[N, *]`: what lies between the vector and the features: statistics, then flags."""
        return np.concatenate([self.statistics, self.flags], 1)

    @property
    def statistics(self) -> Floats:
        """`[N, *]`: those of each token's word; empty unless the stream was embedded with `--dense`."""
        stored = self.columns.get("tok.statistic")
        if stored is None:
            return np.zeros((self.counts.tokens, 0), np.float32)
        values: Floats = stored.view(np.float32).reshape(self.counts.tokens, -1)
        return values

    @property
    def flags(self) -> Floats:
        """`[N, 0 or 3]`: those of each token's position, 0 or 1."""
        stored = self.columns.get("tok.position")
        if stored is None:
            return np.zeros((self.counts.tokens, 0), np.float32)
        return (stored[:, None] >> np.arange(3, dtype=np.uint8) & 1).astype(np.float32)

    @property
    def label_numbers(self) -> Optional[Ints]:
        """`[N]`: given, or those of the most probable well-formed tags."""
        if self.header.kind == "labelled":
            return self.columns["tok.gold"].astype(np.int64)
        probabilities = self.probabilities
        if probabilities is None:
            return None
        ends = self.sentence_ends
        starts = np.append(0, ends[:-1])
        filled = starts < ends
        logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
        return decode(logits, starts[filled], ends[filled], allowed_after(probabilities.shape[1]))

    def sentences(self) -> Iterator[StreamSentence]:
        columns = self.columns
        documents, tokens, probabilities = self.documents, self.tokens, self.probabilities
        numbers = self.label_numbers
        labels = self.header.labels or []
        tags = None if numbers is None else [labels[number] for number in numbers]
        offsets = columns["tok.offset"].tolist()
        start = 0
        for document, end in zip(columns["sent.doc"].tolist(), columns["sent.end"].tolist()):
            yield StreamSentence(
                documents[document], tokens[start:end], offsets[start:end], None if tags is None else tags[start:end],
                None if probabilities is None else probabilities[start:end])
            start = end

    def payload(self) -> bytes:
        return pack_columns(self.columns)

    @staticmethod
    def of_tokens(header: Header, sentences: Sequence[StreamSentence], continues_document: bool = False) -> "Batch":
        """A batch of kind `tokens`. Sentences of one document follow one another; labels are not kept."""
        documents: List[str] = []
        numbers = []
        for sentence in sentences:
            if not documents or documents[-1] != sentence.document:
                documents.append(sentence.document)
            numbers.append(len(documents) - 1)
        tokens = [token.encode() for sentence in sentences for token in sentence.tokens]
        identifiers = [document.encode() for document in documents]
        values: Dict[str, object] = {
            "flags": [continues_document], "shape": [0, 0, 0], "doc.id": np.frombuffer(b"".join(identifiers), np.uint8),
            "doc.id.end": np.cumsum([len(part) for part in identifiers]), "sent.doc": numbers,
            "sent.end": np.cumsum([len(sentence.tokens) for sentence in sentences]),
            "tok.offset": [offset for sentence in sentences for offset in sentence.offsets],
            "tok.text.end": np.cumsum([len(token) for token in tokens]), "tok.text": np.frombuffer(b"".join(tokens), np.uint8),
        }
        return Batch(header, {name: np.asarray(values[name]).astype(kind) for name, kind in _TYPES.items()})

    @staticmethod
    def decoded(payload: bytes, header: Header, counts: Counts, place: str) -> "Batch":
        """Reads a block and checks that every index in it points to something that is there."""
        columns = unpack_columns(payload, place)
        for name, kind in _TYPES.items():
            if name not in columns or columns[name].dtype != kind:
                raise damaged(place, f"column '{name}' is missing or of another type")
        if len(columns["flags"]) != 1 or len(columns["shape"]) != 3:
            raise damaged(place, "its parts do not fit together")
        batch = Batch(header, columns)
        tokens = len(columns["tok.text.end"])
        fits = (
            _are_ends(columns["doc.id.end"], len(columns["doc.id"])) and _are_ends(columns["tok.text.end"], len(columns["tok.text"]))
            and _are_ends(columns["sent.end"], tokens) and len(columns["sent.doc"]) == len(columns["sent.end"])
            and len(columns["tok.offset"]) == tokens and bool((columns["sent.doc"] < len(columns["doc.id.end"])).all())
            and (not batch.continues_document or len(columns["doc.id.end"]) > 0)
        )
        if not fits or batch.counts != counts:
            raise damaged(place, "its parts do not fit together")
        _check_labels(batch, tokens, place)
        return batch


def _check_labels(batch: Batch, tokens: int, place: str) -> None:
    columns, header = batch.columns, batch.header
    count = len(header.labels or [])
    empty = np.zeros(0, np.uint16)
    widths = {"tok.vector": (2, header.dimension), "tok.feature": (4, len(header.features)), "tok.position": (1, 1)}
    if header.kind == "scored":
        stored = columns.setdefault("tok.prob", empty)
        if len(stored) != tokens * count or stored.dtype != np.uint16 or bool((stored > _HALF_ONE).any()):
            raise damaged(place, "a probability is missing, or no number from 0 to 1")
    elif header.kind == "labelled":
        stored = columns.setdefault("tok.gold", empty.astype(np.uint8))
        if len(stored) != tokens or bool((stored >= count).any()):
            raise damaged(place, "a label is missing, or its number is too large")
    for name, (width, per_token) in widths.items():
        if name in columns and (columns[name].dtype.itemsize != width or len(columns[name]) != tokens * per_token):
            raise damaged(place, f"column '{name}' has another size than its tokens need")
    if "tok.statistic" in columns and (columns["tok.statistic"].dtype != np.uint32 or tokens == 0 or len(columns["tok.statistic"]) % tokens):
        raise damaged(place, "column 'tok.statistic' has another size than its tokens need")


def _are_ends(ends: AnyArray, count: int) -> bool:
    """Whether they rise and the last is `count`."""
    return bool((ends[1:] >= ends[:-1]).all()) and (int(ends[-1]) if len(ends) else 0) == count


def _texts(content: AnyArray, ends: AnyArray) -> List[str]:
    data = content.tobytes()
    stops = ends.tolist()
    try:
        return [data[start:end].decode() for start, end in zip([0, *stops], stops)]
    except UnicodeDecodeError as error:
        raise NerpipeError(f"a token of the stream is no UTF-8: {error}; was it written by another program?") from error
