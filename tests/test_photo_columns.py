"""What photos are chosen by: columns as numbers, the model's stored answers, strategies of a report on some of them."""

from dataclasses import replace

import numpy as np
import pytest

from concepts.activations import collect
from concepts.activations.collect import Activations
from concepts.lexicon import load_lexicon
from concepts.lexicon.collections import (
    Collection,
    Column,
    answer_column,
    newest_joined,
    photos_with,
    strategy_column,
)
from concepts.report.names import NUMBERS
from concepts.token_search import chosen_items
from pages.similarity import only
from tests.support.asked_page import best_photos
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, said, shown, without_demo
from tests.support.tiny import CLASSES
from tests.support.tiny_collection import tiny_collection_of_command


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A workspace with a collection of the command: 20 green photos, 20 red ones, a classifier and its classes."""
    return tiny_collection_of_command(tmp_path_factory.mktemp("workspace"), tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def collection(root):
    return Collection.load(root / "collections" / "tiny", root / "store")


@pytest.fixture
def answers(collection):
    """(n,): the number of the model's answer to each photo, from the logits as they lie."""
    found = np.load(collection.store / collection.tokens / "logits.npy").argmax(axis=1)
    assert len(set(found.tolist())) > 1
    return found


def texts_of(column):
    return [column.values[code] for code in column.codes]


def test_a_column_says_what_it_was_made_of():
    texts = ["b", None, "a", "b", None]
    assert texts_of(Column.of(texts)) == texts
    assert texts_of(Column.of_some(5, {3: "x", 1: "y"})) == [None, "y", None, "x", None]
    full = Column.of_some(2, {1: "x", 0: "x"})
    assert (texts_of(full), full.values) == (["x", "x"], ("x",))  # no photo is without
    assert texts_of(Column.of_some(3, {})) == [None] * 3
    numbered = Column.of_numbers(np.array([7, 2, 7]), "n{}".format)
    assert (texts_of(numbered), set(numbered.values)) == (["n7", "n2", "n7"], {"n2", "n7"})


@pytest.mark.parametrize("seed", [0, 1])
def test_photos_are_chosen_as_among_lists(seed):
    generator = np.random.default_rng(seed)
    lists = {name: [("a", "b", "c", None)[i] for i in generator.integers(4, size=50)] for name in ("one", "two")}
    columns = {name: Column.of(texts) for name, texts in lists.items()}
    for wanted in ({"one": ["a"]}, {"one": ["a", "c"], "two": ["b"]}):
        np.testing.assert_array_equal(photos_with(columns, wanted), chosen_items(lists, wanted))


def test_conditions_that_nothing_fulfils_are_told():
    columns = {"a": Column.of(["x", "y"]), "b": Column.of(["y", "x"])}
    for wanted, why in (
        ({"a": ["x"], "b": ["x"]}, "no photo has a of x and b of x: take a condition away"),
        ({"a": ["z"]}, "no item has z as its a"),
        ({"c": ["x"]}, "unknown column 'c': choose one of a, b"),
    ):
        with pytest.raises(ValueError, match=why):
            photos_with(columns, wanted)


def test_answers_are_read_in_chunks(collection, answers, monkeypatch):
    monkeypatch.setattr(collect, "CHUNK", 7)  # two photos of three classes
    np.testing.assert_array_equal(collection.activations.answers(), answers)
    assert collection.activations.n_outputs == 3
    assert "logits" not in vars(collection.activations)  # of a million photos they would fill the memory


def test_a_model_without_a_head_has_no_answers(collection, tmp_path):
    np.save(tmp_path / "logits.npy", np.zeros((4, 1), np.float32))
    assert Activations(tmp_path).answers() is None


def test_answers_are_called_as_the_collection_s_classes_are(collection, answers):
    (lexicon,) = map(load_lexicon, collection.lexicons())
    assert texts_of(answer_column(collection, lexicon.words, None)) == [CLASSES[i] for i in answers]


@pytest.mark.parametrize("classes", [(), ("red", "green")])
def test_without_as_many_words_as_outputs_they_are_numbers(collection, answers, classes):
    assert texts_of(answer_column(collection, classes, None)) == [f"class {i}" for i in answers]


