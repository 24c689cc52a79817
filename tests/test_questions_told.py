"""A question to a model is one row of the record, without the photo or the text, however often its page is drawn."""

import pytest
import streamlit as st

from concepts.record import RecordStore
from pages.report import own_photo
from pages.state import asking as asked
from pages.state.address import WHAT_IF
from pages.state.asking import MOST, asking
from tests.support.screen import open_page
from tests.test_login_pages import come, report, words, workspace  # noqa: F401 - fixtures


@pytest.fixture
def visit(come, monkeypatch):  # noqa: F811
    """A visit of Ann's, whose session is a dict."""
    monkeypatch.setattr(asked.st, "session_state", {})
    come("ann")


def told(workspace) -> list[tuple[str, str, str, str]]:  # noqa: F811
    entries = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}").latest()
    return [(entry.who, entry.what, entry.of, entry.result) for entry in entries][::-1]


def ask(what: str, *question) -> None:
    with asking(what, *question):
        pass


@pytest.mark.usefixtures("visit")
def test_one_row_a_question_however_often_it_is_drawn(workspace):  # noqa: F811
    for _ in range(3):
        ask("own text: first", "a secret letter")
    ask("own text: first", "another letter")
    ask("own photo: first", b"\xff" * 9)
    assert told(workspace) == [
        ("ann", "ask", "own text: first", "done"), ("ann", "ask", "own text: first", "done"),
        ("ann", "ask", "own photo: first", "done"),
    ]  # fmt: skip
    assert b"letter" not in (workspace / "notes.sqlite").read_bytes()
    assert "letter" not in repr(st.session_state), "what is remembered is no text either"


@pytest.mark.usefixtures("visit")
def test_a_question_that_fails_is_one_row_and_stays_an_error(workspace):  # noqa: F811
    for _ in range(2):
        with pytest.raises(ValueError, match="no such model"), asking("text: mine", "x"):
            raise ValueError("no such model")
    assert told(workspace) == [("ann", "ask", "text: mine", "failed: ValueError")]


@pytest.mark.usefixtures("visit")
def test_a_run_that_is_overtaken_leaves_the_row_to_the_next(workspace):  # noqa: F811
    class Overtaken(BaseException):
        pass

    with pytest.raises(Overtaken), asking("text: mine", "x"):
        raise Overtaken
    assert told(workspace) == []
    ask("text: mine", "x")
    assert len(told(workspace)) == 1


@pytest.mark.usefixtures("visit")
def test_whoever_may_no_longer_ask_is_refused_also_what_was_asked_before(workspace, come):  # noqa: F811
    ask("text: mine", "x")
    come("vera")
    for question in ("x", "y", "y"):
        with pytest.raises(ValueError, match="as reader you may not ask a model"):
            ask("text: mine", question)
    assert [row[:3] for row in told(workspace)] == [("ann", "ask", "text: mine"), ("vera", "ask", "text: mine")]
    assert told(workspace)[1][3].startswith("refused: as reader")
    come("ann", -1)
    with pytest.raises(ValueError, match="your login has ended"):
        ask("text: mine", "z")


@pytest.mark.usefixtures("visit")
def test_what_is_remembered_of_a_visit_has_an_end():
    told = st.session_state.setdefault(asked.TOLD, asked.deque(maxlen=MOST))
    for i in range(MOST + 5):
        with asked._remembered(told, str(i).encode()):
            pass
    assert len(told) == MOST


def test_without_a_login_nothing_is_told(workspace, monkeypatch):  # noqa: F811
    monkeypatch.delenv("CONCEPTS_LOGIN")
    monkeypatch.delenv("CONCEPTS_ROLES")
    ask("text: mine", "x")
    assert not (workspace / "notes.sqlite").exists()


def test_a_page_that_asks_tells_it_once(come, workspace, monkeypatch):  # noqa: F811
    monkeypatch.setattr(own_photo, "show", lambda *_: None)
    come("ann")
    app = open_page("report", id="first", tab=WHAT_IF)
    app.run()
    assert not app.exception
    assert told(workspace) == [("ann", "ask", "what if: first", "failed: ValueError")], words(app)
