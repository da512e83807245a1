#!/usr/bin/env python3
"""Writes the package's data files from the Swift sources, so that both sides have one truth.

usage: generate_data.py [--check]

`unicode.npz` comes from Sources/CUnicodeTables/unicode_tables.c (itself from the Unicode Character Database, see tools/unicode),
`languages.json` from Sources/LanguageCodes/LanguageRegistry.swift, `abbreviations.json` from
Sources/Tokenization/AbbreviationData.swift. With --check nothing is written; status 1 when a file is not what it would be.
"""
import ast
import io
import json
import re
import sys
from pathlib import Path
from typing import Dict, List

import numpy as np

SOURCES = Path(__file__).resolve().parents[2] / "Sources"
DATA = Path(__file__).resolve().parent / "src" / "nerpipe" / "data"
# Arrays of unicode_tables.c; their look-ups stand in CUnicodeTables.h.
TABLES = {
    "properties_index": np.uint16, "properties_blocks": np.uint16, "normalization_index": np.uint8,
    "normalization_blocks": np.uint16, "lower_index": np.uint8, "lower_blocks": np.int32, "decomposition_index": np.uint8,
    "decomposition_blocks": np.uint16, "decomposition_pool": np.uint32, "compositions": np.uint64, "unicode_version": np.uint8,
}


def c_arrays(text: str) -> Dict[str, np.ndarray]:
    """The arrays of numbers in generated C, by their names without the prefix."""
    arrays = {}
    for name, body in re.findall(r"const \w+ nu_(\w+)\[\d+\] = \{([^}]*)\}", text):
        if name in TABLES:
            arrays[name] = np.array([int(item, 0) for item in body.replace("\n", "").split(",") if item.strip()], TABLES[name])
    missing = sorted(set(TABLES) - set(arrays))
    if missing:
        raise SystemExit(f"generate_data.py: unicode_tables.c has no {', '.join(missing)}; was it renamed?")
    return arrays


def flat(arrays: Dict[str, np.ndarray], name: str, shift: int) -> np.ndarray:
    """A two-stage table with its stages put together."""
    return arrays[name + "_blocks"].reshape(-1, 1 << shift)[arrays[name + "_index"]].ravel()


def unicode_file() -> bytes:
    arrays = c_arrays((SOURCES / "CUnicodeTables" / "unicode_tables.c").read_text())
    sparse = {}
    for name, shift in (("normalization", 6), ("lower", 6), ("decomposition", 6)):
        values = flat(arrays, name, shift)
        scalars = np.flatnonzero(values)
        sparse[name + "_scalars"], sparse[name + "_values"] = scalars.astype(np.uint32), values[scalars]
    kept = ("unicode_version", "properties_index", "properties_blocks", "decomposition_pool", "compositions")
    output = io.BytesIO()
    np.savez_compressed(output, **{name: arrays[name] for name in kept}, **sparse)
    return output.getvalue()


def languages_file() -> bytes:
    text = (SOURCES / "LanguageCodes" / "LanguageRegistry.swift").read_text()
    codes, macrolanguages = (part.replace("\\\n", " ").split() for part in re.findall(r'"""(.*?)"""', text, re.DOTALL))
    members: Dict[str, List[str]] = {}
    for item in macrolanguages:
        macro, names = item.split(":")
        members.setdefault(macro, []).extend(names.split(","))
    return as_json({"codes": dict(code.split("=") for code in codes), "macrolanguages": members})


def swift_string(literal: str) -> str:
    return str(ast.literal_eval('"' + re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda match: chr(int(match[1], 16)), literal) + '"'))


def abbreviations_file() -> bytes:
    text = (SOURCES / "Tokenization" / "AbbreviationData.swift").read_text()
    titles, names, words = (text.split(f"static let {name}")[1] for name in ("titles", "letterNames", "finalWords"))
    titles, names = titles.split("static let")[0], names.split("static let")[0]
    pairs = re.findall(r'\(\s*"([^"]*)",\s*"([^"]*)"\s*\)', titles)
    return as_json({
        "titles": [[languages.split(), swift_string(listed).split()] for languages, listed in pairs],
        "letterNames": [word for line in re.findall(r'"([^"]+)"', names) for word in swift_string(line).split()],
        "finalWords": [word for line in re.findall(r'"([^"]+)"', words) for word in swift_string(line).split()],
    })


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def same(name: str, old: bytes, new: bytes) -> bool:
    """Compressed bytes depend on the version of zlib, so arrays are compared as arrays."""
    if not name.endswith(".npz"):
        return old == new
    first, second = np.load(io.BytesIO(old)), np.load(io.BytesIO(new))
    return sorted(first) == sorted(second) and all(np.array_equal(first[key], second[key]) for key in second)


def main() -> int:
    checks = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not checks:
        sys.exit("usage: generate_data.py [--check]")
    stale = []
    for name, make in (("unicode.npz", unicode_file), ("languages.json", languages_file), ("abbreviations.json", abbreviations_file)):
        path, content = DATA / name, make()
        if path.exists() and same(name, path.read_bytes(), content):
            continue
        if checks:
            stale.append(name)
        else:
            path.write_bytes(content)
            print(f"{path.name}: {len(content)} bytes")
    if stale:
        print(f"not what the Swift sources say: {', '.join(stale)}; run tools/python/generate_data.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