def with_answers(report, names):
    """The report with these answers, in order."""
    items = tuple(replace(row, predicted=name) for row, name in zip(report.data.items, names, strict=True))
    return report.with_data(replace(report.data, images=items))


def test_a_report_on_some_photos_names_the_answers_of_all(collection, answers):
    chosen = [*range(0, 40, 3)]
    names = [["scarlet", "emerald", "azure"][answers[i]] for i in chosen]
    report = with_answers(made_up_report(n=len(chosen), names=[collection.names[i] for i in chosen]), names)
    joined = newest_joined(collection, [report])
    expected = [["scarlet", "emerald", "azure"][i] for i in answers]
    assert texts_of(answer_column(collection, (), joined)) == expected
    same = newest_joined(collection, [with_answers(report, ["one"] * len(chosen))])
    assert set(texts_of(answer_column(collection, (), same))) == {f"one (class {i})" for i in set(answers.tolist())}


def test_quantities_have_the_report_s_answers_alone(collection):
    report = made_up_report(n=10, names=list(collection.names[:10]))
    report = report.with_data(replace(report.data, model=replace(report.data.model, output="regression")))
    found = texts_of(answer_column(collection, tuple(CLASSES), newest_joined(collection, [report])))
    assert found == [*(row.predicted for row in report.data.items), *[None] * 30]


def test_strategies_are_joined_by_name_whatever_the_order(collection):
    chosen = [35, 2, 17, 8, 30, 1]
    report = made_up_report(n=6, names=[collection.names[i] for i in chosen])
    found = texts_of(strategy_column(collection, newest_joined(collection, [report]), NUMBERS))
    for row, item in zip(chosen, report.data.items, strict=True):
        assert found[row] == NUMBERS.strategy(item.strategy)
    assert sum(text is None for text in found) == 34


def test_the_newest_report_of_these_photos_is_taken(collection):
    elsewhere = made_up_report(n=10, names=[*collection.names[:9], "another.png"])
    some = made_up_report(n=10, names=list(collection.names[:10]))
    every = made_up_report(n=45, names=list(collection.names))  # and five more
    assert newest_joined(collection, [elsewhere]) is None
    assert newest_joined(collection, []) is None
    assert newest_joined(collection, [elsewhere, some, every]).report is some
    assert newest_joined(collection, [every, some]).report is every


@pytest.fixture
def page(root, monkeypatch):
    """The page at an address, with these reports."""
    for each in (only._join, only._answers, only._strategies):
        each.clear()  # reports of tests lie in no folder, by which they are kept apart

    def opened(*reports, view="similarity", **params):
        monkeypatch.setattr(only, "reports_of", lambda collection: dict(enumerate(reports)))
        without_demo(monkeypatch, root)
        return open_page(view, collection="tiny", image=3, **params)

    return opened


def test_the_page_filters_by_the_stored_answers_without_a_report(page, answers):
    app = page(only="answer:red", places="20")
    wanted = set(np.flatnonzero(answers == CLASSES.index("red")).tolist())
    assert {each.image for each in best_photos(app)} <= wanted
    assert f"each of {len(wanted)} photos" in shown(app)
    assert {option.split(":")[0] for option in app.multiselect(key="only").options} == {"class", "answer"}
    assert not said(app)


def test_the_page_filters_by_the_strategy_of_a_report_on_some(page, collection):
    report = made_up_report(n=20, names=list(collection.names[5:25]))
    labels = report.array("labels")
    app = page(report, view="photos", only="strategy:Strategy B")
    (label,) = [each.proto.label for each in app.get("download_button")]
    assert label == f"{(labels == 1).sum()} photos as a list of files"
    assert not said(app)


def test_names_that_people_give_strategies_are_seen_at_once(page, collection):
    report = made_up_report(n=20, names=list(collection.names[5:25]))
    for names, option in (
        (NUMBERS, "Strategy B"),
        (replace(NUMBERS, strategies={1: "on snow"}), "Strategy B · on sno"),
    ):
        app = page(report.called(names))
        assert any(option in each for each in app.multiselect(key="only").options)


def test_what_is_known_is_read_once(page, monkeypatch):
    times, read = [], Activations.answers
    monkeypatch.setattr(Activations, "answers", lambda self: (times.append(1), read(self))[1])
    app = page()
    app.toggle(key="centred").set_value(True).run()
    page()
    assert len(times) == 1
