"""A choice is set anew where its option is called differently: the browser is told, which knows it by its label only.

What a browser makes of an old label: `tests/browser/test_renamed_options.py`.
"""

import pytest

from concepts.annotations import Note, NoteStore, note_subject
from pages.similarity import photo_choice
from tests.support.made_up_report import made_up_report
from tests.support.screen import address_of, open_page, script_of, without_demo


@pytest.fixture
def name_concept(tmp_path, monkeypatch):
    """Names the first concept of the report `first`."""
    without_demo(monkeypatch, tmp_path)
    report = made_up_report(n=12)
    report.save(tmp_path / "reports" / "first")

    def name(word: str) -> None:
        subject = note_subject(report, "concept")
        NoteStore(f"sqlite:///{tmp_path / 'notes.sqlite'}").write(Note(subject, "concept", 0, word, author="Ann"))

    return name


def told(control) -> list[str]:
    """The labels that the browser is told to choose; none where it is left alone."""
    proto = control.proto
    if not proto.set_value:
        return []
    return list(proto.raw_values) if hasattr(proto, "raw_values") else [proto.raw_value]


@pytest.mark.parametrize(
    ("tab", "kind", "key", "choice"),
    [
        ("photos", "multiselect", "find_has", {"has": "0"}),
        ("photos", "multiselect", "find_lacks", {"lacks": "0"}),
        ("overview", "selectbox", "colour", {"colour": "0"}),
    ],
)
def test_a_choice_of_a_concept_outlives_its_new_name(name_concept, tab, kind, key, choice):
    page = open_page("report", id="first", tab=tab, **choice)
    name_concept("price tag")
    page.run()
    (label,) = told(getattr(page, kind)(key=key))
    assert "price tag" in label
    page.run()
    assert told(getattr(page, kind)(key=key)) == []
    assert choice.items() <= address_of(page).items()


def controls_of_similarity() -> None:
    """The controls of a collection of three photos, as a script; a press of "other" offers another of three."""
    from types import SimpleNamespace

    import streamlit as st

    from pages.similarity.controls import choose_photo, choose_second

    other = st.checkbox("other", key="other")
    names = [f"{'late' if other else 'early'}/{i}.jpg" for i in range(3)]

    class Photos(SimpleNamespace):
        def __len__(self) -> int:
            return len(self.names)

    photos = Photos(names=names, id="other" if other else "first")
    choose_photo(photos)  # type: ignore[arg-type]
    choose_second(photos)  # type: ignore[arg-type]


def test_other_photos_in_the_same_places_are_chosen_anew():
    page = script_of(controls_of_similarity)
    page.query_params["image"], page.query_params["second"] = "1", "2"
    page.run()
    page.checkbox(key="other").check().run()
    assert told(page.selectbox(key="photo")) == ["late/1.jpg"]
    assert told(page.selectbox(key="second")) == ["late/2.jpg"]
    page.run()
    assert told(page.selectbox(key="photo")) == told(page.selectbox(key="second")) == []


def listed(page, key):
    return [label for label in page.selectbox(key=key).options if label != "none"]


def test_of_many_photos_those_are_listed_whose_names_have_what_is_typed(monkeypatch):
    monkeypatch.setattr(photo_choice, "LISTED", 2)
    page = script_of(controls_of_similarity)
    page.query_params["image"], page.query_params["second"] = "2", "0"
    page.run()
    assert (listed(page, "photo"), listed(page, "second")) == (
        ["early/1.jpg", "early/2.jpg"],
        ["early/0.jpg", "early/1.jpg"],
    )
    assert (page.selectbox(key="photo").value, page.selectbox(key="second").value) == (2, 0)
    page.selectbox(key="photo").set_value(1).run()
    assert (page.selectbox(key="photo").value, address_of(page)["image"]) == (1, "1")
    assert listed(page, "photo") == ["early/0.jpg", "early/1.jpg"], "around the chosen one"
    page.text_input(key="photo_name_first").set_value(" Y/2 ").run()
    assert listed(page, "photo") == ["early/1.jpg", "early/2.jpg"], "the one that is found, and the chosen one"
    assert page.caption[0].value == "1 photo with this in the name: choose below."
    assert page.selectbox(key="photo").value == 1
    page.selectbox(key="photo").set_value(2).run()
    assert (page.selectbox(key="photo").value, listed(page, "photo")) == (2, ["early/2.jpg"])
    page.text_input(key="photo_name_first").set_value("early").run()
    assert page.caption[0].value.startswith("More than 2 photos with")
    page.text_input(key="photo_name_first").set_value("<none>").run()
    assert (page.caption[0].value, listed(page, "photo")) == ("No photo's name has this.", ["early/2.jpg"])
    assert page.selectbox(key="second").value == 0
    page.checkbox(key="other").check().run()
    assert (page.text_input(key="photo_name_other").value, len(page.caption)) == ("", 0), "of other photos"
    assert listed(page, "photo") == ["late/1.jpg", "late/2.jpg"]
    photo_choice._chosen("early/7.jpg", pytest.fail)
