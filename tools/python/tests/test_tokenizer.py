import pytest

from nerpipe import NerpipeError
from nerpipe.lookup_form import lookup_form, nfc
from nerpipe.tokenizer import Tokenizer
from nerpipe.word_features import Capitalization, capitalization, shape


def sentences(text: str, language: str = "und") -> "list[list[str]]":
    cut = Tokenizer(language)(text)
    assert [text[start:end] for start, end in zip(cut.starts, cut.ends)] == cut.words
    return [cut.words[start:end] for start, end in zip([0, *cut.sentence_ends], cut.sentence_ends)]


def test_words_and_sentences() -> None:
    assert sentences("Dr. Ada met J. Doe. She didn't pay 3.14!") == [
        ["Dr", ".", "Ada", "met", "J", ".", "Doe", "."], ["She", "didn't", "pay", "3.14", "!"]]


def test_lines_and_empty_lines_end_sentences() -> None:
    assert sentences("one\ntwo\r\n\r\n\n three") == [["one"], ["two"], ["three"]]


def test_two_line_terminators_inside_a_paragraph_end_a_sentence() -> None:
    assert sentences("a\u2028b") == [["a", "b"]]
    assert sentences("a\u2028\u2028b") == [["a"], ["b"]]
    assert sentences("a\u2029b") == [["a"], ["b"]]


def test_emoji_flags_and_joiners() -> None:
    assert sentences("\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea\U0001f1f8\U0001f1f3") == [
        ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U0001f1f8\U0001f1f3"]]


def test_titles_depend_on_the_language() -> None:
    assert len(sentences("Engr. Ada", "en")) == 1
    assert len(sentences("Engr. Ada", "de")) == 2


def test_long_sentences_are_cut_and_counted() -> None:
    cut = Tokenizer(maximum_sentence_tokens=3)("a b c d e f g")
    assert cut.sentence_ends == [3, 6, 7] and cut.split_count == 1


def test_nothing_gives_nothing() -> None:
    for text in ("", " ", "\n\n", "\u200b\ufeff"):
        cut = Tokenizer()(text)
        assert (cut.starts, cut.sentence_ends) == ([], [])


def test_text_that_needs_a_dictionary_is_refused_by_name() -> None:
    with pytest.raises(NerpipeError, match=r"^character 3: '東' is of a script without spaces \(Han and kana\)"):
        Tokenizer()("in 東京")
    cut = Tokenizer(cuts_unspaced=True)("in 東京")
    assert len(cut.starts) == 3 and cut.unsegmented == {"Han and kana": 2}


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(NerpipeError, match=r"^character 1: U\+D800 is a lone surrogate"):
        Tokenizer()("a\ud800")


def test_forms_are_one_for_the_ways_to_write_a_word() -> None:
    assert lookup_form("ΟΔΟΣ") == "οδος"[:-1] + "ς"
    assert lookup_form("O\u2019Brien") == "o'brien"
    assert lookup_form("co\u00adop\u200b") == "coop"
    assert lookup_form("I\u0307stanbul") == lookup_form("\u0130stanbul") == "istanbul"
    assert lookup_form("ISPARTA", has_dotless_i=True) == "\u0131sparta"
    assert lookup_form("\u200b") == "\u200b"
    assert lookup_form("O\u2019Brien", folding=0) == "o\u2019brien"


def test_normalization() -> None:
    assert nfc("e\u0301") == "\u00e9"
    assert nfc("\u1100\u1161\u11a8") == "\uac01"
    assert nfc("q\u0307\u0323") == "q\u0323\u0307"
    assert nfc("\u0958") == "\u0915\u093c"


def test_normalization_agrees_with_python() -> None:
    import random
    import unicodedata

    random.seed(3)
    marked = [chr(scalar) for scalar in range(0x30000) if unicodedata.normalize("NFD", chr(scalar)) != chr(scalar)]
    marked += [chr(scalar) for scalar in range(0x300, 0x370)]
    # Python's own tables are of one version of Unicode or another; what was assigned before 13 is in all of them.
    old = [character for character in marked if unicodedata.ucd_3_2_0.category(character) != "Cn"]
    for _ in range(20000):
        text = "".join(random.choices(old, k=4))
        assert nfc(text) == unicodedata.normalize("NFC", text)


def test_shapes_and_capitals() -> None:
    assert [shape(word) for word in ("McDonald's", "2024-05", "東京", "ሰላም", "A\u0301b")] == ["XxXxx'x", "dd-dd", "aa", "aa", "Xx"]
    words = ("12", "kofi", "Kofi", "UN", "McDonald", "A", "ሰላም")
    assert [capitalization(word) for word in words] == [
        Capitalization.NO_LETTER, Capitalization.LOWER, Capitalization.CAPITALIZED, Capitalization.UPPER,
        Capitalization.CAPITALIZED, Capitalization.CAPITALIZED, Capitalization.LOWER]


def test_many_texts_are_cut_as_each_alone() -> None:
    texts = ["One. Two", "", "\u0301x\u200d", "\U0001f600 A.\r", "B. c", "\n\nd", "a b c d e f g", "\u200d\U0001f600", "Dr", ". No"]
    tokenizer = Tokenizer("en", maximum_sentence_tokens=5)
    assert tokenizer.batch(texts) == [tokenizer(text) for text in texts]
    assert tokenizer.batch([]) == []
    with pytest.raises(NerpipeError, match="^text 2, character 1: '東' is of a script"):
        tokenizer.batch(["a", "b\nc", "d東"])


def test_long_words_take_linear_time() -> None:
    import time

    word = "a" + "'\u0301\u03a3\u00ad" * 20000
    start = time.process_time()
    assert sentences(word) and lookup_form(word)
    assert time.process_time() - start < 5
