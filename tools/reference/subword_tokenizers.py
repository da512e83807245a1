#!/usr/bin/env python3
"""Compares the pieces of `nerpipe teacher pieces` with those of the Python package `tokenizers`, which the same tokenizer.json
is given to: numbers and places of every piece, word by word.

    tools/reference/subword_tokenizers.sh compare NERPIPE [--data FOLDER] [--megabytes N] [--folder TEACHER]...
    tools/reference/subword_tokenizers.sh golden Tests/SubwordsTests/Fixtures

`compare` makes tokenizers of many kinds in a folder of its own: Unigram by sentencepiece with `nmt_nfkc` and `nmt_nfkc_cf`, whose
compiled character maps are the real ones, WordPiece cased and uncased, and small ones for each normalizer and pre-tokenizer; they
learn from the text under FOLDER (ner/**, text/**, ranks/text, parallel/** as NERPIPE_DATA has them), or from invented words without it.
Each cuts all different words of up to N MB of each language, and hostile ones that are generated: combining marks, joiners, jamo,
controls, spaces of all kinds, very long words, specials, CJK, right to left, every code point once. `--folder` adds tokenizers of
one's own. Exit status 1 where anything differs; then the first differences are printed as escapes.

`golden` writes the small tokenizers and their pieces for the unit tests.
"""
import argparse, base64, glob, io, itertools, json, os, random, subprocess, sys, tempfile, time, unicodedata

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
INVENTED = ("der die das Haus Häuser Straße Wörter gehen gegangen walk walked walking talks talking unhappily reading readers "
            "nyumba nyumbani watu mtu Nairobi élève élèves naïve Łódź ńcha Ọjọ́ wọ́n máa Москва москвич город города 中国 北京 "
            "日本語 한국어 서울 हिन्दी भाषा العربية كتاب עברית ﬁne ½ Ⅷ ｶﾞ … \u0301 x\u0301y İstanbul ΣΊΣΥΦΟΣ").split()


# The words


def text_words(folder, megabytes):
    """Different words of each language under a NERPIPE_DATA folder: {language: [word]}."""
    files = {}
    for pattern, part in [("text/*/*.zst", -2), ("ner/*/*/train.tsv.zst", -2), ("ranks/text/*.zst", -1)]:
        for path in sorted(glob.glob(os.path.join(folder, pattern))):
            files.setdefault(path.split("/")[part].split(".")[0], []).append(path)
    words = {}
    for language, paths in files.items():
        left, seen = int(megabytes * 1e6), set()
        for path in paths:
            data = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout[:left]
            left -= len(data)
            text = data.decode(errors="ignore")
            if path.endswith(".tsv.zst"):
                seen |= {line.split("\t")[0] for line in text.split("\n")}
            else:
                seen |= set(text.split())
        words[language] = sorted(seen - {""})
    return words


def hostile_words():
    dice = random.Random(1)
    marks = [chr(c) for c in [*range(0x300, 0x370), 0x345, 0x5B0, 0x64B, 0x93C, 0x94D, 0xE31, 0x20D0, 0x3099, 0x200D, 0x200C, 0xFE0F]]
    jamo = [chr(c) for c in [*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3), 0xAC00, 0xAC01, 0x115F, 0x1160]]
    spaces = [chr(c) for c in [9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF, 0x2581]]
    controls = [chr(c) for c in [0, *range(1, 32), 0x7F, *range(0x80, 0xA0), 0xAD, 0x61C, 0x200E, 0x202E, 0x2066, 0xFFFD, 0xFFFF, 0xE000, 0xE0001, 0x10FFFF]]
    emoji = list("👩👨👧🏽🇩🇪🇫❤☺©®✂️🏴") + ["\U000e0067", "\u200d", "\ufe0f", "\u20e3", "1"]
    cjk = list("中国日本語한국어々〆ヶ㍿ｶﾞﾊﾟ豈更車𠀀𪜀𫝀𫠠𬺰𰀀")
    rtl = list("אבגשׁעבריתالعربيةلاﷲﻻ٠١٢۳") + ["\u05bc", "\u0651", "\u200f"]
    latin = list("abcxyzABCXYZéÉßẞıİſÅåﬁﬀǅΣςσ½²ªºⅧ…‥.,'’-_$+<=>^`|~0123456789")
    specials = SPECIALS + ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "<0x41>", "##", "##ing", "▁", "▁▁", "<s", "[CLS", "new", "éé"]
    pools = [marks + latin, jamo, spaces + latin, controls + latin, emoji, cjk + latin, rtl + marks, specials + latin + spaces,
             marks, spaces, controls, latin + marks + spaces + controls + cjk + specials, ["©", "®", "a", "é", "\u0301", "\u200d", "\u0600"]]
    words = {""}
    for pool in pools:
        for _ in range(1500):
            words.add("".join(dice.choices(pool, k=dice.choice([1, 1, 2, 2, 3, 3, 4, 5, 8, 13]))))
    for c in range(1, 0x110000):
        kind = unicodedata.category(chr(c))
        # Ideographs, syllables, private and unassigned ones are alike: some of them.
        if kind != "Cs" and (kind not in ("Lo", "Co", "Cn") or c < 0x3000 or dice.random() < 0.03):
            words |= {chr(c), "a" + chr(c), chr(c) + "\u0301", "é" + chr(c) + "b"}
    for length in (99, 100, 101, 1000, 20000):
        words |= {"a" * length, "中" * length, "e" + "\u0301\u0323" * length, " " * length, "▁" * length, "ab, " * length, "\u0600" * length,
                  "[CLS]" * min(length, 999)}
    # A word is given to nerpipe before a zero byte, so it has none itself; NUL is in the unit tests.
    return sorted(word for word in words if "\0" not in word)


