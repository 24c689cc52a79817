"""Photos from a folder that the operator named, or from an upload that a job checks before it is stored."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from concepts.data.images import PICTURE_TYPES
from concepts.engine.uploads import LIMITS, Upload, digest_of
from pages.analysis.kept_files import kept_photos, offer_again, remember
from pages.analysis.short_names import photos_name, safe_name
from pages.analysis.upload_status import shown_upload
from pages.state.server_settings import ServerSettings

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

FOLDERS_SHOWN = 300
UPLOAD_HELP = (
    f"At most {LIMITS.max_photos:,} photos, {LIMITS.max_bytes // 2**20} MB together. A photo has at most "
    f"{LIMITS.max_pixels / 1e6:.0f} megapixels, all together {LIMITS.max_total_pixels / 1e6:,.0f}."
)


def named_folder(server: ServerSettings, *, key: str = "folder") -> str | None:
    """The chosen folder below those that the operator named; None where there is none. key: of the control."""
    folders = list(dict.fromkeys(folder for root in server.photos for folder in _folders(root)))
    if not folders:
        st.warning("The folders that the operator named are empty or not there.")
        return None
    chosen = st.selectbox(
        "Folder", folders, key=key, format_func=lambda folder: photos_name(str(folder), server), bind="query-params"
    )  # fmt: skip
    return str(chosen)


@st.cache_data(ttl=30, show_spinner=False)
def _folders(root: Path) -> list[Path]:
    """The root and its folders two levels down, sorted, without hidden ones and without links out of the root."""
    found = [root] if root.is_dir() else []
    for pattern in ("*", "*/*"):
        inside = (
            folder for folder in sorted(root.glob(pattern)) if folder.is_dir() and not folder.name.startswith(".")
        )
        found += [folder for folder in inside if folder.resolve().is_relative_to(root.resolve())]
    return sorted(found)[:FOLDERS_SHOWN]


def uploaded_photos(server: ServerSettings, *, label: str, key: str = "upload") -> str | None:
    """The folder of the uploaded photos that can be read, the others named; None without any. key: of the control."""
    files = st.file_uploader(
        label,
        ["zip", *PICTURE_TYPES],
        accept_multiple_files=True,
        key=key,
        max_upload_size=LIMITS.max_bytes // 2**20,
        help=UPLOAD_HELP,
    )
    if not files:
        return _uploaded_before(server, key)
    upload = Upload(server.workspace, _digest(files, key), _upload_name([file.name for file in files]))
    if not shown_upload(server, upload, files, key=key):
        return None
    remember(upload, key=key)
    return str(upload.folder)


def _uploaded_before(server: ServerSettings, key: str) -> str | None:
    """The folder of the photos that the address names, offered again; None without any."""
    before = kept_photos(server, key=key)
    if before is None:
        return None
    offer_again(before.name, key=key)
    return str(before.folder) if shown_upload(server, before, (), key=key) else None


def _digest(files: list["UploadedFile"], key: str) -> str:
    """`digest_of` the files, computed once for these: half a gigabyte takes most of a second."""
    ids = [file.file_id for file in files]
    known = st.session_state.get(f"{key}_digest")
    if known is None or known[0] != ids:
        known = ids, digest_of((file.name, file.getvalue()) for file in files)
        st.session_state[f"{key}_digest"] = known
    return str(known[1])


def _upload_name(names: list[str]) -> str:
    """The name of the photos in the report: the zip's name, or the number of files."""
    return Path(safe_name(names[0])).stem if len(names) == 1 else f"upload of {len(names)} files"
