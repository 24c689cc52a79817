"""Texts from a place that the operator named, from an upload, or from pasted lines; each as one path."""

from pathlib import Path

import streamlit as st

from concepts.data.documents import pasted_file
from concepts.data.documents.files import TABLES, TEXT
from concepts.engine.texts_found import UPLOAD_LIMITS
from pages.analysis.short_names import photos_name
from pages.analysis.single_files import kept, uploaded_before, uploaded_file
from pages.state.server_settings import ServerSettings

SUFFIXES = (*TABLES, TEXT, ".zip")
FILES_SHOWN = 300
MEGABYTES = UPLOAD_LIMITS.max_bytes // 2**20
MOST_PASTED = 1_000_000  # characters
UPLOAD_LABEL = "Texts: a table, a .txt with one text a line, or a zip of class folders"
UPLOAD_HELP = (
    f"CSV, TSV, Parquet or JSON lines, with columns for text and label; at most {MEGABYTES} MB, also unpacked, and "
    f"{UPLOAD_LIMITS.max_texts:,} texts of at most {UPLOAD_LIMITS.max_characters:,} characters. Nothing in it is run."
)
PASTED_HELP = "One text a line; with a label before a tab, or lines copied out of a spreadsheet."


def named_texts(server: ServerSettings) -> str | None:
    """The chosen file or folder among those that the operator named; None where there is none."""
    places = [place for root in server.texts for place in _files(root, folders=True)]
    places += [place for root in server.photos for place in _files(root, folders=False)]
    if not places:
        st.warning("No file of texts is in the folders that the operator named.")
        return None
    chosen = st.selectbox(
        "File or folder", list(dict.fromkeys(places)), key="text_place", bind="query-params",
        format_func=lambda place: photos_name(str(place), server),
    )  # fmt: skip
    return str(chosen)


@st.cache_data(ttl=30, show_spinner=False)
def _files(root: Path, *, folders: bool) -> list[Path]:
    """The files of texts at a root, or up to two levels below it, sorted; no hidden ones, no links out of the root.

    folders: also the folders that hold .txt files, or folders with them.
    """
    found = [root, *(root.glob("*") if root.is_dir() else ()), *(root.glob("*/*") if root.is_dir() else ())]
    inside = (place for place in found if place == root or _is_inside(place, root))
    return sorted(place for place in inside if _is_texts(place, folders=folders))[:FILES_SHOWN]


def _is_inside(place: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in place.relative_to(root).parts)
    return not hidden and place.resolve().is_relative_to(root.resolve())


def _is_texts(place: Path, *, folders: bool) -> bool:
    if place.is_dir():
        return folders and any(next(place.glob(pattern), None) for pattern in ("*.txt", "*/*.txt"))
    return place.suffix.lower() in SUFFIXES and place.is_file()


def uploaded_texts(server: ServerSettings) -> str | None:
    """The path of the uploaded file; None without one."""
    return uploaded_file(
        UPLOAD_LABEL, "texts", server, key="texts_upload", help_text=UPLOAD_HELP,
        types=[suffix.removeprefix(".") for suffix in SUFFIXES], megabytes=MEGABYTES,
    )  # fmt: skip


def pasted_texts(server: ServerSettings) -> str | None:
    """The path of the file that pasted lines are kept in; None without any."""
    text = st.text_area("Texts, one a line", key="pasted", help=PASTED_HELP, height=200, max_chars=MOST_PASTED)
    if not (text or "").strip():
        return uploaded_before("texts", server, key="pasted")
    suffix, data = pasted_file(str(text))
    return kept("texts", f"pasted-texts{suffix}", data, server, key="pasted")
