#!/usr/bin/env python3
"""A Hugging Face model for token classification as a teacher (docs/teacher-protocol.md).

    nerpipe score --teacher-command 'tools/teachers/run.sh hf MODEL' embedded.zst -o scored.zst

Words are composed (NFC) before they are cut: `tokenizers` loses marks of decomposed ones (findings/tokenizers-charsmap-drops-marks.sh).
A word has the distribution of its first sub-word, or the mean of all (--pooling mean). A word that the tokenizer makes
nothing of is read as the unknown token. Sentences longer than the model reads are read in windows that share a quarter; a word has
the answer of the window in which it is farther from the edge. On a GPU when there is one.
"""
import protocol  # first: it keeps standard output

import argparse
import glob
import os
import unicodedata

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--pooling", choices=["first", "mean"], default="first")
parser.add_argument("--window", type=int, default=0, help="sub-words; default: what the model reads, at most 512")
parser.add_argument("--batch", type=int, default=32, help="windows computed together")
parser.add_argument("--scheme", default="", help="IOB2, IOB1, IO, IOBES or BILOU; default: by the labels")
arguments = parser.parse_args()

tokenizer = AutoTokenizer.from_pretrained(arguments.model)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = AutoModelForTokenClassification.from_pretrained(arguments.model, dtype=torch.float32).to(device).eval()
# What the tokenizer puts around a sentence.
bare, whole = (tokenizer("a", add_special_tokens=special)["input_ids"] for special in (False, True))
place = next(place for place in range(len(whole)) if whole[place:place + len(bare)] == bare)
before, after = whole[:place], whole[place + len(bare):]
positions = getattr(model.config, "max_position_embeddings", 512) or 512
# RoBERTa's positions begin after the padding's.
positions -= (model.config.pad_token_id or 0) + 1 if "roberta" in model.config.model_type else 0
room = (arguments.window or min(512, tokenizer.model_max_length, positions)) - len(before) - len(after)
labels = [model.config.id2label[number] for number in range(model.config.num_labels)]
prefixes = {label.split("-", 1)[0] for label in labels if "-" in label}
scheme = arguments.scheme or ("IOBES" if prefixes & {"E", "S"} else "BILOU" if prefixes & {"L", "U"} else "IOB2" if "B" in prefixes else "IO")


def pieces_of(words):
    """Sub-words of each word; at least one."""
    words = [unicodedata.normalize("NFC", word) for word in words]
    encoded = tokenizer(words, is_split_into_words=True, add_special_tokens=False, truncation=False)
    pieces = [[] for _ in words]
    for piece, word in zip(encoded["input_ids"], encoded.word_ids()):
        pieces[word].append(piece)
    return [piece or [tokenizer.unk_token_id] for piece in pieces]


def windows_of(pieces):
    """(first word, word after the last, those whose answer counts); words are not cut, unless one alone is too long."""
    begin, counted, result = 0, 0, []
    while begin < len(pieces):
        end, size = begin, 0
        while end < len(pieces) and (size + len(pieces[end]) <= room or end == begin):
            size += len(pieces[end])
            end += 1
        if end == len(pieces):
            return result + [(begin, end, counted, end)]
        shared, start = 0, end
        while start - 1 > begin and shared + len(pieces[start - 1]) <= room // 4:
            start -= 1
            shared += len(pieces[start])
        middle = (start + end + 1) // 2
        result.append((begin, end, counted, middle))
        begin, counted = start, middle
    return result


@torch.inference_mode()
def answer(sentences):
    offsets, jobs, truncated = [], [], set()
    total = 0
    for number, words in enumerate(sentences):
        offsets.append(total)
        total += len(words)
        pieces = pieces_of(words) if words else []
        for begin, end, first, last in windows_of(pieces):
            if end - begin == 1 and len(pieces[begin]) > room:
                truncated.add(number)
                pieces[begin] = pieces[begin][:room]
            jobs.append((sum(map(len, pieces[begin:end])), number, pieces[begin:end], begin, first, last))
    rows = torch.zeros(total, len(labels))
    jobs.sort(key=lambda job: job[0])  # little padding
    for start in range(0, len(jobs), arguments.batch):
        batch = jobs[start:start + arguments.batch]
        inputs = [before + [piece for word in job[2] for piece in word] + after for job in batch]
        longest = max(map(len, inputs))
        ids = torch.full((len(batch), longest), tokenizer.pad_token_id or 0)
        mask = torch.zeros_like(ids)
        for row, pieces in enumerate(inputs):
            ids[row, :len(pieces)] = torch.tensor(pieces)
            mask[row, :len(pieces)] = 1
        scores = model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits.softmax(-1).cpu()
        for job, row in zip(batch, scores):
            _, number, words, begin, first, last = job
            place = len(before)
            for word, pieces in enumerate(words, begin):
                if first <= word < last:
                    part = row[place:place + len(pieces)]
                    rows[offsets[number] + word] = part[0] if arguments.pooling == "first" else part.mean(0)
                place += len(pieces)
    return {"probabilities": rows.numpy().tobytes(), "truncated": sorted(truncated)}


files = [path for name in ("*.json", "*.safetensors", "*.bin", "*.model", "*.txt") for path in glob.glob(os.path.join(arguments.model, name))]
protocol.serve({
    "name": f"{model.config.model_type} {os.path.basename(arguments.model.rstrip('/'))}",
    "digest": protocol.digest_of(files, "hf 2", arguments.pooling, room, scheme),
    "answers": "probabilities", "labels": labels, "scheme": scheme, "pooling": arguments.pooling, "batch_words": 2048,
}, answer)
