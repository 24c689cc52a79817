"""What a member of a zip is called, and which members can be unpacked within stated bounds."""

import stat
import struct
import zipfile
import zlib

from concepts.data.images.names import valid_text

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)
# zipfile stops at a member's declared size for these two only; it unpacks whole bzip2 and LZMA blocks of any size
BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED, UTF8_NAME = 0x1, 0x800  # flag bits of a member


def member_name(member: zipfile.ZipInfo) -> str:
    """The name as valid Unicode; unmarked UTF-8 (macOS, some Linux tools) is recognised by its bytes."""
    if not member.flag_bits & UTF8_NAME:
        try:
            return member.filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass  # really cp437, the old code page of zips
    return valid_text(member.filename)


def visible_parts(name: str) -> list[str]:
    """The parts of a name to test for hidden names, without '.' and '..', which safe_name checks."""
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]


def unreadable_kind(member: zipfile.ZipInfo, what: str) -> str | None:
    """The reason why a member cannot be unpacked, None where it can; what: it is, such as "photo"."""
    if stat.S_ISLNK(member.external_attr >> 16):
        return f"a symbolic link: pack the {what} itself"
    if member.flag_bits & ENCRYPTED:
        return "encrypted: pack it without a password"
    if member.compress_type not in BOUNDED_METHODS:
        return "packed by an unusual method: pack it as an ordinary zip (deflate)"
    return None
