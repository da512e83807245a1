"""Sends labels of nerpipe through the programs that own the forms, and compares what comes back with what went out.

Every check is a function; its name says the program. Prints a line for each check and file; ends with 1 when one failed.
"""

import json
import os
import subprocess
import sys
import tempfile

NERPIPE = os.environ["NERPIPE"]
HERE = os.path.dirname(os.path.abspath(__file__))
# Tokens that nerpipe's own tokenizer makes of their text, so that texts with spans come back as they were.
SMALL = """-DOCSTART-\tO

😀\tO
Anna\tB-PER
Müller\tI-PER
Bob\tB-PER
lives\tO
in\tO
Dar\tB-LOC
es\tI-LOC
Salaam\tI-LOC
.\tO

Nothing\tO
here\tO

東京\tB-LOC
e\u0301a\tO
"\tO
Co\tB-ORG

"""


def convert(source, target, *options):
    """What nerpipe makes of a file; target None returns the text."""
    arguments = [NERPIPE, "convert", "-q", source, target or "-", *options]
    if target and os.path.isfile(target):
        os.remove(target)
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def columns(text):
    """Sentences of (token, tag)."""
    sentences = [[tuple(line.split("\t")) for line in part.split("\n")] for part in text.strip("\n").split("\n\n")]
    return [sentence for sentence in sentences if sentence != [("",)]]


def entities(sentence):
    from seqeval.metrics.sequence_labeling import get_entities

    return get_entities([tag for _, tag in sentence])


def check_datasets_tokens(gold, folder):
    """Tokens and tags through Hugging Face's datasets, by name and as ClassLabel."""
    from datasets import ClassLabel, List, load_dataset

    file, back = f"{folder}/a.jsonl", f"{folder}/b.jsonl"
    convert(gold, file, "--to", "hf-tokens")
    data = load_dataset("json", data_files=file, split="train", cache_dir=folder)
    assert len(data) == len(columns(convert(gold, None, "--to", "conll")))
    data.to_json(back, lines=True)
    same(convert(back, None, "--to", "conll"), convert(gold, None, "--to", "conll"))
    data.to_json(f"{folder}/list.json", lines=False)
    same(convert(f"{folder}/list.json", None, "--to", "conll"), convert(gold, None, "--to", "conll"))
    names = sorted({tag for tags in data["ner_tags"] for tag in tags})
    data = data.cast_column("ner_tags", List(ClassLabel(names=names)))
    data.save_to_disk(f"{folder}/disk")
    data.to_json(back)
    assert isinstance(json.loads(open(back).readline())["ner_tags"][0], int)
    options = ["--to", "conll", "--tag-names", f"{folder}/disk/dataset_info.json"]
    same(convert(back, None, *options), convert(gold, None, "--to", "conll"))


def check_datasets_spans(gold, folder):
    """Texts and spans through datasets, as a list of objects and as an object of lists; slicing in Python gives the text."""
    from datasets import Features, Sequence, Value, load_dataset

    file, back = f"{folder}/a.jsonl", f"{folder}/b.jsonl"
    convert(gold, file, "--to", "hf-spans")
    data = load_dataset("json", data_files=file, split="train", cache_dir=folder)
    data.to_json(back)
    same(convert(back, None, "--to", "conll"), convert(file, None, "--to", "conll"))
    kinds = {"start": Value("int32"), "end": Value("int32"), "label": Value("string")}
    features = Features({"id": Value("string"), "text": Value("string"), "entities": Sequence(kinds)})

    def lists(record):
        return {"entities": {key: [entity[key] for entity in record["entities"]] for key in kinds}}

    data.map(lists, features=features).to_json(back)
    assert isinstance(json.loads(open(back).readline())["entities"], dict)
    same(convert(back, None, "--to", "conll"), convert(file, None, "--to", "conll"))


