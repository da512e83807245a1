#!/usr/bin/env python3
"""Converts one column file of a public NER corpus to the layout that nerpipe reads, and checks finished files.

Output: UTF-8, `\\n`, one `token TAB tag` line per token, IOB2 tags, one blank line after every sentence.

    convert.py --output dev.tsv [options] SOURCE     convert
    convert.py --check FILE.tsv [FILE.tsv ...]       check and count finished files

SOURCE may be a zip archive when `--member` names the file in it. Counts go to standard error, data never.

Rules, in this order:
  1. Bytes to text: UTF-8 when valid, otherwise Latin-1 (`--encoding auto`); a byte order mark is removed.
  2. `--repair-double-encoding`: text that was UTF-8, read as Latin-1 and written as UTF-8 again is turned back, as a
     whole; the file is refused when it is not of that kind.
  3. Lines end at `\\n` only (`\\r` before it is removed). Columns are separated by white space, Unicode spaces included,
     so a line whose token is nothing but spaces has no token.
  4. `-DOCSTART-` lines are removed and end a sentence. Empty lines end a sentence; empty sentences vanish.
  5. A line with too few columns is an error, or is dropped and counted with `--drop-short-lines`.
  6. Tags: `--map FROM=TO`, then to IOB2: `I-X` becomes `B-X` unless the tag before it in the sentence is `B-X` or `I-X`.
     The same rule turns IOB1 into IOB2 and repairs stray `I-X` starts in IOB2.

Python 3.8 or later, standard library only. Exit status: 0 done, 64 usage, 65 bad data, 66 no such input, 73 cannot write.
"""

import argparse
import fnmatch
import hashlib
import json
import os
import re
import sys
import zipfile

TAG = re.compile(r"(?:O|[BI]-[A-Za-z][A-Za-z0-9_]*)\Z")
DOCUMENT_START = "-DOCSTART-"
MAXIMUM_BYTES = 1 << 30


class DataError(Exception):
    """The input is not what the options say; the message gives line numbers, never text of the corpus."""


def decode(data, encoding="auto"):
    """Returns text and the encoding that was used."""
    if encoding == "auto":
        try:
            return data.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError:
            return data.decode("latin-1"), "latin-1"
    name = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    try:
        return data.decode(name), encoding
    except UnicodeDecodeError as error:
        raise DataError(f"not {encoding} at byte {error.start}; try --encoding auto") from error


def repair_double_encoding(text):
    """Undoes `utf-8 -> read as Latin-1 -> utf-8` for a whole text."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise DataError(f"line {line}: a character above U+00FF, so the file is not double-encoded") from error
    except UnicodeDecodeError as error:
        raise DataError(f"byte {error.start} of the repaired text is not UTF-8, so the file is not double-encoded") from error


def map_tag(tag, mapping):
    """Applies `FROM=TO` pairs to the entity type; FROM may hold `*`, TO may be `O`. First match wins."""
    if tag == "O":
        return tag
    prefix, _, kind = tag.partition("-")
    for pattern, target in mapping:
        if fnmatch.fnmatchcase(kind, pattern):
            return "O" if target == "O" else f"{prefix}-{target}"
    return tag


def to_iob2(tags):
    """Returns IOB2 tags for one sentence given in IOB1 or in IOB2 with stray `I-` starts, and how many changed."""
    result, changed, previous = [], 0, "O"
    for tag in tags:
        if tag.startswith("I-") and previous[2:] != tag[2:]:
            tag = "B-" + tag[2:]
            changed += 1
        result.append(tag)
        previous = tag
    return result, changed


def parse_mapping(pairs):
    mapping = []
    for pair in pairs:
        source, equals, target = pair.partition("=")
        if not (source and equals and target):
            raise ValueError(f"--map wants FROM=TO, got {pair!r}")
        mapping.append((source, target))
    return mapping


def convert(text, token_column=0, tag_column=-1, strip_prefix="", comment_prefix="", mapping=(), drop_short_lines=False):
    """Returns (converted text, counters)."""
    counters = {"sentences": 0, "tokens": 0, "entities": 0, "retagged": 0, "dropped_lines": 0, "documents": 0}
    needed = max(2, *(column + 1 if column >= 0 else -column for column in (token_column, tag_column)))
    output, tokens, tags = [], [], []

    def flush():
        if not tokens:
            return
        fixed, changed = to_iob2(tags)
        output.extend(f"{token}\t{tag}\n" for token, tag in zip(tokens, fixed))
        output.append("\n")
        counters["sentences"] += 1
        counters["tokens"] += len(tokens)
        counters["entities"] += sum(tag.startswith("B-") for tag in fixed)
        counters["retagged"] += changed
        tokens.clear()
        tags.clear()

    for number, line in enumerate(text.split("\n"), start=1):
        line = line[:-1] if line.endswith("\r") else line
        if comment_prefix and line.startswith(comment_prefix):
            continue
        if line == "":
            flush()
            continue
        columns = line.split()
        if not columns:
            flush()
            continue
        if columns[0] == DOCUMENT_START:
            counters["documents"] += 1
            flush()
            continue
        if len(columns) < needed:
            if not drop_short_lines:
                raise DataError(f"line {number}: {len(columns)} columns, at least {needed} needed")
            counters["dropped_lines"] += 1
            continue
        token, tag = columns[token_column], columns[tag_column]
        if strip_prefix:
            if not token.startswith(strip_prefix) or token == strip_prefix:
                raise DataError(f"line {number}: the token does not begin with {strip_prefix!r} and more")
            token = token[len(strip_prefix):]
        tag = map_tag(tag, mapping)
        if not TAG.match(tag):
            raise DataError(f"line {number}: the tag column holds no IOB tag")
        tokens.append(token)
        tags.append(tag)
    flush()
    if counters["tokens"] == 0:
        raise DataError("no token at all")
    return "".join(output), counters


def check(data):
    """Checks a finished file given as bytes; returns its counters and digest.

    Raises DataError at the first line that breaks the layout.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8 at byte {error.start}") from error
    if not text.endswith("\n\n"):
        raise DataError("the file does not end with a blank line")
    counters = {"sentences": 0, "tokens": 0, "entities": 0, "bytes": len(data), "types": {}}
    previous, blank = "O", True
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        if line == "":
            if blank:
                raise DataError(f"line {number}: blank line without a sentence before it")
            counters["sentences"] += 1
            previous, blank = "O", True
            continue
        token, tab, tag = line.partition("\t")
        if not (token and tab and tag):
            raise DataError(f"line {number}: not `token TAB tag`")
        if token == DOCUMENT_START:
            raise DataError(f"line {number}: a {DOCUMENT_START} line is left")
        if any(character.isspace() for character in token):
            raise DataError(f"line {number}: white space inside the token")
        if not TAG.match(tag):
            raise DataError(f"line {number}: not an IOB tag")
        if tag.startswith("I-") and previous[2:] != tag[2:]:
            raise DataError(f"line {number}: I- without B- or I- of the same type before it")
        if tag.startswith("B-"):
            counters["entities"] += 1
            counters["types"][tag[2:]] = counters["types"].get(tag[2:], 0) + 1
        counters["tokens"] += 1
        previous, blank = tag, False
    counters["sha256"] = hashlib.sha256(data).hexdigest()
    return counters


