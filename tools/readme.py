#!/usr/bin/env python3
"""Runs every command line of README.md, in the sample world.

    tools/readme.py [--keep FOLDER] [NERPIPE]

In a folder of its own the invented languages of corpora/sample play those that the README speaks of: qaa is English, qab Swahili, qac Spanish, qad
Dutch; what the README takes as given is made first, a tiny transformer with random weights among it. Then its lines run in their order, as they stand, those
that say `tools/...` excepted. A line that fails, or a name that is not made before it is used, ends the run.
"""
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "corpora" / "sample"

# What the README takes as given.
GIVEN = r"""
mkdir -p en es news.sw parallel teachers
zstdcat $SAMPLE/qaa/train.conll.zst > en/train.conll; zstdcat $SAMPLE/qaa/dev.conll.zst > en/dev.conll
zstdcat $SAMPLE/qac/dev.conll.zst > es/train.conll; zstdcat $SAMPLE/qab/test.conll.zst > gold.conll
cp $SAMPLE/qab/unlabelled/*.zst news.sw/; cat news.sw/*.zst > news.sw.txt.zst; cp news.sw/00.txt.zst news.00.zst
zstdcat news.sw/00.txt.zst | sed -n 1,20p > text
zstdcat $SAMPLE/qab/parallel.tsv.zst > parallel/en-sw
for pair in en=qaa sw=qab; do zstdcat $SAMPLE/vectors/${pair#*=}.vec.zst > ${pair%=*}.vec; nerpipe vectors import -q ${pair%=*}=${pair%=*}.vec -o ${pair%=*}.vectors; done
cp en.vec multilingual.vec; zstd -q multilingual.vec
zstdcat $SAMPLE/qab/parallel.tsv.zst | sed -n 1,400p | awk -F'\t' '{ split($1, a, " "); split($2, b, " "); if (a[1] ~ /^[A-Za-z]+$/) print b[1] "\t" a[1] }' | sort -u > sw-en.tsv
sed -n 1,400p en/train.conll > few.conll; nerpipe convert -q few.conll project-7-at-2026-01-05.json --to label-studio; rm few.conll
zstdcat news.sw/00.txt.zst | sed -n 1,200p | awk '{ gsub(/["\\\\]/, ""); print "{\"id\": " NR ", \"text\": \"" $0 "\", \"source\": \"x\"}" }' | zstd -q > wire.jsonl.zst
awk '$2 ~ /^B-/ { print $1 "\t" substr($2, 3) }' en/train.conll | sort -u | sed -n 1,200p > names.tsv
"""
# What stands in the README without being made there: the other languages of a weighted mixture, second seeds.
BEFORE_WEIGHTS = r"""
for pair in en=en/train.conll es=es/train.conll nl=$SAMPLE/qad/unlabelled/00.txt.zst sw=news.sw.txt.zst; do
  nerpipe tokenize -q --lang ${pair%%=*} ${pair#*=} | nerpipe embed -q --vectors all.vectors -o ${pair%%=*}.embedded.zst
done
for seed in 1 2; do nerpipe train -q en/train.conll --vectors all.vectors --lang en --epochs 1 --seed $seed -o teachers/en-$seed; done
rm -rf teachers/en; nerpipe train -q en/train.conll --vectors all.vectors --lang en --epochs 1 -o teachers/en
nerpipe train -q es/train.conll --vectors all.vectors --lang es --epochs 1 -o teachers/es
"""
BEFORE_COMPARE = r"""
for seed in 1 2; do
  nerpipe evaluate -q --model teachers/en-$seed --lang sw gold.conll --counts direct-$seed.counts > /dev/null
  nerpipe evaluate -q --model students/sw --lang sw gold.conll --counts student-$seed.counts > /dev/null
done
"""
TABLE = r"nerpipe vectors import -q en=en.vec sw=sw.vec es=<(zstdcat $SAMPLE/vectors/qac.vec.zst) nl=<(zstdcat $SAMPLE/vectors/qad.vec.zst) -o all.vectors"


def commands(text):
    """The indented command lines, with what follows a backslash."""
    lines = iter(text.split("\n"))
    for line in lines:
        if not line.startswith("    ") or line.startswith("    #"):
            continue
        command = line[4:]
        while command.endswith("\\"):
            command += "\n" + next(lines)[4:]
        yield command


