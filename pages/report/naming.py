"""Names of a concept or a strategy: the current note, the dialog that edits it, its history."""

from datetime import datetime

import streamlit as st
from markupsafe import Markup

from concepts import service
from concepts.access import NotAllowed
from concepts.annotations import FLAGS, JUDGEMENTS, Note, StoredNote, note_subject
from concepts.annotations.note import LONGEST
from concepts.lexicon.naming import ConceptName
from concepts.report.class_report import ClassReport
from concepts.report.names import NUMBERS, in_line
from pages.components import notes, texts
from pages.components.safe_text import paragraph, plain
from pages.state.messages import public, told
from pages.state.notes import note_store, notes_on
from pages.state.reports import report_key, suggested
from pages.state.server_settings import server_settings
from pages.state.visitor import identity, person
from pages.state.workplace import workplace

MOST = 20  # notes of a history shown, at most
ICONS = {"open": ":material/edit:", "save": ":material/save:", "again": ":material/undo:", "take": ":material/add:"}
HELP = (
    "A name is a reading of the {shown} by whoever gives it. All who open this page see it at once; an empty name "
    "takes it away. Nothing is lost: every name stays in the history below, with its author and time."
)
FLAGS_HELP = (
    "polysemantic: stands for several things; duplicate: as another one; artefact: of the {noun}s or the method; part "
    "of the thing, should not matter: whether the model may rest on it"
)
SCORES = "Scores count deviations above what shuffled places give: better than chance, which is not yet right."


@st.fragment
def show(report: ClassReport, kind: str, index: int) -> None:
    """Shows the current note and the button that opens the dialog."""
    note = notes_on(report_key(report), report).get((kind, index))
    if note is not None and (note.name or note.description or note.flags):
        st.html(note_html(note))
    done = st.session_state.get("note_done")
    if done is not None and done[0] == (report.folder, kind, index):
        del st.session_state["note_done"]
        _tell(done[1])
    opened = st.button(
        "Name it" if note is None or not note.name else "Change its name", key=f"name_{kind}_{index}",
        icon=ICONS["open"], type="tertiary", on_click=_begin, args=(report, kind, index),
    )  # fmt: skip
    asked = st.session_state.get("note_asked") == (report.folder, kind, index)
    if asked:
        del st.session_state["note_asked"]
    if opened or asked:
        _window(report, kind, index)


def note_html(note: Note) -> Markup:
    """Flags, description, author and time."""
    return notes.note(note.flags, in_line(note.description), _signed(note))


def _signed(note: Note) -> str:
    written = datetime.fromisoformat(note.created)
    return f"by {in_line(note.author)}, {written:%Y-%m-%d %H:%M} UTC"


def _tell(written: StoredNote) -> None:
    """Confirms that the note was stored, and warns where another person wrote one in the meantime."""
    other = written.crossed
    if other is None:
        st.success("Kept, with your name and the time.")
        return
    named = f"named it “{plain(in_line(other.name))}”" if other.name else "wrote about it"
    st.warning(
        f"{plain(in_line(other.author))} {named} while you were writing: both are in the history, yours is shown."
    )


def _begin(report: ClassReport, kind: str, index: int) -> None:
    """Fills the dialog from the current note, and stores the id of that note."""
    note = notes_on(report_key(report), report).get((kind, index))
    st.session_state.pop("note_done", None)
    st.session_state["note_seen"] = note.id if note else None
    st.session_state["note_name"] = note.name if note else ""
    st.session_state["note_description"] = note.description if note else ""
    st.session_state["note_flags"] = list(note.flags) if note else []
    st.session_state["note_author"] = identity() or st.session_state.get("author", "")


def judge(report: ClassReport, index: int, flag: str) -> None:
    """Writes what a person makes of a concept, one of `JUDGEMENTS`; said twice, it is taken back.

    Where nobody has said who they are, the dialog that asks for it opens, with the flag chosen.
    """
    _begin(report, "concept", index)
    state = st.session_state
    before = list(state["note_flags"])
    state["note_flags"] = [each for each in before if each not in JUDGEMENTS] + ([] if flag in before else [flag])
    if state["note_author"]:
        _save(report, "concept", index)
    else:
        state["note_asked"] = (report.folder, "concept", index)