def read_source(path, member):
    if not member:
        if os.path.getsize(path) > MAXIMUM_BYTES:
            raise DataError(f"larger than {MAXIMUM_BYTES} bytes")
        with open(path, "rb") as file:
            return file.read()
    try:
        with zipfile.ZipFile(path) as archive:
            found = [entry for entry in archive.infolist() if entry.filename.rpartition("/")[2] == member]
            if len(found) != 1:
                raise DataError(f"{len(found)} files named {member!r} in the archive, 1 needed")
            if found[0].file_size > MAXIMUM_BYTES:
                raise DataError(f"{member!r} in the archive is larger than {MAXIMUM_BYTES} bytes")
            return archive.read(found[0])
    except zipfile.BadZipFile as error:
        raise DataError("not a zip archive, or a damaged one") from error


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="convert.py", description=__doc__.partition("\n")[0])
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="the source file, or the files to check")
    parser.add_argument("--check", action="store_true", help="check finished files, print one JSON line for each")
    parser.add_argument("--output", metavar="FILE", help="where to write the converted file; - is standard output")
    parser.add_argument("--member", default="", metavar="NAME", help="file name inside the zip archive SOURCE")
    parser.add_argument("--encoding", choices=("auto", "utf-8", "latin-1"), default="auto")
    parser.add_argument("--token-column", type=int, default=0, metavar="N", help="counted from 0; negative from the end")
    parser.add_argument("--tag-column", type=int, default=-1, metavar="N", help="counted from 0; negative from the end")
    parser.add_argument("--strip-prefix", default="", metavar="TEXT", help="remove TEXT from the start of every token")
    parser.add_argument("--comment-prefix", default="", metavar="TEXT", help="skip lines that begin with TEXT")
    parser.add_argument("--map", action="append", default=[], metavar="FROM=TO", help="change an entity type; * allowed")
    parser.add_argument("--drop-short-lines", action="store_true", help="drop lines with too few columns")
    parser.add_argument("--repair-double-encoding", action="store_true")
    options = parser.parse_args(arguments)
    try:
        options.map = parse_mapping(options.map)
    except ValueError as error:
        parser.error(str(error))
    if not options.check and (options.output is None or len(options.inputs) != 1):
        parser.error("converting wants one SOURCE and --output")
    return options


def run_check(paths):
    status = 0
    for path in paths:
        try:
            with open(path, "rb") as file:
                counters = check(file.read())
        except DataError as error:
            print(f"convert.py: {path}: {error}", file=sys.stderr)
            status = status or 65
            continue
        except OSError as error:
            print(f"convert.py: {path}: {error.strerror}", file=sys.stderr)
            status = status or 66
            continue
        print(json.dumps({"file": path, **counters}, sort_keys=True, ensure_ascii=False))
    return status


def run_convert(options):
    path = options.inputs[0]
    try:
        text, encoding = decode(read_source(path, options.member), options.encoding)
        if options.repair_double_encoding:
            text = repair_double_encoding(text)
        converted, counters = convert(
            text, options.token_column, options.tag_column, options.strip_prefix, options.comment_prefix, options.map,
            options.drop_short_lines)
        data = converted.encode("utf-8")
        check(data)
    except DataError as error:
        print(f"convert.py: {path}: {error}", file=sys.stderr)
        return 65
    except OSError as error:
        print(f"convert.py: {path}: {error.strerror}", file=sys.stderr)
        return 66
    try:
        if options.output == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            with open(options.output, "wb") as file:
                file.write(data)
    except OSError as error:
        print(f"convert.py: {options.output}: {error.strerror}", file=sys.stderr)
        return 73
    print(json.dumps({"encoding": encoding, **counters}, sort_keys=True), file=sys.stderr)
    return 0


def main(arguments=None):
    try:
        options = parse_arguments(arguments)
    except SystemExit as error:
        return 64 if error.code else 0
    return run_check(options.inputs) if options.check else run_convert(options)


if __name__ == "__main__":
    sys.exit(main())
