"""The list of forms, and how they are told apart."""
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from ..errors import NerpipeError
from . import conll, docbin, parquet, stream
from .labelled import Labelled, Notes


@dataclass(frozen=True)
class Form:
    # Ends of the names of such files.
    endings: Tuple[str, ...]
    read: Callable[..., Iterator[Labelled]]
    write: Callable[..., None]


FORMS: Dict[str, Form] = {
    "conll": Form((".conll", ".bio", ".iob", ".iob2", ".tsv", ".conll.zst", ".tsv.zst"), conll.read, conll.write),
    "docbin": Form((".spacy",), docbin.read, docbin.write),
    "parquet": Form((".parquet",), parquet.read, parquet.write),
    "stream": Form((".zst", ".npb"), stream.read, stream.write),
}


def form_of(path: Path, given: Optional[str]) -> str:
    if given is not None:
        return given
    # The longest ending decides: `.conll.zst` is no stream.
    found = [(len(ending), name) for name, form in FORMS.items() for ending in form.endings if path.name.endswith(ending)]
    if not found:
        raise NerpipeError(f"{path}: its name does not say which form it has; say it with --from or --to: {', '.join(FORMS)}")
    return max(found)[1]


def convert(
    source: Path, target: Path, read_as: Optional[str] = None, write_as: Optional[str] = None, *, language: str = "und",
    token_column: Optional[str] = None, tag_column: Optional[str] = None, replaces: bool = False,
) -> List[str]:
    """Converts a file; returns lines that say what was left out or guessed."""
    reading, writing = form_of(source, read_as), form_of(target, write_as)
    if not source.is_file():
        raise NerpipeError(f"{source}: no such file")
    if target.exists() and not replaces:
        raise NerpipeError(f"{target}: is there already; remove it, or add --force")
    notes = Notes()
    read, write = FORMS[reading].read, FORMS[writing].write
    if reading == "parquet":
        read = partial(read, token_column=token_column, tag_column=tag_column)
    if writing == "stream":
        write = partial(write, language=language)
    counted = [0, 0]

    def sentences() -> Iterable[Labelled]:
        for sentence in read(source, notes):
            counted[0] += 1
            counted[1] += len(sentence.tokens)
            # A stream has a name for every document.
            yield sentence if sentence.document or writing != "stream" else replace(sentence, document=source.name)

    # The file gets its name when it is complete; the name decides whether it is compressed.
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        write(temporary, sentences(), notes)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return [f"{counted[0]} sentences, {counted[1]} tokens", *notes.lines()]
