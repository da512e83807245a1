"""Compares nerpipe with other programs and with what the machine can do; see README.md. run.sh prepares it."""
import argparse
import json
import os
import pathlib
import sys
import time

import rows_job
import rows_tagger
import rows_text
import rows_transformer
import rows_vectors
from inputs import Inputs, machine
from report import HEAD, write_json

GROUPS = {
    "tokenize": rows_text.tokenize, "divergence": rows_text.divergence, "shards": rows_text.shards, "embed": rows_text.embed, "imports": rows_text.imports,
    "score": rows_tagger.score, "update": rows_tagger.update, "pipeline": rows_job.pipeline, "epochs": rows_job.epochs, "job": rows_job.whole_job,
    "spacy": rows_job.spacy, "memory": rows_job.memory, "transformer": rows_transformer.transformer, "vectors-train": rows_vectors.train,
    "neighbours": rows_vectors.neighbours, "package": rows_tagger.package, "start-up": rows_job.start_up,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True, help="where inputs and virtual environment are kept")
    parser.add_argument("--only", help=f"groups of rows, comma-separated: {', '.join(GROUPS)}")
    parser.add_argument("--rounds", type=int, default=5, help="paired runs of each comparison")
    parser.add_argument("--sample", action="store_true", help="the sample world, although NERPIPE_DATA is set")
    parser.add_argument("--large", action="store_true", help="memory with 10 GB instead of 1 GB (an hour)")
    parser.add_argument("--transformer", help="a Hugging Face folder of a token classifier; without it a random one is made")
    parser.add_argument("--pieces", help="its sentences, a JSON array of arrays of pieces")
    parser.add_argument("--base", help="an older nerpipe that vectors-train and package are compared with")
    parser.add_argument("--json", help="write the rows to this file too")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else list(GROUPS)
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        parser.error(f"no group {unknown[0]}; there are {', '.join(GROUPS)}")
    if bool(arguments.transformer) != bool(arguments.pieces):
        parser.error("--transformer and --pieces belong together: pieces are numbers of one vocabulary")
    root = pathlib.Path(__file__).resolve().parents[2]
    inputs = Inputs(root, arguments.folder, arguments.sample)
    print(f"{machine()}; {'real text' if inputs.is_real else 'sample world'}; medians of paired runs\n\n{HEAD}", flush=True)
    rows = []
    for name in names:
        options = {
            "memory": {"large": arguments.large},
            "vectors-train": {"base": arguments.base},
            "package": {"base": arguments.base},
            "transformer": {"folder": arguments.transformer, "sequences": arguments.pieces},
        }.get(name, {})
        start = time.perf_counter()
        for row in GROUPS[name](inputs, arguments.rounds, **options):
            rows.append(row)
            print(row.line, flush=True)
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print("\n" + "\n".join(f"- {row.name}: {row.what}" for row in rows))
    missed = [row.name for row in rows if row.is_met is False]
    print(f"\n{sum(row.is_met is True for row in rows)} goals met, {len(missed)} not" + (f": {'; '.join(missed)}" if missed else ""))
    if arguments.json:
        write_json(arguments.json, machine(), rows)


main()