# The tokenizers


def unigram_json(model, added):
    """A sentencepiece model as tokenizer.json, in the way of XLM-R."""
    from sentencepiece import sentencepiece_model_pb2 as format
    proto = format.ModelProto()
    proto.ParseFromString(model)
    vocab = [[piece.piece, piece.score] for piece in proto.pieces]
    unk = next(i for i, piece in enumerate(proto.pieces) if piece.type == 2)
    tokens = [dict(id=i, content=p.piece, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
              for i, p in enumerate(proto.pieces) if p.type in (2, 3)]
    for offset, token in enumerate(added):
        tokens.append(dict(dict(id=len(vocab) + offset, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False), **token))
    special = lambda text: dict(SpecialToken=dict(id=text, type_id=0))
    number = {piece: i for i, (piece, _) in enumerate(vocab)}
    return dict(
        version="1.0", truncation=None, padding=None, added_tokens=tokens,
        normalizer=dict(type="Sequence", normalizers=[
            dict(type="Precompiled", precompiled_charsmap=base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()),
            dict(type="Replace", pattern=dict(Regex=" {2,}"), content=" ")]),
        pre_tokenizer=dict(type="Sequence", pretokenizers=[
            dict(type="WhitespaceSplit"), dict(type="Metaspace", replacement="▁", prepend_scheme="always", split=True)]),
        post_processor=dict(
            type="TemplateProcessing", single=[special("<s>"), dict(Sequence=dict(id="A", type_id=0)), special("</s>")], pair=[],
            special_tokens={t: dict(id=t, ids=[number[t]], tokens=[t]) for t in ("<s>", "</s>")}),
        decoder=None, model=dict(type="Unigram", unk_id=unk, vocab=vocab, byte_fallback=False))


def train_unigram(words, rule, size):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(words), model_writer=out, vocab_size=size, model_type="unigram", normalization_rule_name=rule,
        hard_vocab_limit=False, character_coverage=0.9999, minloglevel=2, num_threads=1)
    return out.getvalue()


def train_wordpiece(words, lowercase, size, **options):
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=lowercase, **options)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.train_from_iterator(words, trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIALS, show_progress=False))
    t.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return json.loads(t.to_str())


def characters(words, normalizer=None, pre_tokenizer=None, added=()):
    """A Unigram model of single characters, which shows what normalizers and splitters do."""
    alphabet = sorted({c for w in words for c in w} | set("abcdefghijklmnopqrstuvwxyz▁XYZ_"))
    t = Tokenizer(models.Unigram([("<unk>", 0.0)] + [(c, -1.0) for c in alphabet], 0, False))
    if normalizer:
        t.normalizer = normalizer
    if pre_tokenizer:
        t.pre_tokenizer = pre_tokenizer
    data = json.loads(t.to_str())
    for offset, token in enumerate(added):
        data["added_tokens"].append(dict(dict(id=len(alphabet) + 1 + offset, single_word=False, lstrip=False, rstrip=False,
                                              normalized=False, special=False), **token))
    return data


ADDED = [dict(content="new", single_word=True), dict(content="éé", normalized=True), dict(content="Ｘ", normalized=True, lstrip=True),
         dict(content="<mask>", lstrip=True, special=True), dict(content="<right>", rstrip=True), dict(content="<s", single_word=True)]


def small_tokenizers(words):
    n, p = normalizers, pre_tokenizers
    steps = dict(
        nfc=n.NFC(), nfd=n.NFD(), nfkc=n.NFKC(), nfkd=n.NFKD(), lowercase=n.Lowercase(), accents=n.Sequence([n.NFKD(), n.StripAccents()]),
        strip=n.Strip(), left=n.Strip(right=False), replace=n.Sequence([n.Replace("a", "XYZ"), n.Replace("b", ""), n.Lowercase()]),
        prepend=n.Sequence([n.Prepend("▁_"), n.Lowercase(), n.NFD()]), bert=n.BertNormalizer(), cased=n.BertNormalizer(lowercase=False),
        bare=n.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False))
    splits = dict(
        bert=p.BertPreTokenizer(), space=p.WhitespaceSplit(), words=p.Whitespace(), punctuation=p.Punctuation(),
        contiguous=p.Punctuation("contiguous"), removed=p.Punctuation("removed"), metaspace=p.Metaspace(),
        never=p.Metaspace(prepend_scheme="never"), first=p.Sequence([p.WhitespaceSplit(), p.Metaspace(prepend_scheme="first", split=False)]))
    out = {"normalizer-" + name: characters(words, step) for name, step in steps.items()}
    out |= {"splitter-" + name: characters(words, None, step) for name, step in splits.items()}
    out["added"] = characters(words, n.NFKC(), p.Metaspace(), ADDED)
    return out


