"""Word alignment: IBM model 1 with a diagonal prior, run in both directions and intersected.

Dyer, Chahuneau, Smith, "A Simple, Fast, and Effective Reparameterization of IBM Model 2" (NAACL 2013), with the tension
of the diagonal held fixed. All sentence pairs of a corpus are laid end to end: one *cell* is one (target position,
source position) of one pair, so an EM pass is a few NumPy passes over one long array.
"""

from dataclasses import dataclass

import numpy as np

ITERATIONS = 5
NULL_PROBABILITY = 0.08
TENSION = 4.0
NO_LINK = -1


@dataclass
class Sentences:
    """Word ids of all sentences end to end; sentence k is words[starts[k]:starts[k + 1]]."""

    words: np.ndarray  # int64 [tokens]
    starts: np.ndarray  # int64 [sentences + 1]
    vocabulary: list  # word of each id

    @classmethod
    def encode(cls, sentences):
        """Numbers the words of non-empty token lists in order of first appearance."""
        ids = {}
        words = [ids.setdefault(token, len(ids)) for sentence in sentences for token in sentence]
        starts = np.zeros(len(sentences) + 1, np.int64)
        np.cumsum([len(sentence) for sentence in sentences], out=starts[1:])
        return cls(np.array(words, np.int64), starts, list(ids))


@dataclass
class Translation:
    """What one direction learnt: t(target | source) of all word pairs that co-occur, and the best source per target."""

    pairs: np.ndarray  # int64 [distinct pairs], source id * target vocabulary + target id, ascending
    probabilities: np.ndarray  # float64 [distinct pairs]
    links: np.ndarray  # int64 [target tokens], position in source.words, or NO_LINK


def translate(source, target):
    """Trains p(target | source) by EM and returns it with the most probable link of every target token."""
    source_lengths, target_lengths = np.diff(source.starts), np.diff(target.starts)
    # A row is one target token with its candidate source tokens: the cells of a row are contiguous.
    row_lengths = np.repeat(source_lengths, target_lengths)
    row_starts = np.cumsum(row_lengths) - row_lengths
    row_sources = np.repeat(source.starts[:-1], target_lengths)
    places = np.arange(row_lengths.sum()) - np.repeat(row_starts, row_lengths)
    cell_sources = np.repeat(row_sources, row_lengths) + places

    keys = source.words[cell_sources] * len(target.vocabulary) + np.repeat(target.words, row_lengths)
    pairs, cell_pairs = np.unique(keys, return_inverse=True)
    del keys
    pair_sources = pairs // len(target.vocabulary)

    target_places = np.arange(len(target.words)) - np.repeat(target.starts[:-1], target_lengths)
    relative = (target_places + 1) / np.repeat(target_lengths, target_lengths)
    distances = (places + 1) / np.repeat(row_lengths, row_lengths) - np.repeat(relative, row_lengths)
    prior = np.exp(-TENSION * np.abs(distances))
    prior *= np.repeat((1 - NULL_PROBABILITY) / np.add.reduceat(prior, row_starts), row_lengths)
    del places, distances

    table = np.full(len(pairs), 1 / len(target.vocabulary))
    null_table = np.full(len(target.vocabulary), 1 / len(target.vocabulary))
    for _ in range(ITERATIONS):
        scores = table[cell_pairs] * prior
        null_scores = NULL_PROBABILITY * null_table[target.words]
        totals = np.add.reduceat(scores, row_starts) + null_scores
        scores /= np.repeat(totals, row_lengths)
        counts = np.bincount(cell_pairs, scores, len(pairs))
        table = counts / np.bincount(pair_sources, counts)[pair_sources]
        null_counts = np.bincount(target.words, null_scores / totals, len(target.vocabulary))
        null_table = null_counts / null_counts.sum()

    scores = table[cell_pairs] * prior
    best = np.maximum.reduceat(scores, row_starts)
    winners = np.flatnonzero(scores == np.repeat(best, row_lengths))[::-1]  # of equals the first is written last
    links = np.empty(len(target.words), np.int64)
    links[np.searchsorted(row_starts, winners, "right") - 1] = cell_sources[winners]
    links[best < NULL_PROBABILITY * null_table[target.words]] = NO_LINK
    return Translation(pairs, table, links)


def intersect(forward, backward):
    """Links found in both directions: for every target token the linked position in source.words, or NO_LINK."""
    linked = forward.links >= 0
    agreed = np.full(len(forward.links), NO_LINK)
    positions = np.flatnonzero(linked)
    kept = positions[backward.links[forward.links[positions]] == positions]
    agreed[kept] = forward.links[kept]
    return agreed


def dictionary(source, target, forward, backward, links, floor=0.1):
    """Word pairs that are linked at least once and whose t(f|e) and t(e|f) both reach `floor`.

    Returns rows (source word, target word, t(f|e), t(e|f), links), most often linked first.
    """
    width, height = len(target.vocabulary), len(source.vocabulary)
    tokens = np.flatnonzero(links >= 0)
    pairs, counts = np.unique(source.words[links[tokens]] * width + target.words[tokens], return_counts=True)
    given_source = forward.probabilities[np.searchsorted(forward.pairs, pairs)]
    given_target = backward.probabilities[np.searchsorted(backward.pairs, pairs % width * height + pairs // width)]
    kept = np.flatnonzero((given_source >= floor) & (given_target >= floor))
    kept = kept[np.argsort(-counts[kept], kind="stable")]
    return [
        (source.vocabulary[pairs[k] // width], target.vocabulary[pairs[k] % width],
         float(given_source[k]), float(given_target[k]), int(counts[k]))
        for k in kept
    ]
