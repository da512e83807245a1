"""A component of spaCy pipelines: sets the entities of a Doc on the pipeline's own tokens.

    nlp = spacy.blank("sw")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("nerpipe", config={"model": "sw.nerpipe"})

Needs the extra `spacy`: pip install 'nerpipe[spacy]'. spaCy finds the factory by its entry point, without an import.
"""
import warnings
from itertools import islice
from typing import Any, Iterable, Iterator, List, Optional

from spacy.language import Language
from spacy.tokens import Doc, Span

from .model import load


class NerpipeComponent:
    """Tags the sentences of Docs.

    model, vectors, language: as of `nerpipe.load`. overwrites: whether entities that a Doc has already are taken away; otherwise
    they stay, and found ones that touch them are left out.
    """

    def __init__(
        self, name: str, model: str, vectors: Optional[str] = None, language: Optional[str] = None, overwrites: bool = True
    ) -> None:
        self.name, self.overwrites = name, overwrites
        self.model = load(model, vectors=vectors, language=language)

    @property
    def labels(self) -> "tuple[str, ...]":
        return tuple(self.model.types)

    def __call__(self, doc: Doc) -> Doc:
        self._tag([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        waiting = iter(stream)
        while docs := list(islice(waiting, batch_size)):
            self._tag(docs)
            yield from docs

    def _tag(self, docs: List[Any]) -> None:
        spans: List[Any] = []
        owners: List[int] = []
        for number, doc in enumerate(docs):
            found = list(doc.sents) if doc.has_annotation("SENT_START") else [doc[:]]
            if len(found) == 1 and len(doc) > 100 and not doc.has_annotation("SENT_START"):
                warnings.warn(
                    f"{self.name}: the Doc has no sentences and is tagged as one; put 'sentencizer' before", stacklevel=3)
            spans += found
            owners += [number] * len(found)
        # spaCy has tokens of white space, which no model has seen.
        tokens = [[token for token in span if token.text.strip()] for span in spans]
        tagged = self.model.tag_tokens([[token.text for token in sentence] for sentence in tokens])
        entities: List[List[Any]] = [[] for _ in docs]
        for number, sentence, result in zip(owners, tokens, self._entities(tagged)):
            doc = docs[number]
            for kind, first, end in result:
                entities[number].append(Span(doc, sentence[first].i, sentence[end - 1].i + 1, label=kind))
        for doc, ents in zip(docs, entities):
            if not self.overwrites:
                taken = {token.i for ent in doc.ents for token in ent}
                ents = [*doc.ents, *(ent for ent in ents if not taken.intersection(range(ent.start, ent.end)))]
            doc.set_ents(ents)

    @staticmethod
    def _entities(tagged: Any) -> Iterator[Any]:
        """Of each sentence: type, first token and the token behind the last, counted in the sentence."""
        start = 0
        for sentence in tagged.sentences:
            yield [(entity.type, entity.first_token - start, entity.end_token - start) for entity in sentence.entities]
            start += len(sentence.tokens)


def make_component(
    nlp: Language, name: str, model: str, vectors: Optional[str], language: Optional[str], overwrites: bool
) -> NerpipeComponent:
    return NerpipeComponent(name, model, vectors, language, overwrites)


# Not as a decorator: without spaCy's types it would leave the function without any.
_register: Any = Language.factory(
    "nerpipe", assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config={"vectors": None, "language": None, "overwrites": True})
_register(make_component)
