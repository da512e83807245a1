#!/usr/bin/env bash
# What becomes of a given token that the normalizer of a sub-word tokenizer empties.
#
# Guess, written down before:  with is_pretokenized=True every word that is handed in has at least one piece: a word
#                              that holds only a soft hyphen becomes the unknown piece, with its word number.
# Fact:                        tokenizers 0.23.3 gives it no piece at all: word_ids goes from 0 to 2, silently, while an unknown
#                              word that holds letters has its [UNK].
# Why it matters to us:        Who trains or scores NER with word_ids (first piece of a word has its label) gets one label
#                              fewer than there are tokens. Zipped with the columns, all labels behind it move by one.
#                              So predictions of peers are aligned by word number, never by place, before they are scored
#                              beside ours; our own tokens keep such a word, with a label.
#
# Installs pinned packages into a temporary folder; needs python3 and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tokenizers==0.23.3 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import tokenizers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

print("tokenizers", tokenizers.__version__)
pieces = {"[UNK]": 0, "nairobi": 1, "ni": 2, "mji": 3}
tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer()
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
seen = {
    ("Nairobi", "\u00ad", "ni", "mji"): (["nairobi", "ni", "mji"], [0, 2, 3]),
    ("Nairobi", "kubwa", "ni", "mji"): (["nairobi", "[UNK]", "ni", "mji"], [0, 1, 2, 3]),
}
changed = False
for words, (expected, numbers) in seen.items():
    encoding = tokenizer.encode(list(words), is_pretokenized=True)
    print([ascii(word) for word in words], encoding.tokens, encoding.word_ids)
    changed = changed or (encoding.tokens, encoding.word_ids) != (expected, numbers)
raise SystemExit("changed" if changed else 0)
PYTHON
