"""spaCy's DocBin (`.spacy`). Needs spaCy: pip install 'nerpipe[spacy]'."""
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Tuple

from ..errors import NerpipeError
from .labelled import Labelled, Notes, iob2


def _spacy() -> Any:
    try:
        import spacy
    except ImportError as error:
        raise NerpipeError("DocBin files need spaCy: pip install 'nerpipe[spacy]'") from error
    return spacy


def read(path: Path, notes: Notes) -> Iterator[Labelled]:
    """Tokens without anything visible are left out; entities that are not annotated (`ent_iob` 0) are O. Both are counted."""
    spacy = _spacy()
    vocabulary = spacy.blank("xx").vocab
    try:
        documents = spacy.tokens.DocBin().from_disk(path)
    except (OSError, ValueError, KeyError) as error:
        raise NerpipeError(f"{path}: not a DocBin of spaCy: {error}") from error
    for number, doc in enumerate(documents.get_docs(vocabulary), 1):
        has_sentences = doc.has_annotation("SENT_START")
        notes.add("documents have no sentence boundaries, and are one sentence each", not has_sentences)
        places = [0, *accumulate(len(token.text_with_ws.encode()) for token in doc)]
        for span in doc.sents if has_sentences else [doc[:]]:
            tokens = [token for token in span if token.text.strip()]
            notes.add("tokens of white space were left out", len(span) - len(tokens))
            if not tokens:
                continue
            notes.add("tokens are not annotated and became O", sum(token.ent_iob == 0 for token in tokens))
            tags = [f"{token.ent_iob_}-{token.ent_type_}" if token.ent_iob in (1, 3) else "O" for token in tokens]
            offsets = [places[token.i] for token in tokens]
            yield Labelled([token.text for token in tokens], iob2(tags, notes), f"{path.name}#{number}", offsets)


def write(path: Path, sentences: Iterable[Labelled], notes: Notes) -> None:
    """A Doc for each document; where sentences belong to none, for each sentence. The whole file is held in memory, as DocBin
    does."""
    spacy = _spacy()
    vocabulary = spacy.blank("xx").vocab
    documents = spacy.tokens.DocBin(attrs=["ORTH", "SPACY", "SENT_START", "ENT_IOB", "ENT_TYPE"])
    numbered = enumerate(sentences)
    for _, group in groupby(numbered, key=lambda item: (item[1].document, 0 if item[1].document else item[0])):
        documents.add(_doc(spacy, vocabulary, [sentence for _, sentence in group], notes))
    path.write_bytes(documents.to_bytes())


def _doc(spacy: Any, vocabulary: Any, sentences: List[Labelled], notes: Notes) -> Any:
    words, starts, tags = [], [], []
    places: List[Tuple[int, int]] = []
    end = 0
    for sentence in sentences:
        offsets = sentence.places(end)
        words += sentence.tokens
        starts += [True] + [False] * (len(sentence.tokens) - 1)
        tags += iob2(sentence.tags, notes) if sentence.tags is not None else [""] * len(sentence.tokens)
        places += [(offset, offset + len(token.encode())) for offset, token in zip(offsets, sentence.tokens)]
        end = places[-1][1] + 1
    # spaCy knows a space after a token or none; what else stood there is lost.
    spaces = [following > stop for (_, stop), (following, _) in zip(places, places[1:])] + [False]
    return spacy.tokens.Doc(vocabulary, words=words, spaces=spaces, sent_starts=starts, ents=tags if any(tags) else None)
