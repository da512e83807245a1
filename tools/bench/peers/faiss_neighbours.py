"""FAISS's exact search by scalar product: ten nearest rows of another language. Arguments: two files of 32-bit floats, their dimension."""
import sys

import faiss
import numpy

from protocol import serve, timed

source, target = (numpy.fromfile(path, dtype="float32").reshape(-1, int(sys.argv[3])) for path in sys.argv[1:3])
indices = []
for rows in (target, source):
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    indices.append(index)


def search(request):
    """Of every source row, or of the rows of both languages; the check is the sum of the mean similarities."""
    faiss.omp_set_num_threads(int(request["jobs"]))
    count = int(request.get("count", len(source)))
    pairs = [(source, indices[0]), (target, indices[1])][: 1 if request["do"] == "neighbours" else 2]
    check = 0.0

    def run():
        nonlocal check
        for queries, index in pairs:
            similarities, _ = index.search(queries[:count], 10)
            check += similarities.mean(axis=1, dtype="float64").sum()
        return sum(min(count, len(queries)) for queries, _ in pairs)

    answer = timed(run)
    return {**answer, "check": check}


serve({
    "neighbours": search, "mutual-neighbours": search,
    "versions": lambda request: {"detail": f"FAISS {faiss.__version__} ({faiss.get_compile_options().strip()})"},
})
