"""Texts on the page before an analysis: a job looks at them, the page shows what it found, and its columns."""

from dataclasses import replace

import streamlit as st

from concepts.data.documents.columns import Columns
from concepts.engine import jobs
from concepts.engine.jobs import Job
from concepts.engine.texts_found import TextsFound
from concepts.numerics.counted import counted
from concepts.rendering.excerpts import excerpt
from concepts.report.request import Request
from pages.analysis import job_acts
from pages.analysis.disk import submitted
from pages.analysis.waiting import stage_words
from pages.components.pictures import picture_row
from pages.components.safe_text import paragraph, plain, shortened
from pages.state.messages import public, without_options
from pages.state.server_settings import ServerSettings

ENCODINGS = (
    "utf-8", "cp1252", "iso8859-15", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "koi8-r", "iso8859-7", "gb18030",
    "big5", "shift_jis", "euc_kr",
)  # fmt: skip
STATED = "UTF-8, or UTF-16 by its mark"
NO_COLUMN, UNTOLD = "none", "choose one"
COLUMNS_OF = "columns_of"  # in the session: the texts that the chosen columns are of
CLASSES_SHOWN, SIZE, LONGEST_NAME = 12, 200, 40
INTERRUPTED = "The texts were not read to the end: the process that reads them has ended."


def choose_columns(server: ServerSettings, source: str, *, ours: bool) -> Request | None:
    """The request for texts with their columns and encoding; None while they are read, or cannot be.

    Shows what was found, and the columns, which can be changed. ours: pasted lines, of which the encoding is known, and
    the columns, too, where they are not from a spreadsheet.
    """
    request = Request(model="", texts=source, encoding=None if ours else _encoding())
    found = _found(server, request)
    if found is None or not found.columns or (ours and not source.endswith(".tsv")):
        return _shown(found, request)
    _columns_of(source, found)
    asked = _asked(request, found)
    if asked.text_column == UNTOLD:
        return _shown(found, request)
    if found.used is not None and asked == _as_found(request, found.used):
        return _shown(found, asked)
    return _shown(_found(server, asked), asked)


def texts_found(server: ServerSettings, request: Request) -> TextsFound | None:
    """What is known already of texts that were chosen on a page; None where nothing is, as of the demo's own."""
    untold = replace(request, text_column=None, label_column=None, id_column=None)
    for each in (request, untold):
        job = jobs.find(server.workspace, f"texts-{each.key}", executor=server.executor)
        if job is not None and job.state.status == "done":
            return job.texts_found
    return None


def _encoding() -> str | None:
    return st.selectbox(
        "Encoding", [None, *ENCODINGS], key="encoding", format_func=lambda name: name or STATED, bind="query-params"
    )


def _shown(found: TextsFound | None, request: Request) -> Request | None:
    """The request, where its texts were found; shows them."""
    if found is None:
        return None
    if found.problem:
        st.warning(plain(without_options(found.problem)))
        return None
    _show(found)
    return request


def _found(server: ServerSettings, request: Request) -> TextsFound | None:
    """What a job found, started with the first visit; None, with a message on the page, before that and where none."""
    job = jobs.find(server.workspace, f"texts-{request.key}", executor=server.executor)
    job = job or submitted(request, server, task="texts")
    if job is None:
        return None
    state = job.state
    if state.status == "done":
        found = job.texts_found
        return replace(found, problem=public(found.problem, server))
    if not state.finished:
        st.fragment(_wait, run_every=1.0)(server, job)
        return None
    st.error(plain(without_options(public(state.message or INTERRUPTED, server))))
    st.button("Read the texts again", key="texts_again", on_click=_read_again, args=(server, request))
    return None


def _read_again(server: ServerSettings, request: Request) -> None:
    submitted(request, server, task="texts")


def _wait(server: ServerSettings, job: Job) -> None:
    state = job.state
    if state.finished:
        st.rerun()
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.info(f"Reading the texts: {stage_words(job, state, server)} …")
    button.button("Cancel", key="cancel_texts", on_click=job_acts.cancel, args=(server, job), width="stretch")


