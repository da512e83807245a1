"""Writes the text a multilingual fastText table is trained on: corpus.py SPACE DATA OUT

Makes OUT/SPACE.txt (one lower-cased, tokenised line each, shuffled), OUT/SPACE.sources.tsv (what went in, what was left
out and why) and OUT/dict/SOURCE-TARGET.tsv (word pairs with probabilities, from the alignments). Only text is used: NER
labels never are, and lines that contain a sentence of any NER dev or test set of their languages are dropped.
"""

import random
import re
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import align

LONGEST = 100  # tokens on either side of a pair
EVEN_SAMPLE = 35_000  # pairs taken from one file of short everyday sentences
DICTIONARY_ENTRIES = 15_000
KEY_LENGTH = 28  # letters and digits: shorter held-out sentences are matched as whole lines only

AFRICAN = "bam bbj ewe fon hau ibo kin lug luo mos nya pcm sna swa tsn twi wol xho yor zul".split()

# What each space is made of: language pairs with all their parallel text (`sampled` names the sources of which only an
# even sample is taken), pairs whose dictionary entries are added as one-word sentences, NER sets whose train text is
# added without labels.
SPACES = {
    "eur": {
        "parallel": ["en-es", "en-de", "en-nl"],
        "sampled": ["tatoeba"],
        "dictionaries": ["en-es", "en-de", "en-nl"],
        "ner": ["conll2003/en", "conll2002/es", "conll2003/de", "conll2002/nl"],
    },
    "afr": {
        "parallel": [f"en-{language}" for language in AFRICAN if language != "bbj"]
        + [f"fr-{language}" for language in ("bam", "bbj", "ewe", "fon", "mos", "wol")],
        "sampled": [],
        "dictionaries": [],
        "ner": ["conll2003/en"] + [f"masakhaner2/{language}" for language in AFRICAN],
    },
}

LETTER = r"(?:[^\W_]|[\u0300-\u036f])"  # \w lacks the combining marks that NFC leaves, as in Yoruba
WORD = rf"{LETTER}+(?:(?:['’&-]|(?<=\d)[.,:](?=\d)){LETTER}+)*"
TOKEN = re.compile(rf"(?:[^\W\d_]\.){{2,}}|{WORD}|(\S)\1*")
LUO_TOKEN = re.compile(rf"{WORD}(?:(?<=ng)['’])?|(\S)\1*")  # final ng' is a letter of Luo, not a closing quote
ENGLISH_CLITIC = re.compile(r"(?<=\w)(n['’]t|['’](?:s|re|ve|ll|d|m))$")
FRENCH_ELISION = re.compile(r"^((?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’])(?=\w)")


def normalise(text):
    """NFC and lower case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def tokenise(text, language):
    """Lower-cased tokens of running text, clitics of English and French apart as in NER data."""
    pattern = LUO_TOKEN if language == "luo" else TOKEN
    tokens = [match.group() for match in pattern.finditer(normalise(text))]
    if language == "en":
        return [part for token in tokens for part in ENGLISH_CLITIC.sub(r" \1", token).split(" ")]
    if language == "fr":
        return [part for token in tokens for part in FRENCH_ELISION.sub(r"\1 ", token).split(" ")]
    return tokens


def read_lines(path):
    """Lines of a zstd-compressed UTF-8 file."""
    text = subprocess.run(["zstd", "-dc", path], check=True, capture_output=True).stdout.decode()
    return text.removesuffix("\n").split("\n")


def read_ner_sentences(path):
    """Token lists of a `token TAB tag` file; the tags are dropped at once."""
    sentence = []
    for line in read_lines(path) + [""]:
        if line:
            sentence.append("".join(line.split("\t")[0].split()))
        elif sentence:
            yield sentence
            sentence = []


def key(text):
    """The letters and digits of a text without case, spaces, punctuation and diacritics."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFD", text.lower()))


class HeldOut:
    """Sentences of all NER dev and test sets of one language."""

    def __init__(self, data, language):
        self.whole, self.beginnings = set(), {}
        for split in ("dev", "test"):
            for path in sorted(data.glob(f"ner/*/{language}/{split}.tsv.zst")):
                for sentence in read_ner_sentences(path):
                    letters = key(" ".join(sentence))
                    self.whole.add(letters)
                    if len(letters) >= KEY_LENGTH:
                        self.beginnings.setdefault(letters[:KEY_LENGTH], []).append(letters)
        self.whole.discard("")

    def occurs_in(self, text):
        letters = key(text)
        if letters in self.whole:
            return True
        for start in range(len(letters) - KEY_LENGTH + 1):
            for held_out in self.beginnings.get(letters[start:start + KEY_LENGTH], ()):
                if letters.startswith(held_out, start):
                    return True
        return False


