"""Runs the real shell scripts against an invented source tree behind file:// addresses. No network."""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

COMMON = os.path.dirname(os.path.abspath(__file__))
CORPORA = os.path.dirname(COMMON)
sys.path.insert(0, COMMON)

import convert  # noqa: E402
import manifest  # noqa: E402

# The sample is our own and has a manifest of another kind.
REAL = sorted(
    name for name in os.listdir(CORPORA)
    if name != "sample" and os.path.isfile(os.path.join(CORPORA, name, "manifest.json")))
FETCHED = [name for name in REAL if os.path.isfile(os.path.join(CORPORA, name, "fetch.sh"))]
SPLITS = [name for name in FETCHED if "languages" in manifest.load(os.path.join(CORPORA, name, "manifest.json"))]
TOOLS = all(shutil.which(tool) for tool in ("bash", "curl", "zstd", "sha256sum", "xargs"))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def split(path, converted, options=(), member=None, held_out=False):
    source = {"repository": "inventor/corpus", "ref": "HEAD", "path": path}
    if member:
        source["member"] = member
    entry = {"source": source, "convert": list(options), "sentences": converted.count("\n\n"),
             "sha256": None if held_out else digest(converted)}
    if held_out:
        entry["heldOut"] = True
    return entry


@unittest.skipUnless(TOOLS, "needs bash, curl, zstd, sha256sum and xargs")
class FetchTests(unittest.TestCase):
    TRAIN = "Zora\tB-PER\nruns\tO\n\nVelm\tB-LOC\n\n"
    DEV = "Ñandú\tB-ORG\n\n"
    TEST = "Quil\tB-PER\n\n"
    OUTER = "Ob\tB-MISC\nan\tO\n\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.tree = os.path.join(self.root, "source tree", "inventor", "corpus", "HEAD")
        self.output = os.path.join(self.root, "out put")
        self.corpus = os.path.join(self.root, "corpora", "invented")
        os.makedirs(os.path.join(self.tree, "data"))
        os.makedirs(self.corpus)
        shutil.copytree(COMMON, os.path.join(self.root, "corpora", "common"),
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(os.path.join(CORPORA, SPLITS[0], "fetch.sh"), self.corpus)
        self.write("data/train file.txt", b"-DOCSTART- -X- O\n\nZora NN I-PER\nruns VV O\n\nVelm NN I-LOC\n")
        with zipfile.ZipFile(os.path.join(self.tree, "data", "box.zip"), "w") as archive:
            archive.writestr("box/zz.testa", "Ñandú NN I-ORG\n".encode("latin-1"))
        self.write("data/test.txt", b"Quil NN I-PER\n")
        self.write("data/outer.tsv", b"#\tinvented\n1\tOb\tB-OTH\tO\n2\tan\tB-LOCpart\tO\n")
        self.languages = {
            "zz": {
                "train": split("data/train file.txt", self.TRAIN),
                "dev": split("data/box.zip", self.DEV, member="zz.testa"),
                "test": split("data/test.txt", self.TEST, held_out=True),
            },
            "yy": {
                "dev": split("data/outer.tsv", self.OUTER, [
                    "--comment-prefix", "#\t", "--token-column", "1", "--tag-column", "2", "--map", "*part=O", "--map",
                    "OTH=MISC"]),
            },
        }
        # A path with a space is refused by manifests; the space in the folders above is the user's own.
        os.rename(os.path.join(self.tree, "data", "train file.txt"), os.path.join(self.tree, "data", "train+file.txt"))
        self.languages["zz"]["train"]["source"]["path"] = "data/train+file.txt"
        self.save()

    def write(self, path, data):
        with open(os.path.join(self.tree, path), "wb") as file:
            file.write(data)

    def save(self):
        with open(os.path.join(self.corpus, "manifest.json"), "w", encoding="utf-8") as file:
            file.write(manifest.canonical({"name": "invented", "languages": self.languages}))

    def fetch(self, *arguments, environment=None, output=True):
        base = "file://" + os.path.join(self.root, "source tree").replace(" ", "%20")
        variables = {**os.environ, "NERPIPE_FETCH_BASE": base, "NERPIPE_DATA": "", **(environment or {})}
        command = ["bash", os.path.join(self.corpus, "fetch.sh"), *arguments] + ([self.output] if output else [])
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)

    def verify(self, *arguments):
        return subprocess.run(["bash", os.path.join(self.root, "corpora", "common", "verify.sh"), *arguments,
                               self.output], capture_output=True, text=True, timeout=60)

    def content(self, target):
        path = os.path.join(self.output, "ner", "invented", target + ".tsv.zst")
        return subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout.decode()

    def listing(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.output)
                      for folder, _, names in os.walk(self.output) for name in names)

    def test_fetches_converts_and_is_idempotent(self):
        first = self.fetch()
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(self.content("zz/train"), self.TRAIN)
        self.assertEqual(self.content("zz/dev"), self.DEV)
        self.assertEqual(self.content("yy/dev"), self.OUTER)
        self.assertEqual(self.listing(), [f"ner/invented/{target}.tsv.zst" for target in ("yy/dev", "zz/dev", "zz/train")])
        self.assertIn("held out  ner/invented/zz/test.tsv.zst", first.stderr)
        shutil.rmtree(self.tree)  # a second run must not need the source
        again = self.fetch()
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(again.stderr.count("present "), 3)
        self.assertEqual(self.verify().returncode, 0)

    def test_output_folder_may_come_from_the_environment(self):
        self.assertEqual(self.fetch(environment={"NERPIPE_DATA": self.output}, output=False).returncode, 0)
        self.assertEqual(len(self.listing()), 3)

    def test_no_output_folder_or_unknown_option_is_usage(self):
        self.assertEqual(self.fetch(output=False).returncode, 64)
        self.assertEqual(self.fetch("--no-such-option").returncode, 64)
        self.assertEqual(self.fetch("--only").returncode, 64)  # takes the folder as its value, and no folder is left
        self.assertEqual(self.fetch("one").returncode, 64)

    def test_only_limits_and_refuses_what_matches_nothing(self):
        self.assertEqual(self.fetch("--only", "zz/dev").returncode, 0)
        self.assertEqual(self.listing(), ["ner/invented/zz/dev.tsv.zst"])
        self.assertEqual(self.fetch("--only", "qq").returncode, 64)

    def test_held_out_split_is_fetched_on_demand_only(self):
        self.assertEqual(self.fetch("--held-out").returncode, 0)
        self.assertEqual(self.content("zz/test"), self.TEST)
        self.assertIn("unchecked", self.verify().stdout)

    def test_held_out_split_with_a_wrong_sentence_count_is_refused(self):
        self.languages["zz"]["test"]["sentences"] = 7
        self.save()
        result = self.fetch("--held-out", "--only", "zz/test")
        self.assertEqual(result.returncode, 65)
        self.assertEqual(self.listing(), ["ner/invented/zz/test.tsv.zst.differs"])

    def test_every_differing_split_is_named_and_none_is_put_in_place(self):
        self.write("data/train+file.txt", b"other I-PER\n")
        self.write("data/outer.tsv", b"1\tOb\tB-LOC\tO\n")
        result = self.fetch()
        self.assertEqual(result.returncode, 65)
        for target in ("zz/train", "yy/dev"):
            self.assertIn(f"DIFFERS   ner/invented/{target}.tsv.zst", result.stderr)
        self.assertIn("2 split(s) differ", result.stderr)
        self.assertEqual(self.listing(), ["ner/invented/yy/dev.tsv.zst.differs", "ner/invented/zz/dev.tsv.zst",
                                          "ner/invented/zz/train.tsv.zst.differs"])

    def test_a_good_file_is_not_replaced_by_a_differing_one(self):
        self.assertEqual(self.fetch().returncode, 0)
        self.languages["zz"]["train"]["sha256"] = digest("something else")
        self.save()
        self.assertEqual(self.fetch().returncode, 65)
        self.assertEqual(self.content("zz/train"), self.TRAIN)

    def test_a_damaged_file_is_fetched_again(self):
        self.assertEqual(self.fetch().returncode, 0)
        path = os.path.join(self.output, "ner/invented/zz/dev.tsv.zst")
        with open(path, "r+b") as file:
            file.truncate(10)
        self.assertEqual(self.verify().returncode, 65)
        self.assertEqual(self.fetch().returncode, 0)
        self.assertEqual(self.content("zz/dev"), self.DEV)

    def test_a_missing_source_fails_and_the_rest_is_fetched(self):
        os.remove(os.path.join(self.tree, "data", "box.zip"))
        result = self.fetch()
        self.assertEqual(result.returncode, 69)
        self.assertIn("FAILED    ner/invented/zz/dev.tsv.zst: cannot download file://", result.stderr)
        self.assertEqual(self.content("zz/train"), self.TRAIN)
        self.assertEqual(self.verify().returncode, 1)
        self.assertIn("missing   ner/invented/zz/dev.tsv.zst", self.verify().stdout)

    def test_an_unusable_source_is_named_and_leaves_nothing(self):
        self.write("data/train+file.txt", b"<html>\n")
        result = self.fetch("--only", "zz/train")
        self.assertEqual(result.returncode, 65)
        self.assertIn("FAILED    ner/invented/zz/train.tsv.zst", result.stderr)
        self.assertEqual(self.listing(), [])

    def test_options_cannot_run_commands(self):
        marker = os.path.join(self.root, "marker")
        self.languages["yy"]["dev"]["convert"] += ["--map", f"X=$(touch {marker})"]
        self.save()
        self.fetch()
        self.assertFalse(os.path.exists(marker))

    def test_verify_reports_unlisted_files(self):
        self.assertEqual(self.fetch().returncode, 0)
        os.makedirs(os.path.join(self.output, "text"))
        with open(os.path.join(self.output, "text", "extra.txt.zst"), "wb"):
            pass
        result = self.verify()
        self.assertEqual(result.returncode, 1)
        self.assertIn("unlisted  text/extra.txt.zst", result.stdout)

    def test_manifest_with_a_path_that_leaves_the_folder_is_refused(self):
        for change in ({"path": "../../secret"}, {"repository": "../x"}, {"ref": "a/b"}):
            with self.subTest(change=change):
                self.languages["zz"]["train"]["source"] = {
                    "repository": "inventor/corpus", "ref": "HEAD", "path": "data/train+file.txt", **change}
                self.save()
                self.assertEqual(self.fetch().returncode, 65)


