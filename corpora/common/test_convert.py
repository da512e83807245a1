"""Tests of convert.py on small invented inputs: `python3 -m unittest discover -s corpora/common`."""

import contextlib
import hashlib
import io
import os
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import convert  # noqa: E402


def tags_of(text):
    return [line.split("\t")[1] for line in text.split("\n") if line]


def tokens_of(text):
    return [line.split("\t")[0] for line in text.split("\n") if line]


class SchemeTests(unittest.TestCase):
    def test_iob1_becomes_iob2(self):
        cases = [
            (["I-PER", "I-PER", "O", "I-LOC"], ["B-PER", "I-PER", "O", "B-LOC"]),
            (["I-PER", "B-PER", "I-PER"], ["B-PER", "B-PER", "I-PER"]),  # two neighbours of one type
            (["I-LOC", "I-PER"], ["B-LOC", "B-PER"]),  # two neighbours of different types
            (["O", "O"], ["O", "O"]),
            ([], []),
        ]
        for before, after in cases:
            with self.subTest(before=before):
                self.assertEqual(convert.to_iob2(before)[0], after)

    def test_iob2_is_left_alone(self):
        tags = ["B-ORG", "I-ORG", "B-ORG", "O", "B-PER", "B-LOC", "I-LOC"]
        self.assertEqual(convert.to_iob2(tags), (tags, 0))

    def test_stray_start_after_other_type_is_repaired_and_counted(self):
        self.assertEqual(convert.to_iob2(["O", "I-PER", "B-LOC", "I-ORG"]), (["O", "B-PER", "B-LOC", "B-ORG"], 2))

    def test_entity_does_not_continue_over_a_sentence_boundary(self):
        text, counters = convert.convert("Zora I-PER\n\nQuil I-PER\n")
        self.assertEqual(tags_of(text), ["B-PER", "B-PER"])
        self.assertEqual(counters["entities"], 2)

    def test_entity_does_not_continue_over_a_document_start(self):
        text, counters = convert.convert("Zora NN I-PER\n-DOCSTART- -X- O\nQuil NN I-PER\n")
        self.assertEqual(tags_of(text), ["B-PER", "B-PER"])
        self.assertEqual((counters["documents"], counters["sentences"]), (1, 2))

    def test_mapped_away_type_breaks_an_entity(self):
        text, _ = convert.convert("a I-PER\nb I-DATE\nc I-PER\n", mapping=[("DATE", "O")])
        self.assertEqual(tags_of(text), ["B-PER", "O", "B-PER"])


class LayoutTests(unittest.TestCase):
    def test_picks_columns(self):
        text, _ = convert.convert("Zora zora NE I-NC I-PER\nruns run VV I-VC O\n")
        self.assertEqual(text, "Zora\tB-PER\nruns\tO\n\n")
        text, _ = convert.convert("1\tZora\tB-PER\tO\n", token_column=1, tag_column=2)
        self.assertEqual(text, "Zora\tB-PER\n\n")

    def test_document_starts_and_empty_sentences_vanish(self):
        text, counters = convert.convert("-DOCSTART- -X- -X- O\n\nZora NN I-NP I-PER\n\n\n\nQuil NN I-NP O\n")
        self.assertEqual(text, "Zora\tB-PER\n\nQuil\tO\n\n")
        self.assertEqual(counters["documents"], 1)

    def test_last_sentence_may_lack_its_blank_line_or_newline(self):
        self.assertEqual(convert.convert("a O")[0], convert.convert("a O\n\n")[0])

    def test_carriage_returns_go(self):
        self.assertEqual(convert.convert("a O\r\n\r\nb O\r\n")[0], "a\tO\n\nb\tO\n\n")

    def test_comments_are_skipped_only_at_their_prefix(self):
        text, _ = convert.convert("#\tinvented source\n1\t#\tO\n", token_column=1, tag_column=2, comment_prefix="#\t")
        self.assertEqual(text, "#\tO\n\n")

    def test_prefix_is_stripped_once_and_a_colon_token_survives(self):
        text, _ = convert.convert("xx:Zora\tB-PER\nxx::\tO\nxx:xx:a\tO\n", strip_prefix="xx:")
        self.assertEqual(tokens_of(text), ["Zora", ":", "xx:a"])

    def test_missing_prefix_is_an_error(self):
        for line in ("Zora B-PER\n", "xx: O\n"):
            with self.subTest(line=line), self.assertRaises(convert.DataError):
                convert.convert(line, strip_prefix="xx:")

    def test_short_line_is_an_error_or_dropped_without_ending_the_sentence(self):
        source = "a B-PER\n O\n\u00a0 O\nb I-PER\n"
        with self.assertRaisesRegex(convert.DataError, "line 2"):
            convert.convert(source)
        text, counters = convert.convert(source, drop_short_lines=True)
        self.assertEqual(text, "a\tB-PER\nb\tI-PER\n\n")
        self.assertEqual(counters["dropped_lines"], 2)

    def test_zero_width_and_control_characters_stay_in_tokens(self):
        text, _ = convert.convert("a\u200cb O\nc\u0096 O\n")
        self.assertEqual(tokens_of(text), ["a\u200cb", "c\u0096"])

    def test_unknown_tag_is_an_error_with_line_and_without_text(self):
        with self.assertRaises(convert.DataError) as caught:
            convert.convert("a O\nsecret S-PER\n")
        self.assertIn("line 2", str(caught.exception))
        self.assertNotIn("secret", str(caught.exception))

    def test_nothing_at_all_is_an_error(self):
        for source in ("", "\n\n", "-DOCSTART- O\n"):
            with self.subTest(source=source), self.assertRaises(convert.DataError):
                convert.convert(source)

    def test_mapping_with_wildcards_takes_the_first_match(self):
        mapping = convert.parse_mapping(["*deriv=O", "*part=O", "OTH=MISC"])
        for before, after in [("B-LOCderiv", "O"), ("I-PERpart", "O"), ("B-OTH", "B-MISC"), ("I-LOC", "I-LOC"),
                              ("B-OTHderiv", "O"), ("O", "O")]:
            with self.subTest(before=before):
                self.assertEqual(convert.map_tag(before, mapping), after)