def evenly(lines, count):
    """`count` lines spread evenly over all of them."""
    if len(lines) <= count:
        return lines
    return [lines[k * len(lines) // count] for k in range(count)]


def mix(source, target, links, chance):
    """The two lines of mixed text of every pair, each a token list.

    source, target: token lists of equal number. links: for every target token, all sentences end to end, the position
    of its source token in the same counting, or align.NO_LINK. First comes the source with each word followed by its
    aligned target word, then the target with about half of its aligned words replaced by their source word.
    """
    lines = []
    first_source = first_target = 0
    for words, translations in zip(source, target):
        aligned = {}
        for j, link in enumerate(links[first_target:first_target + len(translations)]):
            if link != align.NO_LINK:
                aligned[link - first_source] = j
        interleaved, replaced = [], list(translations)
        for i, word in enumerate(words):
            interleaved.append(word)
            translation = translations[aligned[i]] if i in aligned else word
            if translation != word:  # a name or number twice in a row would only predict itself
                interleaved.append(translation)
                if chance.random() < 0.5:
                    replaced[aligned[i]] = word
        lines += [interleaved, replaced]
        first_source += len(words)
        first_target += len(translations)
    return lines


class Builder:
    """Collects the lines of one space and the account of where they came from."""

    def __init__(self, name, data, out):
        self.name, self.data, self.out, self.space = name, data, out, SPACES[name]
        self.chance = random.Random(1)
        self.lines, self.account, self.held_out = [], [], {}

    def is_held_out(self, text, language):
        if language not in self.held_out:
            self.held_out[language] = HeldOut(self.data, language)
        return self.held_out[language].occurs_in(text)

    def read_pairs(self, pair):
        """Token lists of both sides of all sentence pairs of one language pair, without repetitions."""
        languages = pair.split("-")
        pairs = {}
        for path in sorted((self.data / "parallel" / pair).glob("*.tsv.zst")):
            source = path.name.removesuffix(".tsv.zst")
            lines = read_lines(path)
            if source in self.space["sampled"]:
                lines = evenly(lines, EVEN_SAMPLE)
            before, held_out, wrong_length = len(pairs), 0, 0
            for line in lines:
                texts = line.split("\t")
                sides = tuple(tuple(tokenise(text, language)) for text, language in zip(texts, languages))
                if len(sides) != 2 or not all(1 <= len(side) <= LONGEST for side in sides):
                    wrong_length += 1
                elif any(self.is_held_out(text, language) for text, language in zip(texts, languages)):
                    held_out += 1
                else:
                    pairs[sides] = None
            self.account.append((f"parallel/{pair}/{source}", len(lines), len(pairs) - before, held_out, wrong_length))
        if pair in self.space["dictionaries"]:
            entries = read_lines(self.data / "dictionaries" / f"{pair}.tsv.zst")[:DICTIONARY_ENTRIES]
            before = len(pairs)
            for entry in entries:
                sides = zip(entry.split("\t"), languages)
                pairs[tuple(tuple(tokenise(text, language)) for text, language in sides)] = None
            self.account.append((f"dictionaries/{pair}", len(entries), len(pairs) - before, 0, 0))
        return [list(source) for source, _ in pairs], [list(target) for _, target in pairs]

    def add_pairs(self, pair):
        started = time.time()
        source, target = self.read_pairs(pair)
        read = time.time()
        coded_source, coded_target = align.Sentences.encode(source), align.Sentences.encode(target)
        forward, backward = align.translate(coded_source, coded_target), align.translate(coded_target, coded_source)
        links = align.intersect(forward, backward)
        self.lines += mix(source, target, links.tolist(), self.chance)
        entries = align.dictionary(coded_source, coded_target, forward, backward, links)
        (self.out / "dict").mkdir(exist_ok=True)
        with open(self.out / "dict" / f"{pair}.tsv", "w", encoding="utf-8") as file:
            for word, translation, given_source, given_target, count in entries:
                file.write(f"{word}\t{translation}\t{given_source:.4f}\t{given_target:.4f}\t{count}\n")
        print(f"{pair}: {len(source)} pairs, read in {read - started:.1f} s, aligned in {time.time() - read:.1f} s, "
              f"{len(entries)} dictionary entries", flush=True)

    def add_ner_text(self, dataset):
        language = dataset.split("/")[1]
        total = held_out = 0
        for sentence in read_ner_sentences(self.data / "ner" / dataset / "train.tsv.zst"):
            total += 1
            if self.is_held_out(" ".join(sentence), language):
                held_out += 1
            else:
                self.lines.append([normalise(token) for token in sentence])
        self.account.append((f"ner/{dataset}/train, without labels", total, total - held_out, held_out, 0))

    def build(self):
        for pair in self.space["parallel"]:
            self.add_pairs(pair)
        for dataset in self.space["ner"]:
            self.add_ner_text(dataset)
        self.chance.shuffle(self.lines)  # fastText lowers its learning rate along the file
        with open(self.out / f"{self.name}.txt", "w", encoding="utf-8") as file:
            file.writelines(" ".join(line) + "\n" for line in self.lines)
        with open(self.out / f"{self.name}.sources.tsv", "w", encoding="utf-8") as file:
            file.write("source\tlines\tused\theld out\ttoo long or empty\n")
            file.writelines("\t".join(map(str, row)) + "\n" for row in self.account)
        tokens = sum(map(len, self.lines))
        print(f"{self.name}: {len(self.lines)} lines, {tokens} tokens, "
              f"{len({token for line in self.lines for token in line})} distinct", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in SPACES:
        sys.exit(f"usage: corpus.py {'|'.join(SPACES)} DATA OUT")
    Builder(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])).build()
