"""Sentences of texts in any script: all that is visible, in order; where one ends; documents cut into them."""

import pytest

from concepts.data.documents import Part, TextLimits, TextSet, open_texts, sentences, split_documents
from tests.support.odd_texts import mixtures
from tests.support.text_files import written
from tests.test_documents_words import edges


def cut(text: str) -> list[str]:
    return [text[start:stop] for start, stop in sentences(text)]


def test_all_visible_characters_are_in_one_sentence_in_order():
    for text in mixtures():
        spans = sentences(text)
        flat = [place for span in spans for place in span]
        assert flat == sorted(flat), text
        assert "".join("".join(cut(text)).split()) == "".join(text.split()), text
        assert all(text[start:stop].strip() for start, stop in spans), text


def test_no_grapheme_cluster_is_cut():
    for text in mixtures():
        assert edges(text).issuperset(place for span in sentences(text) for place in span), text


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("He left. She stayed! Why? Nobody knows… Really.", 5),
        ("Dr. J. R. Smith paid $3.50, cf. Fig. 3, at 5 p.m. He left.", 2),
        ("He lives in the U.S. He likes U.S. Army food. Vitamin C. It helps.", 4),
        ("See http://a.b/c.html?x=1 or mail a.b@c.de. Version 2.0.1 is out.", 2),
        ('"Stop!" he said. "Go." (She went.) Then: "Why?"', 4),
        ("Wait... what?! Yes.", 2),
        ("is it bad . a mess . it's so laddish . well ... it is .", 4),
        ("Medtronic Inc. (MDT) rose in Oct. 2004. Time Warner Inc. The end.", 3),
        ("No. 5 is alive. I said no. Yes.", 3),
        ("1. First point\n2. Second point\n- third", 3),
        ("A line of a poem,\nand one more", 2),
        ("One paragraph without an end\n\nAnother", 2),
        ("A line that was wrapped because it had become longer than the\nscreen. And on.", 2),
        ("Great! 😀 Thanks. 👍", 2),
        ("Peter sagte: „Nein.“ Dann ging er.", 2),
        ("« Où est l’eau ? » demanda-t-elle. M. Dupont ne savait rien !", 2),
        ("¿Qué hora es? ¡Las tres!", 2),
        ("Он ушёл. Она осталась… И что?", 3),
        ("هل أنت بخير؟ نعم، شكرًا.", 2),
        ("یہ ایک جملہ ہے۔ دوسرا جملہ۔", 2),
        ("यह एक वाक्य है। क्या यह दूसरा है?", 2),
        ("你好。今天3.5元！是吗？“好。”他说。", 4),
        ("今日は晴れです。明日は「雨だ。」と言った。本当？！はい", 4),
        ("Խոսք։ Երկրորդ։", 2),
        ("ይህ ነው። ሁለት።", 2),
        ("នេះជាប្រយោគ។ មួយទៀត។", 2),
        ("สวัสดีครับ วันนี้อากาศดี\nพรุ่งนี้ฝนตก", 2),
        (f"{'สวัสดีครับ ' * 9}\nพรุ่งนี้ฝนตก", 2),
        ("Hello world.No space", 1),
        ("...", 1),
        ("!!! Wow", 1),
        (" \n\t", 0),
        ("", 0),
    ],
)
def test_where_sentences_end(text, n):
    assert len(cut(text)) == n, cut(text)


@pytest.mark.parametrize("piece", ["a b. ", ".", "J. ", "x Dr. ", "\n", " ", "。", '" .', "(", "a\n", ". (", "1. "])
def test_many_of_anything_take_time_in_proportion(piece):
    text = piece * 20_000
    assert len(sentences(text)) <= 20_000


def documents() -> TextSet:
    texts = ["One here. Two here.", "Alone", "Three. Four. Five."]
    return TextSet.of(texts, labels=["x", None, "y"], names=["a", "b", "c/d"], metadata={"n": [1, 2, 3]})


def test_documents_become_sentences_with_all_that_they_have():
    cut_up = split_documents(documents())
    assert cut_up.texts == ("One here.", "Two here.", "Alone", "Three.", "Four.", "Five.")
    assert cut_up.names == ("a · 1", "a · 2", "b · 1", "c/d · 1", "c/d · 2", "c/d · 3")
    assert cut_up.groups == ("x", "x", None, "y", "y", "y")
    assert cut_up.metadata == {"n": ("1", "1", "2", "3", "3", "3")}
    assert cut_up.labels(["y", "x"]) == [1, 1, None, 0, 0, 0]
    assert cut_up.parts[4] == Part(2, 7, 12)
    assert cut_up.subset([4]).parts == (Part(2, 7, 12),)
    for text, part in zip(cut_up.texts, cut_up.parts, strict=True):
        assert documents().open(part.document)[part.start : part.stop] == text


def test_sentences_of_files_keep_the_class_of_their_folder(tmp_path):
    written(tmp_path / "set" / "pos" / "a.txt", "One. Two.")
    cut_up = split_documents(open_texts(tmp_path / "set"))
    assert cut_up.names == ("pos/a.txt · 1", "pos/a.txt · 2")
    assert cut_up.groups == ("pos", "pos")


def test_sentences_are_not_cut_again_and_not_too_many():
    with pytest.raises(ValueError, match="cut into sentences already"):
        split_documents(split_documents(documents()))
    few = TextSet.of(["A b. C d. E f."], limits=TextLimits(max_texts=2))
    with pytest.raises(ValueError, match="more than 2 texts"):
        split_documents(few)


@pytest.mark.shared
def test_real_news_falls_into_a_few_sentences_a_text(shared):
    texts = open_texts(shared / "data" / "texts" / "ag_news_test.tsv").subset(range(500))
    assert 2 <= len(split_documents(texts)) / len(texts) <= 4


@pytest.mark.shared
def test_real_sentences_of_small_letters_are_cut_at_their_points(shared):
    lines = open_texts(shared / "data" / "text" / "rt-polarity.neg.txt").subset(range(200))
    both = TextSet.of([f"{one}{other}" for one, other in zip(lines.texts[::2], lines.texts[1::2], strict=True)])
    assert len(split_documents(both)) >= 0.95 * len(lines)
