"""The same tokens, sentences, rows and labels as the program, and probabilities within 1e-3."""
import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest
from conftest import SAMPLE, Program, World, sample
from hostile import MULTILINGUAL, text as hostile_text

import nerpipe
from nerpipe.lexicon import COMPOSED

Records = List[Dict[str, Any]]


def assert_same(document: nerpipe.Document, records: Records) -> None:
    """Sentence by sentence: tokens, tags, entities with their places."""
    assert len(document.sentences) == len(records)
    for sentence, record in zip(document.sentences, records):
        assert [token.text for token in sentence.tokens] == record["tokens"]
        assert sentence.tags == record["tags"]
        places = [(entity["type"], entity["start"], entity["end"], entity["text"]) for entity in record["entities"]]
        assert [(entity.type, entity.start, entity.end, entity.text) for entity in sentence.entities] == places
    for entity in document.entities:
        assert document.text[entity.start:entity.end] == entity.text


@pytest.mark.parametrize("model", ["plain", "rich", "bare"])
@pytest.mark.parametrize("language", ["qaa", "qab", "qad", "qae"])
def test_sample_world(program: Program, world: World, model: str, language: str) -> None:
    folder = getattr(world, model)
    text = "\n".join(sample(f"{language}/unlabelled/00.txt.zst").split("\n")[:400]) if language != "qaa" else "\n".join(
        " ".join(line.split("\t")[0] for line in part.split("\n")) for part in sample("qaa/test.conll.zst").split("\n\n"))
    document = nerpipe.load(folder, language=language).tag(text)
    assert document.entities
    assert_same(document, program.tag(folder, text, "--lang", language))


@pytest.mark.parametrize("language", ["qaa", "qab", "qad", "qae"])
def test_given_tokens(program: Program, world: World, language: str) -> None:
    path = SAMPLE / language / "test.conll.zst"
    blocks = [block for block in sample(f"{language}/test.conll.zst").split("\n\n") if block.strip()]
    sentences = [[line.split("\t")[0] for line in block.split("\n") if line] for block in blocks]
    output = program("tag", "-q", "--model", world.rich, "--lang", language, "--to", "jsonl", path)
    records = [json.loads(line) for line in output.decode().split("\n") if line]
    assert_same(nerpipe.load(world.rich, language=language).tag_tokens(sentences), records)


@pytest.mark.parametrize("language", ["en", "tr", "und"])
def test_multilingual_text(program: Program, world: World, language: str) -> None:
    document = nerpipe.load(world.coded, language=language if language != "und" else None).tag(MULTILINGUAL)
    options = ("--lang", language) if language != "und" else ()
    assert_same(document, program.tag(world.coded, MULTILINGUAL, *options))


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_text(program: Program, world: World, seed: int) -> None:
    text = hostile_text(seed)
    for model, language in ((world.coded, "tr"), (world.rich, "qae")):
        assert_same(nerpipe.load(model, language=language).tag(text), program.tag(model, text, "--lang", language))


@pytest.mark.parametrize(("model", "language", "features"), [
    ("plain", "qab", "shape"), ("rich", "qad", "shape,prefix3,suffix2,lower"), ("rich", "qaa", "shape,prefix3,suffix2,lower"),
    ("coded", "tr", "shape")])
def test_rows_positions_and_probabilities(
    program: Program, world: World, model: str, language: str, features: str, tmp_path: Path
) -> None:
    text = MULTILINGUAL if model == "coded" else "\n".join(
        line.replace("\t", " ") for line in sample("qad/parallel.tsv.zst").split("\n")[:150])
    folder = getattr(world, model)
    table = world.folder / f"{model}.vectors"
    numbers = ("--numbers", "positions") if model == "coded" else ()
    tokens = program("tokenize", "-q", "--lang", language, "--format", "text", "-", text=text)
    embedded = program("embed", "-q", "--vectors", table, "--features", features, *numbers, text=tokens)
    scored = program("score", "-q", "--teacher", folder, text=embedded)
    records = [json.loads(line) for line in program("shard", "cat", text=scored).decode().split("\n") if line]
    loaded = nerpipe.load(folder, language=language)
    document = loaded.tag(text)
    assert document.words == [word for record in records for word in record["tokens"]]
    rows = loaded._lexicon.rows[loaded._lexicon.numbers(document.words)]
    assert np.maximum(rows, COMPOSED).tolist() == [row for record in records for row in record["rows"]]
    expected = np.array([row for record in records for row in record["probabilities"]])
    # They are stored as 16-bit floats and printed with four digits.
    assert np.abs(document.probabilities - expected).max() < 5e-4


