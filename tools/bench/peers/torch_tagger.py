"""The tagger in PyTorch on the CPU: the same network, weights, sentences and updates, given as tensors beforehand.

Sentences are laid end to end with one zero row between them, as nerpipe lays them; the window convolution is a Linear over three
neighbouring rows; dropout takes slices of a pool of drawn masks (PyTorch's own takes 45 % of the training time).
"""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

from protocol import serve, timed

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python", "src"))
from nerpipe import streams
from nerpipe.configuration import read_model

torch.manual_seed(1)
torch._dynamo.config.cache_size_limit = 256
torch._dynamo.config.accumulated_cache_size_limit = 1024


class Tagger(torch.nn.Module):
    def __init__(self, config, tensors, table):
        super().__init__()
        tensors = {name: torch.tensor(value) for name, value in tensors.items()}
        self.table = torch.nn.Embedding.from_pretrained(table, freeze=True)
        self.features = torch.nn.ModuleList(
            torch.nn.Embedding.from_pretrained(tensors[f"features.{f.name}.weight"], freeze=False) for f in config.features)
        H = config.hidden_width
        names = ["input"] + [f"convolutions.{i}" for i in range(config.convolution_count)]
        self.layers = torch.nn.ModuleList(self.linear(tensors, name) for name in names)
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(H) for _ in names)
        for norm, name in zip(self.norms, names):
            norm.weight.data, norm.bias.data = tensors[name + ".norm.weight"], tensors[name + ".norm.bias"]
        self.output = self.linear(tensors, "output")

    @staticmethod
    def linear(tensors, name):
        weight = tensors[name + ".weight"]
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = weight, tensors[name + ".bias"]
        return layer

    def forward(self, rows, flags, features, is_token, masks=None):
        vectors = self.table(rows)
        if masks is not None:
            vectors = vectors * masks[-1]
        x = torch.cat([vectors, flags] + [table(features[:, i]) for i, table in enumerate(self.features)], 1) * is_token
        if masks is not None:
            x = x * masks[0]
        h = self.norms[0](torch.relu(self.layers[0](x))) * is_token
        zero = h.new_zeros(1, h.shape[1])
        for i in range(1, len(self.layers)):
            d = h if masks is None else h * masks[i]
            window = torch.cat([torch.cat([zero, d[:-1]]), d, torch.cat([d[1:], zero])], 1)
            h = (h + self.norms[i](torch.relu(self.layers[i](window)))) * is_token
        return self.output(h if masks is None else h * masks[len(self.layers)])


