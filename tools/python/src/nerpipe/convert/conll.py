"""CoNLL columns: token first, tag last, an empty line after each sentence, `-DOCSTART-` before each document."""
import io
from pathlib import Path
from typing import IO, Any, Iterable, Iterator, List, Optional

from ..errors import NerpipeError
from .labelled import Labelled, Notes

_START = "-DOCSTART-"


def read(path: Path, notes: Notes) -> Iterator[Labelled]:
    tokens: List[str] = []
    tags: List[str] = []
    document, documents, width = "", 0, 0
    with _opened(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise NerpipeError(f"{path}:{number}: no UTF-8: {error.reason} at byte {error.start} of the line") from error
            if not line.strip(" \t"):
                if tokens:
                    yield Labelled(tokens, tags if width > 1 else None, document)
                tokens, tags = [], []
                continue
            columns = line.split("\t") if "\t" in line else line.split(" ")
            if columns[0] == _START:
                documents += 1
                document = f"{path.name}#{documents}"
                continue
            width = width or len(columns)
            if len(columns) != width or not columns[0]:
                raise NerpipeError(
                    f"{path}:{number}: {len(columns)} columns, lines before it have {width}; mend the line (a token and its tag "
                    "are separated by a TAB or one space)")
            tokens.append(columns[0])
            tags.append(columns[-1])
    if tokens:
        yield Labelled(tokens, tags if width > 1 else None, document)


def write(path: Path, sentences: Iterable[Labelled], notes: Notes) -> None:
    last: Optional[str] = None
    with _opened(path, "wb") as file:
        for sentence in sentences:
            if sentence.document != last and sentence.document:
                file.write(f"{_START}{'' if sentence.tags is None else chr(9) + 'O'}\n\n".encode())
            last = sentence.document
            kept = [index for index, token in enumerate(sentence.tokens) if token.strip() and not set(token) & set("\t\n\r")]
            notes.add("tokens hold a TAB or a line end, or nothing visible, and were left out", len(sentence.tokens) - len(kept))
            for index in kept:
                tag = "" if sentence.tags is None else "\t" + sentence.tags[index]
                file.write(f"{sentence.tokens[index]}{tag}\n".encode())
            if kept:
                file.write(b"\n")


def _opened(path: Path, mode: str) -> IO[bytes]:
    if path.suffix != ".zst":
        return open(path, mode)
    from ..streams.reader import require_extra

    require_extra()
    import zstandard

    opened: Any = zstandard.open(path, mode)
    # Reading by lines is what a buffer adds.
    return io.BufferedReader(opened) if mode == "rb" else opened
