#!/usr/bin/env python3
"""tiny_model.py FOLDER: a random BERT for token classification with a tokenizer of letters, to test hf.py with."""
import os
import sys

import torch
from transformers import BertConfig, BertForTokenClassification, BertTokenizerFast

torch.manual_seed(1)
os.makedirs(sys.argv[1], exist_ok=True)
letters = [chr(code) for code in range(33, 127)]
with open(os.path.join(sys.argv[1], "vocab.txt"), "w", encoding="utf-8") as file:
    file.write("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + ["##" + letter for letter in letters]))
tokenizer = BertTokenizerFast(os.path.join(sys.argv[1], "vocab.txt"))
tokenizer.model_max_length = 64
labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
model = BertForTokenClassification(BertConfig(
    vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
    max_position_embeddings=64, num_labels=len(labels), id2label=dict(enumerate(labels)),
    label2id={label: number for number, label in enumerate(labels)}))
model.save_pretrained(sys.argv[1])
tokenizer.save_pretrained(sys.argv[1])
