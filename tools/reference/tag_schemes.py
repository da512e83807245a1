#!/usr/bin/env python3
"""Writes the entities that seqeval's strict mode and conlleval find in random tags.

usage: pip install seqeval==1.2.2 && tools/reference/tag_schemes.py > Tests/EvaluationTests/Fixtures/tag_schemes.tsv

Lines `SCHEME TAB TAGS TAB ENTITIES`, entities as TYPE[START,END). Of conlleval (version of 2004-01-26) startOfChunk and
endOfChunk are written out here, rule by rule; an entity goes from a start to the next end, as the script counts both.
"""
import random

from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

CUTS = {("B", "B"), ("I", "B"), ("E", "E"), ("E", "I")}  # chunks of one type that follow each other
STARTS = CUTS | {("O", "B"), ("O", "I"), ("O", "E")}
ENDS = CUTS | {("B", "O"), ("I", "O"), ("E", "O")}


def conlleval(tags):
    entities, start = [], None
    parts = [tag.split("-", 1) if "-" in tag else [tag, ""] for tag in tags]
    previous, previous_type = "O", ""
    for position, (tag, kind) in enumerate(parts + [["O", ""]]):
        if (previous, tag) in ENDS or previous not in "O." and previous_type != kind:
            entities.append((previous_type, start, position))
        if (previous, tag) in STARTS or tag not in "O." and previous_type != kind:
            start = position
        previous, previous_type = tag, kind
    return entities


def strict(scheme):
    return lambda tags: [(e.tag, e.start, e.end) for e in Entities([tags], scheme).entities[0]]


def main():
    source = random.Random(7)
    for name, letters, read in [
        ("iob1", "BII", strict(IOB1)), ("iob2", "BII", strict(IOB2)), ("iobes", "BIES", strict(IOBES)),
        ("bilou", "BILU", strict(BILOU)), ("conlleval", "BIESLU", conlleval),
    ]:
        for _ in range(150):
            tags = []
            for _ in range(source.randint(1, 9)):
                tags.append("O" if source.random() < 0.25 else f"{source.choice(letters)}-{source.choice('XXY')}")
            print(name, " ".join(tags), " ".join(f"{kind}[{start},{end})" for kind, start, end in read(tags)), sep="\t")


if __name__ == "__main__":
    main()
