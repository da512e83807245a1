"""spaCy: trains an NER on labelled sentences and tags text with it. Arguments: JSON lines of `nerpipe tag --to jsonl`, text. Prints JSON."""
import json
import os
import random
import resource
import sys
import time

os.environ["OMP_NUM_THREADS"] = "2"

import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import compounding, minibatch

nlp = spacy.blank("xx")
ner = nlp.add_pipe("ner")
examples, tokens = [], 0
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        sentence = json.loads(line)
        doc = Doc(nlp.vocab, words=sentence["tokens"])
        labels = ["O"] * len(doc)
        for entity in sentence["entities"]:
            begin, end = entity["tokens"]
            labels[begin:end] = [f"B-{entity['type']}"] + [f"I-{entity['type']}"] * (end - begin - 1)
        examples.append(Example.from_dict(doc, {"entities": labels}))
        tokens += len(doc)
for label in {label[2:] for example in examples for label in example.to_dict()["doc_annotation"]["entities"] if len(label) > 2}:
    ner.add_label(label)
optimizer = nlp.initialize(lambda: examples[:200])
random.seed(1)
random.shuffle(examples)
start = time.perf_counter()
for batch in minibatch(examples, size=compounding(4.0, 64.0, 1.005)):
    nlp.update(batch, sgd=optimizer, drop=0.15)
training = time.perf_counter() - start

with open(sys.argv[2], encoding="utf-8") as file:
    lines = [line.strip() for line in file if line.strip()]
start = time.perf_counter()
with open(os.devnull, "w", encoding="utf-8") as out:
    for doc in nlp.pipe(lines, batch_size=256):
        for token in doc:
            out.write(f"{token.text}\t{token.ent_iob_}-{token.ent_type_}\n")
        out.write("\n")
tagging = time.perf_counter() - start
print(json.dumps({
    "training": training, "tagging": tagging, "sentences": len(examples), "tokens": tokens, "version": spacy.__version__,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
