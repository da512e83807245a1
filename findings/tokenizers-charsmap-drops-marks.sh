#!/usr/bin/env bash
# What the compiled character map of a sentencepiece model does to letters with two combining marks, there and in `tokenizers`.
#
# Guess, written down before:  the normalizer Precompiled of `tokenizers`, given the character map of a sentencepiece model, normalizes
#                              as sentencepiece does; for the map nmt_nfkc, text of letters and combining marks comes out as NFKC.
# Fact:                        not for decomposed letters with two marks. tokenizers 0.23.3 looks a whole grapheme cluster of fewer than six
#                              bytes up in the map, finds the beginning of it (e and the dot below), and puts the replacement in the place of the
#                              whole cluster: the second mark, the tone of Yoruba, is gone. sentencepiece 0.2.3 replaces what it found and goes on
#                              with the mark. With the first mark composed, or in NFC, both agree.
# Why it matters to us:        models with such maps (XLM-RoBERTa, E5, mT5) get other words in Yoruba, Igbo or Vietnamese when the text is decomposed, without a
#                              word about it, and other pieces than sentencepiece gave when they were trained. Compose text (NFC) before it is cut.
#
# Installs pinned packages into a temporary folder; needs python3 and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tokenizers==0.23.3 sentencepiece==0.2.3 protobuf==7.36.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import unicodedata

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2

print("tokenizers", tokenizers.__version__, "sentencepiece", sentencepiece.__version__)
with open("text", "w", encoding="utf-8") as file:
    file.write("ni ile wa ni oko wa lana ni oja\nmo lo si oja lana pelu iya mi\n" * 20)
sentencepiece.SentencePieceTrainer.train(
    input="text", model_prefix="model", model_type="unigram", vocab_size=30, hard_vocab_limit=False,
    normalization_rule_name="nmt_nfkc", add_dummy_prefix=False, minloglevel=2)
model = sentencepiece_model_pb2.ModelProto()
with open("model.model", "rb") as file:
    model.ParseFromString(file.read())
theirs = sentencepiece.SentencePieceProcessor(model_file="model.model")
map_ = tokenizers.normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
rows = [
    # what, text, sentencepiece, tokenizers
    ("e, dot below, acute", "e\u0323\u0301", "\u1eb9\u0301", "\u1eb9"),
    ("o, dot below, grave, in a word", "o\u0323\u0300ro\u0323\u0300", "\u1ecd\u0300r\u1ecd\u0300", "\u1ecdr\u1ecd"),
    ("e with dot below, acute", "\u1eb9\u0301", "\u1eb9\u0301", "\u1eb9\u0301"),
    ("e, acute", "e\u0301", "\u00e9", "\u00e9"),
]
changed = False
for what, text, sentencepiece_gives, tokenizers_gives in rows:
    found = theirs.normalize(text), map_.normalize_str(text)
    print(f"{what}: {ascii(text)}  sentencepiece {ascii(found[0])}  tokenizers {ascii(found[1])}  NFKC {ascii(unicodedata.normalize('NFKC', text))}")
    changed = changed or found != (sentencepiece_gives, tokenizers_gives)
raise SystemExit("changed" if changed else 0)
PYTHON