@unittest.skipUnless(TOOLS, "needs bash, curl, zstd, sha256sum and xargs")
class FetchFilesTests(unittest.TestCase):
    """fetch_files.sh, behind the script of fasttext-aligned."""

    VECTORS = "2 3\nthe 1 2 3\nñandú 4 5 6\n"
    DICTIONARY = "the el\nthe\tla\nice cream\thelado\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.output = os.path.join(self.root, "out put")
        self.corpus = os.path.join(self.root, "corpora", "invented")
        os.makedirs(self.corpus)
        os.makedirs(os.path.join(self.root, "mirror", "some.host", "a"))
        shutil.copytree(COMMON, os.path.join(self.root, "corpora", "common"),
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(os.path.join(CORPORA, "muse", "fetch.sh"), self.corpus)
        self.files = {}
        self.add("vectors/invented/zz.vec.zst", "zz", "zz.vec", self.VECTORS)
        self.add("dictionaries/invented/yy.tsv.zst", "yy", "yy.txt", self.DICTIONARY, convert=["tabs"])

    def add(self, target, language, name, text, **entry):
        with open(os.path.join(self.root, "mirror", "some.host", "a", name), "w", encoding="utf-8") as file:
            file.write(text)
        self.files[target] = {"language": language, "sha256": None, "sha256Unknown": True,
                              "url": f"https://some.host/a/{name}", **entry}
        with open(os.path.join(self.corpus, "manifest.json"), "w", encoding="utf-8") as file:
            file.write(manifest.canonical({"name": "invented", "optional": True, "files": self.files}))

    def fetch(self, *arguments, path=None):
        variables = {**os.environ, "NERPIPE_FETCH_BASE": f"file://{self.root}/mirror", "NERPIPE_DATA": self.output}
        if path:
            variables["PATH"] = f"{path}:{variables['PATH']}"
        return subprocess.run(["bash", os.path.join(self.corpus, "fetch.sh"), *arguments], env=variables,
                              capture_output=True, text=True, timeout=60)

    def content(self, target):
        return subprocess.run(["zstd", "-dcq", os.path.join(self.output, target)], capture_output=True,
                              check=True).stdout.decode()

    def listing(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.output)
                      for folder, _, names in os.walk(self.output) for name in names)

    def test_fetches_says_the_digest_and_is_idempotent(self):
        first = self.fetch()
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(self.content("vectors/invented/zz.vec.zst"), self.VECTORS)
        self.assertEqual(self.content("dictionaries/invented/yy.tsv.zst"), "the\tel\nthe\tla\nice cream\thelado\n")
        self.assertIn(f"SHA-256 {digest(self.VECTORS)}, which nobody has checked", first.stderr)
        shutil.rmtree(os.path.join(self.root, "mirror"))
        again = self.fetch()
        self.assertEqual((again.returncode, again.stderr.count("present ")), (0, 2))

    def test_only_limits_and_refuses_unknown_languages(self):
        self.assertEqual(self.fetch("--only", "zz").returncode, 0)
        self.assertEqual(self.listing(), ["vectors/invented/zz.vec.zst"])
        self.assertEqual(self.fetch("--only", "zz", "--only", "qq").returncode, 64)

    def test_a_differing_file_is_not_put_in_place(self):
        self.add("vectors/invented/zz.vec.zst", "zz", "zz.vec", self.VECTORS, sha256=digest("other"))
        result = self.fetch()
        self.assertEqual(result.returncode, 65)
        self.assertIn(f"SHA-256 {digest(self.VECTORS)}, expected {digest('other')}", result.stderr)
        self.assertEqual(self.listing(), ["dictionaries/invented/yy.tsv.zst", "vectors/invented/zz.vec.zst.differs"])

    def test_a_known_digest_is_compared_and_a_damaged_file_fetched_again(self):
        self.add("vectors/invented/zz.vec.zst", "zz", "zz.vec", self.VECTORS, sha256=digest(self.VECTORS))
        self.assertEqual(self.fetch().returncode, 0)
        with open(os.path.join(self.output, "vectors/invented/zz.vec.zst"), "r+b") as file:
            file.truncate(10)
        self.assertEqual(self.fetch().returncode, 0)
        self.assertEqual(self.content("vectors/invented/zz.vec.zst"), self.VECTORS)

    def test_a_missing_source_leaves_nothing_and_the_rest_is_fetched(self):
        os.remove(os.path.join(self.root, "mirror", "some.host", "a", "zz.vec"))
        result = self.fetch()
        self.assertEqual(result.returncode, 69)
        self.assertIn("FAILED    vectors/invented/zz.vec.zst: cannot download https://some.host/a/zz.vec", result.stderr)
        self.assertEqual(self.listing(), ["dictionaries/invented/yy.tsv.zst"])

    def test_bad_addresses_are_refused(self):
        for url in ("http://some.host/a", "https://some.host/../a", "https://some.host/a b", "file:///etc/passwd"):
            with self.subTest(url=url):
                self.add("vectors/invented/zz.vec.zst", "zz", "zz.vec", self.VECTORS, url=url)
                self.assertEqual(self.fetch().returncode, 65)

    def test_aligned_vectors_become_a_table(self):
        shutil.copy(os.path.join(CORPORA, "fasttext-aligned", "fetch.sh"), self.corpus)
        self.add("vectors/fasttext-aligned/zz.vec.zst", "zz", "zz.vec", self.VECTORS)
        result = self.fetch("--only", "zz")
        self.assertEqual(result.returncode, 0, result.stderr)
        source = f"zz={self.output}/vectors/fasttext-aligned/zz.vec.zst"
        self.assertIn(f"nerpipe vectors import {source} -o ", result.stderr)
        with open(os.path.join(self.root, "nerpipe"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
        os.chmod(os.path.join(self.root, "nerpipe"), 0o755)
        result = self.fetch("--only", "zz", path=self.root)
        self.assertEqual(result.stdout.splitlines(), [
            "vectors", "import", source, "-o", f"{self.output}/vectors/fasttext-aligned.vectors"])

    def test_optional_files_are_not_missing(self):
        self.assertEqual(self.fetch("--only", "yy").returncode, 0)
        result = subprocess.run(["bash", os.path.join(self.root, "corpora", "common", "verify.sh"), self.output],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("unchecked", result.stdout)


class CommittedManifestTests(unittest.TestCase):
    def test_manifests_are_in_canonical_form(self):
        for name in REAL:
            with self.subTest(name=name):
                path = os.path.join(CORPORA, name, "manifest.json")
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                self.assertEqual(text, manifest.canonical(json.loads(text)))
                self.assertEqual(manifest.load(path)["name"], name)

    def test_every_file_has_a_digest_or_says_why_not(self):
        for name in REAL:
            for target, entry in manifest.checked_files(manifest.load(os.path.join(CORPORA, name, "manifest.json"))):
                with self.subTest(target=target):
                    self.assertEqual(
                        entry["sha256"] is None, entry.get("heldOut", False) or entry.get("sha256Unknown", False))

    def test_conversion_options_are_understood(self):
        for name in SPLITS:
            for line in manifest.plan(os.path.join(CORPORA, name, "manifest.json"), True, set()):
                with self.subTest(line=line.split("\x1f")[0]):
                    convert.parse_arguments([*shlex.split(line.split("\x1f")[7]), "--output", "-", "source"])

    @unittest.skipUnless(TOOLS, "needs bash, curl, zstd, sha256sum and xargs")
    def test_every_fetch_script_names_all_splits_when_nothing_can_be_downloaded(self):
        with tempfile.TemporaryDirectory() as folder:
            variables = {**os.environ, "NERPIPE_FETCH_BASE": f"file://{folder}/nothing"}
            for name in FETCHED:
                with self.subTest(name=name):
                    path = os.path.join(CORPORA, name)
                    arguments = ["bash", os.path.join(path, "fetch.sh"), os.path.join(folder, "out")]
                    few = {"masakhaner2": ("bam", "da"), "transfer3": ("bam", "da"), "fasttext-aligned": ("da",), "muse": ("da",),
                           "parallel": ("fr-bbj",), "text": ("bbj",), "dictionaries": ("en-swa", "en-lug")}
                    for language in few.get(name, ()):
                        arguments[2:2] = ["--only", language]
                    result = subprocess.run(arguments, env=variables, capture_output=True, text=True, timeout=120)
                    self.assertEqual(result.returncode, 69)
                    self.assertIn("could not be fetched", result.stderr)


if __name__ == "__main__":
    unittest.main()
