"""Reads the blocks of a stream, or of several that follow one another, and proves that nothing is missing."""
import os
from types import TracebackType
from typing import IO, Any, Iterator, Optional, Tuple, Type, Union

from ..canonical_json import read_object
from ..errors import NerpipeError
from ..xxh3 import running_digest, uses_library, xxh3_64
from .batch import Batch
from .block import DATA, END, HEAD_BYTES, HEADER, MAGIC, Counts, Head
from .header import Header

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_MAXIMUM_WINDOW = 1 << 27


def require_extra() -> None:
    """Refuses work that the extra `streams` is needed for."""
    try:
        import zstandard  # noqa: F401
    except ImportError as error:
        raise NerpipeError("streams need the packages zstandard and xxhash: pip install 'nerpipe[streams]'") from error
    if uses_library() is None:
        raise NerpipeError("streams need the package xxhash: pip install 'nerpipe[streams]'")


class Reader:
    """The batches of a stream, in order. Streams may follow one another in one file (`cat a b`); their headers must agree.

    A block that is damaged, lost, repeated or out of order, and a stream without its END, are errors.
    """

    def __init__(self, source: Union[str, "os.PathLike[str]", IO[bytes]]) -> None:
        require_extra()
        import zstandard

        if isinstance(source, (str, os.PathLike)):
            self.name = str(source)
            try:
                self._file: IO[bytes] = open(source, "rb")
            except OSError as error:
                raise NerpipeError(f"{source}: cannot be read: {error.strerror}") from error
            self._owns = True
        else:
            self.name, self._file, self._owns = getattr(source, "name", "<stream>"), source, False
        self._errors = (zstandard.ZstdError,)
        self._offset = 0
        self._ahead = self._file.read(4)
        self._input: Any = self._file
        if self._ahead == _ZSTD_MAGIC or (len(self._ahead) == 4 and self._ahead[0] & 0xF0 == 0x50 and self._ahead[1:] == b"\x2a\x4d\x18"):
            content: Any = _Rejoined(self._ahead, self._file)
            self._ahead = b""
            self._input = zstandard.ZstdDecompressor(max_window_size=_MAXIMUM_WINDOW).stream_reader(
                content, read_across_frames=True)
        elif self._ahead and self._ahead != MAGIC:
            self.close()
            raise NerpipeError(f"{self.name}: no stream of nerpipe; make one with 'nerpipe tokenize'")
        first = self._next()
        if first is None:
            raise NerpipeError(f"{self.name}: the stream is empty; did the program before fail?")
        self.header = self._header(*first)

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._owns:
            self._file.close()

    def __iter__(self) -> Iterator[Batch]:
        digest, index, counts, is_open = running_digest(), 1, Counts(), True
        digest.update(self._hash_of_header)
        while True:
            block = self._next()
            if block is None:
                if is_open:
                    raise NerpipeError(
                        f"{self.name}: the stream ends after {index - 1} blocks without its END; it was cut, or its writer died")
                return
            head, payload = block
            if not is_open:
                following = self._header(head, payload)
                difference = self.header.difference(following)
                if difference:
                    raise NerpipeError(f"{self._place}: the next stream does not fit the one before: {difference}")
                digest, index, counts, is_open = running_digest(), 1, Counts(), True
                digest.update(self._hash_of_header)
                continue
            if head.index != index or head.kind == HEADER:
                raise NerpipeError(f"{self._place}: block {head.index} comes where block {index} is due; blocks were lost or swapped")
            if head.kind == END:
                self._check_end(payload, index - 1, counts, digest.hexdigest())
                is_open = False
                continue
            digest.update(head.payload_hash.to_bytes(8, "little"))
            counts += head.counts
            index += 1
            yield Batch.decoded(payload, self.header, head.counts, f"{self._place}: block {head.index}")

    @property
    def _place(self) -> str:
        return f"{self.name}: byte {self._offset}"

    def _header(self, head: Head, payload: bytes) -> Header:
        if head.kind != HEADER or head.index != 0:
            raise NerpipeError(f"{self.name}: block {head.index} comes first, not a header; the beginning of the stream is missing")
        self._hash_of_header = head.payload_hash.to_bytes(8, "little")
        return Header.decoded(payload, self.name)

    def _check_end(self, payload: bytes, blocks: int, counts: Counts, digest: str) -> None:
        end = read_object(payload, self._place)
        expected = {
            "blocks": blocks, "digest": digest,
            "counts": {"documents": counts.documents, "sentences": counts.sentences, "tokens": counts.tokens}}
        if end != expected:
            raise NerpipeError(f"{self._place}: the END of the stream does not fit what came before it; make the stream again")

    def _next(self) -> Optional[Tuple[Head, bytes]]:
        place = self._place
        raw = self._read(HEAD_BYTES)
        if not raw:
            return None
        head = Head.unpack(raw, place)
        payload = self._read(head.payload_bytes)
        if len(payload) < head.payload_bytes:
            raise NerpipeError(f"{place}: the stream ends inside of block {head.index}; it was cut")
        if xxh3_64(payload) != head.payload_hash:
            raise NerpipeError(f"{place}: block {head.index} does not have the checksum it was written with")
        return head, payload

    def _read(self, count: int) -> bytes:
        """As many bytes, fewer only at the end; memory is taken as they come."""
        parts = [self._ahead[:count]]
        self._ahead = self._ahead[count:]
        missing = count - len(parts[0])
        while missing:
            try:
                part: bytes = self._input.read(min(missing, 1 << 20))
            except self._errors as error:
                raise NerpipeError(f"{self._place}: the compressed data are damaged: {error}") from error
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        data = b"".join(parts)
        self._offset += len(data)
        return data


class _Rejoined:
    """A file of which the first bytes were read already."""

    def __init__(self, first: bytes, file: IO[bytes]) -> None:
        self._first, self._file = first, file

    def read(self, count: int = -1) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        return self._file.read(count)


def read(source: Union[str, "os.PathLike[str]", IO[bytes]]) -> Reader:
    """Opens a stream: a file, compressed or plain, or a binary file object."""
    return Reader(source)
