"""What the parts on stored results share: choosing one, downloading its files, and what is said where there is none."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import streamlit as st

from pages.components import texts
from pages.components.safe_text import paragraph, plain
from pages.components.tables import table
from pages.state.selection import choose, sync_widget
from pages.state.sharing import offered, owner_of, shared


class Stored(Protocol):
    """A result, and the folder with its files, whose name tells it apart."""

    @property
    def id(self) -> str: ...
    @property
    def folder(self) -> Path: ...


S = TypeVar("S", bound=Stored)


def choose_stored(
    key: str,
    offered: Sequence[S],
    wanted: str | None,
    *,
    noun: str,
    title: Callable[[S], str],
    forget: Sequence[str] = (),
) -> S:
    """The result of the address, else the newest, which is the first.

    key: of the choice in the address. wanted: the id there. forget: the choices in the address that belong to the
    result before.
    """
    by_id = {each.id: each for each in offered}
    if wanted is not None and wanted not in by_id:
        st.warning(f"There is no {noun} {plain(wanted)} here: the newest is shown instead.")
    stored = by_id.get(wanted or "") or offered[0]
    sync_widget(key, stored.id)
    st.selectbox(
        noun.capitalize(), list(by_id), format_func=lambda id: f"{title(by_id[id])} · {id}", key=key,
        on_change=lambda: choose(**{key: st.session_state[key]}, **dict.fromkeys(forget)),
    )  # fmt: skip
    return stored


def offer_files(stored: Stored, files: Mapping[str, tuple[str, str]]) -> None:
    """A button for each file that is there, for whoever may share the result.

    files: label → name in the folder, type.
    """
    owner = owner_of(stored.folder)
    if not offered(owner):
        return
    with st.container(horizontal=True):
        for label, (name, mime) in files.items():
            file = stored.folder / name
            if file.is_file() and not file.is_symlink():
                made = shared(f"{stored.folder.parent.name}/{stored.id}/{name}", owner, file.read_bytes)
                st.download_button(
                    label, made, f"{stored.id}-{name}", mime, key=name, on_click="ignore",
                    icon=":material/download:",
                )  # fmt: skip


def tell_how(said: Sequence[str], what: Mapping[str, str], *, used: Collection[str], caption: str) -> None:
    """How a comparison was measured, one sentence a paragraph, then what was compared: name → words, of those used."""
    st.header("How this was measured", anchor="how")
    for sentence in said:
        paragraph(sentence)
    st.html(table((), [pair for pair in what.items() if pair[0] in used], caption=caption))


def nothing_yet(title: str, what: str, command: str, note: str) -> None:
    """Says that there is no result yet, and how one is made on the command line. note: where it is looked for."""
    st.html(texts.empty(title, what))
    st.code(command, language=None, wrap_lines=True)
    paragraph(note, "cx-note")
