"""The versions of all that computes a report: Python, the libraries, and the program itself."""

from functools import cache
from hashlib import blake2b

from concepts.report.pipeline.provenance import versions
from concepts.storage.app_folder import PACKAGE

ROOMS = ("concepts", "attribution")


def all_versions() -> dict[str, str]:
    """The versions by name; of this program a digest of its code."""
    return versions() | {"the program's code": _code()}


@cache
def _code() -> str:
    """A digest of the program's code as it was when this process first asked."""
    whole = blake2b(digest_size=6)
    for room in ROOMS:
        for file in sorted((PACKAGE.parent / room).rglob("*.py")):
            whole.update(file.relative_to(PACKAGE.parent).as_posix().encode() + b"=" + file.read_bytes())
    return whole.hexdigest()
