"""Hugging Face tokenizers on one core: lines of a text to words with offsets.

The pre-tokenizers that tell words and marks apart are measured in both ways that Python has: line by line
(`pre_tokenize_str`), and in batches through a tokenizer whose model knows one word (`encode_batch`).
"""
import os
import sys

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from protocol import serve, timed
from tokenizers import Tokenizer, models, pre_tokenizers

PRE_TOKENIZERS = {"bert": pre_tokenizers.BertPreTokenizer(), "whitespace": pre_tokenizers.Whitespace()}
texts = {}


def lines_of(path):
    if path not in texts:
        with open(path, encoding="utf-8") as file:
            lines = file.read(10_000_000).split("\n")
        texts[path] = (lines, sum(len(line.encode()) + 1 for line in lines))
    return texts[path]


def tokenize(request):
    lines, byte_count = lines_of(request["text"])
    pre_tokenizer = PRE_TOKENIZERS[request["kind"]]
    tokens = 0

    def by_line():
        nonlocal tokens
        for line in lines:
            tokens += len(pre_tokenizer.pre_tokenize_str(line))
        return byte_count

    def in_batches():
        nonlocal tokens
        tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizer
        for start in range(0, len(lines), 1000):
            for encoding in tokenizer.encode_batch(lines[start : start + 1000], add_special_tokens=False):
                tokens += len(encoding)
        return byte_count

    answer = timed(by_line if request["way"] == "line" else in_batches)
    answer["detail"] = {"tokens": tokens}
    return answer


serve({"tokenize": tokenize})
