#!/usr/bin/env bash
# What torch.autocast("cpu") costs on a processor with AVX2 and without AVX-512.
#
# Guess, written down before:  bfloat16, the type that autocast takes on CPUs unless told otherwise, saves nothing there: numbers are widened and multiplied by the
#                              kernels of 32 bits, so a layer takes as long as in float32, at most twice as long.
# Fact:                        torch 2.15.0: a linear layer of 300 x 96 takes 4 to 7 times as long under autocast, a convolution of 96 channels with its gradients
#                              20 to 30 times, without a warning. Without AVX-512 oneDNN is not asked at all (torch.ops.mkldnn._is_mkldnn_bf16_supported() is
#                              False), and what is left are plain loops on one thread.
# Why it matters to us:        Whoever compares a tagger's reduced precision with "PyTorch in bfloat16" on such a processor compares it with loops that nobody tuned; tools/bench leaves that
#                              row out there. And a teacher in Python that serves us (teacher serve) should not use autocast on such a machine.
#
# Any processor will do: ONEDNN_MAX_CPU_ISA=AVX2 hides what it has beside AVX2. Installs pinned packages into a temporary folder (some 3 GB); needs
# python3 and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.15.0 numpy==2.4.6
ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 "$folder/venv/bin/python" - <<'PYTHON'
import sys
import time

import torch

torch.set_num_threads(1)
print("torch", torch.__version__, "oneDNN for bfloat16:", torch.ops.mkldnn._is_mkldnn_bf16_supported())


def seconds(step):
    """The fastest of some runs, processor time."""
    step()
    times = []
    for _ in range(20):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return min(times)


words, sentences = torch.randn(700, 300), torch.randn(28, 96, 25)
linear, convolution = torch.nn.Linear(300, 96), torch.nn.Conv1d(96, 96, 3, padding=1)


def tag(reduced):
    with torch.no_grad(), torch.autocast("cpu", enabled=reduced):
        linear(words)


def learn(reduced):
    with torch.autocast("cpu", enabled=reduced):
        states = convolution(sentences)
    states.float().square().mean().backward()
    convolution.zero_grad()


changed = torch.ops.mkldnn._is_mkldnn_bf16_supported()
for name, step, least in (("linear, forward", tag, 3), ("convolution, forward and backward", learn, 8)):
    full, reduced = seconds(lambda: step(False)), seconds(lambda: step(True))
    print(f"{name}: float32 {full * 1e3:.2f} ms, autocast {reduced * 1e3:.2f} ms, {reduced / full:.1f} times as long")
    changed = changed or reduced < least * full
sys.exit(1 if changed else 0)
PYTHON