def test_labels_do_not_depend_on_company(world: World) -> None:
    model = nerpipe.load(world.rich, language="qad")
    texts = sample("qad/unlabelled/00.txt.zst").split("\n")[:300]
    alone = [model.tag(text) for text in texts]
    for one, other in zip(alone, model.tag_batch(texts)):
        assert one.tags == other.tags and np.allclose(one.probabilities, other.probabilities, atol=1e-5)


def test_labels_stay_when_caches_are_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    text = sample("qad/unlabelled/00.txt.zst")[:60000]
    expected = nerpipe.load(world.rich, language="qad").tag(text)
    monkeypatch.setattr("nerpipe.lexicon._MAXIMUM_COUNT", 1500)
    monkeypatch.setattr("nerpipe.model._ENTRY_COUNT", 1200)
    small = nerpipe.load(world.rich, language="qad").tag(text)
    assert small.tags == expected.tags and np.allclose(small.probabilities, expected.probabilities, atol=1e-5)


def test_real_text(program: Program, world: World) -> None:
    """Text of 21 languages, of which the model knows nothing but the writing; what counts is that both see the same."""
    data = os.environ.get("NERPIPE_DATA")
    if not data:
        pytest.skip("NERPIPE_DATA names no folder: real text was NOT compared")
    paths = sorted((Path(data) / "text").glob("*/*.txt.zst"))
    assert paths
    model = nerpipe.load(world.coded, language="en", unspaced="characters")
    tokens = 0
    for path in paths:
        beginning = subprocess.run(f"zstd -dcq '{path}' 2>/dev/null | head -c 60000", shell=True, capture_output=True, check=False).stdout
        text = beginning.decode(errors="ignore").rpartition("\n")[0]
        document = model.tag(text)
        if document.unsegmented.keys() - {"other"}:
            lines = [line for line in text.split("\n") if not model.tag(line).unsegmented]
            text = "\n".join(lines)
            document = model.tag(text)
        assert_same(document, program.tag(world.coded, text, "--lang", "en"))
        tokens += len(document)
    print(f"{tokens} tokens of {len(paths)} files compared")


def test_abbreviations_of_all_languages(program: Program) -> None:
    """Every word that stands before a period, in the languages that know it and in others."""
    from nerpipe.abbreviations import _DATA
    from nerpipe.tokenizer import Tokenizer

    listed = [word for _, words in _DATA["titles"] for word in words] + _DATA["letterNames"] + _DATA["finalWords"]
    lines = [line for word in listed for line in (f"A {word}. Zed x", f"a {word}. {word}. 5", f"{word.lower()}.{word}. B")]
    lines += [f"x {a}.{b}. Y" for a in ("A", "\u0c0e", "12", "1234", "No", "xyzzy", "\u0e14\u0e23") for b in ("b", "3", "")]
    text = "\n".join(line for line in lines if not any("\u0e00" <= character <= "\u0eff" for character in line))
    for language in ["und", "en", "de-AT", "sw_KE", "zu", "fr", "tr", "hi", "am", "EN"]:
        output = program("tokenize", "-q", "--lang", language, "--format", "text", "-", text=text)
        records = [json.loads(line) for line in program("shard", "cat", text=output).decode().split("\n") if line]
        cut = Tokenizer(language)(text)
        found = [cut.words[start:end] for start, end in zip([0, *cut.sentence_ends], cut.sentence_ends)]
        assert found == [record["tokens"] for record in records], language
