"""A single file that a visitor uploads for a request: kept, offered again after a reload, deleted on request."""

import streamlit as st

from concepts import service
from concepts.engine.uploaded_files import FILE_KINDS, FileKind, UploadedFile
from pages.analysis.deletion import deleted_here, offer_deletion
from pages.analysis.disk import disk_errors_shown
from pages.analysis.kept_files import kept_file, offer_again, remember
from pages.analysis.short_names import safe_name
from pages.state.server_settings import ServerSettings
from pages.state.visitor import person
from pages.state.workplace import workplace


def uploaded_file(
    label: str,
    kind: FileKind,
    server: ServerSettings,
    *,
    key: str,
    help_text: str,
    types: list[str] | None = None,
    megabytes: int | None = None,
) -> str | None:
    """The path of a file that is uploaded now, or was before; None without one. megabytes: the largest taken."""
    file = st.file_uploader(label, types, key=key, help=help_text, max_upload_size=megabytes)
    if file:
        return kept(kind, safe_name(file.name), file.getvalue(), server, key=key)
    return uploaded_before(kind, server, key=key)


def uploaded_before(kind: FileKind, server: ServerSettings, *, key: str) -> str | None:
    """The path of the file that the address names for a control, offered again; None without one."""
    before = kept_file(server, kind, key=key)
    if before is None:
        return None
    offer_again(before.name, key=key)
    offer_deletion(server, before, key=key)
    return str(before.file)


def kept(kind: FileKind, name: str, data: bytes, server: ServerSettings, *, key: str) -> str | None:
    """The path of an uploaded file, which is read without running code when the analysis starts.

    None, with a message on the page, where the visitor deleted it, may not have so much, or the disk does not take it.
    key: of the control.
    """
    upload = UploadedFile.of(server.workspace, kind, name, data)
    if deleted_here(upload, key=key):
        return None
    if not _stored(server, upload, data):
        return None
    remember(upload, key=key)
    offer_deletion(server, upload, key=key)
    return str(upload.file)


def _stored(server: ServerSettings, upload: UploadedFile, data: bytes) -> bool:
    """Whether the file is kept, and the visitor's; False, with a message on the page, where it is not."""
    with disk_errors_shown(f"The {FILE_KINDS[upload.kind].rpartition(' ')[2]}"):
        service.keep(workplace(server), person(), upload, data)
        return upload.kept
    return False
