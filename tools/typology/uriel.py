#!/usr/bin/env python3
"""uriel.py CODE ...: a table of URIEL features of languages for `nerpipe divergence --typology`, on standard output.

Columns are SET:FEATURE; a value that the set does not have is empty. Of a language that a set does not know, or of which it has nothing but zeros, all
values of the set are empty, so that nobody takes a hole for a number; both are counted on standard error.
A code is one of ISO 639-3; CODE=OTHER looks OTHER up and writes CODE (macro-languages: swa=swh). Run it by tools/typology/run.sh.
"""
import argparse
import sys
import warnings

warnings.filterwarnings("ignore")  # lang2vec 1.1.2 imports pkg_resources
import lang2vec.lang2vec as uriel  # noqa: E402

# Known values alone, except where the sets have been filled in by their authors ('knn').
SETS = {"geo": "geo", "fam": "fam", "syntax": "syntax_average", "syntax_knn": "syntax_knn",
        "phonology_knn": "phonology_knn", "inventory_knn": "inventory_knn"}
# The member that is usually meant by a macro-language, which the sets do not know or know little of.
MEMBERS = {"swa": "swh", "lav": "lvs", "ara": "arb", "fas": "pes", "nor": "nob", "nep": "npi", "zho": "cmn"}


def vectors(codes, name):
    """Values of languages in a set, by code, without those of whom the set has nothing."""
    wanted = {one for code in codes for one in (MEMBERS.get(code, code), code) if one in uriel.LANGUAGES}
    # One call for all: each reads the whole set.
    found = uriel.get_features(" ".join(sorted(wanted)), SETS[name])
    result = {}
    for code in codes:
        for one in (MEMBERS.get(code, code), code):
            values = found.get(one, [])
            if any(value not in ("--", 0, 0.0) for value in values):
                result[code] = ["" if value == "--" else f"{float(value):g}" for value in values]
                break
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("codes", nargs="+")
    parser.add_argument("--sets", default=",".join(SETS), help="of " + ", ".join(SETS))
    arguments = parser.parse_args()
    sets = arguments.sets.split(",")
    for name in sets:
        if name not in SETS:
            sys.exit(f"uriel.py: no set '{name}'; there are {', '.join(SETS)}")
    columns, widths = ["language"], {}
    for name in sets:
        features = uriel.get_features("eng", SETS[name], header=True)["CODE"]
        widths[name] = len(features)
        columns += [f"{name}:{feature}".replace("\t", " ") for feature in features]
    print("\t".join(columns))
    pairs = [(code, other or code) for code, _, other in (code.partition("=") for code in arguments.codes)]
    values = {name: vectors([other for _, other in pairs], name) for name in sets}
    for code, other in pairs:
        row = [code]
        for name in sets:
            if other not in values[name]:
                print(f"uriel.py: {code}: nothing in {name}", file=sys.stderr)
            row += values[name].get(other, [""] * widths[name])
        print("\t".join(row))


if __name__ == "__main__":
    main()
