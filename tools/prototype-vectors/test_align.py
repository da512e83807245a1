"""Tests of the aligner against a plain implementation of the same equations: python3 test_align.py"""

import math
import random
import unittest

import align


def plain_translate(source, target):
    """t(target word | source word) and the linked source position of every target token, sentence by sentence."""
    table, null_table = {}, {}
    vocabulary = len({word for sentence in target for word in sentence})

    def scores_of(words, j, length, word):
        prior = [math.exp(-align.TENSION * abs((i + 1) / len(words) - (j + 1) / length)) for i in range(len(words))]
        scores = [(1 - align.NULL_PROBABILITY) * weight / sum(prior) * table.get((other, word), 1 / vocabulary)
                  for other, weight in zip(words, prior)]
        return scores, align.NULL_PROBABILITY * null_table.get(word, 1 / vocabulary)

    for _ in range(align.ITERATIONS):
        counts, null_counts = {}, {}
        for words, translations in zip(source, target):
            for j, word in enumerate(translations):
                scores, null_score = scores_of(words, j, len(translations), word)
                total = sum(scores) + null_score
                for other, score in zip(words, scores):
                    counts[other, word] = counts.get((other, word), 0) + score / total
                null_counts[word] = null_counts.get(word, 0) + null_score / total
        sums = {}
        for (other, _), count in counts.items():
            sums[other] = sums.get(other, 0) + count
        table = {pair: count / sums[pair[0]] for pair, count in counts.items()}
        null_table = {word: count / sum(null_counts.values()) for word, count in null_counts.items()}

    links = []
    for words, translations in zip(source, target):
        for j, word in enumerate(translations):
            scores, null_score = scores_of(words, j, len(translations), word)
            links.append(align.NO_LINK if max(scores) < null_score else scores.index(max(scores)))
    return table, links


def random_pairs(count):
    """Sentence pairs in which source word `k` is translated by `Tk`, with a few words moved, dropped or added."""
    chance = random.Random(3)
    source, target = [], []
    for _ in range(count):
        words = [str(chance.randrange(12)) for _ in range(chance.randint(1, 7))]
        translations = ["T" + word for word in words if chance.random() < 0.9] + ["T0"] * (chance.random() < 0.3)
        if chance.random() < 0.3:
            chance.shuffle(translations)
        source.append(words)
        target.append(translations or ["T1"])
    return source, target


class AlignTests(unittest.TestCase):
    def test_translation_equals_plain_implementation(self):
        source, target = random_pairs(60)
        coded_source, coded_target = align.Sentences.encode(source), align.Sentences.encode(target)
        found = align.translate(coded_source, coded_target)
        table, links = plain_translate(source, target)
        self.assertEqual(len(found.pairs), len(table))
        for pair, probability in zip(found.pairs, found.probabilities):
            word, translation = divmod(int(pair), len(coded_target.vocabulary))
            expected = table[coded_source.vocabulary[word], coded_target.vocabulary[translation]]
            self.assertAlmostEqual(probability, expected, places=12)
        starts = [int(start) for k, start in enumerate(coded_source.starts[:-1]) for _ in target[k]]
        found_links = [link if link < 0 else link - start for link, start in zip(found.links.tolist(), starts)]
        self.assertEqual(found_links, links)

    def test_intersection_links_translations_one_to_one(self):
        source, target = random_pairs(300)
        coded_source, coded_target = align.Sentences.encode(source), align.Sentences.encode(target)
        forward, backward = align.translate(coded_source, coded_target), align.translate(coded_target, coded_source)
        links = align.intersect(forward, backward)
        linked = [(coded_source.vocabulary[coded_source.words[link]], coded_target.vocabulary[coded_target.words[j]])
                  for j, link in enumerate(links.tolist()) if link != align.NO_LINK]
        right = sum("T" + word == translation for word, translation in linked)
        self.assertGreater(right / len(linked), 0.97)
        positions = links[links >= 0].tolist()
        self.assertEqual(len(positions), len(set(positions)))
        best = align.dictionary(coded_source, coded_target, forward, backward, links, floor=0.3)
        self.assertEqual({"T" + row[0] for row in best}, {row[1] for row in best})
        self.assertEqual(len(best), 12)


if __name__ == "__main__":
    unittest.main()
