#!/usr/bin/env python3
"""slovnet's Russian NER with navec, as it comes with natasha, as a teacher (docs/teacher-protocol.md): hard labels.

    nerpipe score --teacher-command 'tools/teachers/run.sh slovnet' embedded.zst -o scored.zst

The CRF decides and gives no distribution; nerpipe smooths its labels (--teacher-smoothing). It sees words alone, not how they
were joined. Empty words are read as "_".
"""
import protocol  # first: it keeps standard output

import glob
import os

import natasha
from natasha import NewsEmbedding, NewsNERTagger

infer = NewsNERTagger(NewsEmbedding()).infer
labels = ["O"] + [prefix + kind for kind in ("PER", "LOC", "ORG") for prefix in ("B-", "I-")]
numbers = {label: number for number, label in enumerate(labels)}


def answer(sentences):
    tags = []
    for words in sentences:
        if words:
            # One sentence at a time: padding would move its neighbours' scores. This is slovnet's NERInfer without its tokenizer.
            (found,) = infer.decoder(infer.process(infer.encoder([[word or "_" for word in words]])))
            tags += [numbers[tag] for tag in found]
    return {"tags": tags}


files = [path for path in glob.glob(os.path.join(os.path.dirname(natasha.__file__), "data", "**"), recursive=True) if os.path.isfile(path)]
protocol.serve({
    "name": "slovnet NER, navec", "digest": protocol.digest_of(files, "slovnet 1"), "answers": "tags", "labels": labels,
    "scheme": "IOB2", "pooling": "word", "languages": ["ru"],
}, answer)
