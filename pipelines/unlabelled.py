#!/usr/bin/env python3
"""Unlabelled text of a language for distillation, without the sentences that something is measured on.

    pipelines/unlabelled.py --exclude dev.tsv.zst [--exclude test.tsv.zst] FILE ... > text

FILE is plain, .gz or .zst: a sentence a line (.txt), SENTENCE<TAB>TRANSLATION, of which the second is taken (.tsv in a folder parallel/), or columns with the
token first and an empty line between sentences (other .tsv, .conll). Repeated sentences are left out. A sentence is excluded when, by its letters and digits alone and
without case, it is a sentence of --exclude, or contains one of at least 28 of them. What was left out is counted on standard error.
"""
import argparse
import gzip
import os
import subprocess
import sys

LETTERS = 28


def lines_of(path):
    if path.endswith(".zst"):
        process = subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE)
        yield from (line.decode("utf-8").rstrip("\n") for line in process.stdout)
        if process.wait():
            sys.exit(f"{path}: zstd failed")
    else:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
            yield from (line.rstrip("\n") for line in file)


def sentences_of(path):
    name = path.removesuffix(".zst").removesuffix(".gz")
    if name.endswith(".txt"):
        yield from lines_of(path)
    elif "/parallel/" in os.path.abspath(path):
        for number, line in enumerate(lines_of(path), 1):
            if line.count("\t") != 1:
                sys.exit(f"{path}, line {number}: SENTENCE<TAB>TRANSLATION is expected")
            yield line.split("\t")[1]
    else:
        words = []
        for line in lines_of(path):
            if line.strip():
                words.append(line.split()[0])
            elif words:
                yield " ".join(words)
                words = []
        if words:
            yield " ".join(words)


def letters(sentence):
    return "".join(character for character in sentence.casefold() if character.isalnum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--exclude", action="append", default=[])
    options = parser.parse_args()
    excluded = {letters(sentence) for path in options.exclude for sentence in sentences_of(path)} - {""}
    beginnings = {}
    for sentence in excluded:
        if len(sentence) >= LETTERS:
            beginnings.setdefault(sentence[:LETTERS], []).append(sentence)

    def is_excluded(key):
        if key in excluded:
            return True
        return any(
            key[place:place + LETTERS] in beginnings and any(key.startswith(one, place) for one in beginnings[key[place:place + LETTERS]])
            for place in range(len(key) - LETTERS + 1))

    seen, kept, left_out, repeated = set(), 0, 0, 0
    for path in options.files:
        for sentence in sentences_of(path):
            key = letters(sentence)
            if not key:
                continue
            if key in seen:
                repeated += 1
                continue
            seen.add(key)
            if is_excluded(key):
                left_out += 1
                continue
            kept += 1
            sys.stdout.write(sentence + "\n")
    print(f"{kept} sentences; left out: {left_out} with a sentence of --exclude, {repeated} repeated", file=sys.stderr)


main()
