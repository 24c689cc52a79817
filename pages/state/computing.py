"""What computes for one visitor while others wait: a model that is asked or opened, a collection that is searched.

Each visitor has one turn at a time at each of these, however many tabs and clicks; a line on the page says that one
waits.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from pages.state.turns import Ahead, Turns
from pages.state.visitor import visitor

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

FORWARDED = "X-Forwarded-For"  # a proxy's header: the last address is the one that the proxy itself has seen
LOOKED = "waits for a turn"  # no such key is ever in the session
OWN = "Something else that you asked for is still being computed: this begins after it."


class Computing:
    """Turns for the visitors of pages. A turn within a turn of the same thread is part of it.

    It may stand in a function that Streamlit caches. One that caches and takes a turn must not be called within a turn
    at the same thing: two threads would wait for each other.
    """

    def __init__(self, slots: int) -> None:
        self._turns, self._mine = Turns(slots), threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn of this run's visitor, which lasts as long as the block; waits for it, with a line on the page.

        A visitor who leaves, or asks for something else, waits no longer.
        """
        if getattr(self._mine, "has_turn", False):
            yield
            return
        line = _Line()
        with self._turns.turn(visitor_key(), line.show):
            line.clear()
            self._mine.has_turn = True
            try:
                yield
            finally:
                self._mine.has_turn = False


class _Line:
    """A line on the page, shown only to one who has to wait."""

    def __init__(self) -> None:
        self._place: DeltaGenerator | None = None

    def show(self, ahead: Ahead) -> None:
        """Says what is ahead. Ends the run here where the visitor has gone on."""
        if get_script_run_ctx() is None:
            return
        st.session_state.get(LOOKED)  # Streamlit ends a run that has been overtaken where it reads this
        if self._place is None:
            self._place = st.empty()  # all that a function that is cached remembers of the line
        _apart(self._place.caption, waiting_line(ahead))

    def clear(self) -> None:
        """Takes the line away."""
        if self._place is not None:
            _apart(self._place.empty)


def _apart(write: Callable[..., object], *what: str) -> None:
    """Writes on the page in a thread of its own, where a function that is cached does not remember it."""
    thread = threading.Thread(target=write, args=what)
    add_script_run_ctx(thread)
    thread.start()
    thread.join()


def waiting_line(ahead: Ahead) -> str:
    """The line for one who waits."""
    if ahead.own:
        return OWN
    return f"The server is computing for others: yours is number {ahead.place:,} in the queue."


def visitor_key() -> str:
    """Who asks, for the turns: the identity where there is a login, else the address that the visit comes from, the
    visit itself on this machine, "" for none."""
    context = get_script_run_ctx()
    if context is None:
        return ""
    if (known := visitor().person) is not None and known.is_known:
        return known.name
    forwarded = (st.context.headers.get(FORWARDED) or "").rpartition(",")[2].strip()
    return forwarded or st.context.ip_address or context.session_id


ASKING = Computing(1)  # two visitors are two threads on the same model
OPENING = Computing(1)  # a model or an encoder into memory
SEARCHING = Computing(2)  # all tokens of a collection, a report or a text
