"""The component in a pipeline of spaCy, and DocBin files."""
from pathlib import Path

import pytest
from conftest import SAMPLE, Program, World, sample

import nerpipe

spacy = pytest.importorskip("spacy", reason="the extra 'spacy' is not installed: the component and DocBin were NOT tested")
pytest.importorskip("zstandard", reason="the extra 'streams' is not installed: DocBin was NOT tested")
from nerpipe.convert import convert  # noqa: E402


@pytest.fixture(scope="module")
def pipeline(world: World) -> "spacy.Language":
    nlp = spacy.blank("xx")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("nerpipe", config={"model": str(world.rich), "language": "qab"})
    return nlp


def lines() -> "list[str]":
    return [line for line in sample("qab/unlabelled/00.txt.zst").split("\n") if line][:200]


def test_entities_are_those_of_the_tokens(pipeline: "spacy.Language", world: World) -> None:
    model = nerpipe.load(world.rich, language="qab")
    found = 0
    for doc in pipeline.pipe(lines()):
        sentences = [[token.text for token in sentence if token.text.strip()] for sentence in doc.sents]
        expected = [(entity.type, entity.text.replace(" ", "")) for entity in model.tag_tokens(sentences).entities]
        assert [(entity.label_, entity.text.replace(" ", "")) for entity in doc.ents] == expected
        found += len(doc.ents)
    assert found > 50


def test_one_by_one_is_the_same_as_all(pipeline: "spacy.Language") -> None:
    for text, doc in zip(lines()[:40], pipeline.pipe(lines()[:40])):
        assert [(e.start, e.end, e.label_) for e in pipeline(text).ents] == [(e.start, e.end, e.label_) for e in doc.ents]


def test_white_space_and_nothing(pipeline: "spacy.Language") -> None:
    assert pipeline("").ents == () and pipeline("  \n ").ents == ()
    doc = pipeline("  " + lines()[0].replace(" ", "   ") + "\n\n" + lines()[1])
    assert all(entity.text.strip() for entity in doc.ents)


def test_entities_that_are_there_can_stay(world: World) -> None:
    nlp = spacy.blank("xx")
    ruler = nlp.add_pipe("entity_ruler")
    word = next(w for w in lines()[0].split() if w.isalpha())
    ruler.add_patterns([{"label": "OWN", "pattern": word}])
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("nerpipe", config={"model": str(world.rich), "language": "qab", "overwrites": False})
    assert "OWN" in {entity.label_ for entity in nlp(lines()[0]).ents}


def test_a_saved_pipeline_finds_its_model(pipeline: "spacy.Language", tmp_path: Path) -> None:
    pipeline.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert [e.label_ for e in again(lines()[0]).ents] == [e.label_ for e in pipeline(lines()[0]).ents]


def test_a_long_doc_without_sentences_is_said(world: World) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("nerpipe", config={"model": str(world.plain), "language": "qab"})
    with pytest.warns(UserWarning, match="has no sentences and is tagged as one; put 'sentencizer' before"):
        nlp(" ".join(lines()[:30]))


def test_columns_to_docbin_and_back(tmp_path: Path) -> None:
    source = SAMPLE / "qab" / "test.conll.zst"
    convert(source, tmp_path / "x.spacy")
    convert(tmp_path / "x.spacy", tmp_path / "x.conll")
    kept = (tmp_path / "x.conll").read_text().replace("-DOCSTART-\tO\n\n", "").strip()
    assert kept == sample("qab/test.conll.zst").replace("-DOCSTART-\tO\n\n", "").strip()


def test_docbin_of_spacy_to_a_stream(program: Program, pipeline: "spacy.Language", tmp_path: Path) -> None:
    texts = [f"{first}  {second}" for first, second in zip(lines()[::2], lines()[1::2])]
    docs = spacy.tokens.DocBin(docs=list(pipeline.pipe(texts)))
    docs.to_disk(tmp_path / "x.spacy")
    notes = convert(tmp_path / "x.spacy", tmp_path / "x.zst", language="qab")
    assert any("tokens of white space were left out" in note for note in notes)
    program("shard", "verify", tmp_path / "x.zst")
    from nerpipe import streams

    with streams.read(tmp_path / "x.zst") as reader:
        sentences = [sentence for batch in reader for sentence in batch.sentences()]
    assert len({sentence.document for sentence in sentences}) == len(texts)
    for sentence in sentences:
        text = texts[int(sentence.document.split("#")[1]) - 1].encode()
        for token, offset in zip(sentence.tokens, sentence.offsets):
            assert text[offset:].startswith(token.encode())


def test_docbin_without_annotation_is_said(tmp_path: Path) -> None:
    doc = spacy.blank("xx")("Ada lives here. Bob too.")
    spacy.tokens.DocBin(docs=[doc]).to_disk(tmp_path / "x.spacy")
    notes = convert(tmp_path / "x.spacy", tmp_path / "x.conll")
    assert any("no sentence boundaries" in note for note in notes) and any("not annotated" in note for note in notes)
