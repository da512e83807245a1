"""gensim's KeyedVectors: words to rows and vectors, nearest rows. Arguments: vector file (text, perhaps .zst), file of words."""
import io
import os
import sys
import tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy
import zstandard
from gensim.models import KeyedVectors

from protocol import serve, timed


def load(path):
    if not path.endswith(".zst"):
        return KeyedVectors.load_word2vec_format(path)
    with open(path, "rb") as file, tempfile.NamedTemporaryFile(suffix=".vec") as plain:
        zstandard.ZstdDecompressor().copy_stream(file, plain)
        plain.flush()
        return KeyedVectors.load_word2vec_format(plain.name)


vectors = load(sys.argv[1])
with io.open(sys.argv[2], encoding="utf-8") as file:
    words = [line.rstrip("\n").lower() for line in file]
known = [word for word in words if word in vectors.key_to_index]
vectors.fill_norms()
query = numpy.array([i % 7 - 3 for i in range(vectors.vector_size)], dtype="float32")


def take(request):
    """Vectors of all known words, some at a time as nerpipe takes them."""

    def run():
        for start in range(0, len(known), 4096):
            vectors[known[start : start + 4096]]
        return len(known)

    return timed(run)


def nearest(request):
    """The ten nearest rows; `detail` has their cosines, by number."""
    found = []
    answer = timed(lambda: found.extend(vectors.similar_by_vector(query, topn=10)) or 1)
    return {**answer, "detail": {str(number): float(similarity) for number, (_, similarity) in enumerate(found)}}


serve({
    "vectors": take,
    "look-up": lambda request: timed(lambda: len([vectors.key_to_index.get(word, -1) for word in words])),
    "nearest": nearest,
})
