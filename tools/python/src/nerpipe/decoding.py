"""The most probable well-formed tags (Sources/Taggers/Viterbi.swift): `I-X` follows only `B-X` or `I-X`.

`K` labels in the order O, B-X, I-X, B-Y, I-Y ...; `N` tokens.
"""
import math
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
        best[span] = _viterbi(logits[span].tolist())
    return best


def _viterbi(rows: List[List[float]]) -> List[int]:
    """Of equal scores the first label wins."""
    labels = range(1, len(rows[0]), 2)
    scores = [-math.inf if label % 2 == 0 and label else score for label, score in enumerate(rows[0])]
    pointers: List[List[int]] = []
    for row in rows[1:]:
        best = max(scores)
        before = scores.index(best)
        following, pointer = [best + row[0]], [before]
        for begin in labels:
            inside = begin + 1
            source = begin if scores[begin] >= scores[inside] else inside
            following += (best + row[begin], scores[source] + row[inside])
            pointer += (before, source)
        scores = following
        pointers.append(pointer)
    path = [scores.index(max(scores))]
    for pointer in reversed(pointers):
        path.append(pointer[path[-1]])
    return path[::-1]


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
