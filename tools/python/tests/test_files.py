"""What is loaded, from where, and what is refused."""
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import World, sample

import nerpipe
from nerpipe import NerpipeError


@pytest.fixture
def folder(world: World, tmp_path: Path) -> Path:
    """A packaged model: the table lies beside the configuration."""
    target = tmp_path / "qab"
    target.mkdir()
    for name in ("config.json", "model.safetensors", "README.md"):
        shutil.copy(world.rich / name, target)
    shutil.copy(world.folder / "rich.vectors", target / "words.vectors")
    change(target, lambda config: config["vectors"].update(path="words.vectors"))
    return target


def change(folder: Path, edit: object) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    edit(config)  # type: ignore[operator]
    path.write_text(json.dumps(config))


def pack(folder: Path, target: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(target, "w", compression) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return target


def test_folder_and_package_are_one(world: World, folder: Path, tmp_path: Path) -> None:
    text = sample("qab/unlabelled/00.txt.zst")[:5000]
    documents = [
        nerpipe.load(path, language="qab").tag(text) for path in (world.rich, folder, pack(folder, tmp_path / "qab.nerpipe"))]
    assert documents[0].entities
    assert documents[0].tags == documents[1].tags == documents[2].tags


def test_a_table_can_be_named(world: World, folder: Path) -> None:
    (folder / "words.vectors").unlink()
    with pytest.raises(NerpipeError, match="words.vectors: no such vector table, and .* needs it; name it with vectors=FILE"):
        nerpipe.load(folder)
    nerpipe.load(folder, vectors=world.folder / "rich.vectors")
    with pytest.raises(NerpipeError, match="not the vector table of the model"):
        nerpipe.load(folder, vectors=world.folder / "plain.vectors")


def test_a_compressed_package_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NerpipeError, match="is compressed or encrypted"):
        nerpipe.load(pack(folder, tmp_path / "x.nerpipe", zipfile.ZIP_DEFLATED))


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NerpipeError, match="no such model"):
        nerpipe.load(tmp_path / "nothing")
    with pytest.raises(NerpipeError, match="not a complete model: it has no config.json"):
        nerpipe.load(tmp_path)
    (tmp_path / "x").write_bytes(b"text")
    with pytest.raises(NerpipeError, match="not a package of nerpipe"):
        nerpipe.load(tmp_path / "x")


def test_exchanged_weights_are_noticed(folder: Path) -> None:
    change(folder, lambda config: config.update(vectorScale=4))
    with pytest.raises(NerpipeError, match="are not what was written together"):
        nerpipe.load(folder)


@pytest.mark.parametrize(("edit", "message"), [
    (lambda config: config.update(version=2), "model format 2, this version reads 1"),
    (lambda config: config.update(labels=["O", "I-X", "B-X"]), "labels must be O, B-X, I-X"),
    (lambda config: config.update(hiddenWidth=10**9), "hiddenWidth is 1000000000, must be a whole number from 1 to 4096"),
    (lambda config: config.update(hiddenWidth=32), r"tensor input.weight has shape \[96, .*\], config.json says \[32, "),
    (lambda config: config["features"][0].update(name="colour"), "tensor features.colour.weight is missing"),
    (lambda config: config.pop("vectors"), "not a tagger configuration: KeyError"),
])
def test_configurations_that_do_not_fit(folder: Path, edit: object, message: str) -> None:
    change(folder, edit)
    with pytest.raises(NerpipeError, match=message):
        nerpipe.load(folder)


def test_a_key_that_comes_twice(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text(path.read_text().replace('"version"', '"hiddenWidth": 96, "version"', 1))
    with pytest.raises(NerpipeError, match="the key 'hiddenWidth' stands in it twice"):
        nerpipe.load(folder)


def test_flipped_bits_are_noticed(folder: Path) -> None:
    for name, message in (
        ("words.vectors", "not a usable vector table|no vector table"), ("model.safetensors", "safetensors|tensor|written together")):
        content = (folder / name).read_bytes()
        for place in (0, 20, 3000, len(content) // 2, len(content) - 20):
            (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 64]) + content[place + 1:])
            with pytest.raises(NerpipeError, match=message):
                nerpipe.load(folder)
        (folder / name).write_bytes(content[:-1])
        with pytest.raises(NerpipeError, match=message):
            nerpipe.load(folder)
        (folder / name).write_bytes(content)
    nerpipe.load(folder)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_damage_that_is_not_looked_for_stays_inside_the_file(folder: Path) -> None:
    """Without verification a damaged table gives other labels, never an access outside of it."""
    import random

    source = random.Random(5)
    content = bytearray((folder / "words.vectors").read_bytes())
    end = content.rindex(b'{"digest"') if b'{"digest"' in content else len(content) - 2000
    for _ in range(2000):
        content[source.randrange(64, end)] = source.randrange(256)
    (folder / "words.vectors").write_bytes(bytes(content))
    document = nerpipe.load(folder, verify=False, language="qab").tag(sample("qab/unlabelled/00.txt.zst")[:5000])
    assert len(document.tags) == len(document.words)


def test_languages(world: World) -> None:
    assert nerpipe.load(world.rich).language == "qaa"
    assert nerpipe.load(world.coded, language="eng-GB").language == "en"
    assert nerpipe.load(world.coded, language="TUR").language == "tr"
    with pytest.raises(NerpipeError, match="the table has no language 'sw', only qaa, qab, qad, qae"):
        nerpipe.load(world.rich, language="sw")


def test_documents(world: World) -> None:
    model = nerpipe.load(world.plain, language="qab")
    text = sample("qab/unlabelled/00.txt.zst")[:3000]
    document = model.tag(text)
    assert [token.text for token in document.tokens] == document.words
    assert sum(len(sentence.tokens) for sentence in document.sentences) == len(document)
    assert document.probabilities.shape == (len(document), len(model.labels))
    assert all(0 < entity.score <= 1 and entity.type in model.types for entity in document.entities)
    assert document.to_dict()["entities"][0]["text"] == document.entities[0].text
    assert json.loads(json.dumps(document.to_dict())) == document.to_dict()


def test_given_tokens_keep_their_sentences(world: World) -> None:
    model = nerpipe.load(world.plain, language="qab")
    document = model.tag_tokens([["Ada", "x"], [], ["y"], []])
    assert [len(sentence.tokens) for sentence in document.sentences] == [2, 0, 1, 0]
    assert document.text == "Ada x\n\ny\n"
    assert [document.text[token.start:token.end] for token in document.tokens] == ["Ada", "x", "y"]
    assert model.tag_tokens([]).words == [] and model.tag("").sentences == [] and model.tag_batch([]) == []
    with pytest.raises(NerpipeError, match="^text 3, character 1: '東' is of a script"):
        list(model.tag_stream(["a", "b", "c", "d東"]))
    with pytest.raises(NerpipeError, match="has a lone surrogate"):
        model.tag_tokens([["a", "\udcff"]])
    with pytest.raises(NerpipeError, match="a token is empty"):
        model.tag_tokens([["a", ""]])


def test_another_process_loads_the_model_again(world: World) -> None:
    model = nerpipe.load(world.plain, language="qab")
    text = sample("qab/unlabelled/00.txt.zst")[:3000]
    again = pickle.loads(pickle.dumps(model))
    assert again.language == "qab" and again.tag(text).tags == model.tag(text).tags