class EncodingTests(unittest.TestCase):
    def test_latin_1_is_used_only_when_utf_8_is_not_valid(self):
        self.assertEqual(convert.decode("Ñandú".encode("latin-1")), ("Ñandú", "latin-1"))
        self.assertEqual(convert.decode("Ñandú".encode("utf-8")), ("Ñandú", "utf-8"))

    def test_byte_order_mark_goes(self):
        self.assertEqual(convert.decode(b"\xef\xbb\xbfa O")[0], "a O")

    def test_wrong_utf_8_is_an_error_when_demanded(self):
        with self.assertRaises(convert.DataError):
            convert.decode(b"\xd1andu", "utf-8")

    def test_double_encoding_is_undone_before_columns_are_split(self):
        # The second byte of the letter is a no-break space in Latin-1, which is white space.
        twice = "metà O\nÈ O\n".encode("utf-8").decode("latin-1")
        self.assertEqual(tokens_of(convert.convert(convert.repair_double_encoding(twice))[0]), ["metà", "È"])

    def test_text_that_is_not_double_encoded_is_refused(self):
        for source in ("città O\n", "Łódź B-LOC\n"):
            with self.subTest(source=source), self.assertRaises(convert.DataError):
                convert.repair_double_encoding(source)


class CheckTests(unittest.TestCase):
    GOOD = "Zora\tB-PER\nQuil\tI-PER\n\nin\tO\nVelm\tB-LOC\n\n".encode()

    def test_counts_and_digest(self):
        found = convert.check(self.GOOD)
        self.assertEqual((found["sentences"], found["tokens"], found["entities"]), (2, 4, 2))
        self.assertEqual(found["types"], {"LOC": 1, "PER": 1})
        self.assertEqual(found["sha256"], hashlib.sha256(self.GOOD).hexdigest())

    def test_converter_output_passes(self):
        convert.check(convert.convert("a I-PER\nb B-PER\n\nc O\n")[0].encode())

    def test_faults_are_found(self):
        faults = {
            "no final blank line": b"a\tO\n",
            "empty sentence": b"a\tO\n\n\nb\tO\n\n",
            "leading blank line": b"\na\tO\n\n",
            "stray start": b"a\tO\nb\tI-PER\n\n",
            "start of another type": b"a\tB-LOC\nb\tI-PER\n\n",
            "entity over boundary": b"a\tB-PER\n\nb\tI-PER\n\n",
            "no tag": b"a\n\n",
            "empty token": b"\tO\n\n",
            "three columns": b"a\tb\tO\n\n",
            "space in token": b"a b\tO\n\n",
            "carriage return": b"a\tO\r\n\n",
            "document start": b"-DOCSTART-\tO\n\n",
            "unknown tag": b"a\tE-PER\n\n",
            "not UTF-8": b"\xff\tO\n\n",
            "empty": b"",
        }
        for name, data in faults.items():
            with self.subTest(name=name), self.assertRaises(convert.DataError):
                convert.check(data)


class CommandTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name, data=None):
        path = os.path.join(self.folder, name)
        if data is not None:
            with open(path, "wb") as file:
                file.write(data)
        return path

    def run_main(self, *arguments):
        with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(io.StringIO()) as output:
            status = convert.main(list(arguments))
        return status, output.getvalue(), errors.getvalue()

    def test_archive_member_by_base_name(self):
        archive = self.path("a.zip")
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("inner/zz.train", "Ñandú NN B-LOC\n".encode("latin-1"))
            file.writestr("inner/zz.testa", b"b NN O\n")
        output = self.path("o.tsv")
        self.assertEqual(self.run_main("--member", "zz.train", "--output", output, archive)[0], 0)
        with open(output, encoding="utf-8") as file:
            self.assertEqual(file.read(), "Ñandú\tB-LOC\n\n")
        self.assertEqual(self.run_main("--member", "zz.none", "--output", output, archive)[0], 65)

    def test_damaged_archive(self):
        self.assertEqual(self.run_main("--member", "x", "--output", "-", self.path("b.zip", b"no archive"))[0], 65)

    def test_exit_statuses(self):
        good, bad = self.path("good.tsv", CheckTests.GOOD), self.path("bad.tsv", b"a\tI-PER\n\n")
        self.assertEqual(self.run_main("--check", good)[0], 0)
        self.assertEqual(self.run_main("--check", bad, good)[0], 65)
        self.assertEqual(self.run_main("--check", self.path("none"))[0], 66)
        self.assertEqual(self.run_main("--output", "-", self.path("none"))[0], 66)
        self.assertEqual(self.run_main("--output", self.path("no/folder"), good)[0], 73)
        self.assertEqual(self.run_main("--map", "PER", "--output", "-", good)[0], 64)
        self.assertEqual(self.run_main(good)[0], 64)

    def test_a_finished_file_converts_to_itself(self):
        good, again = self.path("good.tsv", CheckTests.GOOD), self.path("again.tsv")
        self.assertEqual(self.run_main("--output", again, good)[0], 0)
        with open(again, "rb") as file:
            self.assertEqual(file.read(), CheckTests.GOOD)


if __name__ == "__main__":
    unittest.main()
