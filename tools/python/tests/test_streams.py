"""Streams of the program are read, and it takes those that are written here."""
import json
from pathlib import Path
from typing import List

import numpy as np
import pytest
from conftest import SAMPLE, Program, World, sample

from nerpipe import NerpipeError, load

pytest.importorskip("zstandard", reason="the extra 'streams' is not installed: streams were NOT tested")
pytest.importorskip("xxhash", reason="the extra 'streams' is not installed: streams were NOT tested")
from nerpipe import streams  # noqa: E402
from nerpipe.convert import convert  # noqa: E402


@pytest.fixture(scope="module")
def scored(program: Program, world: World) -> Path:
    path = world.folder / "qad.scored.zst"
    text = sample("qad/unlabelled/00.txt.zst") + sample("qad/unlabelled/01.txt.zst")
    tokens = program("tokenize", "-q", "--lang", "qad", "--format", "text", "-", text=text)
    features = ("--features", "shape,prefix3,suffix2,lower", "--dense")
    embedded = program("embed", "-q", "--vectors", world.folder / "rich.vectors", *features, text=tokens)
    program("score", "-q", "--teacher", world.rich, "-o", path, text=embedded)
    return path


def test_reading(program: Program, scored: Path) -> None:
    records = [json.loads(line) for line in program("shard", "cat", scored).decode().split("\n") if line]
    with streams.read(scored) as reader:
        assert (reader.header.kind, reader.header.language) == ("scored", "qad")
        sentences = [sentence for batch in reader for sentence in batch.sentences()]
    assert [sentence.tokens for sentence in sentences] == [record["tokens"] for record in records]
    assert [sentence.tags for sentence in sentences] == [record["tags"] for record in records]
    assert [sentence.offsets for sentence in sentences] == [record["offsets"] for record in records]
    for sentence, record in zip(sentences, records):
        assert sentence.probabilities is not None
        assert np.abs(sentence.probabilities - np.array(record["probabilities"])).max() < 1e-4


def test_a_model_gives_the_probabilities_of_a_stream(scored: Path, world: World) -> None:
    """From the dense vectors and numbers of the stream alone, without the table."""
    network = load(world.rich)._network
    tokens = 0
    with streams.read(scored) as reader:
        for batch in reader:
            assert batch.vectors is not None and batch.features is not None and batch.probabilities is not None
            buckets = batch.features.astype(np.int64) % 1024
            entries = network.entries(batch.vectors, batch.numbers, buckets)
            entries = np.concatenate([np.zeros_like(entries[:1]), entries])
            start = 0
            for end in batch.sentence_ends.tolist():
                slots = np.concatenate([[0], np.arange(start, end) + 1, [0]])
                _, probabilities = network.forward(entries, slots, np.array([0, len(slots) - 1]))
                assert np.abs(probabilities[1:-1] - batch.probabilities[start:end]).max() < 5e-4
                tokens += end - start
                start = end
    assert tokens > 1000


def test_rewriting(program: Program, scored: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.zst"
    with streams.read(scored) as reader:
        streams.write(copy, reader.header, reader)
    program("shard", "verify", copy)
    assert program("shard", "cat", copy) == program("shard", "cat", scored)
    with pytest.raises(NerpipeError, match="is there already"):
        streams.Writer(copy, streams.Header("tokens"))


def test_writing_tokens(program: Program, world: World, tmp_path: Path) -> None:
    path = tmp_path / "tokens.zst"
    lines = [line.split() for line in sample("qad/unlabelled/00.txt.zst").split("\n") if line.split()]
    with streams.Writer(path, streams.Header("tokens", "qad")) as writer:
        for number, tokens in enumerate(lines * 12):
            offsets = np.cumsum([0] + [len(token.encode()) + 1 for token in tokens[:-1]]).tolist()
            writer.add(f"document {number // 700}", tokens, offsets)
    program("shard", "verify", path)
    records = [json.loads(line) for line in program("shard", "cat", path).decode().split("\n") if line]
    assert [record["tokens"] for record in records] == lines * 12
    assert len({record["doc"] for record in records}) == -(-12 * len(lines) // 700)
    info = program("shard", "info", path).decode()
    assert f"{len(lines) * 12}" in info.replace(",", "")
    embedded = program("embed", "-q", "--vectors", world.folder / "plain.vectors", "--features", "shape", path)
    assert program("score", "-q", "--teacher", world.plain, text=embedded)


def test_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        with streams.Writer(tmp_path / "x.zst", streams.Header("tokens")) as writer:
            writer.add("a", ["b"], [0])
            raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_plain_and_following_streams(program: Program, scored: Path, tmp_path: Path) -> None:
    def tokens(path: Path) -> List[str]:
        with streams.read(path) as reader:
            return [token for batch in reader for token in batch.tokens]

    once = tokens(scored)
    twice = tmp_path / "twice.zst"
    twice.write_bytes(scored.read_bytes() * 2)
    assert tokens(twice) == once * 2
    import zstandard

    plain = tmp_path / "plain"
    plain.write_bytes(zstandard.ZstdDecompressor().stream_reader(scored.read_bytes(), read_across_frames=True).read())
    assert tokens(plain) == once


def test_damage_is_noticed(scored: Path, tmp_path: Path) -> None:
    import zstandard

    content = zstandard.ZstdDecompressor().stream_reader(scored.read_bytes(), read_across_frames=True).read()
    path = tmp_path / "damaged"
    for place in [*range(0, 60, 3), 200, 1000, len(content) // 2, len(content) - 150, len(content) - 3]:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        with pytest.raises(NerpipeError):
            with streams.read(path) as reader:
                list(reader)
    for size in (0, 30, 56, 300, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(NerpipeError):
            with streams.read(path) as reader:
                list(reader)
    path.write_bytes(scored.read_bytes()[:-3000])
    with pytest.raises(NerpipeError):
        with streams.read(path) as reader:
            list(reader)


def test_columns_to_stream_and_back(program: Program, scored: Path, tmp_path: Path) -> None:
    source = SAMPLE / "qad" / "test.conll.zst"
    lines = convert(source, tmp_path / "x.zst", language="qad")
    assert any("lost their tags" in line for line in lines)
    program("shard", "verify", tmp_path / "x.zst")
    convert(tmp_path / "x.zst", tmp_path / "x.conll")
    words = [line.split("\t")[0] for line in sample("qad/test.conll.zst").split("\n")]
    found = [line for line in (tmp_path / "x.conll").read_text().split("\n") if line != "-DOCSTART-"]
    assert [line for line in found if line] == [word for word in words if word]
    convert(scored, tmp_path / "scored.conll")
    expected = program("shard", "cat", "--to", "conll", scored).decode()
    kept = (tmp_path / "scored.conll").read_text().replace("-DOCSTART-\tO\n\n", "")
    assert kept == expected.replace("-DOCSTART-\tO\n\n", "")
