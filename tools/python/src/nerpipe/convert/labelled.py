"""What all forms have in common: sentences of tokens with tags."""
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence


@dataclass(frozen=True)
class Labelled:
    tokens: List[str]
    # Tags as the source has them; None when it has none.
    tags: Optional[List[str]] = None
    # Name of the document; sentences of one document follow one another.
    document: str = ""
    # UTF-8 bytes of the document before each token; None when its text is not known.
    offsets: Optional[List[int]] = None

    def places(self, start: int = 0) -> List[int]:
        """The offsets; where they are not known, as if a space were between tokens, from `start` on."""
        if self.offsets is not None:
            return self.offsets
        offsets = []
        for token in self.tokens:
            offsets.append(start)
            start += len(token.encode()) + 1
        return offsets


@dataclass
class Notes:
    """What was left out or guessed, to be said: what happened, and how often."""

    counts: Dict[str, int] = field(default_factory=Counter)

    def add(self, what: str, count: int = 1) -> None:
        if count:
            self.counts[what] = self.counts.get(what, 0) + count

    def lines(self) -> List[str]:
        return [f"{count} {what}" for what, count in sorted(self.counts.items())]


def iob2(tags: Sequence[str], notes: Notes) -> List[str]:
    """Tags of IOB1, IOBES or BILOU as IOB2: `S-` and `U-` begin an entity, `E-` and `L-` continue one, `I-X` with nothing to
    continue begins one."""
    result: List[str] = []
    for tag in tags:
        prefix, _, name = tag.partition("-")
        if prefix in ("S", "U") and name:
            tag = f"B-{name}"
        elif prefix in ("E", "L") and name:
            tag = f"I-{name}"
        if tag.startswith("I-") and (not result or result[-1][2:] != tag[2:]):
            tag = f"B-{tag[2:]}"
            notes.add("tags continued nothing and begin an entity (IOB1, single most probable tags, or a mistake)")
        result.append(tag)
    return result
