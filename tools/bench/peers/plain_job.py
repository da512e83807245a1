"""The job of nerpipe as one would write it in Python: zstandard, tokenizers and PyTorch.

Compressed text is decompressed, cut into words and looked up by one process while another scores what comes with the teacher;
then the student learns from the scores. `--kind obvious` is what the libraries make easy: sentences padded to the longest of
a batch, nn.Dropout, eager execution. `--kind tuned` lays sentences end to end, compiles the network and takes dropout masks from a
pool. Both use the batch sizes, the learning rate and the network of nerpipe. Prints a JSON object.
"""
import argparse
import io
import json
import multiprocessing
import os
import sys
import time

started = time.perf_counter()

import numpy as np
import torch
import zstandard
from tokenizers import pre_tokenizers

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python", "src"))
from nerpipe.configuration import read_model


def shape(word):
    """Upper, lower, digit, other letter; runs of at most two, ten characters."""
    out = []
    for character in word[:10]:
        kind = "X" if character.isupper() else "x" if character.islower() else "d" if character.isdigit() else "a" if character.isalpha() else character
        if out[-2:] != [kind, kind]:
            out.append(kind)
    return "".join(out)


def read_vectors(path):
    with open(path, "rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8", errors="replace")
        count, dimension = map(int, next(lines).split())
        rows, table = {}, np.zeros((count + 1, dimension), np.float32)
        for line in lines:
            word, *numbers = line.rstrip().split(" ")
            if len(numbers) == dimension and word not in rows:
                table[len(rows)] = np.array(numbers, np.float32)
                rows[word] = len(rows)
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return rows, table / np.where(norms == 0, 1, norms)


def read_text(path, vectors, queue):
    """The process that reads: sentences (a line of text is one) as row numbers and hashed shapes, some hundreds at a time."""
    rows, absent = vectors
    pre_tokenizer = pre_tokenizers.Whitespace()
    known = {}
    group = []
    with open(path, "rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8", errors="replace"):
            sentence = []
            for word, _ in pre_tokenizer.pre_tokenize_str(line):
                if word not in known:
                    known[word] = (rows.get(word.lower(), absent), hash(shape(word)) % 1024)
                sentence.append(known[word])
            for start in range(0, len(sentence), 512):
                group.append(np.array(sentence[start : start + 512], np.int64))
            if len(group) >= 256:
                queue.put(group)
                group = []
    queue.put(group)
    queue.put(None)


