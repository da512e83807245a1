#!/usr/bin/env python3
"""A GLiNER model as a teacher (docs/teacher-protocol.md): spans with scores, for types that are given by name.

    nerpipe score --teacher-command 'tools/teachers/run.sh gliner MODEL person location organization' \\
      --teacher-map person=PER,location=LOC,organization=ORG embedded.zst -o scored.zst

Candidates down to --threshold are sent, also those that overlap: what becomes of them is written in the protocol. Words are
joined by single spaces; a sentence longer than GLiNER reads is asked in windows by nerpipe.
"""
import protocol  # first: it keeps standard output

import argparse
import glob
import os

from gliner import GLiNER

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("types", nargs="+")
parser.add_argument("--threshold", type=float, default=0.05)
parser.add_argument("--words", type=int, default=150, help="words in one sentence")
arguments = parser.parse_args()
model = GLiNER.from_pretrained(arguments.model)
numbers = {kind: number for number, kind in enumerate(arguments.types)}


def answer(sentences):
    texts, places = [], []
    for words in sentences:
        # A word of several parts, or of none, would shift what follows; its characters are found again by their place.
        clean = [" ".join(word.split()) or "_" for word in words]
        starts, offset = [], 0
        for word in clean:
            starts.append(offset)
            offset += len(word) + 1
        texts.append(" ".join(clean))
        places.append(starts)
    spans = []
    asked = [number for number, text in enumerate(texts) if text]
    found = model.run([texts[number] for number in asked], arguments.types, threshold=arguments.threshold,
                      flat_ner=False, multi_label=True) if asked else []
    for number, entities in zip(asked, found):
        starts = places[number]
        for entity in entities:
            words = [word for word, start in enumerate(starts) if start < entity["end"] and
                     (starts[word + 1] - 1 if word + 1 < len(starts) else len(texts[number])) > entity["start"]]
            if words:
                spans.append((number, words[0], words[-1] + 1, numbers[entity["label"]], min(1.0, float(entity["score"]))))
    return {"spans": spans}


files = [path for path in glob.glob(os.path.join(arguments.model, "*")) if os.path.isfile(path)]
protocol.serve({
    "name": f"GLiNER {os.path.basename(arguments.model.rstrip('/'))}",
    "digest": protocol.digest_of(files, "gliner 1", arguments.types, arguments.threshold, arguments.words),
    "answers": "spans", "labels": arguments.types, "longest_sentence": arguments.words, "batch_words": 2048,
}, answer)
