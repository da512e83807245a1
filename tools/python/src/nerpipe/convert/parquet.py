"""Parquet with a row for each sentence: columns of lists `tokens` and `tags`, as `datasets` stores labelled text. Needs pyarrow:
pip install 'nerpipe[parquet]'."""
import json
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Optional

from ..errors import NerpipeError
from .labelled import Labelled, Notes

# Names under which tags are looked for, in this order.
_TAG_COLUMNS = ("tags", "ner_tags", "labels", "ner")
_TOKEN_COLUMNS = ("tokens", "words")
_ROWS = 1000


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise NerpipeError("Parquet files need pyarrow: pip install 'nerpipe[parquet]'") from error
    return pyarrow


def read(path: Path, notes: Notes, token_column: Optional[str] = None, tag_column: Optional[str] = None) -> Iterator[Labelled]:
    """token_column, tag_column: where their names are not the usual ones. Numbers in the place of tags are looked up among the
    names that `datasets` keeps in the file."""
    pyarrow = _pyarrow()
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise NerpipeError(f"{path}: not a Parquet file: {error}") from error
    names = file.schema_arrow.names
    tokens = _column(path, names, token_column, _TOKEN_COLUMNS, "--token-column")
    tags = _column(path, names, tag_column, _TAG_COLUMNS, "--tag-column", is_needed=tag_column is not None)
    document = "doc" if "doc" in names else None
    wanted = [name for name in (tokens, tags, document) if name]
    labels = _class_names(file.schema_arrow.metadata, tags)
    number = 0
    for batch in file.iter_batches(_ROWS, columns=wanted):
        for row in batch.to_pylist():
            number += 1
            sentence = _sentence(path, number, row.get(tokens), row.get(tags) if tags else None, labels)
            if sentence is None:
                notes.add("rows have no tokens and were left out")
            else:
                yield Labelled(sentence.tokens, sentence.tags, str(row[document]) if document else "")


def _sentence(path: Path, row: int, tokens: Any, tags: Any, labels: Optional[List[str]]) -> Optional[Labelled]:
    if not tokens:
        return None
    if not isinstance(tokens, list) or not all(isinstance(token, str) and token for token in tokens):
        raise NerpipeError(f"{path}: row {row}: its tokens are not a list of strings that are not empty")
    if tags is None:
        return Labelled(tokens)
    if not isinstance(tags, list) or len(tags) != len(tokens):
        raise NerpipeError(f"{path}: row {row}: {len(tokens)} tokens and {len(tags) if isinstance(tags, list) else 'no'} tags")
    if all(isinstance(tag, int) for tag in tags):
        if labels is None or not all(0 <= tag < len(labels) for tag in tags):
            raise NerpipeError(
                f"{path}: row {row}: tags are numbers whose names the file does not have; save it with 'datasets', which keeps "
                "them, or replace them by names")
        tags = [labels[tag] for tag in tags]
    if not all(isinstance(tag, str) for tag in tags):
        raise NerpipeError(f"{path}: row {row}: a tag is neither a name nor a number")
    return Labelled(tokens, tags)


def _column(
    path: Path, names: List[str], given: Optional[str], usual: Iterable[str], option: str, is_needed: bool = True
) -> Optional[str]:
    found = next((name for name in ([given] if given else usual) if name in names), None)
    if found is None and is_needed:
        raise NerpipeError(f"{path}: no column {given or ' or '.join(usual)}; there are {', '.join(names)}: name it with {option}")
    return found


def _class_names(metadata: Any, column: Optional[str]) -> Optional[List[str]]:
    """The names of a ClassLabel, from what `datasets` writes into the schema."""
    try:
        feature = json.loads(metadata[b"huggingface"])["info"]["features"][column]
        while isinstance(feature, dict) and "names" not in feature:
            feature = feature["feature"]
        return [str(name) for name in (feature[0] if isinstance(feature, list) else feature)["names"]]
    except (TypeError, KeyError, ValueError, IndexError):
        return None


def write(path: Path, sentences: Iterable[Labelled], notes: Notes) -> None:
    """Columns `doc`, `tokens`, `tags` and `offsets` (bytes); those that a source does not have are null."""
    pyarrow = _pyarrow()
    schema = pyarrow.schema([
        ("doc", pyarrow.string()), ("tokens", pyarrow.list_(pyarrow.string())), ("tags", pyarrow.list_(pyarrow.string())),
        ("offsets", pyarrow.list_(pyarrow.uint64()))])
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        rows: List[Any] = []
        for sentence in sentences:
            rows.append({
                "doc": sentence.document or None, "tokens": sentence.tokens, "tags": sentence.tags, "offsets": sentence.offsets})
            if len(rows) == _ROWS:
                writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema))
                rows = []
        if rows:
            writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema))
