"""What each person uses and may use, as rows of tables; and the jobs of a person that wait, cancelled by an admin."""

from collections.abc import Sequence

import streamlit as st

from concepts import service
from concepts.engine.quotas import Quotas, size_words
from concepts.engine.usage import Usage
from concepts.numerics.counted import counted
from pages.components.safe_text import plain
from pages.state.visitor import person
from pages.state.workplace import refusals_shown, workplace

PEOPLE = ("Person", "At work", "Waiting", "Minutes in 24 hours", "Disk", "Uploads")
UPLOADS = ("Person", "What", "Size", "Age", "Deleted in")
LIMITS = ("Limit for one person", "Now", "Variable")


def people_rows(found: Sequence[Usage], quotas: Quotas) -> list[tuple[str, ...]]:
    """A row a person: jobs at work and waiting, minutes, disk, number of uploads; each beside its limit."""
    return [
        (
            each.owner, str(each.running), str(each.waiting), _of(f"{each.seconds / 60:.0f}", quotas.minutes),
            _of(size_words(each.n_bytes), quotas.disk, "GB"), str(len(each.uploads)),
        )
        for each in found
    ]  # fmt: skip


def upload_rows(found: Sequence[Usage], quotas: Quotas) -> list[tuple[str, ...]]:
    """A row an upload of a person's, the oldest of each first: what it holds, size, age, and when it is deleted."""
    return [
        (each.owner, upload.words, size_words(upload.n_bytes), _days(upload.days), _left(upload.days, quotas.days))
        for each in found
        for upload in each.uploads
    ]


def limit_rows(quotas: Quotas) -> list[tuple[str, ...]]:
    """A row a limit: what it is, its value, and the variable that sets it."""
    rows = (
        ("jobs of a kind at work", quotas.running, "", "RUNNING"),
        ("jobs of a kind that wait", quotas.waiting, "", "WAITING"),
        ("work of all jobs in 24 hours", quotas.minutes, "minutes", "MINUTES"),
        ("all uploads on the disk", quotas.disk, "GB", "DISK"),
        ("one upload", quotas.upload, "MB", "UPLOAD"),
        ("age of an upload", quotas.days, "days", "DAYS"),
        ("files on open pages, in the server's memory", quotas.memory, "GB", "MEMORY"),
    )
    return [
        (name, "no limit" if value is None else f"{value:,g} {unit}".strip(), f"CONCEPTS_PERSON_{variable}")
        for name, value, unit, variable in rows
    ]


def offer_cancelling(found: Sequence[Usage]) -> None:
    """A button a person with jobs that wait, which cancels these."""
    waiting = [each for each in found if each.waiting]
    if not waiting:
        return
    with st.container(horizontal=True, key="cancel_waiting"):
        for each in waiting:
            st.button(
                f"Cancel {counted(each.waiting, 'waiting job')} of {plain(each.owner)}", key=f"waiting-{each.owner}",
                on_click=_cancel, args=(each.owner,), help="Jobs at work go on.",
            )  # fmt: skip


def _cancel(owner: str) -> None:
    with refusals_shown():
        n = service.cancel_waiting(workplace(), person(), owner)
        st.toast(f"{counted(n, 'job')} of {plain(owner)} told to stop.")


def _of(used: str, most: float | None, unit: str = "") -> str:
    return used if most is None else f"{used} of {most:,g} {unit}".strip()


def _days(days: float) -> str:
    return "less than a day" if days < 1 else f"{int(days)} day{'s' if days >= 2 else ''}"


def _left(age: float, most: float | None) -> str:
    if most is None:
        return "–"
    return "due" if age > most else _days(most - age)
