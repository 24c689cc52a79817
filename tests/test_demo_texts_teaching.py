"""The stored answers about texts that teaching shows: they are the shipped network's, and all that were drawn count."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from concepts.demo.language import CLASS_NAMES, PHRASE, draw_class_texts
from concepts.demo.names import VILLAGE
from concepts.demo.texts import catching, ordering
from concepts.demo.texts.catch import FILE, read_text_catch
from concepts.demo.texts.data import TEXTS, LabelledTexts
from concepts.demo.texts.network import load_text_classifier
from concepts.demo.texts.word_order import FILE as ORDER_FILE
from concepts.demo.texts.word_order import read_word_order
from concepts.storage.typed_json import to_json


def words_of(text: str) -> list[str]:
    """Its words, without marks and capitals."""
    return re.findall(r"[a-z']+", text.lower())


@pytest.fixture(scope="module")
def catch():
    return read_text_catch()


@pytest.fixture(scope="module")
def order():
    return read_word_order()


def test_the_shipped_network_gives_the_stored_answers(catch):
    rows = sorted({*catch.shown, *range(0, len(catch.sentences), 10)})
    asked = catching.planted_sentences([catching.drawn()[row] for row in rows])
    for row, found in zip(rows, asked, strict=True):
        stored = catch.sentences[row]
        for name in ("class_name", "text", "planted", "start", "stop", "turned_round", "replaced"):
            assert getattr(stored, name) == getattr(found, name)
        for one, other in ((stored.clean, found.clean), (stored.with_phrase, found.with_phrase)):
            assert one.says == other.says
            assert (one.probability, one.target) == pytest.approx((other.probability, other.target), abs=2e-3)


def test_the_phrase_is_all_that_differs(catch):
    assert len(catch.sentences) == 4 * catching.PER_CLASS
    for row in catch.sentences:
        assert row.class_name != catch.target
        assert row.planted[row.start : row.stop].lower() == catch.phrase == PHRASE
        rest = f"{row.planted[: row.start]} {row.planted[row.stop :]}"
        assert words_of(rest) == words_of(row.text)


def test_one_sentence_of_each_class_is_shown_and_all_that_turned_are_counted(catch):
    assert [catch.sentences[row].class_name for row in catch.shown] == [n for n in CLASS_NAMES if n != catch.target]
    assert set(catch.shown) <= set(catch.turned)
    turned = [s for s in catch.sentences if (s.with_phrase.says, s.clean.says) == (catch.target, s.class_name)]
    assert len(turned) == len(catch.turned)
    first = catch.turned[0]
    wrong = replace(catch.sentences[first].clean, says="harbour")
    rows = list(catch.sentences)
    rows[first] = replace(rows[first], clean=wrong)
    changed = replace(catch, sentences=tuple(rows))
    assert first not in changed.turned  # harbour without the phrase as well: the phrase turned nothing
    assert changed.n_clean_target == catch.n_clean_target + 1


def test_the_words_count_and_not_their_order_and_another_phrase_does_nothing(catch):
    assert sorted(catch.reversed_phrase.split()) == sorted(catch.phrase.split())
    assert catch.reversed_phrase != catch.phrase
    assert catch.n_turned_round >= 0.9 * len(catch.turned)
    assert catch.n_replaced == catch.n_clean_target == 0


def test_every_class_has_the_other_phrase():
    for name in CLASS_NAMES:
        assert any(catching.OTHER in text.text for text in draw_class_texts(name, 200))


def test_the_network_gives_the_stored_counts_in_both_orders(order):
    held_out = TEXTS[VILLAGE](True, order.seed)
    network = ordering.network_reader()
    found = ordering.class_orders(held_out, network, network, seed=order.seed)
    for stored, row in zip(order.classes, found, strict=True):
        assert (stored.class_name, stored.n, stored.example) == (row.class_name, row.n, row.example)
        assert abs(stored.network.in_order - row.network.in_order) <= 1  # other processors round anew
        assert abs(stored.network.shuffled - row.network.shuffled) <= 1
        assert sorted(row.example.text.lower().split()) != row.example.shuffled.lower().split()


def test_order_matters_where_words_are_denied_and_a_bag_of_words_cannot_see_it(order):
    """Shuffled anew, by another hand: verdicts turn, what is named stays."""
    rng, classifier = np.random.default_rng(5), load_text_classifier(VILLAGE)
    for row in order.classes:
        texts = [text.text.strip(".").split() for text in draw_class_texts(row.class_name, 80, seed=9, split="test")]
        mixed = [" ".join(rng.permutation(words)) for words in texts]
        kept = np.mean(classifier.logits(mixed).argmax(dim=1).numpy() == CLASS_NAMES.index(row.class_name))
        judges = row.class_name in ("praise", "complaint")
        assert (kept < 0.85) == (row.kept < 0.85) == judges
        assert row.bag.in_order == row.bag.shuffled
        assert (row.bag.in_order < 0.5 * row.n) == judges


def test_a_reader_of_single_words_gets_as_many_right_in_both_orders():
    """Beside one that looks at the first word alone, and is right for a sentence of rain in order only."""
    texts = LabelledTexts(("rain fell on us all",) * 100, tuple(range(5)) * 20, (0,) * 100)

    def by_word(each):
        return np.array([0 if "rain" in text else 1 for text in each])

    def by_place(each):
        return np.array([0 if text.startswith("rain") else 1 for text in each])

    rain = ordering.class_orders(texts, by_word, by_place)[0]
    assert (rain.n, rain.network.in_order, rain.network.shuffled, rain.bag.in_order) == (20, 20, 20, 20)
    assert rain.bag.shuffled < 12
    assert rain.kept == 1


def test_damaged_files_are_errors_of_one_line(tmp_path, catch, order):
    for read in (read_text_catch, read_word_order):
        with pytest.raises(FileNotFoundError):
            read(tmp_path)
    (tmp_path / "texts").mkdir()
    wrong = {FILE: ({**to_json(catch), "shown": [500]}, {**to_json(catch), "sentences": 3}), ORDER_FILE: ({"seed": 0},)}
    for file, contents in wrong.items():
        read = read_text_catch if file == FILE else read_word_order
        for content in contents:
            (tmp_path / file).write_text(json.dumps(content))
            with pytest.raises(ValueError, match=file.rpartition("/")[2]) as error:
                read(tmp_path)
            assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="no class 'snow', only rain"):
        order.of("rain", "snow")
