"""The program, and models that it makes from the sample world, for tests that hold the package against it."""
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
SAMPLE = REPOSITORY / "corpora" / "sample"


class Program:
    """The nerpipe that NERPIPE names."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, *arguments: object, text: "bytes | str | None" = None) -> bytes:
        given = text.encode() if isinstance(text, str) else text
        done = subprocess.run([self.path, *map(str, arguments)], input=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def tag(self, model: Path, text: str, *options: str) -> List[Dict[str, Any]]:
        """One record for each sentence of running text."""
        output = self("tag", "-q", "--model", model, "--format", "text", "--to", "jsonl", *options, "-", text=text)
        return [json.loads(line) for line in output.decode().split("\n") if line]


@pytest.fixture(scope="session")
def program() -> Program:
    path = os.environ.get("NERPIPE")
    if not path:
        pytest.skip("NERPIPE names no program to compare with: run tools/python/test.sh, or build and set it")
    return Program(path)


@pytest.fixture(scope="session")
def packer(program: Program) -> Program:
    """The program, when it can pack models."""
    if b"package" not in program("model", "--help"):
        pytest.skip("this program has no 'model package': packages were NOT tested")
    return program


@dataclass
class World:
    """Models of the sample world, each with another kind of table and other inputs."""

    folder: Path
    # 16-bit rows; the shape of words.
    plain: Path
    # Trained vectors: statistics, sub-words, moved by language; flags of positions, four features.
    rich: Path
    # 8-bit rows under the codes of languages whose titles and letters differ; flags alone.
    coded: Path
    # No feature, no convolution to speak of.
    bare: Path


def sample(name: str) -> str:
    """A file of the sample world, decompressed."""
    return subprocess.run(["zstd", "-dcq", SAMPLE / name], check=True, capture_output=True).stdout.decode()


@pytest.fixture(scope="session")
def world(program: Program, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    languages = ("qaa", "qab", "qad", "qae")
    vectors = {code: SAMPLE / "vectors" / f"{code}.vec.zst" for code in (*languages, "qac")}
    program("vectors", "import", "-q", *(f"{code}={vectors[code]}" for code in languages), "-o", folder / "plain.vectors")
    program(
        "vectors", "import", "-q", "--rows", "int8", "--normalize", "center,unit", f"en={vectors['qaa']}",
        f"tr={vectors['qab']}", f"und={vectors['qac']}", "-o", folder / "coded.vectors")
    pairs = []
    for code in languages[1:]:
        (folder / f"{code}.tsv").write_text("\n".join(sample(f"{code}/parallel.tsv.zst").split("\n")[:400]) + "\n")
        pairs += ["--parallel", f"qaa-{code}={folder / code}.tsv"]
    program(
        "vectors", "train", "-q", *pairs, "--dimension", 24, "--epochs", 1, "--buckets", 5000, "-o", folder / "rich.vectors")
    for name, table, language, options in (
        ("plain", "plain", "qaa", ()), ("rich", "rich", "qaa", ("--features", "shape,prefix3,suffix2,lower")),
        ("coded", "coded", "en", ("--numbers", "positions")), ("bare", "plain", "qaa", ("--convolutions", "0")),
    ):
        program(
            "train", "-q", SAMPLE / "qaa" / "train.conll.zst", "--lang", language, "--vectors", folder / f"{table}.vectors",
            "--epochs", 1, *options, "-o", folder / name)
    return World(folder, *(folder / name for name in ("plain", "rich", "coded", "bare")))
