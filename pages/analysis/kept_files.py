"""Uploads that the address names: after a reload of the page they are offered again, without another upload."""

import re

import streamlit as st

from concepts.engine.uploaded_files import FileKind, UploadedFile
from concepts.engine.uploads import Upload
from pages.components.safe_text import paragraph
from pages.state.selection import choose
from pages.state.server_settings import ServerSettings

NAMED = re.compile(r"([0-9a-f]{24})/([A-Za-z0-9_-][A-Za-z0-9_. -]{0,89})")  # the hash of the content, and the name


def remember(upload: Upload | UploadedFile, *, key: str) -> None:
    """Writes an upload into the address. key: of the control that took it."""
    choose(**{_kept(key): f"{upload.digest}/{upload.name}"})


def forget(key: str) -> None:
    """Takes the upload of a control out of the address."""
    choose(**{_kept(key): None})


def kept_file(server: ServerSettings, kind: FileKind, *, key: str) -> UploadedFile | None:
    """The file, or the model, that the address names for a control; None for none, and where it is no longer kept."""
    found = _named(key)
    upload = None if found is None else UploadedFile(server.workspace, kind, *found)
    return upload if upload is not None and upload.kept else None


def kept_photos(server: ServerSettings, *, key: str) -> Upload | None:
    """The photos that the address names for a control; None for none, and where they are no longer kept."""
    found = _named(key)
    upload = None if found is None else Upload(server.workspace, *found)
    return upload if upload is not None and upload.kept else None


def offer_again(name: str, *, key: str) -> None:
    """Says which upload is used, and offers to use it no longer."""
    words, button = st.columns([4, 1], vertical_alignment="center")
    with words:
        paragraph(f"{name}, uploaded before, is used.")
    button.button("Use another", key=f"{key}_another", on_click=forget, args=(key,), width="stretch")


def _kept(key: str) -> str:
    """The parameter of the address for a control."""
    return f"{key}_kept"


def _named(key: str) -> tuple[str, str] | None:
    """The hash and the name in the address; None for anything that no upload is called."""
    found = NAMED.fullmatch(st.query_params.get(_kept(key), "")[:200])
    return None if found is None else (found[1], found[2])
