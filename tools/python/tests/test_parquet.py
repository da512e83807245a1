"""Parquet files and datasets."""
from pathlib import Path

import pytest
from conftest import SAMPLE, Program, World, sample

from nerpipe import NerpipeError

pyarrow = pytest.importorskip("pyarrow", reason="the extra 'parquet' is not installed: Parquet was NOT tested")
datasets = pytest.importorskip("datasets", reason="the extra 'datasets' is not installed: it was NOT tested")
import pyarrow.parquet  # noqa: E402

from nerpipe.convert import convert  # noqa: E402
from nerpipe.datasets import from_streams  # noqa: E402

ROWS = {"tokens": [["Ada", "lives", "in", "Accra"], ["Yes"]], "tags": [["B-PER", "O", "O", "B-LOC"], ["O"]]}


def test_columns_to_parquet_and_back(tmp_path: Path) -> None:
    convert(SAMPLE / "qab" / "test.conll.zst", tmp_path / "x.parquet")
    convert(tmp_path / "x.parquet", tmp_path / "x.conll")
    kept = (tmp_path / "x.conll").read_text().replace("-DOCSTART-\tO\n\n", "").strip()
    assert kept == sample("qab/test.conll.zst").replace("-DOCSTART-\tO\n\n", "").strip()


def test_numbers_of_datasets_get_their_names(tmp_path: Path) -> None:
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    label = datasets.ClassLabel(names=names)
    features = datasets.Features({"id": datasets.Value("string"), "tokens": datasets.Sequence(datasets.Value("string")),
                                  "ner_tags": datasets.Sequence(label)})
    numbers = [[names.index(tag) for tag in tags] for tags in ROWS["tags"]]
    rows = datasets.Dataset.from_dict({"id": ["1", "2"], "tokens": ROWS["tokens"], "ner_tags": numbers}, features=features)
    rows.to_parquet(str(tmp_path / "x.parquet"))
    convert(tmp_path / "x.parquet", tmp_path / "x.conll")
    assert (tmp_path / "x.conll").read_text() == "Ada\tB-PER\nlives\tO\nin\tO\nAccra\tB-LOC\n\nYes\tO\n\n"


def test_numbers_without_names_are_refused(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"tokens": [["a"]], "tags": [[1]]}), tmp_path / "x.parquet")
    with pytest.raises(NerpipeError, match="row 1: tags are numbers whose names the file does not have"):
        convert(tmp_path / "x.parquet", tmp_path / "x.conll")
    assert not (tmp_path / "x.conll").exists()


def test_other_names_of_columns(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"w": ROWS["tokens"], "t": ROWS["tags"]}), tmp_path / "x.parquet")
    with pytest.raises(NerpipeError, match="no column tokens or words; there are w, t: name it with --token-column"):
        convert(tmp_path / "x.parquet", tmp_path / "x.conll")
    convert(tmp_path / "x.parquet", tmp_path / "x.conll", token_column="w", tag_column="t")
    assert (tmp_path / "x.conll").read_text().startswith("Ada\tB-PER\n")


def test_streams_as_a_dataset(program: Program, world: World) -> None:
    paths = []
    for number in ("00", "01"):
        path = world.folder / f"{number}.scored.zst"
        text = sample(f"qab/unlabelled/{number}.txt.zst")
        tokens = program("tokenize", "-q", "--lang", "qab", "--format", "text", "-", text=text)
        embedded = program("embed", "-q", "--vectors", world.folder / "plain.vectors", "--features", "shape", text=tokens)
        program("score", "-q", "--teacher", world.plain, "-o", path, text=embedded)
        paths.append(str(path))
    data = from_streams(paths, probabilities=True)
    assert data.num_shards == 2 and data.features["tags"].feature.names[0] == "O"
    from nerpipe import streams

    expected = []
    for path in paths:
        with streams.read(path) as reader:
            expected += [(s.document, s.tokens, s.tags) for batch in reader for s in batch.sentences()]
    names = data.features["tags"].feature.names
    rows = list(data)
    assert [(row["doc"], row["tokens"], [names[tag] for tag in row["tags"]]) for row in rows] == expected
    assert len(rows[0]["probabilities"]) == len(rows[0]["tokens"])
    assert from_streams(str(world.folder / "0?.scored.zst")).num_shards == 2
    with pytest.raises(NerpipeError, match="no such stream"):
        from_streams(str(world.folder / "no*.zst"))
