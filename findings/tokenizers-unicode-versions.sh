#!/usr/bin/env bash
# Which Unicode version the steps of one tokenizer follow.
#
# Guess, written down before:  all steps of a release of `tokenizers` follow one version of Unicode, so a script is either known
#                              to all of them or to none: what Lowercase maps, StripAccents and the punctuation rule know, too.
# Fact:                        in tokenizers 0.23.3 they follow four. Lowercase knows letters of Unicode 17; Whitespace's \w is as
#                              young; StripAccents keeps combining marks that came after Unicode 9; the punctuation of
#                              BertPreTokenizer and Punctuation ends with Unicode 8. In the Adlam script of Fulfulde (Unicode 9) words
#                              are lower-cased, and their exclamation mark stays a part of the word, which is then another
#                              piece sequence than the word alone.
# Why it matters to us:        a tokenizer of one's own that "does what Unicode says" gives other pieces than the model was trained on,
#                              just in scripts of languages with little data. Tables have to be taken from the library, step by
#                              step, not from one version of the Unicode database.
#
# Installs pinned packages into a temporary folder; needs python3 and the network. Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tokenizers==0.23.3
"$folder/venv/bin/python" - <<'PYTHON'
import tokenizers
from tokenizers import normalizers, pre_tokenizers

print("tokenizers", tokenizers.__version__)
lower = normalizers.Lowercase().normalize_str
strip = normalizers.StripAccents().normalize_str
bert = lambda text: [part for part, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text)]
words = lambda text: [part for part, _ in pre_tokenizers.Whitespace().pre_tokenize_str(text)]
adlam = "\U0001e900\U0001e901"  # two capitals of Adlam, Unicode 9
rows = [
    # what, found, expected
    ("Lowercase, Adlam capitals (Unicode 9)", lower(adlam), "\U0001e922\U0001e923"),
    ("Lowercase, a Garay capital (16)", lower("\U00010d50"), "\U00010d70"),
    ("Lowercase, a Beria Erfe capital (17)", lower("\U00016ea0"), "\U00016ebb"),
    ("StripAccents, a mark of Unicode 9", strip("a\u08d4"), "a"),
    ("StripAccents, a mark of Unicode 10", strip("a\u0d00"), "a\u0d00"),
    ("StripAccents, a mark of Unicode 13", strip("a\u0b55"), "a\u0b55"),
    ("BertPreTokenizer, punctuation of Unicode 7", bert("a\u2e3cb"), ["a", "\u2e3c", "b"]),
    ("BertPreTokenizer, punctuation of Unicode 9", bert("a\u2e43b"), ["a\u2e43b"]),
    ("BertPreTokenizer, Adlam word and exclamation mark", bert(adlam + "\U0001e95e"), [adlam + "\U0001e95e"]),
    ("Whitespace, Adlam word and exclamation mark", words(adlam + "\U0001e95e"), [adlam, "\U0001e95e"]),
]
changed = False
for what, found, expected in rows:
    print(f"{what}: {ascii(found)}")
    changed = changed or found != expected
raise SystemExit("changed" if changed else 0)
PYTHON
