"""Checks of file names: picture, hidden, safe."""

import os
import re
import unicodedata
from pathlib import PurePosixPath

from PIL import features

from concepts.data.images.heif import READS_HEIF

PICTURE_TYPES = (  # as an upload field lists them
    *(".jpg", ".jpeg", ".png", ".webp"),
    *((".heic", ".heif", ".hif") if READS_HEIF else ()),
    *((".avif",) if features.check("avif") else ()),
    *(".gif", ".tif", ".tiff", ".bmp", ".ppm", ".pgm", ".jpe", ".jfif"),
)
PICTURE_SUFFIXES = frozenset(PICTURE_TYPES)
OTHER_PICTURE_SUFFIXES = (
    frozenset([".avif", ".heic", ".heif", ".hif", ".jxl", ".jp2", ".svg", ".psd", ".dng", ".cr2", ".nef", ".arw"])
    - PICTURE_SUFFIXES
)
ARCHIVE_SUFFIXES = frozenset([".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"])
HIDDEN_NAMES = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
RESERVED = re.compile(r'[<>:"/\\|?*]')  # what file systems refuse in a name
LONGEST_FOLDER = 80  # characters: with 4 bytes each, plus a suffix, below a file system's limit of 255 bytes


def suffix(name: str) -> str:
    """The extension in lower case with its dot, '' without one."""
    return PurePosixPath(name).suffix.lower()


def is_picture(name: str) -> bool:
    """True for the extension of a picture format that is decoded here."""
    return suffix(name) in PICTURE_SUFFIXES


def is_hidden(part: str) -> bool:
    """True for a file or folder name (one part of a path) that is a dot file or a leftover of an operating system."""
    return part.startswith(".") or part.casefold() in HIDDEN_NAMES


def foreign_picture(name: str) -> str | None:
    """The reason why a picture of an unsupported format is left out; None for any other file."""
    if suffix(name) not in OTHER_PICTURE_SUFFIXES:
        return None
    return f"{suffix(name)} pictures are not read: convert it to JPEG or PNG"


def valid_text(name: str) -> str:
    """The name as valid Unicode: bytes of another encoding, which the system passes as surrogates, become \\xNN."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def safe_name(name: str) -> str:
    """A relative path with forward slashes, for a name from an archive or an upload.

    Raises ValueError for a name that is absolute, has a drive, or leaves its folder (`..`).
    """
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or re.match(r"[A-Za-z]:", parts[0]):
        raise ValueError("its name is an absolute path: pack the photos with relative names")
    if ".." in parts:
        raise ValueError("its name climbs out of its folder (..): pack the photos with plain names")
    return "/".join(part for part in parts if part not in ("", "."))


def safe_folder(name: str) -> str:
    """A valid folder name that still reads as the class name: no control or reserved characters, no dots at the ends.

    Returns '_' when nothing is left.
    """
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    return RESERVED.sub("_", kept)[:LONGEST_FOLDER].strip(" .") or "_"
