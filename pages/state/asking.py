"""A question that a visitor puts to a model: asked whether they may, and one row of the record however often drawn."""

from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from hashlib import blake2b

import streamlit as st

from concepts import service
from concepts.access import NotAllowed
from concepts.report.class_report import ClassReport
from pages.state.models import check_may_ask
from pages.state.visitor import identity, person
from pages.state.workplace import workplace

TOLD = "questions that the record has"  # in the session
MOST = 500  # of them that are remembered in a visit


def about(report: ClassReport) -> str:
    """A report's name in the record."""
    return report.folder.name if report.folder else "a report"


@contextmanager
def asking(what: str, *question: Hashable) -> Iterator[None]:
    """Has the visitor put a question to a model within the block.

    It is recorded when the block ends, or fails, for the first time in this visit; a run that is overtaken leaves it to
    the next. what: as the record writes it, such as "own photo: ID", never with the photo or the text. question: what
    else tells it from others; a digest of it is kept in the visit. Raises ValueError, with a line for the visitor,
    where they may not ask a model.
    """
    if not identity():  # nobody is recorded
        check_may_ask()
        yield
        return
    told, key = st.session_state.setdefault(TOLD, deque(maxlen=MOST)), _digest(what, *question)
    if key in told:
        check_may_ask()
        yield
        return
    try:
        with _remembered(told, key), service.asking(workplace(), person(), what):
            yield
    except NotAllowed as error:
        raise ValueError(str(error)) from error


def _digest(*question: Hashable) -> bytes:
    found = blake2b(digest_size=12)
    for part in question:
        content = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        found.update(f"{len(content)} ".encode() + content)
    return found.digest()


@contextmanager
def _remembered(told: deque[bytes], key: bytes) -> Iterator[None]:
    try:
        yield
    except Exception:
        told.append(key)
        raise
    told.append(key)