def large_tokenizers(words):
    sample = random.Random(2).sample(words, min(len(words), 60000))
    out = {f"unigram-{rule}": unigram_json(train_unigram(sample, rule, size), ADDED)
           for rule, size in [("nmt_nfkc", 16000), ("nmt_nfkc_cf", 8000), ("nfkc", 4000)]}
    out["wordpiece-cased"] = train_wordpiece(sample, False, 16000)
    out["wordpiece-uncased"] = train_wordpiece(sample, True, 16000)
    return out


# The comparison


def pieces(tokenizer, words):
    """[(number, start, end)] of each word, in bytes."""
    out = [[] for _ in words]
    for first in range(0, len(words), 100):
        e = tokenizer.encode(words[first : first + 100], is_pretokenized=True, add_special_tokens=False)
        for number, word, (start, end) in zip(e.ids, e.word_ids, e.offsets):
            out[first + word].append((number, start, end))
    for word, found in zip(words, out):
        if len(word.encode()) != len(word):
            places = [0, *itertools.accumulate(len(c.encode()) for c in word)]
            found[:] = [(number, places[start], places[end]) for number, start, end in found]
    return out


def ours(program, folder, words):
    data = "".join(word + "\0" for word in words).encode()
    run = subprocess.run([*program, folder], input=data, capture_output=True)
    if run.returncode:
        sys.exit(run.stderr.decode())
    lines = run.stdout.decode().split("\n")[:-1]
    return [[tuple(map(int, piece.split(":"))) for piece in line.split()] for line in lines]


def compare(name, program, folder, words):
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    start = time.process_time()
    expected = pieces(tokenizer, words)
    seconds = time.process_time() - start
    found = ours(program, folder, words)
    assert len(found) == len(words), (len(found), len(words))
    wrong = [i for i in range(len(words)) if expected[i] != found[i]]
    total = sum(map(len, expected))
    print(f"{name}: {len(words)} words, {total} pieces, {len(wrong)} words differ ({seconds:.1f} s of Python)", flush=True)
    for i in wrong[:8]:
        print("   ", ascii(words[i][:60]), "tokenizers", expected[i][:8], "nerpipe", found[i][:8])
    return len(wrong)


def save(folder, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False)
    return folder


def run_compare(options):
    languages = text_words(options.data, options.megabytes) if options.data else {"invented": INVENTED}
    words = sorted({word for part in languages.values() for word in part})
    hostile = hostile_words()
    print(f"{len(languages)} languages, {len(words)} different words; {len(hostile)} hostile ones")
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        program = [options.program, *options.command.split()]
        for name, data in large_tokenizers(words).items():
            wrong += compare(name, program, save(os.path.join(place, name), data), words + hostile)
        few = random.Random(3).sample(words, min(len(words), 20000))
        for name, data in small_tokenizers(INVENTED + few[:2000]).items():
            wrong += compare(name, program, save(os.path.join(place, name), data), few + hostile)
        for folder in options.folder:
            wrong += compare(folder, program, folder, words + hostile)
    print("all alike" if wrong == 0 else f"{wrong} differ")
    return wrong == 0


def run_golden(options):
    os.makedirs(options.folder, exist_ok=True)
    dice = random.Random(4)
    words = INVENTED + [w for w in hostile_words() if 0 < len(w) < 14 and dice.random() < 0.001]
    words += ["a\0b", "[CLS]x", "x <mask> y", "anew new", "new!", "éé", "e\u0301éé", "a  b", "\u0001", " ", "", "W" * 101]
    data = small_tokenizers(INVENTED)
    data["unigram"] = unigram_json(train_unigram(INVENTED * 20, "nmt_nfkc", 120), ADDED)
    data["wordpiece-uncased"] = train_wordpiece(INVENTED * 20, True, 220)
    data["wordpiece-cased"] = train_wordpiece(INVENTED * 20, False, 220, strip_accents=False)
    for name, value in data.items():
        tokenizer = Tokenizer.from_str(json.dumps(value))
        cases = [[word, pieces(tokenizer, [word])[0]] for word in words]
        with open(os.path.join(options.folder, name + ".json"), "w", encoding="ascii") as file:
            json.dump(dict(tokenizer=value, cases=cases), file, separators=(",", ":"))
            file.write("\n")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("compare")
    one.add_argument("program")
    one.add_argument("--command", default="teacher pieces --zero --teacher", help="arguments before the folder")
    one.add_argument("--data", default=os.environ.get("NERPIPE_DATA"))
    one.add_argument("--megabytes", type=float, default=1)
    one.add_argument("--folder", action="append", default=[])
    one.set_defaults(run=run_compare)
    two = commands.add_parser("golden")
    two.add_argument("folder")
    two.set_defaults(run=run_golden)
    options = parser.parse_args()
    sys.exit(0 if options.run(options) else 1)


if __name__ == "__main__":
    main()
