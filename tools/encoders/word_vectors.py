#!/usr/bin/env python3
"""Word vectors of many languages from a multilingual encoder, for `nerpipe vectors import`.

    tools/encoders/run.sh word_vectors ENCODER -o FOLDER en=train.tsv.zst sw=text.sw.zst ... [--layers 8] [--contexts 0] [--dimension 200]
    nerpipe vectors import --normalize none en=FOLDER/en.bin sw=FOLDER/sw.bin -o encoder.vectors

ENCODER is a Hugging Face folder. A text is a file, plain, .gz or .zst, with a sentence in each line, or with columns (.tsv, .conll: token first, empty
line between sentences); a language may be named several times. Words are the tokens between spaces, lower-cased and in NFC, with the capitals they
mostly have when they are shown to the encoder.

--contexts 0    each word alone between the special pieces
--contexts N    the mean over its first N occurrences, in the sentences of the text (at most 200 sub-words of each)

A vector is the mean over the word's sub-words of the states at the layers (0 is below the first one; of several the mean); then unit, less
the mean of its language's 20,000 most frequent words, unit, on the --dimension axes along which those of all languages differ most (one principal component
analysis for all), unit. FOLDER/LANGUAGE.bin is in word2vec's binary form, the most frequent word first. Nothing is random.

For tables that `nerpipe vectors train` made, `nerpipe vectors encode` does the same without Python, for words alone, and keeps what those tables know besides.
"""
import argparse
import collections
import gzip
import os
import subprocess
import sys
import unicodedata

import numpy as np
import torch
from transformers import AutoModel, PreTrainedTokenizerFast

DECIDING, MOST_PIECES, PIECES_OF_A_CALL = 20_000, 200, 2000


def sentences(path):
    """Lists of tokens."""
    columns = path.removesuffix(".zst").removesuffix(".gz").endswith((".tsv", ".conll"))
    if path.endswith(".zst"):
        process = subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE)
        file = process.stdout
    else:
        process, file = None, (gzip.open if path.endswith(".gz") else open)(path, "rb")
    words = []
    for line in file:
        parts = line.decode("utf-8").split()
        if not columns:
            if parts:
                yield parts
        elif parts:
            words.append(parts[0])
        elif words:
            yield words
            words = []
    if words:
        yield words
    if process and process.wait():
        sys.exit(f"{path}: zstd failed")


def key_of(word):
    return unicodedata.normalize("NFC", word).lower()


