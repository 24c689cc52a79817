"""Words of texts in any script: whole grapheme clusters, in order; what belongs to a word."""

import pytest
import regex

from concepts.data.documents import widened, word_spans
from concepts.data.documents.words import ASCII, PIECES
from tests.support.odd_texts import mixtures


def words(text: str) -> list[str]:
    return [text[start:stop] for start, stop in word_spans(text)]


def edges(text: str) -> set[int]:
    return {0, len(text), *(found.start() for found in regex.finditer(r"\X", text))}


def test_spans_are_in_order_disjoint_and_of_whole_clusters():
    for text in mixtures():
        spans = word_spans(text)
        flat = [place for span in spans for place in span]
        assert flat == sorted(flat), text
        assert all(start < stop for start, stop in spans), text
        assert edges(text).issuperset(flat), text


def test_every_letter_and_digit_is_in_a_word():
    for text in mixtures():
        inside = {place for span in word_spans(text) for place in range(*span)}
        assert all(i in inside for i, letter in enumerate(text) if letter.isalnum()), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I can't, l’eau's 3.14 1,000 snake_case", ["I", "can't", "l’eau's", "3.14", "1,000", "snake_case"]),
        ("well-known end. 'quoted' it's'", ["well", "known", "end", "quoted", "it's"]),
        ("e\u0301te\u0301 caf\u00e9", ["e\u0301te\u0301", "caf\u00e9"]),
        ("צה״ל l·l co\u00adop", ["צה״ל", "l·l", "co\u00adop"]),
        ("می‌روم خداحافظ", ["می‌روم", "خداحافظ"]),
        ("क्षत्रिय नमस्ते।", ["क्षत्रिय", "नमस्ते"]),
        ("한국어 단어", ["한국어", "단어"]),
        ("你好，世界", ["你", "好", "世", "界"]),
        ("今日はテストーです", ["今", "日", "は", "テストー", "です"]),
        ("สวัสดีครับ วันนี้", ["สวัสดีครับ", "วันนี้"]),
        ("នេះ។ជា", ["នេះ", "ជា"]),
        ("ok👩‍👩‍👧🇩🇪🇫🇷 👍🏽❤️ 1️⃣ ©", ["ok", "👩‍👩‍👧", "🇩🇪", "🇫🇷", "👍🏽", "❤️", "1️⃣"]),
        ("\u0600123 x²", ["\u0600123", "x²"]),
        ("... !? ( ) \n", []),
        ("", []),
    ],
)
def test_what_is_a_word(text, expected):
    assert words(text) == expected


def test_the_short_way_for_ascii_is_the_same():
    for text in [each for each in mixtures(3000, seed=1) if each.isascii()] + [
        "it's a_b 1.5,6 x.y '' _a a_ 1.",
        "a1b2",
    ]:
        slow = tuple(found.span() for found in PIECES.finditer(text) if found["word"] is not None)
        assert tuple(found.span() for found in ASCII.finditer(text)) == slow, text


def test_spans_are_widened_to_whole_clusters_and_joined_where_they_touch_one():
    text = "ae\u0301👩‍👩‍👧b"
    assert widened(text, ((0, 1), (1, 2), (2, 3), (3, 4), (5, 6), (8, 9))) == ((0, 1), (1, 3), (3, 8), (8, 9))
    assert widened(text, ((4, 4), (0, 9))) == ((0, 9),)
    for mixed in mixtures(100):
        spans = widened(mixed, tuple((i, i + 1) for i in range(len(mixed))))
        assert {place for span in spans for place in span} <= edges(mixed)
        assert "".join(mixed[start:stop] for start, stop in spans) == mixed


@pytest.mark.parametrize("piece", ["你", "'a", "1,", "\u0600", "\u0301", "\u200d👩", "a_"])
def test_hundred_thousands_of_characters_take_time_in_proportion(piece):
    assert len(word_spans(piece * 20_000)) <= 20_000