def check_conllu(gold, folder):
    """CoNLL-U through the package conllu: read and written again it is the same text."""
    import conllu

    file = f"{folder}/a.conllu"
    convert(gold, file)
    text = open(file).read()
    parsed = conllu.parse(text)
    assert "".join(sentence.serialize() for sentence in parsed) == text, "conllu writes another text"
    for sentence, expected in zip(parsed, columns(convert(gold, None, "--to", "conll")), strict=True):
        assert [(token["form"], token["misc"]["NER"]) for token in sentence] == expected
        spaces = ["" if (token["misc"] or {}).get("SpaceAfter") == "No" else " " for token in sentence]
        joined = "".join(token["form"] + space for token, space in zip(sentence, spaces)).rstrip(" ")
        assert joined == sentence.metadata["text"], (joined, sentence.metadata["text"])
    same(convert(file, None, "--to", "conll"), convert(gold, None, "--to", "conll"))


def check_label_studio(gold, folder):
    """Tasks through the converter of label-studio-sdk: JSON-MIN comes back, and its CoNLL has the same names."""
    from label_studio_sdk.converter import Converter

    file = f"{folder}/tasks.json"
    convert(gold, file, "--to", "label-studio")
    tasks = json.load(open(file))
    for task in tasks:
        for region in task["annotations"][0]["result"]:
            value = region["value"]
            assert task["data"]["text"][value["start"] : value["end"]] == value["text"]
    types = sorted({r["value"]["labels"][0] for t in tasks for r in t["annotations"][0]["result"]})
    labels = "".join(f'<Label value="{name}"/>' for name in types)
    config = f'<View><Labels name="label" toName="text">{labels}</Labels><Text name="text" value="$text"/></View>'
    # The fields that the server adds.
    for number, task in enumerate(tasks):
        task["id"] = number
        task["annotations"][0].update({"id": number, "completed_by": 1, "created_at": "", "updated_at": "", "lead_time": 1.0})
    json.dump(tasks, open(file, "w"))
    converter = Converter(config, folder)
    converter.convert_to_json_min(file, f"{folder}/min", is_dir=False)
    expected = convert(file, None, "--to", "conll")
    same(convert(f"{folder}/min/result.json", None, "--to", "conll"), expected)
    converter.convert_to_conll2003(file, f"{folder}/conll", is_dir=False)
    theirs = columns(convert(f"{folder}/conll/result.conll", None, "--to", "conll"))
    words = [[kind for kind, _, _ in entities(sentence)] for sentence in theirs]
    ours = [[r["value"]["labels"][0] for r in task["annotations"][0]["result"]] for task in tasks]
    different = sum(a != b for a, b in zip(words, ours))
    return f"{different} of {len(ours)} sentences have other names in its CoNLL 2003" if different else ""


def check_prodigy_with_spacy(gold, folder):
    """Prodigy's lines as spaCy understands them: tokens give the text, spans fall on them, BILUO is --scheme bilou."""
    import spacy
    from spacy.tokens import Doc
    from spacy.training import offsets_to_biluo_tags

    file = f"{folder}/p.jsonl"
    convert(gold, file, "--to", "prodigy")
    vocab = spacy.blank("xx").vocab
    bilou = columns(convert(gold, None, "--to", "conll", "--scheme", "bilou"))
    for line, expected in zip(open(file), bilou, strict=True):
        record = json.loads(line)
        tokens = record["tokens"]
        doc = Doc(vocab, words=[token["text"] for token in tokens], spaces=[token["ws"] for token in tokens])
        assert doc.text == record["text"], (doc.text, record["text"])
        for span in record["spans"]:
            found = doc.char_span(span["start"], span["end"], label=span["label"])
            assert found is not None and (found.start, found.end - 1) == (span["token_start"], span["token_end"])
        offsets = [(span["start"], span["end"], span["label"]) for span in record["spans"]]
        assert offsets_to_biluo_tags(doc, offsets) == [tag for _, tag in expected]
    same(convert(file, None, "--to", "conll"), convert(gold, None, "--to", "conll"))


