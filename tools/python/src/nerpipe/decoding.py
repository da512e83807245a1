"""The most probable well-formed tags (Sources/Taggers/Viterbi.swift): `I-X` follows only `B-X` or `I-X`.

`K` labels in the order O, B-X, I-X, B-Y, I-Y ...; `N` tokens.
"""
from typing import List, Tuple

import numpy as np

from ._arrays import Bools, Floats, Ints


def allowed_after(label_count: int) -> Bools:
    """`[K + 1, K]`: whether a label may follow another; the last row is the start of a sentence."""
    allowed = np.ones((label_count + 1, label_count), np.bool_)
    for inside in range(2, label_count, 2):
        allowed[:, inside] = False
        allowed[[inside - 1, inside], inside] = True
    return allowed


def decode(logits: Floats, starts: Ints, ends: Ints, allowed: Bools) -> Ints:
    """`[N]`: the label of each token.

    logits: `[N, K]`. starts, ends: where each sentence begins and ends; none is empty.
    """
    best: Ints = logits.argmax(1)
    start_label = logits.shape[1]
    previous = np.empty_like(best)
    previous[1:] = best[:-1]
    previous[starts] = start_label
    wrong = np.flatnonzero(~allowed[previous, best])
    # The best labels are the best path wherever they are a path.
    for sentence in np.unique(np.searchsorted(ends, wrong, side="right")).tolist():
        span = slice(int(starts[sentence]), int(ends[sentence]))
        best[span] = _viterbi(logits[span], allowed)
    return best


def _viterbi(logits: Floats, allowed: Bools) -> Ints:
    """Of equal scores the first label wins."""
    count = logits.shape[1]
    penalties = np.where(allowed, np.float32(0), np.float32(-np.inf))
    scores = logits[0] + penalties[count]
    pointers: List[Ints] = []
    columns = np.arange(count)
    for row in logits[1:]:
        steps = scores[:, None] + penalties[:count]
        pointer = steps.argmax(0)
        pointers.append(pointer)
        scores = steps[pointer, columns] + row
    label = int(scores.argmax())
    path = [label]
    for pointer in reversed(pointers):
        label = int(pointer[label])
        path.append(label)
    return np.array(path[::-1], np.int64)


def spans(labels: List[int]) -> List[Tuple[int, int, int]]:
    """Type, first token and the token behind the last, of one sentence; `I-X` with nothing to continue begins one."""
    found = []
    kind, start = -1, 0
    for token, label in enumerate([*labels, 0]):
        if kind >= 0 and label != 2 * kind + 2:
            found.append((kind, start, token))
            kind = -1
        if kind < 0 and label > 0:
            kind, start = (label - 1) // 2, token
    return found
