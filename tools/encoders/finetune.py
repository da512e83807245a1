#!/usr/bin/env python3
"""Fine-tunes an encoder for token classification on labelled text, and writes a folder that `nerpipe score --teacher` reads.

    tools/encoders/run.sh finetune ENCODER -o FOLDER [--types PER,LOC,ORG] [--seed N] TRAIN ... [--dev DEV ...]

ENCODER is a Hugging Face folder (config.json, model.safetensors, tokenizer.json) of BERT, XLM-RoBERTa or DistilBERT. TRAIN and DEV are
CoNLL-like files, plain or .zst: token first, IOB2 tag last, tab or spaces between, an empty line between sentences; of FILE:N only N sentences are taken, at equal distances. Tags of other
types are read as O.

A word is learnt at its first sub-word. Words of more than 8 sub-words are cut there, and sentences of more than 200 at a word: so it
learns; when it scores, nothing is cut. Embeddings and the lower half of the layers stay as they are (--frozen). AdamW, betas 0.9 and
0.98, decay 0.01 of matrices, dropout 0.1, gradients clipped at norm 1, 6 % warm-up, then linearly to nothing. One thread gives the same weights
for the same seed on the same machine. With DEV, F1 of entities under the rules of IOB2 (Viterbi) is printed at the end; nothing is chosen by it.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
import unicodedata

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModelForTokenClassification, PreTrainedTokenizerFast

MOST_PIECES_OF_A_WORD, MOST_PIECES = 8, 200


def sentences_of(path, types):
    """(words, tags) of a file."""
    if path.endswith(".zst"):
        text = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
    else:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    words, tags = [], []
    for number, line in enumerate(text.split("\n") + [""], 1):
        columns = line.split()
        if not columns:
            if words:
                yield words, tags
            words, tags = [], []
            continue
        if len(columns) < 2 or columns[-1] != "O" and columns[-1][:2] not in ("B-", "I-"):
            sys.exit(f"{path}, line {number}: a token and its IOB2 tag are expected")
        words.append(columns[0])
        tags.append(columns[-1] if columns[-1][2:] in types else "O")


def spaced(name, types):
    """The sentences of FILE, or of FILE:N as many, at equal distances."""
    path, _, count = name.rpartition(":")
    if not path or not count.isdigit():
        return list(sentences_of(name, types))
    found = list(sentences_of(path, types))
    return [found[number * len(found) // int(count)] for number in range(int(count))] if int(count) < len(found) else found


class Pieces:
    """Sub-words of words, each word for itself."""

    def __init__(self, folder):
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        self.known = {}
        whole = self.tokenizer("a")["input_ids"]
        bare = self.tokenizer("a", add_special_tokens=False)["input_ids"]
        place = next(place for place in range(len(whole)) if whole[place:place + len(bare)] == bare)
        self.before, self.after = whole[:place], whole[place + len(bare):]

    def of(self, word):
        if word not in self.known:
            composed = unicodedata.normalize("NFC", word)
            found = self.tokenizer([composed], is_split_into_words=True, add_special_tokens=False)["input_ids"]
            self.known[word] = found[:MOST_PIECES_OF_A_WORD] or [self.tokenizer.unk_token_id]
        return self.known[word]

    def sequences(self, words):
        """(pieces with the special ones, place of each word's first piece, first word), in as many as are needed."""
        ids, firsts, start = list(self.before), [], 0
        for number, word in enumerate(words):
            pieces = self.of(word)
            if firsts and len(ids) + len(pieces) + len(self.after) > MOST_PIECES:
                yield ids + self.after, firsts, start
                ids, firsts, start = list(self.before), [], number
            firsts.append(len(ids))
            ids.extend(pieces)
        yield ids + self.after, firsts, start


def batches(items, most, random_=None):
    """Numbers of items of like length, at most `most` sub-words with their padding."""
    def length(number):
        return len(items[number][0])

    order = list(range(len(items)))
    if random_:
        random_.shuffle(order)
        order.sort(key=lambda number: length(number) + random_.random() * 3)
    else:
        order.sort(key=length)
    result, batch = [], []
    for number in order:
        if batch and (len(batch) + 1) * max(length(number), *map(length, batch)) > most:
            result.append(batch)
            batch = []
        batch.append(number)
    result.append(batch)
    if random_:
        random_.shuffle(result)
    return result


def padded(items, batch, filler):
    longest = max(len(items[number][0]) for number in batch)
    ids = torch.full((len(batch), longest), filler)
    mask = torch.zeros_like(ids)
    for row, number in enumerate(batch):
        pieces = items[number][0]
        ids[row, :len(pieces)] = torch.tensor(pieces)
        mask[row, :len(pieces)] = 1
    rows = torch.tensor([row for row, number in enumerate(batch) for _ in items[number][1]])
    columns = torch.tensor([place for number in batch for place in items[number][1]])
    return ids, mask, rows, columns


def viterbi(scores, labels):
    """The best path of [words, labels] under the rules of IOB2."""
    allowed = np.zeros((len(labels), len(labels)))
    for to, label in enumerate(labels):
        if label.startswith("I-"):
            for before, other in enumerate(labels):
                allowed[before, to] = 0 if other[2:] == label[2:] else -np.inf
    best = scores[0] + np.array([-np.inf if label.startswith("I-") else 0 for label in labels])
    back = []
    for row in scores[1:]:
        paths = best[:, None] + allowed
        back.append(paths.argmax(0))
        best = paths.max(0) + row
    path = [int(best.argmax())]
    for row in reversed(back):
        path.append(int(row[path[-1]]))
    return [labels[number] for number in reversed(path)]


def entities(tags):
    found, start = set(), None
    for place, tag in enumerate([*tags, "O"]):
        if start is not None and not tag.startswith("I-"):
            found.add((start, place, tags[start][2:]))
            start = None
        if tag.startswith("B-"):
            start = place
    return found


@torch.inference_mode()
def f1(model, pieces, labels, text):
    model.eval()
    items = [(*sequence, number) for number, (words, _) in enumerate(text) for sequence in pieces.sequences(words)]
    scores = [np.zeros((len(words), len(labels)), np.float32) for words, _ in text]
    for batch in batches(items, 2000):
        ids, mask, rows, columns = padded(items, batch, pieces.tokenizer.pad_token_id or 0)
        found = functional.log_softmax(model(input_ids=ids, attention_mask=mask).logits, -1).numpy()
        for row, number in enumerate(batch):
            _, firsts, start, sentence = items[number]
            scores[sentence][start:start + len(firsts)] = found[row, firsts]
    right = given = gold = 0
    for (_, tags), row in zip(text, scores):
        wanted, answer = entities(tags), entities(viterbi(row, labels))
        right, given, gold = right + len(wanted & answer), given + len(answer), gold + len(wanted)
    return 200 * right / max(1, given + gold)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("encoder")
    parser.add_argument("train", nargs="+")
    parser.add_argument("--dev", nargs="+", default=[])
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--types", default="PER,LOC,ORG")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--rate", type=float, default=1e-4, help="of the layers; the new output layer has ten times it")
    parser.add_argument("--batch", type=int, default=800, help="sub-words of a step")
    parser.add_argument("--frozen", type=int, help="lower layers that are not learnt; default: half")
    parser.add_argument("--bfloat16", action="store_true", help="multiply in 16 bits: 1.9 times as fast where the processor can")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if os.path.exists(options.output):
        sys.exit(f"{options.output} is there already")
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    types = options.types.split(",")
    labels = ["O", *(f"{prefix}-{type_}" for type_ in types for prefix in "BI")]
    model = AutoModelForTokenClassification.from_pretrained(
        options.encoder, num_labels=len(labels), id2label=dict(enumerate(labels)), label2id={label: n for n, label in enumerate(labels)},
        dtype=torch.float32)
    pieces = Pieces(options.encoder)
    items = [
        (ids, firsts, [labels.index(tag) for tag in tags[start:start + len(firsts)]])
        for name in options.train for words, tags in spaced(name, types) for ids, firsts, start in pieces.sequences(words)]
    count = sum(len(item[0]) for item in items)
    print(f"{len(items)} sequences, {count} sub-words", flush=True)

    base = getattr(model, model.base_model_prefix)
    layers = base.encoder.layer if hasattr(base, "encoder") else base.transformer.layer
    frozen = len(layers) // 2 if options.frozen is None else options.frozen
    base.requires_grad_(False)
    learnt = [parameter for layer in layers[frozen:] for parameter in layer.parameters()]
    for parameter in learnt:
        parameter.requires_grad_(True)
    optimizer = torch.optim.AdamW([
        {"params": [one for one in learnt if one.dim() > 1], "weight_decay": 0.01, "lr": options.rate},
        {"params": [one for one in learnt if one.dim() == 1], "weight_decay": 0, "lr": options.rate},
        {"params": model.classifier.parameters(), "weight_decay": 0.01, "lr": 10 * options.rate},
    ], betas=(0.9, 0.98), eps=1e-6)
    rates = [group["lr"] for group in optimizer.param_groups]
    wanted, seen, step, sum_of_losses, began = options.epochs * count, 0, 0, 0.0, time.process_time()
    model.train()
    while seen < wanted:
        for batch in batches(items, options.batch, chance):
            progress = seen / wanted
            if progress >= 1:
                break
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * min(1, progress / 0.06 + 0.02) * (1 - progress)
            ids, mask, rows, columns = padded(items, batch, pieces.tokenizer.pad_token_id or 0)
            gold = torch.tensor([label for number in batch for label in items[number][2]])
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bfloat16):
                logits = model(input_ids=ids, attention_mask=mask).logits[rows, columns]
            loss = functional.cross_entropy(logits.float(), gold)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            seen, step, sum_of_losses = seen + int(mask.sum()), step + 1, sum_of_losses + float(loss.detach())
            if step % 50 == 0:
                print(f"step {step}, epoch {seen / count:.2f}, loss {sum_of_losses / 50:.4f}, {time.process_time() - began:.0f} processor seconds", flush=True)
                sum_of_losses = 0.0

    unfinished = options.output + ".tmp"
    shutil.rmtree(unfinished, ignore_errors=True)
    model.save_pretrained(unfinished)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(os.path.join(options.encoder, name), unfinished)
    about = {"train": [os.path.basename(path) for path in options.train], "types": types, "seed": options.seed, "epochs": options.epochs,
             "rate": options.rate, "batch": options.batch, "frozen": frozen, "bfloat16": options.bfloat16, "steps": step, "processor_seconds": round(time.process_time() - began)}
    for path in options.dev:
        about[f"F1 {path}"] = f1(model, pieces, labels, list(sentences_of(path, types)))
        print(f"{path}: F1 {about[f'F1 {path}']:.2f}", flush=True)
    with open(os.path.join(unfinished, "finetune.json"), "w", encoding="utf-8") as file:
        json.dump(about, file, indent=1)
    os.rename(unfinished, options.output)


main()
