"""The converter of parallel, text and dictionaries on invented sources, and its shell script behind file://."""

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import unittest
import zipfile

COMMON = os.path.dirname(os.path.abspath(__file__))
CORPORA = os.path.dirname(COMMON)
sys.path.insert(0, COMMON)

import lines  # noqa: E402
import manifest  # noqa: E402
from convert import DataError  # noqa: E402

TOOLS = all(shutil.which(tool) for tool in ("bash", "curl", "zstd", "sha256sum", "xargs"))
HOST = "https://raw.githubusercontent.com/inventor/corpus/HEAD"


def zip_bytes(members):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return memory.getvalue()


def tar_bytes(members):
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as archive:
        for name, text in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return memory.getvalue()


class FormTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def put(self, name, data):
        address = f"{HOST}/{name}"
        with open(os.path.join(self.folder, lines.download_name(address)), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return address

    def records(self, **fields):
        return list(lines.FORMS[fields["form"]](lines.Part(fields, self.folder)))

    def build(self, target, *parts, filters=None, **entry):
        self.counters = dict.fromkeys(("read", "empty", "short", "leaking", "repeated", "parts_missing"), 0)
        return "".join(lines.build(target, {"parts": list(parts), **entry}, self.folder, filters or {}, self.counters))

    def test_lines_stand_beside_each_other(self):
        urls = [self.put("a.en", "one\r\ntwo\n"), self.put("a.zz", "ena\ndva")]
        self.assertEqual(self.records(form="lines", urls=urls), [("one", "ena"), ("two", "dva")])

    def test_files_of_different_length_are_refused(self):
        urls = [self.put("a.en", "one\ntwo\n"), self.put("a.zz", "ena\n")]
        with self.assertRaisesRegex(DataError, "2 and 1 lines"):
            self.records(form="lines", urls=urls)

    def test_a_line_ends_at_a_newline_only(self):
        urls = [self.put("a.en", "one\u2028more\x0bof it\n\n"), self.put("a.zz", "ena\n\n")]
        self.assertEqual(self.records(form="lines", urls=urls), [("one\u2028more\x0bof it", "ena"), ("", "")])

    def test_archive_members(self):
        url = self.put("a.tar.gz", tar_bytes({"./set/dev/en": "one\n", "./set/dev/zz": "ena\n", "./other": "x\n"}))
        self.assertEqual(self.records(form="tar", urls=[url], members=["set/dev/en", "set/dev/zz"]), [("one", "ena")])
        with self.assertRaisesRegex(DataError, "no 'set/dev/yy' in the archive"):
            self.records(form="tar", urls=[url], members=["set/dev/en", "set/dev/yy"])
        with self.assertRaisesRegex(DataError, "damaged"):
            self.records(form="tar", urls=[self.put("b.tar.gz", b"\x1f\x8bno")], members=["set/dev/en"])

    def test_table_columns_header_and_quotes(self):
        url = self.put("t.tsv", 'en\tzz\n"He said ""no"""\tena\nplain\t"dva\ttri"\n')
        self.assertEqual(self.records(form="table", urls=[url], columns=[1, 0], skip=1, quoted=True),
                         [("ena", 'He said "no"'), ("dva\ttri", "plain")])
        url = self.put("z.zip", zip_bytes({"_about.txt": "x", "zzz.txt": 'Hi."\tAhoj.\tCC-BY\n'}))
        self.assertEqual(self.records(form="table", urls=[url], member="zzz.txt", columns=[0, 1]), [('Hi."', "Ahoj.")])

    def test_table_with_too_few_columns_is_refused_by_row_and_without_text(self):
        url = self.put("t.tsv", "a\tb\nsecret\n")
        with self.assertRaisesRegex(DataError, r"\Arow 2: 1 columns, at least 2 needed\Z"):
            self.records(form="table", urls=[url], columns=[0, 1])

    def test_words_with_space_or_tab_and_identical_ones(self):
        url = self.put("w.txt", "the el\nice cream\thelado\nhotel hotel\nabc\tabc d\n")
        everything = [("the", "el"), ("ice cream", "helado"), ("hotel", "hotel"), ("abc", "abc d")]
        self.assertEqual(self.records(form="words", urls=[url]), everything)
        del everything[2]
        self.assertEqual(self.records(form="words", urls=[url], dropIdentical=True), everything)
        with self.assertRaisesRegex(DataError, "line 1: no translation"):
            self.records(form="words", urls=[self.put("x.txt", "alone\n")])

    def test_panlex_pairs_every_expression_of_a_concept(self):
        url = self.put("p.zip", zip_bytes({
            "box/swadesh110/eng-000.txt": "all\tevery\nash\n", "box/swadesh110/zzz-000.txt": "ol\nas\tos\n",
            "box/swadesh110/zzz-001.txt": "ul\n\n", "box/swadesh207/eng-000.txt": "tree\n",
            "box/swadesh207/zzz-000.txt": "tri\n", "box/swadesh207/yyy-000.txt": "no\n", "box/README": "zzz"}))
        pairs = [("all", "ol"), ("every", "ol"), ("ash", "as"), ("ash", "os"), ("all", "ul"), ("every", "ul"),
                 ("tree", "tri")]
        found = self.records(form="panlex", urls=[url], languages=["zzz"])
        self.assertEqual([pair for pair in found if all(pair)], pairs)
        with self.assertRaisesRegex(DataError, "no lists of xxx"):
            self.records(form="panlex", urls=[url], languages=["xxx"])

    def bible(self, books=len(lines.BOOKS), prolog=""):
        body = "".join(
            f'<div id="b.X{book}" type="book"><div type="chapter">'
            f'<seg id="b.X{book}.1.1" type="verse">\n z{book} &quot;a&quot;\n</seg>'
            f'<seg id="b.X{book}.1.2" type="verse">only here</seg></div></div>' for book in range(books))
        english = f"{HOST}/json"
        for book, name in enumerate(lines.BOOKS):
            self.put(f"json/{name}.json", json.dumps([
                {"type": "paragraph start"},
                {"type": "paragraph text", "chapterNumber": 1, "verseNumber": 1, "value": f"e{book} "},
                {"type": "line text", "chapterNumber": 1, "verseNumber": 1, "value": "more "},
                {"type": "paragraph text", "chapterNumber": 2, "verseNumber": 1, "value": "not there"}]))
        url = self.put("b.xml", f'<?xml version="1.0" ?>{prolog}<cesDoc><text><body>{body}</body></text></cesDoc>')
        return {"form": "bible", "urls": [url], "english": english}

    def test_bible_pairs_verses_of_the_same_number(self):
        built = self.build("parallel/en-zz/bible.tsv.zst", self.bible()).splitlines()
        self.assertEqual(built, [f'e{book} more\tz{book} "a"' for book in range(27)])

    def test_bible_with_other_books_or_entities_is_refused(self):
        with self.assertRaisesRegex(DataError, "26 books, 27 expected"):
            self.records(**self.bible(books=26))
        with self.assertRaisesRegex(DataError, "entity"):
            self.records(**self.bible(prolog='<!DOCTYPE x [<!ENTITY a "b">]>'))

    def test_articles_become_sentences(self):
        url = self.put("n.tsv", 'label\ttitle\ttext\nx\tA title\t"First one. ""Second!"" Third? ሰላም። ደህና"\n')
        self.assertEqual(self.records(form="articles", urls=[url], columns=[1, 2], skip=1, quoted=True),
                         [("A title",), ("First one.",), ('"Second!" Third?',), ("ሰላም።",), ("ደህና",)])

    def test_white_space_repetition_and_empty_fields(self):
        urls = [self.put("a.en", "a  b\u00a0c \none\na b c\n\n"), self.put("a.zz", "x\ty\nena\nx y\nz\n")]
        built = self.build("parallel/en-zz/a.tsv.zst", {"form": "lines", "urls": urls})
        self.assertEqual(built, "a b c\tx y\none\tena\n")
        self.assertEqual({name: count for name, count in self.counters.items() if count},
                         {"read": 4, "repeated": 1, "empty": 1})

    def test_text_needs_four_words(self):
        url = self.put("t.txt", "one two three\none two three four\n")
        self.assertEqual(self.build("text/zz/a.txt.zst", {"form": "lines", "urls": [url]}), "one two three four\n")

    def test_an_optional_part_may_be_missing_and_another_may_not(self):
        there = {"form": "words", "urls": [self.put("w.txt", "a b\n")]}
        gone = {"form": "words", "urls": [f"{HOST}/gone"]}
        self.assertEqual(self.build("dictionaries/en-zz.tsv.zst", {**gone, "optional": True}, there), "a\tb\n")
        self.assertEqual(self.counters["parts_missing"], 1)
        with self.assertRaises(OSError):
            self.build("dictionaries/en-zz.tsv.zst", gone, there)


class LeakTests(unittest.TestCase):
    SENTENCE = "Zoraïde Vélm visited the 3 towns of Quillmark"

    def filter(self, *sentences):
        leaks = lines.LeakFilter()
        for sentence in sentences:
            leaks.add(sentence)
        return leaks

    def test_case_space_punctuation_and_diacritics_do_not_matter(self):
        leaks = self.filter(self.SENTENCE)
        self.assertTrue(leaks.matches("He said: ZORAIDE Velm, visited the 3 towns of Quill-mark!"))
        self.assertFalse(leaks.matches("He said: ZORAIDE Velm, visited the 4 towns of Quill-mark!"))

    def test_sentences_shorter_than_28_letters_do_not_count(self):
        self.assertTrue(self.filter("a" * 28).matches("b" + "a" * 28))
        self.assertFalse(self.filter("a" * 27).matches("b" + "a" * 27))

    def test_agrees_with_a_plain_search(self):
        def plain(text, sentences):
            keys = ["".join(c for c in unicodedata.normalize("NFKD", sentence).casefold() if c.isalnum())
                    for sentence in (text, *sentences)]
            return any(len(key) >= 28 and key in keys[0] for key in keys[1:])

        generator, hits = random.Random(7), 0
        for _ in range(300):
            lengths = [generator.randrange(20, 60) for _ in range(4)]
            sentences = ["".join(generator.choice("aáB ") for _ in range(length)) for length in lengths]
            text = "".join(generator.choice("ab-") for _ in range(generator.randrange(30)))
            text += generator.choice(sentences)[generator.randrange(2):] + generator.choice("ab ")
            hits += plain(text, sentences)
            self.assertEqual(self.filter(*sentences).matches(text), plain(text, sentences))
        self.assertTrue(50 < hits < 290, hits)

    def test_sides_that_are_looked_at(self):
        self.assertEqual(lines.languages_of("parallel/en-swa/x.tsv.zst"), [("swa", 1), ("en", 0)])
        self.assertEqual(lines.languages_of("parallel/fr-bam/x.tsv.zst"), [("bam", 1)])
        self.assertEqual(lines.languages_of("text/swa/x.txt.zst"), [("swa", 0)])
        self.assertEqual(lines.languages_of("dictionaries/en-swa.tsv.zst"), [])

    def test_every_test_split_of_a_language_counts(self):
        self.assertEqual(lines.test_splits(CORPORA, ["de"]), [
            ("conll2003", "de"), ("europarl-ner", "de"), ("germeval2014", "de"), ("wikiann", "de")])


class SampleTests(unittest.TestCase):
    def test_evenly(self):
        self.assertEqual(lines.evenly(list(range(10)), 4), [0, 2, 5, 7])
        self.assertEqual(lines.evenly([1, 2], 4), [1, 2])
        self.assertEqual(len(set(lines.evenly(list(range(999)), 998))), 998)


@unittest.skipUnless(TOOLS, "needs bash, curl, zstd, sha256sum and xargs")
class FetchLinesTests(unittest.TestCase):
    LEAK = "Zora Velm went to the old market of Quillmark"
    LEAK_ZZ = "Velm je juce bila na staroj pijaci u Kvilmarku"
    SOURCE = "Good day to you\nHe says: zora velm went to the old market of Quillmark!\nOne more\nOne more\nYes\n"
    TARGET = f"Dobar dan\nStari\nJos jedan\nJos jedan\n{LEAK_ZZ}.\n"
    BUILT = "Good day to you\tDobar dan\nOne more\tJos jedan\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.output = os.path.join(self.root, "out put")
        corpora = os.path.join(self.root, "corpora")
        shutil.copytree(COMMON, os.path.join(corpora, "common"), ignore=shutil.ignore_patterns("__pycache__"))
        self.corpus, self.ner = (os.path.join(corpora, name) for name in ("parallel", "invented"))
        for path, script in ((self.corpus, "parallel"), (self.ner, "conll2002")):
            os.makedirs(path)
            shutil.copy(os.path.join(CORPORA, script, "fetch.sh"), path)
        languages = {}
        for language, sentence in (("en", self.LEAK), ("zz", self.LEAK_ZZ)):
            source = {"repository": "inventor/corpus", "ref": "HEAD", "path": f"test.{language}"}
            languages[language] = {"test": {
                "source": source, "convert": [], "sentences": 1, "sha256": None, "heldOut": True}}
            self.mirror(f"test.{language}", "".join(f"{word} O\n" for word in sentence.split()))
        self.write(os.path.join(self.ner, "manifest.json"),
                   manifest.canonical({"name": "invented", "languages": languages}))
        self.mirror("a.en", self.SOURCE)
        self.mirror("a.zz", self.TARGET)
        part = {"form": "lines", "urls": [f"{HOST}/a.en", f"{HOST}/a.zz"]}
        self.files = {"parallel/en-zz/a.tsv.zst": self.entry(self.BUILT, part)}
        self.save()

    def entry(self, text, *parts, **fields):
        return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "lines": text.count("\n"), "parts": list(parts),
                "exact": True, **fields}

    def write(self, path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def mirrored(self, name):
        return os.path.join(self.root, "mirror", HOST[len("https://"):], name)

    def mirror(self, name, text):
        self.write(self.mirrored(name), text)

    def remove(self, name):
        os.remove(self.mirrored(name))

    def save(self):
        self.write(os.path.join(self.corpus, "manifest.json"),
                   manifest.canonical({"name": "parallel", "files": self.files}))

    def fetch(self, *arguments):
        variables = {**os.environ, "NERPIPE_FETCH_BASE": f"file://{self.root}/mirror", "NERPIPE_DATA": self.output}
        return subprocess.run(["bash", os.path.join(self.corpus, "fetch.sh"), *arguments], env=variables,
                              capture_output=True, text=True, timeout=60)

    def verify(self):
        return subprocess.run(["bash", os.path.join(self.root, "corpora", "common", "verify.sh"), self.output],
                              capture_output=True, text=True, timeout=60)

    def content(self, target):
        return subprocess.run(["zstd", "-dcq", os.path.join(self.output, target)], capture_output=True,
                              check=True).stdout.decode()

    def listing(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.output)
                      for folder, _, names in os.walk(self.output) for name in names)

    def test_builds_without_test_sentences_and_keeps_no_held_out_split(self):
        first = self.fetch()
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(self.content("parallel/en-zz/a.tsv.zst"), self.BUILT)
        self.assertEqual(self.listing(), ["parallel/en-zz/a.tsv.zst"])
        shutil.rmtree(os.path.join(self.root, "mirror"))
        again = self.fetch()
        self.assertEqual((again.returncode, again.stderr), (0, "present   parallel/en-zz/a.tsv.zst\n"))

    def test_without_the_test_split_nothing_is_built_unless_asked_for(self):
        self.remove("test.en")
        result = self.fetch()
        self.assertEqual(result.returncode, 69)
        self.assertIn("test split ner/invented/en is needed", result.stderr)
        self.assertEqual(self.listing(), [])
        self.files["parallel/en-zz/a.tsv.zst"]["exact"] = False
        self.save()
        result = self.fetch("--unfiltered")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("zora velm", self.content("parallel/en-zz/a.tsv.zst"))
        self.assertIn("4 lines, expected 2", result.stderr)

    def test_a_test_split_in_the_output_folder_is_used(self):
        self.remove("test.en")
        path = os.path.join(self.output, "ner", "invented", "en", "test.tsv")
        self.write(path, "".join(f"{word}\tO\n" for word in self.LEAK.split()) + "\n")
        subprocess.run(["zstd", "-q", "--rm", path], check=True)
        self.assertEqual(self.fetch().returncode, 0)
        self.assertEqual(self.content("parallel/en-zz/a.tsv.zst"), self.BUILT)

    def test_an_exact_file_that_differs_is_not_put_in_place(self):
        self.mirror("a.zz", "Dobar dan\nStari\nDrugi\nDrugi\nDa\n")
        result = self.fetch()
        self.assertEqual(result.returncode, 65)
        self.assertIn("DIFFERS   parallel/en-zz/a.tsv.zst", result.stderr)
        self.assertEqual(self.listing(), ["parallel/en-zz/a.tsv.zst.differs"])

    def test_an_inexact_file_that_differs_is_a_warning_with_both_numbers_of_lines(self):
        self.files["parallel/en-zz/a.tsv.zst"].update(exact=False, lines=9, sha256=hashlib.sha256(b"x").hexdigest())
        self.save()
        result = self.fetch()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("WARNING   parallel/en-zz/a.tsv.zst is in place but is not the listed file", result.stderr)
        self.assertIn("2 lines, expected 9", result.stderr)
        self.assertIn('"leaking": 2', result.stderr)
        self.assertEqual(self.content("parallel/en-zz/a.tsv.zst"), self.BUILT)
        self.assertIn("differs from the manifest", self.fetch().stderr)
        result = self.verify()
        self.assertIn("unchecked parallel/en-zz/a.tsv.zst", result.stdout)
        self.assertEqual(result.returncode, 0, result.stdout)
        with open(os.path.join(self.output, "parallel/en-zz/a.tsv.zst"), "r+b") as file:
            file.truncate(10)
        self.assertEqual(self.verify().returncode, 65)

    def test_only_and_by_hand(self):
        self.files["parallel/en-zz/b.tsv.zst"] = self.entry("x\ty\n", byHand="nobody knows where")
        self.files["parallel/en-yy/a.tsv.zst"] = self.entry("x\ty\n", {"form": "words", "urls": [f"{HOST}/gone"]})
        self.save()
        result = self.fetch("--only", "en-zz")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("by hand   parallel/en-zz/b.tsv.zst: nobody knows where", result.stderr)
        self.assertIn("1 file(s) must be made by hand", result.stderr)
        self.assertNotIn("en-yy", result.stderr)
        self.assertEqual(self.fetch("--only", "en-zz/a").stderr, "present   parallel/en-zz/a.tsv.zst\n")
        self.assertEqual(self.fetch("--only", "en-zz/c").returncode, 64)

    def test_a_missing_source_is_named_and_the_rest_is_fetched(self):
        self.files["parallel/en-yy/a.tsv.zst"] = self.entry("x\ty\n", {"form": "words", "urls": [f"{HOST}/gone"]})
        self.save()
        result = self.fetch()
        self.assertEqual(result.returncode, 69)
        self.assertIn(f"FAILED    parallel/en-yy/a.tsv.zst: cannot download {HOST}/gone", result.stderr)
        self.assertEqual(self.listing(), ["parallel/en-zz/a.tsv.zst"])

    def test_a_missing_optional_source_is_said(self):
        self.files["parallel/en-zz/a.tsv.zst"]["parts"].append(
            {"form": "lines", "urls": [f"{HOST}/b.en", f"{HOST}/b.zz"], "optional": True})
        self.save()
        result = self.fetch()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"left out  {HOST}/b.en cannot be downloaded", result.stderr)

    def test_usage(self):
        self.assertEqual(self.fetch("--only").returncode, 64)
        self.assertEqual(self.fetch("--no-such-option").returncode, 64)

    def test_bad_entries_are_refused(self):
        part = self.files["parallel/en-zz/a.tsv.zst"]["parts"][0]
        for change in ({"parts": []}, {"byHand": "both"}, {"parts": [{**part, "form": "magic"}]},
                       {"parts": [{**part, "urls": ["http://some.host/a"]}]},
                       {"parts": [{**part, "urls": [f"{HOST}/../a"]}]}):
            with self.subTest(change=change):
                self.files = {"parallel/en-zz/a.tsv.zst": self.entry(self.BUILT, part, **{"exact": True})}
                self.files["parallel/en-zz/a.tsv.zst"].update(change)
                self.save()
                self.assertEqual(self.fetch().returncode, 65)


class CommittedManifestTests(unittest.TestCase):
    def test_every_file_says_how_it_is_made_or_why_not(self):
        for name in ("parallel", "text", "dictionaries"):
            path = os.path.join(CORPORA, name, "manifest.json")
            self.assertEqual(len(lines.plan(path, set())), len(manifest.load(path)["files"]))

    def test_only_files_of_known_making_are_exact(self):
        for name in ("parallel", "text", "dictionaries"):
            for target, entry in manifest.checked_files(manifest.load(os.path.join(CORPORA, name, "manifest.json"))):
                forms = {part["form"] for part in entry.get("parts", [])}
                self.assertEqual(entry["exact"], forms == {"words"}, target)


if __name__ == "__main__":
    unittest.main()
