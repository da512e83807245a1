"""Streams as a source of Hugging Face `datasets`, without a copy on disk. Needs the extra `datasets`: pip install
'nerpipe[datasets]'.

    from nerpipe.datasets import from_streams
    data = from_streams("shards/*.scored.zst")      # an IterableDataset: a row for each sentence
"""
from glob import glob
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from . import streams
from .errors import NerpipeError


def from_streams(paths: Union[str, Sequence[str]], probabilities: bool = False) -> Any:
    """An IterableDataset whose rows are the sentences of streams, with the columns `doc`, `tokens`, `offsets` and, of streams with
    labels, `tags` (ClassLabel); each file is a shard, so that workers share them out.

    paths: files, or a pattern. probabilities: whether scored streams give the distribution of each token, `[tokens, K]`.
    """
    try:
        from datasets import IterableDataset
    except ImportError as error:
        raise NerpipeError("this needs the package datasets: pip install 'nerpipe[datasets]'") from error
    found: List[str] = sorted(glob(paths)) if isinstance(paths, str) else list(paths)
    if not found:
        raise NerpipeError(f"{paths}: no such stream")
    labels = _common_labels(found)
    return IterableDataset.from_generator(
        _rows, features=_features(labels, probabilities),
        # What is a list here is shared out among workers.
        gen_kwargs={"paths": found, "labels": tuple(labels or ()), "probabilities": probabilities})


def _common_labels(paths: Sequence[str]) -> Optional[List[str]]:
    first: Optional[streams.Header] = None
    for path in paths:
        with streams.read(path) as reader:
            if first is None:
                first = reader.header
            elif (first.kind, first.labels) != (reader.header.kind, reader.header.labels):
                raise NerpipeError(
                    f"{path}: its kind or labels are not those of {paths[0]}; give streams of one kind ({first.kind}) and the "
                    "same labels")
    return first.labels if first is not None else None


def _features(labels: Optional[List[str]], probabilities: bool) -> Any:
    from datasets import ClassLabel, Features, Sequence as Items, Value

    columns: Dict[str, Any] = {
        "doc": Value("string"), "tokens": Items(Value("string")), "offsets": Items(Value("uint64"))}
    if labels is not None:
        columns["tags"] = Items(ClassLabel(names=labels))
        if probabilities:
            columns["probabilities"] = Items(Items(Value("float32")))
    return Features(columns)


def _rows(paths: List[str], labels: Tuple[str, ...], probabilities: bool) -> Iterator[Dict[str, Any]]:
    numbers = {label: number for number, label in enumerate(labels)}
    for path in paths:
        with streams.read(path) as reader:
            for batch in reader:
                for sentence in batch.sentences():
                    row: Dict[str, Any] = {"doc": sentence.document, "tokens": sentence.tokens, "offsets": sentence.offsets}
                    if sentence.tags is not None:
                        row["tags"] = [numbers[tag] for tag in sentence.tags]
                        if probabilities and sentence.probabilities is not None:
                            row["probabilities"] = sentence.probabilities.tolist()
                    yield row