class Encoder:
    def __init__(self, folder, layers):
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        whole, bare = self.tokenizer("a")["input_ids"], self.tokenizer("a", add_special_tokens=False)["input_ids"]
        place = next(place for place in range(len(whole)) if whole[place:place + len(bare)] == bare)
        self.before, self.after = whole[:place], whole[place + len(bare):]
        count = self.model.config.num_hidden_layers
        self.layers = layers or [count * 2 // 3]
        if not all(0 <= layer <= count for layer in self.layers):
            sys.exit(f"{folder}: has the layers 0 to {count}")
        self.width = self.model.config.hidden_size
        stack = self.model.encoder.layer if hasattr(self.model, "encoder") else self.model.transformer.layer
        del stack[max(self.layers):]  # what lies above need not be computed
        self.known = {}

    def pieces(self, word):
        if word not in self.known:
            self.known[word] = self.tokenizer([unicodedata.normalize("NFC", word)], is_split_into_words=True, add_special_tokens=False)["input_ids"]
        return self.known[word]

    @torch.inference_mode()
    def states(self, sequences):
        """For sequences of words the mean state of each word, in order of the sequences; None for a word without pieces."""
        laid = []
        for words in sequences:
            ids, spans = list(self.before), []
            for word in words:
                pieces = self.pieces(word)
                if len(ids) + len(pieces) + len(self.after) > MOST_PIECES and spans:
                    break
                pieces = pieces[:MOST_PIECES - len(self.before) - len(self.after)]
                spans.append((len(ids), len(ids) + len(pieces)))
                ids.extend(pieces)
            laid.append((ids + self.after, spans))
        longest = max(len(ids) for ids, _ in laid)
        batch = torch.full((len(laid), longest), self.tokenizer.pad_token_id or 0)
        mask = torch.zeros_like(batch)
        for row, (ids, _) in enumerate(laid):
            batch[row, :len(ids)] = torch.tensor(ids)
            mask[row, :len(ids)] = 1
        hidden = self.model(input_ids=batch, attention_mask=mask, output_hidden_states=True).hidden_states
        mean = sum(hidden[layer] for layer in self.layers) / len(self.layers)
        return [[mean[row, begin:end].mean(0).numpy() if end > begin else None for begin, end in spans] for row, (_, spans) in enumerate(laid)]


def in_calls(items, length):
    """Items of like length, in calls of a bounded size with their padding."""
    call = []
    for item in sorted(items, key=length):
        if call and (len(call) + 1) * length(item) > PIECES_OF_A_CALL:
            yield call
            call = []
        call.append(item)
    if call:
        yield call


def words_alone(encoder, forms):
    rows = np.zeros((len(forms), encoder.width), np.float32)
    numbers = range(len(forms))
    for call in in_calls(numbers, lambda number: min(MOST_PIECES, len(encoder.pieces(forms[number])) + 2)):
        for number, (state,) in zip(call, encoder.states([[forms[number]] for number in call])):
            if state is not None:
                rows[number] = state
    return rows


def words_in_context(encoder, keys, paths, wanted):
    place = {key: number for number, key in enumerate(keys)}
    sums, counts = np.zeros((len(keys), encoder.width), np.float32), np.zeros(len(keys), int)

    def encode(chunk):
        for call in in_calls(chunk, lambda words: min(MOST_PIECES, sum(len(encoder.pieces(word)) for word in words) + 2)):
            for words, states in zip(call, encoder.states(call)):
                for word, state in zip(words, states):
                    number = place.get(key_of(word))
                    if number is not None and state is not None and counts[number] < wanted:
                        sums[number] += state
                        counts[number] += 1

    chunk = []
    for path in paths:
        for words in sentences(path):
            if any(counts[place[key]] < wanted for key in map(key_of, words) if key in place):
                chunk.append(words)
            if len(chunk) == 1000:
                encode(chunk)
                chunk = []
    if chunk:
        encode(chunk)
    return sums / np.maximum(counts, 1)[:, None], counts


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("encoder")
    parser.add_argument("text", nargs="+", help="LANGUAGE=FILE")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--layers", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--contexts", type=int, default=0)
    parser.add_argument("--dimension", type=int, default=200)
    parser.add_argument("--most", type=int, default=200_000, help="words of a language, the most frequent ones")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    encoder, paths = Encoder(options.encoder, options.layers), {}
    for argument in options.text:
        language, _, path = argument.partition("=")
        if not path:
            sys.exit(f"{argument}: expected LANGUAGE=FILE")
        paths.setdefault(language, []).append(path)
    os.makedirs(options.output, exist_ok=True)
    keys, rows = {}, {}
    for language, files in paths.items():
        forms = collections.defaultdict(collections.Counter)
        for path in files:
            for words in sentences(path):
                for word in words:
                    forms[key_of(word)][word] += 1
        ordered = sorted(forms, key=lambda key: (-forms[key].total(), key))
        keys[language] = ordered[:options.most]
        shown = [max(forms[key], key=lambda form: (forms[key][form], form)) for key in keys[language]]
        rows[language] = words_alone(encoder, shown)
        if options.contexts:
            found, counts = words_in_context(encoder, keys[language], files, options.contexts)
            rows[language] = np.where(counts[:, None] > 0, found, rows[language])
        print(f"{language}: {len(shown)} of {len(ordered)} words", file=sys.stderr, flush=True)
    moments = np.zeros((encoder.width, encoder.width))
    for language, matrix in rows.items():
        matrix = unit(matrix)
        rows[language] = matrix = unit(matrix - matrix[:DECIDING].mean(0))
        moments += matrix[:DECIDING].T.astype(float) @ matrix[:DECIDING]
    values, vectors = np.linalg.eigh(moments)
    axes = vectors[:, ::-1][:, :options.dimension]
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    print(f"{axes.shape[1]} of {encoder.width} axes keep {100 * values[::-1][:options.dimension].sum() / values.sum():.1f} %", file=sys.stderr)
    for language, matrix in rows.items():
        path = os.path.join(options.output, f"{language}.bin")
        with open(path + ".tmp", "wb") as file:
            file.write(f"{len(matrix)} {axes.shape[1]}\n".encode())
            for key, row in zip(keys[language], unit(matrix @ axes.astype(np.float32)).astype("<f4")):
                file.write(key.encode() + b" " + row.tobytes() + b"\n")
        os.rename(path + ".tmp", path)


main()
