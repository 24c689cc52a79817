"""Texts that occur more than once: exact after the same changes, near by shared shingles, across classes."""

import itertools
import random

import pytest

from concepts.data.documents import TextSet, find_duplicates, open_texts, shingles
from concepts.data.documents.duplicates import copies_among, plain_text
from concepts.data.documents.shingles import ALIKE, LENGTH, shingles_of, similar_pairs


def resemblance(one: str, other: str) -> float:
    """The literal definition, on sets of strings."""
    a, b = ({text[i : i + LENGTH] for i in range(max(1, len(text) - 4))} for text in map(plain_text, (one, other)))
    return len(a & b) / len(a | b)


def random_texts(n: int, *, seed: int = 0) -> list[str]:
    """Texts of words from a small vocabulary, half of them others with one to four words changed."""
    draw = random.Random(seed)
    vocabulary = ["".join(draw.choices("abcdefgh", k=draw.randrange(2, 8))) for _ in range(60)]
    texts = [draw.choices(vocabulary, k=draw.randrange(1, 25)) for _ in range(n // 2)]
    for words in list(texts):
        changed = list(words)
        for _ in range(draw.randrange(1, 5)):
            changed[draw.randrange(len(changed))] = draw.choice(vocabulary)
        texts.append(changed)
    return [" ".join(words) for words in texts]


def test_exact_copies_differ_in_case_space_and_form_of_unicode_only():
    texts = ["Good  Fun!", "good fun!\n", "ＧＯＯＤ fun!", "caf\u00e9", "CAFE\u0301", "cafe", "Strasse", "Straße"]
    found = find_duplicates(TextSet.of(texts, labels=["x", "x", "y", "x", "x", "x", None, "x"]))
    assert found.exact == ((0, 1, 2), (3, 4), (6, 7))
    assert found.n_repeated == 4
    assert found.exact_across == 1


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.9, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_near_pairs_are_those_of_the_definition(threshold, seed):
    texts = list(dict.fromkeys(random_texts(120, seed=seed)))
    first, second, values = similar_pairs(shingles_of(texts), threshold)
    found = dict(zip(zip(first.tolist(), second.tolist(), strict=True), values.tolist(), strict=True))
    slow = {pair: resemblance(texts[pair[0]], texts[pair[1]]) for pair in itertools.combinations(range(len(texts)), 2)}
    expected = {pair: value for pair, value in slow.items() if value >= threshold}
    assert found == pytest.approx(expected)
    assert threshold >= 0.9 or expected


def test_pairs_are_the_same_however_many_are_compared_together(monkeypatch):
    made = shingles_of(list(dict.fromkeys(random_texts(120))))
    whole = similar_pairs(made, 0.5)
    monkeypatch.setattr(shingles, "AT_ONCE", 50)
    assert [each.tolist() for each in similar_pairs(made, 0.5)] == [each.tolist() for each in whole]
    assert len(whole[0]) > 5


def test_different_texts_with_the_same_shingles_resemble_wholly():
    assert find_duplicates(TextSet.of(["a" * 8, "a" * 9, "b"]), threshold=1.0).near == ((0, 1),)


def test_groups_are_joined_by_pairs_and_have_the_copies():
    long = "the quick brown fox jumps over the lazy dog and runs away into the woods"
    texts = [
        long,
        f"{long} today",
        f"{long} today indeed",
        "something else entirely",
        long.upper(),
        "Something  else entirely",
    ]
    found = find_duplicates(TextSet.of(texts, labels=["x", "x", "y", "x", "x", "y"]), threshold=0.9)
    assert found.near == ((0, 1, 2, 4),)
    assert found.exact == ((0, 4), (3, 5))
    assert (found.near_across, found.exact_across) == (1, 1)
    assert [(pair.first, pair.second) for pair in found.pairs] == [(1, 2), (0, 1)]
    assert found.n_pairs == 2
    assert found.pairs[1].resemblance == pytest.approx(resemblance(texts[0], texts[1]))


def test_many_copies_of_a_template_are_one_group():
    texts = [f"Dear customer, your order number {i:04d} is on its way and will arrive soon" for i in range(5 * ALIKE)]
    found = find_duplicates(TextSet.of(texts))
    assert found.near == (tuple(range(len(texts))),)
    assert found.n_pairs < len(texts) * ALIKE * 3


def test_short_single_and_odd_texts():
    assert find_duplicates(TextSet.of(["a"])).near == ()
    assert copies_among([]) == ()
    found = find_duplicates(
        TextSet.of(["a", "b", "A ", "👩‍👩‍👧", "👩‍👩‍👦", "你好世界你好吗", "你好世界你好吗！"]), threshold=0.4
    )
    assert found.exact == ((0, 2),)
    assert found.near == ((5, 6),)


def test_a_sketch_of_many_characters_estimates_the_same(monkeypatch):
    monkeypatch.setattr(shingles, "MOST", 10_000)
    long = " ".join(random_texts(200))
    texts = [long, long[: int(0.8 * len(long))], long[::-1]]
    first, second, values = similar_pairs(shingles_of(texts), 0.5)
    assert len(shingles_of(texts).codes) < sum(map(len, texts)) / 2
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 1)]
    assert values[0] == pytest.approx(resemblance(texts[0], texts[1]), abs=0.1)


@pytest.mark.parametrize("threshold", [0, -1, 1.5, float("nan")])
def test_a_wrong_threshold_is_one_line(threshold):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        find_duplicates(TextSet.of(["a"]), threshold=threshold)


@pytest.mark.shared
def test_real_messages_repeat(shared):
    found = find_duplicates(open_texts(shared / "data" / "texts" / "sms_spam.tsv"))
    assert (len(found.exact), found.n_repeated) == (286, 410)
    assert 100 <= len(found.near) <= 130
    assert found.exact_across == 0
