"""Packages that `nerpipe model package` makes."""
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Program, World, sample
from hostile import MULTILINGUAL, text as hostile_text
from test_labels import assert_same

import nerpipe
from nerpipe import NerpipeError


@pytest.mark.parametrize("subwords", ["keep", "none", "2000"])
@pytest.mark.parametrize("rows", ["f16", "int8"])
def test_packages_tag_alike(packer: Program, world: World, tmp_path: Path, subwords: str, rows: str) -> None:
    package = tmp_path / "qad.nerpipe"
    packer(
        "model", "package", "-q", world.rich, "--lang", "qad", "--subwords", subwords, "--row-format", rows, "-o", package)
    model = nerpipe.load(package)
    assert model.language == "qad"
    text = sample("qad/unlabelled/00.txt.zst")[:40000] + "\n" + MULTILINGUAL + hostile_text(7, 200)
    assert_same(model.tag(text), packer.tag(package, text))


def test_a_folder_is_the_same(packer: Program, world: World, tmp_path: Path) -> None:
    text = sample("qad/unlabelled/00.txt.zst")[:20000]
    documents = []
    for name in ("folder", "file.nerpipe"):
        packer("model", "package", "-q", world.rich, "--lang", "qad", "-o", tmp_path / name)
        documents.append(nerpipe.load(tmp_path / name).tag(text))
    assert documents[0].entities and np.array_equal(documents[0].probabilities, documents[1].probabilities)


def test_a_package_of_another_tokenizer_is_said(packer: Program, world: World, tmp_path: Path) -> None:
    packer("model", "package", "-q", world.rich, "--lang", "qad", "-o", tmp_path / "qad")
    path = tmp_path / "qad" / "package.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "tokenizer": "uax29/17.0 icu/99.1 sentences/3"}))
    with pytest.warns(UserWarning, match="text was cut by uax29/17.0 sentences/3, here it is by uax29/15.0 sentences/2"):
        nerpipe.load(tmp_path / "qad")
    path.write_text(json.dumps({**manifest, "format": 2}))
    with pytest.raises(NerpipeError, match="package of format 2, this version reads 1"):
        nerpipe.load(tmp_path / "qad")
