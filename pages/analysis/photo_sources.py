"""Photos from a folder that the operator named, or from an upload that is checked before it is stored."""

import hashlib
from pathlib import Path

import streamlit as st

from concepts.data.images import PICTURE_SUFFIXES, Limits, Skipped, store_uploads
from concepts.storage.store import write_json
from concepts.storage.typed_json import read_typed
from pages.analysis.short_names import photos_name, safe_name
from pages.components.safe_text import plain
from pages.state.server_settings import ServerSettings

UPLOAD = Limits(max_bytes=500 * 2**20, max_photos=5_000, max_pixels=40_000_000, max_file_bytes=64 * 2**20)
FOLDERS_SHOWN = 300
LEFT_OUT = "left-out.json"  # beside the photos of an upload: names and reasons
LeftOut = tuple[tuple[str, str], ...]


def named_folder(server: ServerSettings, *, key: str = "folder") -> str | None:
    """The chosen folder below those that the operator named; None where there is none. key: of the control."""
    folders = list(dict.fromkeys(folder for root in server.photos for folder in _folders(root)))
    if not folders:
        st.warning("The folders that the operator named are empty or not there.")
        return None
    chosen = st.selectbox(
        "Folder", folders, key=key, format_func=lambda folder: photos_name(str(folder), server)
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
        ["zip", *sorted(PICTURE_SUFFIXES)],
        accept_multiple_files=True,
        key=key,
        max_upload_size=UPLOAD.max_bytes // 2**20,
        help=f"At most {UPLOAD.max_photos:,} photos, {UPLOAD.max_bytes // 2**20} MB together.",
    )
    if not files:
        return None
    return _keep_photos(tuple((file.name, file.getvalue()) for file in files), server)


def _keep_photos(files: tuple[tuple[str, bytes], ...], server: ServerSettings) -> str | None:
    digest = hashlib.blake2b(digest_size=12)
    for name, data in files:
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    place = server.workspace / "uploads" / "photos" / digest.hexdigest()
    folder = place / _upload_name([name for name, _ in files])
    if not folder.is_dir():
        left_out: list[Skipped] = []
        try:
            store_uploads(files, folder, UPLOAD, on_skip=left_out.append)
        except ValueError as error:
            st.error(str(error))
            return None
        write_json(place / LEFT_OUT, [[entry.name, entry.reason] for entry in left_out])
    _tell_left_out(place)
    return str(folder)


def _upload_name(names: list[str]) -> str:
    """The name of the photos in the report: the zip's name, or the number of files."""
    return Path(safe_name(names[0])).stem if len(names) == 1 else f"upload of {len(names)} files"


def _tell_left_out(place: Path) -> None:
    left_out = read_typed(LeftOut, place / LEFT_OUT) if (place / LEFT_OUT).is_file() else ()
    for name, reason in left_out[:5]:
        st.warning(f"{plain(name)} is left out: {plain(reason)}")
    if len(left_out) > 5:
        st.warning(f"and {len(left_out) - 5:,} more are left out")
