"""A token classifier of Hugging Face transformers on the CPU: PyTorch eager and compiled, its dynamic int8, and ONNX Runtime.

Sentences are sorted by length and padded to the longest of their batch, which is what wastes least; the attention is the fused one.
"""
import json
import os
import tempfile
import time

import numpy as np
import torch
import transformers

from protocol import serve

torch.set_grad_enabled(False)
subjects = {}


class Subject:
    def __init__(self, request):
        torch.set_num_threads(1)
        self.folder = request["model"]
        self.sequences = json.load(open(request["sequences"]))
        self.runners = {}

    def model(self):
        kind = getattr(transformers, json.load(open(f"{self.folder}/config.json"))["architectures"][0])
        return kind.from_pretrained(self.folder, attn_implementation="sdpa").float().eval()

    def batches(self, budget):
        """Arrays of pieces and masks, with the numbers of their sentences."""
        order, groups, group = sorted(range(len(self.sequences)), key=lambda i: len(self.sequences[i])), [], []
        for number in order:
            if group and (len(group) + 1) * len(self.sequences[number]) > budget:
                groups.append(group)
                group = []
            group.append(number)
        groups.append(group)
        result = []
        for group in groups:
            length = max(len(self.sequences[i]) for i in group)
            pieces, mask = np.ones((len(group), length), np.int64), np.zeros((len(group), length), np.int64)
            for row, number in enumerate(group):
                pieces[row, :len(self.sequences[number])] = self.sequences[number]
                mask[row, :len(self.sequences[number])] = 1
            result.append((group, pieces, mask))
        return result

    def runner(self, mode):
        """A function from pieces and mask to logits."""
        if mode not in self.runners:
            self.runners[mode] = self.onnx() if mode == "onnx" else self.torch(mode)
        return self.runners[mode]

    def torch(self, mode):
        model = self.model()
        if mode == "int8":
            model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
        call = torch.compile(model, dynamic=True) if mode == "compile" else model

        def run(pieces, mask):
            with torch.inference_mode():
                return call(input_ids=torch.from_numpy(pieces), attention_mask=torch.from_numpy(mask)).logits.numpy()
        return run

    def onnx(self):
        import onnxruntime
        path = os.path.join(tempfile.mkdtemp(), "model.onnx")
        example = (torch.ones(2, 7, dtype=torch.int64), torch.ones(2, 7, dtype=torch.int64))
        axes = {0: "sentences", 1: "pieces"}
        model = self.model()
        model.config.return_dict = False
        torch.onnx.export(
            model, example, path, input_names=["input_ids", "attention_mask"], output_names=["logits"], dynamo=False,
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": axes}, opset_version=17)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return lambda pieces, mask: session.run(None, {"input_ids": pieces, "attention_mask": mask})[0]


def subject(request):
    key = (request["model"], request["sequences"])
    if key not in subjects:
        subjects[key] = Subject(request)
    return subjects[key]


def score(request):
    """Pieces to logits; processor seconds of this one thread, warm."""
    it = subject(request)
    run, batches = it.runner(request["mode"]), it.batches(request["batch"])
    start = time.process_time()
    for _, pieces, mask in batches:
        run(pieces, mask)
    return {"seconds": time.process_time() - start, "units": sum(map(len, it.sequences))}


def compare(request):
    """The largest difference of a logit to those that nerpipe has written."""
    it = subject(request)
    ours = np.fromfile(request["output"], np.float32)
    logits = [None] * len(it.sequences)
    for group, pieces, mask in it.batches(request["batch"]):
        for row, number in enumerate(group):
            logits[number] = it.runner(request["mode"])(pieces, mask)[row, :len(it.sequences[number])]
    theirs = np.concatenate(logits).reshape(-1)
    return {"seconds": 0, "units": len(theirs), "check": float(np.abs(theirs - ours).max() if len(ours) == len(theirs) else np.inf)}


def make(request):
    """A random encoder of 12 x 384 with a head, and sentences of pieces of drawn lengths."""
    torch.manual_seed(1)
    config = transformers.BertConfig(
        hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536, vocab_size=20_000, num_labels=9)
    model = transformers.BertForTokenClassification(config)
    model.save_pretrained(request["model"], safe_serialization=True)
    draw = np.random.default_rng(1)
    lengths = np.clip(draw.lognormal(3.1, 0.6, request["tokens"]).astype(int), 3, 200)
    json.dump([draw.integers(5, 20_000, length).tolist() for length in lengths], open(request["sequences"], "w"))
    return {"seconds": 0, "units": int(lengths.sum())}


def versions(request):
    import onnxruntime
    return {"seconds": 0, "units": 0, "detail": {"torch": torch.__version__, "transformers": transformers.__version__, "onnxruntime": onnxruntime.__version__}}


serve({"score": score, "compare": compare, "make": make, "versions": versions})
