"""Writes streams: header, data blocks, END and the seek table of zstd's seekable format (Sources/Shards/ShardWriter.swift)."""
import os
import struct
import tempfile
from types import TracebackType
from typing import Iterable, List, Optional, Tuple, Type, Union

from ..canonical_json import encode
from ..errors import NerpipeError
from ..xxh3 import running_digest, xxh3_64
from .batch import Batch, StreamSentence
from .block import DATA, END, HEADER, Counts, Head
from .header import Header
from .reader import require_extra

PathLike = Union[str, "os.PathLike[str]"]
# Tokens of one block, and bytes of their text.
_BLOCK_TOKENS = 8192
_BLOCK_BYTES = 1 << 18


class Writer:
    """Writes one stream into a file that appears when it is complete: leave the `with` without an error, or call close().

    header: what the stream says of itself. level: of zstd. replaces: whether a file of that name is replaced.
    """

    def __init__(self, path: PathLike, header: Header, level: int = 3, replaces: bool = False) -> None:
        require_extra()
        import zstandard

        self.path, self.header = str(path), header
        if not replaces and os.path.exists(self.path):
            raise NerpipeError(f"{self.path}: is there already; remove it, or say that it is to be replaced")
        self._compressor = zstandard.ZstdCompressor(level=level, write_checksum=True, write_content_size=True)
        folder = os.path.dirname(os.path.abspath(self.path))
        try:
            handle, self._temporary = tempfile.mkstemp(dir=folder, prefix=f".{os.path.basename(self.path)}.", suffix=".tmp")
        except OSError as error:
            raise NerpipeError(f"{self.path}: cannot be created: {error.strerror}") from error
        self._file = os.fdopen(handle, "wb")
        self._digest = running_digest()
        self._index, self._counts = 0, Counts()
        self._frames: List[Tuple[int, int]] = []
        self._waiting: List[StreamSentence] = []
        self._waiting_tokens = self._waiting_bytes = 0
        self._last_document: Optional[str] = None
        self._append(HEADER, header.encoded(), Counts())

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._discard()

    def write(self, batch: Batch) -> None:
        """Writes a batch that was read from a stream with the same header, but for what it says of its writer."""
        difference = self.header.difference(batch.header)
        if difference:
            raise NerpipeError(f"{self.path}: the batch does not fit the header of the stream: {difference}")
        self._flush()
        self._append(DATA, batch.payload(), batch.counts)

    def add(self, document: str, tokens: List[str], offsets: List[int]) -> None:
        """Adds a sentence to a stream of kind `tokens`; sentences of one document follow one another.

        offsets: UTF-8 bytes of the document before each token.
        """
        if self.header.kind != "tokens":
            raise NerpipeError(f"{self.path}: only streams of kind 'tokens' take sentences; this one is '{self.header.kind}'")
        if not tokens or not all(tokens) or len(tokens) != len(offsets):
            raise NerpipeError("a sentence needs tokens that are not empty, and an offset for each")
        self._waiting.append(StreamSentence(document, tokens, offsets, None, None))
        self._waiting_tokens += len(tokens)
        self._waiting_bytes += sum(map(len, tokens))
        if self._waiting_tokens >= _BLOCK_TOKENS or self._waiting_bytes >= _BLOCK_BYTES:
            self._flush()

    def close(self) -> None:
        """Writes the END; the file gets its name."""
        if self._file.closed:
            return
        try:
            self._flush()
            counts = {
                "documents": self._counts.documents, "sentences": self._counts.sentences, "tokens": self._counts.tokens}
            end = {"blocks": self._index - 1, "counts": counts, "digest": self._digest.hexdigest()}
            self._append(END, encode(end).encode(), Counts())
            entries = b"".join(struct.pack("<II", *frame) for frame in self._frames)
            self._file.write(struct.pack("<II", 0x184D2A5E, len(entries) + 9) + entries)
            self._file.write(struct.pack("<IBI", len(self._frames), 0, 0x8F92EAB1))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(self._temporary, 0o666 & ~umask)
            os.replace(self._temporary, self.path)
        except BaseException:
            self._discard()
            raise

    def _flush(self) -> None:
        if not self._waiting:
            return
        continues = self._waiting[0].document == self._last_document
        batch = Batch.of_tokens(self.header, self._waiting, continues)
        self._last_document = self._waiting[-1].document
        self._waiting, self._waiting_tokens, self._waiting_bytes = [], 0, 0
        self._append(DATA, batch.payload(), batch.counts)

    def _append(self, kind: int, payload: bytes, counts: Counts) -> None:
        payload_hash = xxh3_64(payload)
        if kind != END:
            self._digest.update(payload_hash.to_bytes(8, "little"))
        plain = Head(kind, len(payload), payload_hash, self._index, counts).pack() + payload
        frame = self._compressor.compress(plain)
        self._file.write(frame)
        self._frames.append((len(frame), len(plain)))
        self._index += 1
        self._counts += counts

    def _discard(self) -> None:
        self._file.close()
        if os.path.exists(self._temporary):
            os.unlink(self._temporary)


def write(path: PathLike, header: Header, batches: Iterable[Batch], replaces: bool = False) -> None:
    """Writes batches as a stream."""
    with Writer(path, header, replaces=replaces) as writer:
        for batch in batches:
            writer.write(batch)
