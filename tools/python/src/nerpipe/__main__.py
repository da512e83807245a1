"""`python -m nerpipe tag MODEL < text`, and other work without a line of Python."""
import argparse
import io
import json
import sys
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Optional, Tuple

from .document import Document
from .errors import NerpipeError, TextError
from .model import Model, load
from .version import __version__

# Characters of text that are tagged together.
_BATCH_CHARACTERS = 1 << 17


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nerpipe", description="Taggers of nerpipe in Python.")
    parser.add_argument("--version", action="version", version=f"nerpipe-python {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    tag = commands.add_parser("tag", help="tag text, a line a paragraph")
    tag.add_argument("model", help="folder or package")
    tag.add_argument("inputs", nargs="*", default=["-"], help="text files, '-' for standard input")
    tag.add_argument("--to", choices=sorted(_WRITERS), default="conll", help="TOKEN<TAB>TAG, or a JSON object for each sentence")
    tag.add_argument("--lang", help="language of the text, when it is not that of the model")
    tag.add_argument("--vectors", help="vector table, when it is not where the model says")
    tag.add_argument("--unspaced", choices=["refuse", "characters"], default="refuse", help="what becomes of Thai, Chinese ...")
    info = commands.add_parser("info", help="say what a model or a stream is")
    info.add_argument("path")
    convert = commands.add_parser("convert", help="convert labelled text: CoNLL, DocBin, Parquet, streams")
    convert.add_argument("source")
    convert.add_argument("target")
    convert.add_argument("--from", dest="read_as", choices=["conll", "docbin", "parquet", "stream"])
    convert.add_argument("--to", dest="write_as", choices=["conll", "docbin", "parquet", "stream"])
    convert.add_argument("--lang", default="und", help="language, for the head of a stream")
    convert.add_argument("--token-column", help="of Parquet")
    convert.add_argument("--tag-column", help="of Parquet")
    convert.add_argument("--force", action="store_true", help="replace a file that is there")
    options = parser.parse_args(arguments)
    try:
        return {"tag": _tag, "info": _info, "convert": _convert}[options.command](options)
    except NerpipeError as error:
        print(f"nerpipe-python: {error}", file=sys.stderr)
        return 65
    except BrokenPipeError:
        # Who read is gone; nothing more to say, also when Python flushes at its end.
        sys.stdout = io.StringIO()
        return 0


def _tag(options: argparse.Namespace) -> int:
    model = load(options.model, vectors=options.vectors, language=options.lang, unspaced=options.unspaced)
    write = _WRITERS[options.to]
    output = sys.stdout.buffer
    notes: Dict[str, int] = {}
    tokens = 0
    for name in options.inputs:
        place = _Place("<stdin>" if name == "-" else name)
        for text in _pieces(name):
            try:
                document = model.tag(text)
            except TextError as error:
                line = place.lines + text.count("\n", 0, error.position) + 1
                raise NerpipeError(f"{place.name}:{line}: {error.what}") from None
            output.write(write(document, place).encode())
            place.advance(text)
            tokens += len(document)
            _count(notes, document)
    output.flush()
    for what, count in notes.items():
        print(f"nerpipe-python: {count} {what}", file=sys.stderr)
    if 2 * notes.get(_UNKNOWN, 0) > tokens:
        print(
            "nerpipe-python: warning: more than half of the text means nothing to the tagger; is it the language that --lang "
            "names, and has the table rows of it?", file=sys.stderr)
    return 0


_UNKNOWN = "tokens have no vector"


def _count(notes: Dict[str, int], document: Document) -> None:
    """Adds what a user should know."""
    found = {_UNKNOWN: document.unknown_count, "sentences were longer than 512 tokens and were cut": document.split_count}
    for script, count in document.unsegmented.items():
        found[f"tokens of a script without spaces ({script}) are single characters"] = count
    for what, count in found.items():
        if count:
            notes[what] = notes.get(what, 0) + count


class _Place:
    """How far a file has been read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.characters = self.bytes = self.lines = 0

    def advance(self, text: str) -> None:
        self.lines += text.count("\n")
        self.characters += len(text)
        self.bytes += len(text.encode())


def _pieces(name: str) -> Iterator[str]:
    """Whole lines, some at a time."""
    try:
        file: IO[bytes] = sys.stdin.buffer if name == "-" else open(name, "rb")
    except OSError as error:
        raise NerpipeError(f"{name}: cannot be read: {error.strerror}") from error
    with file:
        number = 1
        while lines := file.readlines(_BATCH_CHARACTERS):
            try:
                yield b"".join(lines).decode()
            except UnicodeDecodeError:
                for index, line in enumerate(lines, number):
                    try:
                        line.decode()
                    except UnicodeDecodeError as error:
                        raise NerpipeError(
                            f"{name}:{index}: no UTF-8 at byte {error.start} of the line; mend it, or convert the file with iconv"
                        ) from None
            number += len(lines)


def _conll(document: Document, place: _Place) -> str:
    lines: List[str] = []
    start = 0
    for end in document.sentence_ends:
        lines += [f"{word}\t{tag}\n" for word, tag in zip(document.words[start:end], document.tags[start:end])]
        lines.append("\n")
        start = end
    return "".join(lines)


def _jsonl(document: Document, place: _Place) -> str:
    """The keys of `nerpipe tag --to jsonl`, less those that name rows of the table."""
    lines: List[str] = []
    sizes = _byte_offsets(document, place.bytes)
    first = 0
    for sentence in document.sentences:
        tokens = range(first, first + len(sentence.tokens))
        entities: List[Dict[str, Any]] = [
            {
                "byte_end": sizes[entity.end_token - 1][1], "byte_start": sizes[entity.first_token][0],
                "end": entity.end + place.characters, "score": round(entity.score, 4), "start": entity.start + place.characters,
                "text": entity.text, "tokens": [entity.first_token - first, entity.end_token - first], "type": entity.type,
            } for entity in sentence.entities]
        record = {
            "doc": place.name, "entities": entities, "offsets": [sizes[token][0] for token in tokens], "tags": sentence.tags,
            "tokens": [token.text for token in sentence.tokens]}
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        first += len(sentence.tokens)
    return "".join(lines)


def _byte_offsets(document: Document, base: int) -> List[Tuple[int, int]]:
    """Where each token begins and ends in the bytes of the file."""
    places = []
    last = 0
    for start, end in zip(document.starts, document.ends):
        base += len(document.text[last:start].encode())
        size = len(document.text[start:end].encode())
        places.append((base, base + size))
        base += size
        last = end
    return places


_WRITERS = {"conll": _conll, "jsonl": _jsonl}


def _info(options: argparse.Namespace) -> int:
    path = Path(options.path)
    with_head = path.is_file() and path.open("rb").read(4)
    if not with_head or with_head == b"PK\x03\x04":
        _describe(load(path))
        return 0
    from . import streams

    sentences = tokens = 0
    with streams.read(path) as reader:
        for batch in reader:
            sentences += batch.counts.sentences
            tokens += batch.counts.tokens
        print(f"kind       {reader.header.kind}\nlanguage   {reader.header.language}\nproducer   {reader.header.producer}")
        print(f"labels     {' '.join(reader.header.labels or ['none'])}\ncontent    {sentences} sentences, {tokens} tokens")
    return 0


def _describe(model: Model) -> None:
    table, configuration = model.table, model.configuration
    print(f"labels     {' '.join(model.labels)}\nlanguage   {model.language}")
    print(f"network    {configuration.convolution_count} convolutions of width {configuration.hidden_width}")
    print(f"table      {table.place}: {table.row_count} rows of {table.dimension}, languages {' '.join(table.languages)}")


def _convert(options: argparse.Namespace) -> int:
    from .convert import convert

    lines = convert(
        Path(options.source), Path(options.target), options.read_as, options.write_as, language=options.lang,
        token_column=options.token_column, tag_column=options.tag_column, replaces=options.force)
    for line in lines:
        print(f"nerpipe-python: {line}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
