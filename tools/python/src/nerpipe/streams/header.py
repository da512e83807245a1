"""What follows in a stream (Sources/Shards/StreamHeader.swift)."""
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from ..canonical_json import encode, read_object
from ..errors import NerpipeError
from ..version import __version__

KINDS = ("tokens", "embedded", "scored", "labelled")


@dataclass(frozen=True)
class Header:
    """kind: what the blocks carry: `tokens`, `embedded`, `scored` or `labelled`, each up to `scored` with all columns of the one
    before. language: code of the text, `und` when nobody said. tokenizer: what made the tokens; `given` when they were given.
    """

    kind: str
    language: str = "und"
    tokenizer: str = "given"
    producer: str = f"nerpipe-python {__version__}"
    # All else that the header says, by its names in the file: table, features, numbers, labels, teachers ...
    other: Dict[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> Optional[List[str]]:
        """O, B-X, I-X, ..., in the order of the probabilities."""
        return self.other.get("labels")

    @property
    def features(self) -> List[str]:
        return list(self.other.get("features") or [])

    @property
    def numbers(self) -> List[str]:
        return list(self.other.get("numbers") or [])

    @property
    def dimension(self) -> int:
        return int((self.other.get("table") or {}).get("dimension", 0))

    def encoded(self) -> bytes:
        own = {
            "kind": self.kind, "version": 1, "producer": self.producer, "language": self.language, "tokenizer": self.tokenizer}
        return encode({**self.other, **own}).encode()

    @staticmethod
    def decoded(payload: bytes, place: str) -> "Header":
        raw = read_object(payload, place)
        version = raw.pop("version", None)
        if version != 1:
            raise NerpipeError(f"{place}: stream format {version}, this version reads 1; install a newer nerpipe")
        own = {key: raw.pop(key, None) for key in ("kind", "language", "tokenizer", "producer")}
        if not all(isinstance(value, str) for value in own.values()):
            raise NerpipeError(f"{place}: the header of the stream is incomplete")
        if own["kind"] not in KINDS:
            raise NerpipeError(f"{place}: a stream of kind {own['kind']}, which holds no sentences")
        return Header(**own, other=raw)

    def difference(self, other: "Header") -> Optional[str]:
        """The first thing in which two headers differ, but for who wrote them; None when the streams fit together."""
        for name in ("kind", "language", "tokenizer"):
            if getattr(self, name) != getattr(other, name):
                return f"{name}: {getattr(self, name)} against {getattr(other, name)}"
        for name in sorted({*self.other, *other.other}):
            mine, theirs = self.other.get(name), other.other.get(name)
            if name == "table":  # the path is a hint
                mine, theirs = (mine or {}).get("digest"), (theirs or {}).get("digest")
            if mine != theirs:
                return f"{name}: {mine} against {theirs}"
        return None