@st.dialog("Name it", width="medium")
def _window(report: ClassReport, kind: str, index: int) -> None:
    if "note_done" in st.session_state:
        st.rerun()
    call = NUMBERS.concept if kind == "concept" else NUMBERS.strategy
    shown = "crops" if report.data.kind == "images" else "excerpts"
    paragraph(f"{call(index)}. {HELP.format(shown=shown)}")
    trouble = st.session_state.pop("note_trouble", "")
    if trouble:
        st.error(plain(trouble))
    if kind == "concept":
        _suggestion(suggested(report).get(index))
    if name := identity():
        paragraph(f"Signed: {name}")
    else:
        st.text_input("Who are you?", key="note_author", max_chars=LONGEST["author"])
    st.text_input("Name", key="note_name", max_chars=LONGEST["name"])
    st.text_area("Description", key="note_description", max_chars=LONGEST["description"], height=90)
    st.pills("Flags", FLAGS, selection_mode="multi", key="note_flags", help=FLAGS_HELP.format(noun=report.data.noun))
    st.button("Save", type="primary", icon=ICONS["save"], key="note_save", on_click=_save, args=(report, kind, index))
    try:
        history = note_store().history(note_subject(report, kind), kind, index)
    except ValueError as error:
        st.error(told(error))
        return
    _history(history, report, kind, index)


def _suggestion(found: ConceptName | None) -> None:
    """Shows the word that the program found, its score and the runner-up; one click takes it as the name."""
    if found is None:
        return
    paragraph(f"The program's suggestion: {found.sentence}. {SCORES}")
    with st.container(horizontal=True):
        for word in filter(None, (found.word, found.runner_up)):
            st.button(f"Take “{plain(word)}”", key=f"take_{word}", icon=ICONS["take"], type="tertiary",
                      on_click=_take, args=(word[: LONGEST["name"]],))  # fmt: skip


def _take(word: str) -> None:
    st.session_state["note_name"] = word


def _save(report: ClassReport, kind: str, index: int) -> None:
    """Writes a note with the contents of the fields."""
    state = st.session_state
    name, description = (" ".join(state["note_name"].split()), state["note_description"].strip())
    _write(report, kind, index, name, description, tuple(flag for flag in FLAGS if flag in state["note_flags"]))


def _again(report: ClassReport, note: Note) -> None:
    """Writes an earlier note again: nothing is removed from the history."""
    _write(report, note.kind, note.index, note.name, note.description, note.flags)


def _write(report: ClassReport, kind: str, index: int, name: str, description: str, flags: tuple[str, ...]) -> None:
    try:
        author = identity() or st.session_state["note_author"].strip()
        st.session_state["author"] = author
        subject, seen = note_subject(report, kind), st.session_state["note_seen"]
        note = Note(subject, kind, index, name, description, flags, author, replaces=seen)
        written = service.write_note(workplace(), person(), note_store(), note)
        st.session_state["note_done"] = ((report.folder, kind, index), written)
    except (ValueError, NotAllowed) as error:
        st.session_state["note_trouble"] = public(str(error), server_settings())


def _history(written: list[Note], report: ClassReport, kind: str, index: int) -> None:
    """Shows the history, latest first; each earlier note can be written again."""
    st.html(texts.heading(3, f"History: {len(written)}", kind="cx-head"))
    for place, note in enumerate(written[:MOST]):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.html(notes.past_note(in_line(note.name), note_html(note)))
        if place:
            right.button("Take again", key=f"again_{note.id}", icon=ICONS["again"], type="tertiary",
                         on_click=_again, args=(report, note))  # fmt: skip
    if len(written) > MOST:
        paragraph(f"{len(written) - MOST:,} earlier ones are in the download (JSON).", "cx-note")
