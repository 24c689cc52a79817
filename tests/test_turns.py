"""Turns at what only so many can do at a time: fair among people, and a line on the page for one who waits."""

import threading

import pytest

from pages.state import computing
from pages.state import turns as turns_room
from pages.state.computing import OWN, waiting_line
from pages.state.turns import Ahead, Turns
from tests.support.screen import script_of


def quiet(ahead: Ahead) -> None:
    """Shows nothing."""


class Crowd:
    """Threads that ask for turns; all but the first wait before that one ends."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.order, self.threads, self.told = turns, [], [], []
        self.at_work, self.most, self.lock, self.open = [], [], threading.Lock(), threading.Event()

    def ask(self, person: str) -> None:
        waits = threading.Event()

        def look(ahead: Ahead) -> None:
            with self.lock:
                self.told.append((person, ahead))
            waits.set()

        def work() -> None:
            with self.turns.turn(person, look):
                with self.lock:
                    self.order.append(person)
                    self.at_work.append(person)
                    self.most.append(max(map(self.at_work.count, self.at_work)))
                waits.set()
                assert self.open.wait(20)
                with self.lock:
                    self.at_work.remove(person)

        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()
        assert waits.wait(20)

    def finish(self) -> list[str]:
        self.open.set()
        for thread in self.threads:
            thread.join(20)
        return self.order


def test_one_who_asks_for_ten_turns_holds_up_the_others_by_one():
    crowd = Crowd(Turns(1))
    for person in ["flood"] * 10 + ["ann", "ben"]:
        crowd.ask(person)
    assert crowd.finish() == ["flood", "ann", "ben"] + ["flood"] * 9


def test_a_person_has_one_turn_at_a_time_though_there_are_two():
    crowd = Crowd(Turns(2))
    for person in ["flood"] * 4 + ["ann"] * 2:
        crowd.ask(person)
    assert crowd.order == ["flood", "ann"]
    assert crowd.told[0] == ("flood", Ahead(1, own=True))
    assert sorted(crowd.finish()) == ["ann"] * 2 + ["flood"] * 4
    assert max(crowd.most) == 1


def test_who_waits_for_others_is_told_the_place():
    crowd = Crowd(Turns(1))
    for person in ("ann", "ben", "cleo", "ben"):
        crowd.ask(person)
    firsts = [crowd.told[0], crowd.told[1], crowd.told[2]]
    assert firsts == [("ben", Ahead(1, own=False)), ("cleo", Ahead(2, own=False)), ("ben", Ahead(3, own=False))]
    assert waiting_line(Ahead(3, own=False)) == "The server is computing for others: yours is number 3 in the queue."
    assert waiting_line(Ahead(1, own=True)) == OWN
    crowd.finish()


def test_who_goes_away_leaves_the_queue_and_an_error_gives_the_turn_back():
    turns = Turns(1)

    def gone(ahead: Ahead) -> None:
        raise KeyboardInterrupt

    def fail() -> None:
        with turns.turn("ann", quiet):
            with pytest.raises(KeyboardInterrupt), turns.turn("ben", gone):
                raise AssertionError("it had no turn")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    crowd = Crowd(turns)
    crowd.ask("cleo")
    assert crowd.finish() == ["cleo"]


def test_people_of_long_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr(turns_room, "MOST_REMEMBERED", 3)
    turns = Turns(1)
    for person in "abcdea":
        with turns.turn(person, quiet):
            pass
    assert list(turns._served) == ["d", "e", "a"]
    assert not turns._held
    assert not turns._waiting


def waiting_page() -> None:
    import streamlit as st

    from tests.test_turns import GATE

    @st.fragment
    def part() -> None:
        with st.container():
            st.text("before")
            st.text(doubled(21))

    @st.cache_data
    def doubled(number: int) -> int:
        with GATE.turn(), GATE.turn():
            return 2 * number

    part()
    st.text("after")


GATE = computing.Computing(1)


def test_a_page_that_waits_says_so_in_its_place_and_not_when_it_is_asked_again(monkeypatch):
    shown, may_end = [], threading.Event()
    show = computing._Line.show

    def show_and_tell(line: computing._Line, ahead: Ahead) -> None:
        show(line, ahead)
        shown.append(waiting_line(ahead))
        may_end.set()

    def other() -> None:
        with GATE._turns.turn("other", quiet):
            begun.set()
            may_end.wait(20)

    begun = threading.Event()
    monkeypatch.setattr(computing._Line, "show", show_and_tell)
    blocker = threading.Thread(target=other)
    blocker.start()
    assert begun.wait(20)
    page = script_of(waiting_page).run()
    blocker.join()
    assert not page.exception
    assert shown[0] == "The server is computing for others: yours is number 1 in the queue."
    for _ in range(2):
        assert [text.value for text in page.text] == ["before", "42", "after"]
        assert not page.caption, "it is gone, and what is cached does not say it again"
        page.run()
    assert len(set(shown)) == 1


def test_without_a_page_nothing_is_shown():
    computing._Line().show(Ahead(1, own=True))
    assert computing.visitor_key() == ""
