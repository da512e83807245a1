"""Tests of results_table.py: scores of two methods, and a program that stands in for `nerpipe compare`."""
import contextlib
import io
import os
import re
import sys
import tempfile
import unittest
from unittest import mock

import results_table

# Prints what `compare --json` would, with the p-value that lies beside the first file of --system.
COMPARE = """#!/usr/bin/env python3
import json, sys
base, system = (" ".join(sys.argv[1:]).split("--base ")[1].split(" --system "))
f1 = lambda files: [float(open(f).readlines()[1].split()[1]) for f in files.split()]
b, s = f1(base), f1(system)
p = float(open(system.split()[0] + ".p").read())
across = {"pValue": p} if len(b) > 1 else None
print(json.dumps({"base": {"f1": b}, "system": {"f1": s}, "pValue": p / 2 if across else p, "difference": {"acrossSeeds": across}}))
"""


class ResultsTableTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = folder.name
        for name in ("scores", "lines"):
            os.mkdir(f"{self.work}/{name}")
        self.program = f"{self.work}/nerpipe"
        with open(self.program, "w") as file:
            file.write(COMPARE)
        os.chmod(self.program, 0o755)

    def score(self, method, name, target, seed, f1, p=1.0):
        """Two sentences, the second without entities; their F1 is the number of those found."""
        path = f"{self.work}/scores/{target}-{name}-{seed}.counts"
        with open(path, "w") as file:
            file.write(f"sentence\tcorrect\tpredicted\tgold\tdigest\n1\t{f1}\t90\t100\n2\t0\t10\t0\n")
        with open(path + ".p", "w") as file:
            file.write(str(p))
        with open(f"{self.work}/lines/{method}-{target}-{seed}", "a") as file:
            file.write(f"{target} {name} {seed} {f1}\n")

    def table(self):
        output = io.StringIO()
        arguments = ["results_table.py", "--work", self.work, "--nerpipe", self.program, "--methods", "direct", "m",
                     "--targets", "es", "swa", "--seeds", "1", "2"]
        with mock.patch.object(sys, "argv", arguments), contextlib.redirect_stdout(output):
            results_table.main()
        return output.getvalue()

    def test_means_marks_and_corrected_p_values(self):
        for seed, f1 in ((1, 40), (2, 42)):
            self.score("direct", "direct", "es", seed, f1)
            self.score("direct", "direct", "swa", seed, f1)
            self.score("m", "student", "es", seed, f1 + seed, p=0.02)
            self.score("m", "student", "swa", seed, f1 - seed, p=0.03)
        text = self.table()
        self.assertIn("| direct | 41.0 ± 1.4 | 41.0 ± 1.4 | 41.0 ± 1.4 |", text)
        # Holm: 2 x 0.02 is significant, and so is 1 x 0.03, which becomes 0.04 like the one before it.
        self.assertIn("| student | 42.5 ± 2.1 ▲ | 39.5 ± 0.7 ▼ | 41.0 ± 1.4 |", text)
        self.assertIn("| student | +1.5 ± 0.7, p = .040 | -1.5 ± 0.7, p = .040 | +0.0 ± 0.0 |", text)
        self.assertIn("- 0 of 8 scored systems find no entity at all.", text)
        self.assertNotIn("Fewer", text)

    def test_missing_and_silent_runs_are_named(self):
        for seed in (1, 2):
            self.score("direct", "direct", "es", seed, 40)
        self.score("m", "student", "es", 2, 0, p=0.0001)
        text = self.table()
        self.assertIn("| student | 0.0 ▼ | - | 0.0 (1) |", text)
        self.assertIn("| student | -40.0, p < .001 | - | -40.0 (1) |", text)
        self.assertIn("- 1 of 3 scored systems find no entity at all: student es 2.", text)
        self.assertIn("- Fewer than 2 seeds: direct swa 0, student es 1, student swa 0.", text)

    def test_methods_are_compared_with_their_own_controls(self):
        for seed in (1, 2):
            self.score("direct", "direct", "es", seed, 40)
            self.score("direct", "direct", "swa", seed, 40)
            self.score("m", "student", "es", seed, 45, p=0.01)
            self.score("m", "student", "swa", seed, 39 + seed, p=0.2)
        with mock.patch.object(results_table, "contrasts", lambda methods, names: [("student", "direct")]):
            self.assertIn("| student | direct | +2.8 ± 0.4 | 2 of 2 | 1 | 0 |", self.table())

    def test_contrasts_are_of_rows_that_methods_score(self):
        folder = os.path.dirname(os.path.abspath(results_table.__file__))
        files = [name for name in sorted(os.listdir(folder)) if os.path.exists(f"{folder}/{name}/contrasts")]
        self.assertTrue(files)
        scripts = ""
        for name in sorted(os.listdir(folder)):
            if os.path.exists(f"{folder}/{name}/run.sh"):
                with open(f"{folder}/{name}/run.sh") as file:
                    scripts += file.read()
        for method in files:
            with open(f"{folder}/{method}/contrasts") as file:
                for line in file:
                    for name in line.split():
                        self.assertTrue(re.search(rf"(?m)(students?|evaluate) {name}( |$)", scripts), f"{method}: {name}")

    def test_holm_is_the_example_of_its_definition(self):
        found = results_table.holm([0.01, 0.04, 0.03, 0.005])
        for value, golden in zip(found, [0.03, 0.06, 0.06, 0.02]):
            self.assertAlmostEqual(value, golden)


if __name__ == "__main__":
    unittest.main()