def _asked(request: Request, found: TextsFound) -> Request:
    """The request with the chosen columns. "" stands for none: nothing is looked for again."""
    used, names = found.used, list(found.columns)
    untold = [UNTOLD] if used is None else []
    text, label, name = st.columns(3)
    with text:
        texts = _column("Column of texts", "text_column", [*untold, *names], None if used is None else used.text)
    with label:
        labels = _column("Column of labels", "label_column", [NO_COLUMN, *names], None if used is None else used.label)
    with name:
        ids = _column("Column of names", "id_column", [NO_COLUMN, *names], None if used is None else used.id)
    return replace(
        request, text_column=texts, label_column="" if labels == NO_COLUMN else labels,
        id_column="" if ids == NO_COLUMN else ids,
    )  # fmt: skip


def _columns_of(source: str, found: TextsFound) -> None:
    """Chooses the columns that were found where others were chosen for other texts before."""
    if st.session_state.get(COLUMNS_OF, source) != source:
        used = found.used
        st.session_state["text_column"] = UNTOLD if used is None else used.text
        st.session_state["label_column"] = (used and used.label) or NO_COLUMN
        st.session_state["id_column"] = (used and used.id) or NO_COLUMN
    st.session_state[COLUMNS_OF] = source


def _column(label: str, key: str, names: list[str], found: str | None) -> str:
    place = names.index(found) if found in names else 0
    return str(
        st.selectbox(
            label, names, index=place, key=key, format_func=lambda name: shortened(name, LONGEST_NAME),
            bind="query-params",
        )
    )  # fmt: skip


def _as_found(request: Request, used: Columns) -> Request:
    """The request that names the columns that were found."""
    return replace(request, text_column=used.text, label_column=used.label or "", id_column=used.id or "")


def _show(found: TextsFound) -> None:
    """What was found: columns, numbers, classes, copies, what was left out, and the first texts."""
    if found.used is not None:
        st.caption(plain(f"text: {found.used.text}, label: {found.used.label or 'none'}"))
    paragraph(numbers_sentence(found))
    for name, reason in found.left_out:
        st.warning(f"{plain(name)} is left out: {plain(without_options(reason))}")
    if found.n_left_out > len(found.left_out):
        st.warning(f"and {found.n_left_out - len(found.left_out):,} more are left out")
    tiles = [excerpt(each.text, f"text {i}", caption=each.label or "") for i, each in enumerate(found.first, 1)]
    st.html(picture_row(tiles, size=SIZE))


def numbers_sentence(found: TextsFound) -> str:
    """How many texts there are, of which classes, and how many stand there more than once."""
    said = [f"{counted(found.n_texts, 'text')}."]
    if found.n_classes:
        classes = [f"{shortened(name, LONGEST_NAME)} {n:,}" for name, n in found.per_class[:CLASSES_SHOWN]]
        hidden = found.n_classes - len(classes)
        more = f" and {hidden:,} more" if hidden else ""
        many = "class" if found.n_classes == 1 else "classes"
        said.append(f"{found.n_classes:,} {many}: {', '.join(classes)}{more}.")
    else:
        said.append("No labels.")
    if found.n_repeated:
        verb = "repeats" if found.n_repeated == 1 else "repeat"
        said.append(f"{counted(found.n_repeated, 'text')} {verb} an earlier one, case and spaces apart.")
    return " ".join([*said, *_near_said(found)])


def _near_said(found: TextsFound) -> list[str]:
    """How many texts are nearly the same as another, among how many; nothing where none were compared."""
    if found.n_compared < 2:
        return []
    among = "" if found.n_compared == found.n_texts else f"Of the first {found.n_compared:,}, "
    some = f"{found.n_near:,}{' more' if found.n_repeated else ''}" if found.n_near else "none"
    is_like = "is nearly the same as another" if found.n_near < 2 else "are nearly the same as another"
    said = [f"{among}{some if among else some.capitalize()} {is_like}."]
    if found.n_across:
        have = "group of such texts has" if found.n_across == 1 else "groups of such texts have"
        said.append(f"{found.n_across:,} {have} more than one label.")
    return said
