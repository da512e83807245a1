"""Streams of nerpipe: read with their labels, written as kind `tokens`, which has none."""
from pathlib import Path
from typing import Iterable, Iterator

from .labelled import Labelled, Notes


def read(path: Path, notes: Notes) -> Iterator[Labelled]:
    from .. import streams

    with streams.read(path) as reader:
        for batch in reader:
            for sentence in batch.sentences():
                yield Labelled(sentence.tokens, sentence.tags, sentence.document, sentence.offsets)


def write(path: Path, sentences: Iterable[Labelled], notes: Notes, language: str = "und") -> None:
    from .. import streams

    document, end = "", 0
    with streams.Writer(path, streams.Header("tokens", language), replaces=True) as writer:
        for sentence in sentences:
            if sentence.tags is not None:
                notes.add("sentences lost their tags: a stream of tokens has none; write CoNLL columns to train on them")
            if sentence.document != document:
                document, end = sentence.document, 0
            offsets = sentence.places(end)
            end = max(end, offsets[-1] + len(sentence.tokens[-1].encode()) + 1)
            writer.add(document, sentence.tokens, offsets)