def check_seqeval(gold, folder):
    """Every scheme, read by seqeval strictly, has the entities of the others."""
    from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

    def found(name, scheme):
        tags = [[tag for _, tag in sentence] for sentence in columns(convert(gold, None, "--to", "conll", "--scheme", name))]
        return [[entity.to_tuple()[1:] for entity in sentence] for sentence in Entities(tags, scheme).entities]

    expected = found("iob2", IOB2)
    for name, scheme in [("iob1", IOB1), ("iobes", IOBES), ("bilou", BILOU)]:
        assert found(name, scheme) == expected, name


def check_nervaluate(gold, folder):
    """Spans as nervaluate reads Prodigy's: all of them are there."""
    from nervaluate import Evaluator

    file = f"{folder}/p.jsonl"
    convert(gold, file, "--to", "prodigy")
    spans = [json.loads(line)["spans"] for line in open(file)]
    types = sorted({span["label"] for record in spans for span in record})
    result = Evaluator(spans, spans, tags=types, loader="dict").evaluate()["overall"]["strict"]
    assert result.correct == sum(map(len, spans)) and result.spurious == 0, result


def check_brat(gold, folder):
    """Standoff as brat's own code reads it (bratsubset, which bratiaa brings): every annotation's text stands at its place."""
    from pathlib import Path

    import bratsubset.annotation as brat

    convert(gold, f"{folder}/brat", "--to", "brat")
    count = 0
    for path in sorted(Path(f"{folder}/brat").glob("*.ann")):
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        with brat.Annotations(path.as_posix(), read_only=True) as annotations:
            for bound in annotations.get_textbounds():
                assert " ".join(text[start:end] for start, end in bound.spans) == bound.tail.strip(), bound
                count += 1
    expected = [kind for sentence in columns(convert(gold, None, "--to", "conll")) for kind, _, _ in entities(sentence)]
    assert count == len(expected), (count, len(expected))
    back = columns(convert(f"{folder}/brat/*.ann", None, "--to", "conll"))
    assert [kind for sentence in back for kind, _, _ in entities(sentence)] == expected


def check_doccano_offsets(gold, folder):
    """doccano's offsets are those of JavaScript: UTF-16 code units. (doccano-transformer 1.0.2 needs spaCy 2.)"""
    file = f"{folder}/d.jsonl"
    convert(gold, file, "--to", "doccano")
    for line, sentence in zip(open(file), columns(convert(gold, None, "--to", "conll")), strict=True):
        record = json.loads(line)
        units = record["text"].encode("utf-16-le")
        shown = [units[2 * start : 2 * end].decode("utf-16-le") for start, end, _ in record["label"]]
        words = [token for token, _ in sentence]
        assert shown == [" ".join(words[first : last + 1]) for _, first, last in entities(sentence)], (shown, sentence)
    same(convert(file, None, "--to", "conll"), convert(gold, None, "--to", "conll"))


def same(found, expected):
    if found != expected:
        for number, (a, b) in enumerate(zip(found.split("\n"), expected.split("\n"))):
            assert a == b, f"line {number + 1}: {a!r} where {b!r} was"
        raise AssertionError(f"{len(found)} characters where {len(expected)} were")


def main():
    files = sys.argv[1:]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        if not files:
            files = [f"{folder}/small.conll", f"{HERE}/../../corpora/sample/qaa/dev.conll.zst"]
            with open(files[0], "w") as file:
                file.write(SMALL)
        os.environ["HF_HUB_OFFLINE"] = "1"
        checks = [(name, check) for name, check in globals().items() if name.startswith("check_")]
        for path in files:
            for name, check in checks:
                with tempfile.TemporaryDirectory() as work:
                    try:
                        note = check(path, work)
                        print(f"ok    {name[6:]:24} {os.path.basename(path)} {note or ''}", flush=True)
                    except AssertionError as error:
                        failures += 1
                        print(f"WRONG {name[6:]:24} {os.path.basename(path)}: {error}", flush=True)
    sys.exit(1 if failures else 0)


main()