class Tagger(torch.nn.Module):
    def __init__(self, table, H=96, K=7, depth=3, dropout=0.15, vector_dropout=0.2):
        super().__init__()
        D = table.shape[1]
        self.table = torch.nn.Embedding.from_pretrained(torch.tensor(table) * 3)
        self.shapes = torch.nn.Embedding(1024, 16)
        self.layers = torch.nn.ModuleList([torch.nn.Linear(D + 16, H)] + [torch.nn.Linear(3 * H, H) for _ in range(depth)])
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(H) for _ in range(depth + 1))
        self.output = torch.nn.Linear(H, K)
        self.dropout, self.vector_dropout = torch.nn.Dropout(dropout), vector_dropout
        self.pool = (torch.rand(1 << 22) >= dropout).float() / (1 - dropout)

    def drop(self, x, masks, index):
        return self.dropout(x) if masks is None else x * masks[index]

    def forward(self, rows, shapes, is_token, masks=None):
        """`[..., T]` row numbers and shapes to `[..., T, K]` logits."""
        vectors = self.table(rows)
        if self.training:
            vectors = vectors * (torch.rand_like(is_token) >= self.vector_dropout if masks is None else masks[-1])
        x = self.drop(torch.cat([vectors, self.shapes(shapes)], -1) * is_token, masks, 0)
        h = self.norms[0](torch.relu(self.layers[0](x))) * is_token
        for i in range(1, len(self.layers)):
            d = self.drop(h, masks, i)
            zero = torch.zeros_like(d[..., :1, :])
            window = torch.cat([torch.cat([zero, d[..., :-1, :]], -2), d, torch.cat([d[..., 1:, :], zero], -2)], -1)
            h = (h + self.norms[i](torch.relu(self.layers[i](window)))) * is_token
        return self.output(self.drop(h, masks, len(self.layers)))

    def masks(self, size):
        masks = []
        for width in [self.layers[0].in_features] + [96] * len(self.layers) + [1]:
            start = int(torch.randint(0, (len(self.pool) - size * width) // 16, (1,))) * 16
            masks.append(self.pool[start : start + size * width].view(size, width))
        masks[-1] = (masks[-1] > 0).float()
        return masks


def load(tagger, folder):
    _, tensors = read_model(folder)
    names = ["input"] + [f"convolutions.{i}" for i in range(len(tagger.layers) - 1)]
    with torch.no_grad():
        for layer, norm, name in zip(tagger.layers, tagger.norms, names):
            layer.weight.copy_(torch.tensor(tensors[name + ".weight"]))
            layer.bias.copy_(torch.tensor(tensors[name + ".bias"]))
            norm.weight.copy_(torch.tensor(tensors[name + ".norm.weight"]))
            norm.bias.copy_(torch.tensor(tensors[name + ".norm.bias"]))
        tagger.shapes.weight.copy_(torch.tensor(tensors["features.shape.weight"]))
        tagger.output.weight.copy_(torch.tensor(tensors["output.weight"]))
        tagger.output.bias.copy_(torch.tensor(tensors["output.bias"]))


def padded(sentences, absent):
    """Sentences as a matrix, padded to the longest."""
    longest = max(map(len, sentences))
    rows = np.full((len(sentences), longest), absent)
    shapes, is_token = np.zeros((len(sentences), longest), np.int64), np.zeros((len(sentences), longest, 1), np.float32)
    for i, sentence in enumerate(sentences):
        rows[i, : len(sentence)], shapes[i, : len(sentence)], is_token[i, : len(sentence)] = sentence[:, 0], sentence[:, 1], 1
    return torch.tensor(rows), torch.tensor(shapes), torch.tensor(is_token)


def end_to_end(sentences, absent):
    """Sentences laid end to end with a zero row between, to a multiple of 64 rows: few shapes to compile."""
    size = -(-(sum(map(len, sentences)) + len(sentences) + 1) // 64) * 64
    rows, shapes, is_token = np.full(size, absent), np.zeros(size, np.int64), np.zeros((size, 1), np.float32)
    at = 1
    for sentence in sentences:
        end = at + len(sentence)
        rows[at:end], shapes[at:end], is_token[at:end] = sentence[:, 0], sentence[:, 1], 1
        at = end + 1
    return torch.tensor(rows), torch.tensor(shapes), torch.tensor(is_token)


def groups_of(sentences, token_count, order):
    group, tokens = [], 0
    for index in order:
        group.append(index)
        tokens += len(sentences[index])
        if tokens >= token_count:
            yield group
            group, tokens = [], 0
    if group:
        yield group


def main():
    parser = argparse.ArgumentParser()
    for name in ("text", "vectors", "teacher", "kind"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--epochs", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    torch._dynamo.config.cache_size_limit = 64
    is_tuned = arguments.kind == "tuned"
    lay = end_to_end if is_tuned else padded
    loaded = time.perf_counter()
    rows, table = read_vectors(arguments.vectors)
    absent = len(table) - 1
    queue = multiprocessing.Queue(4)
    reader = multiprocessing.Process(target=read_text, args=(arguments.text, (rows, absent), queue))
    reader.start()

    teacher = Tagger(table).eval()
    load(teacher, arguments.teacher)
    probabilities = lambda *inputs: torch.softmax(teacher(*inputs), -1)
    if is_tuned:
        probabilities = torch.compile(probabilities, dynamic=False)
    sentences, scores = [], []
    with torch.inference_mode():
        while (group := queue.get()) is not None:
            for part in groups_of(group, 2048, range(len(group))):
                chosen = [group[i] for i in part]
                inputs = lay(chosen, absent)
                kept = probabilities(*inputs)[inputs[2][..., 0] > 0].half()
                at = 0
                for sentence in chosen:
                    sentences.append(sentence)
                    scores.append(kept[at : at + len(sentence)].numpy())
                    at += len(sentence)
    reader.join()

    student = Tagger(table).train()
    optimizer = torch.optim.AdamW([p for p in student.parameters() if p.requires_grad], lr=2e-3, betas=(0.9, 0.99), weight_decay=1e-4, fused=True)

    def loss_of(rows, shapes, is_token, targets, masks, count):
        p = torch.softmax(student(rows, shapes, is_token, masks), -1)
        return ((p - targets) ** 2 * is_token).sum() / count

    loss_function = torch.compile(loss_of, dynamic=False) if is_tuned else loss_of
    generator = np.random.default_rng(1)
    tokens = sum(map(len, sentences))
    for _ in range(arguments.epochs):
        for part in groups_of(sentences, 700, generator.permutation(len(sentences))):
            chosen = [sentences[i] for i in part]
            inputs = lay(chosen, absent)
            targets = torch.zeros(*inputs[0].shape, 7)
            targets[inputs[2][..., 0] > 0] = torch.tensor(np.concatenate([scores[i] for i in part])).float()
            masks = student.masks(len(inputs[0])) if is_tuned else None
            loss = loss_function(*inputs, targets, masks, torch.tensor(float(sum(map(len, chosen)) * 7)))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 5.0)
            optimizer.step()
    print(json.dumps({"tokens": tokens, "loss": float(loss.detach()), "start": loaded - started}))


if __name__ == "__main__":
    main()