class Subject:
    """A model and the first tokens of a scored stream that was embedded with --dense."""

    def __init__(self, request):
        self.model = config, _ = read_model(request["model"])
        vectors, flags, features, probabilities, sentences = [], [], [], [], []
        count = 0
        for batch in streams.read(request["stream"]):
            if count >= request.get("tokens", 1 << 60):
                break
            vectors.append(np.concatenate([batch.vectors * np.float32(config.vector_scale), batch.statistics], 1))
            flags.append(batch.flags)
            features.append(batch.features % np.array([f.buckets for f in config.features], np.uint32))
            probabilities.append(batch.probabilities)
            start = 0
            for end in batch.sentence_ends.tolist():
                sentences.append((count + start, count + end))
                start = end
            count += batch.counts.tokens
        # One row of the table for each different vector, as the text has them.
        table, rows = np.unique(np.concatenate(vectors), axis=0, return_inverse=True)
        self.table = torch.tensor(np.concatenate([table, np.zeros((1, table.shape[1]), np.float32)]))
        self.boundary = len(table)
        self.rows = torch.tensor(rows.reshape(-1).astype(np.int64))
        self.flags = torch.tensor(np.concatenate(flags))
        self.features = torch.tensor(np.concatenate(features).astype(np.int64))
        self.probabilities = torch.tensor(np.concatenate(probabilities))
        self.sentences = sentences
        self.token_count = count
        self.batches = {}
        self.compiled = {}
        self.tagger = Tagger(*self.model, self.table).eval()

    def laid_out(self, token_count, multiple):
        """Batches of sentences of at least so many tokens, rows padded to a multiple: a compiled graph is made anew for every
        shape."""
        key = (token_count, multiple)
        if key in self.batches:
            return self.batches[key]
        groups, group, tokens = [], [], 0
        for sentence in self.sentences:
            group.append(sentence)
            tokens += sentence[1] - sentence[0]
            if tokens >= token_count:
                size = -(-(tokens + len(group) + 1) // multiple) * multiple
                groups.append(self.tensors(group, tokens, size))
                group, tokens = [], 0
        self.batches[key] = groups
        return self.batches[key]

    def tensors(self, group, tokens, size):
        rows = torch.full((size,), self.boundary)
        flags, features = torch.zeros(size, self.flags.shape[1]), torch.zeros(size, self.features.shape[1], dtype=torch.int64)
        is_token, targets = torch.zeros(size, 1), torch.zeros(size, self.probabilities.shape[1])
        at = 1
        for start, end in group:
            place = slice(at, at + end - start)
            rows[place], flags[place], features[place] = self.rows[start:end], self.flags[start:end], self.features[start:end]
            is_token[place], targets[place] = 1, self.probabilities[start:end]
            at += end - start + 1
        return rows, flags, features, is_token, targets, tokens


subjects = {}


def subject(request):
    key = (request["model"], request["stream"], request.get("tokens"))
    if key not in subjects:
        subjects[key] = Subject(request)
    return subjects[key]


def score(request):
    """Units are tokens. `mode`: eager or compile; `batch`: tokens of one call; `type`: float32, or bfloat16 by autocast."""
    s = subject(request)
    torch.set_num_threads(request["jobs"])
    batches = s.laid_out(request["batch"], 64 if request["mode"] == "compile" else 1)
    key = ("score", request["mode"], request["jobs"], request.get("type"))
    if key not in s.compiled:
        call = lambda *inputs: torch.softmax(s.tagger(*inputs), 1)
        s.compiled[key] = torch.compile(call, dynamic=False) if request["mode"] == "compile" else call
    call = s.compiled[key]
    half = request.get("type") == "bfloat16"

    def run():
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            for rows, flags, features, is_token, _, _ in batches:
                call(rows, flags, features, is_token)
        return sum(batch[5] for batch in batches)

    if ("warm", key, request["batch"]) not in s.compiled:
        run()
        s.compiled["warm", key, request["batch"]] = True
    return timed(run)


def probabilities(request):
    """The largest difference to the probabilities in a file of f32, in the order of the tokens."""
    s = subject(request)
    ours = np.fromfile(request["output"], np.float32).reshape(-1, s.probabilities.shape[1])
    worst, at = 0.0, 0
    with torch.inference_mode():
        for rows, flags, features, is_token, _, tokens in s.laid_out(2048, 1):
            theirs = torch.softmax(s.tagger(rows, flags, features, is_token), 1)[is_token[:, 0] > 0].numpy()
            worst = max(worst, float(np.abs(theirs - ours[at : at + tokens]).max()))
            at += tokens
    return {"seconds": 0, "units": at, "check": worst}


class Training:
    """A copy of the tagger with its optimizer; one update is forward, mean squared error, backward, clipping, AdamW."""

    def __init__(self, s, mode, dropout, vector_dropout, half=False):
        self.half = half
        self.tagger = Tagger(*s.model, s.table)
        decayed = [p for n, p in self.tagger.named_parameters() if p.requires_grad and p.ndim > 1]
        others = [p for n, p in self.tagger.named_parameters() if p.requires_grad and p.ndim == 1]
        self.parameters = decayed + others
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 1e-4}, {"params": others, "weight_decay": 0.0}], lr=2e-3, betas=(0.9, 0.99), eps=1e-8,
            fused=True)
        self.drops = dropout > 0
        self.widths = [layer.in_features for layer in self.tagger.layers[:1]] + [s.model[0].hidden_width] * len(self.tagger.layers)
        pool = 1 << 22
        self.pool = (torch.rand(pool) >= dropout).float() / (1 - dropout)
        self.vector_pool = (torch.rand(pool) >= vector_dropout).float()
        self.loss = torch.compile(self.plain_loss, dynamic=False) if mode == "compile" else self.plain_loss

    def plain_loss(self, rows, flags, features, is_token, targets, masks, count):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            logits = self.tagger(rows, flags, features, is_token, masks)
        p = torch.softmax(logits.float(), 1)
        return ((p - targets) ** 2 * is_token).sum() / count

    def masks(self, size):
        if not self.drops:
            return None
        masks = []
        for width in self.widths:
            start = int(torch.randint(0, (len(self.pool) - size * width) // 16, (1,))) * 16  # aligned
            masks.append(self.pool[start : start + size * width].view(size, width))
        start = int(torch.randint(0, (len(self.vector_pool) - size) // 16, (1,))) * 16
        masks.append(self.vector_pool[start : start + size].view(size, 1))
        return masks

    def update(self, batch):
        rows, flags, features, is_token, targets, tokens = batch
        loss = self.loss(rows, flags, features, is_token, targets, self.masks(len(rows)), torch.tensor(float(tokens * targets.shape[1])))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 5.0)
        self.optimizer.step()
        return loss


def update(request):
    """Units are tokens. `mode`: eager or compile; `type`: float32, or bfloat16 by autocast, weights in 32 bits."""
    s = subject(request)
    torch.set_num_threads(request["jobs"])
    batches = s.laid_out(request["batch"], 64 if request["mode"] == "compile" else 1)[: request.get("updates", 1 << 60)]
    half = request.get("type") == "bfloat16"
    key = ("update", request["mode"], request["jobs"], half)
    if key not in s.compiled:
        s.compiled[key] = Training(s, request["mode"], 0.15, 0.2, half)
        for batch in {len(batch[0]): batch for batch in batches}.values():  # every shape is compiled before time is taken
            for _ in range(3):
                s.compiled[key].update(batch)
    training = s.compiled[key]

    def run():
        for batch in batches:
            training.update(batch)
        return sum(batch[5] for batch in batches)

    return timed(run)


def losses(request):
    """Losses of the first updates without dropout."""
    s = subject(request)
    training = Training(s, "eager", 0.0, 0.0)
    batches = s.laid_out(700, 1)[: request["updates"]]
    return {"seconds": 0, "units": 0, "detail": {str(i): float(training.update(batch).detach()) for i, batch in enumerate(batches)}}


def versions(request):
    return {"seconds": 0, "units": 0, "detail": {"torch": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability(), "bfloat16": torch.ops.mkldnn._is_mkldnn_bf16_supported()}}


serve({"score": score, "probabilities": probabilities, "update": update, "losses": losses, "versions": versions})
