import json
import subprocess
import sys

from conftest import Program, World, sample

import nerpipe


def run(*arguments: object, text: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "nerpipe", *map(str, arguments)], input=text, capture_output=True, check=False)


def test_columns_are_those_of_the_program(program: Program, world: World) -> None:
    text = sample("qad/unlabelled/00.txt.zst").encode()
    done = run("tag", world.rich, "--lang", "qad", text=text)
    assert done.returncode == 0
    assert done.stdout == program("tag", "-q", "--model", world.rich, "--lang", "qad", text=text)


def test_json_is_that_of_the_program(program: Program, world: World) -> None:
    text = b"\xef\xbb\xbf" + sample("qad/unlabelled/00.txt.zst").encode()[:40000].rpartition(b"\n")[0]
    found = run("tag", world.rich, "--lang", "qad", "--to", "jsonl", text=text).stdout.decode().split("\n")
    expected = program("tag", "-q", "--model", world.rich, "--lang", "qad", "--to", "jsonl", text=text).decode().split("\n")
    assert len(found) == len(expected) > 10
    for mine, theirs in zip(map(json.loads, found[:-1]), map(json.loads, expected[:-1])):
        for entity, other in zip(mine["entities"], theirs["entities"]):
            assert abs(entity.pop("score") - other.pop("score")) < 2e-3
        assert mine == {key: theirs[key] for key in mine}


def test_bad_text_is_named(world: World) -> None:
    done = run("tag", world.plain, "--lang", "qab", text=b"one\ntwo \xff\n")
    assert done.returncode == 65
    assert done.stderr.decode() == (
        "nerpipe-python: -:2: no UTF-8 at byte 4 of the line; mend it, or convert the file with iconv\n")


def test_missing_model() -> None:
    done = run("tag", "nowhere")
    assert done.returncode == 65 and b"nowhere: no such model" in done.stderr


def test_the_version_is_that_of_the_program(program: Program) -> None:
    assert program("--version").decode().split("\n")[0] == f"nerpipe {nerpipe.__version__}"


def test_info(world: World) -> None:
    assert b"B-PER" in run("info", world.rich).stdout


def test_text_that_cannot_be_cut_is_named_by_its_line(world: World) -> None:
    text = ("a b c.\n" * 30000 + "one\ntwo \u6771\u4eac\n").encode()
    done = run("tag", world.plain, "--lang", "qab", text=text)
    assert done.returncode == 65 and done.stderr.decode().startswith("nerpipe-python: <stdin>:30002: '\u6771' is of a script")
    done = run("tag", world.plain, "--lang", "qab", "--unspaced", "characters", text=text)
    assert done.returncode == 0 and b"2 tokens of a script without spaces (Han and kana) are single characters" in done.stderr