def transformer(folder):
    """A tiny BERT token classifier with random weights and a WordPiece vocabulary, as `save_pretrained` would write it."""
    folder.mkdir(parents=True)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [
        prefix + letter for letter in "abcdefghijklmnopqrstuvwxyzžéčøšäü.,-0123456789" for prefix in ("", "##")
    ]
    width, inner, labels = 208, 64, ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
    config = {
        "architectures": ["BertForTokenClassification"], "model_type": "bert", "hidden_size": width, "num_hidden_layers": 3,
        "num_attention_heads": 4, "intermediate_size": inner, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0,
        "max_position_embeddings": 64, "type_vocab_size": 2, "vocab_size": len(pieces), "position_embedding_type": "absolute",
        "id2label": {str(i): label for i, label in enumerate(labels)}, "label2id": {label: i for i, label in enumerate(labels)},
    }
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": i, "content": piece, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for i, piece in enumerate(pieces[:5])
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [], "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]},
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {piece: i for i, piece in enumerate(pieces)},
        },
    }
    shapes = {"bert.embeddings.word_embeddings.weight": (len(pieces), width), "bert.embeddings.position_embeddings.weight": (64, width),
              "bert.embeddings.token_type_embeddings.weight": (2, width), "bert.embeddings.LayerNorm.weight": (width,), "bert.embeddings.LayerNorm.bias": (width,)}
    for layer in range(3):
        name = f"bert.encoder.layer.{layer}."
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes[name + part + ".weight"], shapes[name + part + ".bias"] = (width, width), (width,)
        shapes[name + "intermediate.dense.weight"], shapes[name + "intermediate.dense.bias"] = (inner, width), (inner,)
        shapes[name + "output.dense.weight"], shapes[name + "output.dense.bias"] = (width, inner), (width,)
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[name + part + ".weight"], shapes[name + part + ".bias"] = (width,), (width,)
    shapes["classifier.weight"], shapes["classifier.bias"] = (len(labels), width), (len(labels),)
    chance = random.Random(1)
    header, data = {}, b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = [1.0 if name.endswith("LayerNorm.weight") else chance.gauss(0, 0.1) for _ in range(count)]
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + 4 * count]}
        data += struct.pack(f"<{count}f", *values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


def shell(command, folder, environment):
    done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.stderr.write(f"readme.py: status {done.returncode} of\n  {command}\n{done.stdout.decode('utf-8', 'replace')[-3000:]}\n")
        sys.exit(1)


def main():
    arguments = sys.argv[1:]
    keep = None
    if arguments[:1] == ["--keep"]:
        keep, arguments = Path(arguments[1]), arguments[2:]
    program = Path(arguments[0] if arguments else ROOT / ".build/release/nerpipe").resolve()
    folder = keep or Path(tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    (folder / "bin").mkdir(exist_ok=True)
    shutil.copy(program, folder / "bin" / "nerpipe")
    for name in ("corpora", "tools", "pipelines"):
        (folder / name).symlink_to(ROOT / name)
    environment = dict(os.environ, PATH=f"{folder / 'bin'}:{os.environ['PATH']}", SAMPLE=str(SAMPLE), NERPIPE=str(folder / "bin" / "nerpipe"))
    environment.pop("NERPIPE_DATA", None)
    shell(GIVEN, folder, environment)
    shell(TABLE, folder, environment)
    transformer(folder / "hf" / "xlmr-ner")
    shutil.copytree(folder / "hf" / "xlmr-ner", folder / "hf" / "xlmr")
    count = 0
    try:
        for command in commands((ROOT / "README.md").read_text(encoding="utf-8")):
            if command.startswith("tools/"):
                continue
            if command.startswith("nerpipe weigh"):
                shell(BEFORE_WEIGHTS, folder, environment)
            if command.startswith("nerpipe compare"):
                shell(BEFORE_COMPARE, folder, environment)
            if "pipelines/smoke" in command:
                # Behind tools/quickstart.sh, which makes these.
                shell("pipelines/smoke/run.sh > /dev/null", folder, dict(environment, WORK=str(folder / "out" / "smoke")))
            shell(command, folder, environment)
            count += 1
    finally:
        if keep is None:
            shutil.rmtree(folder)
    print(f"{count} commands of README.md ran")
    return 0 if count > 25 else 1


if __name__ == "__main__":
    sys.exit(main())
