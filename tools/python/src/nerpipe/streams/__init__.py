"""Streams of nerpipe: blocks of sentences, one zstd frame each, with checksums (Sources/Shards, Sources/Corpora).

    from nerpipe import streams
    with streams.read("sw.scored.zst") as reader:
        print(reader.header.kind, reader.header.labels)
        for batch in reader:
            for sentence in batch.sentences():
                print(sentence.document, sentence.tokens, sentence.tags)

Needs the extra `streams`: pip install 'nerpipe[streams]'.
"""
from .batch import Batch, StreamSentence
from .header import Header
from .reader import Reader, read
from .writer import Writer, write

__all__ = ["Batch", "Header", "Reader", "StreamSentence", "Writer", "read", "write"]
