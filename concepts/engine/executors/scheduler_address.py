"""The address of a Dask scheduler, as given or in its scheduler file: encrypted, unless it is this machine."""

import ipaddress
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

EXPECTED = "give tls://host:port, or the scheduler's file (--scheduler)"


def scheduler_address(given: str) -> str:
    """The address, with its protocol. given: an address, or a scheduler file that names one.

    Raises ValueError for a file without an address, another protocol than tls or tcp, and tcp that leaves this machine:
    whoever reaches such a scheduler runs code on its workers.
    """
    address = _in_file(Path(given)) if os.path.isfile(given) else given
    address = address if "://" in address else f"tcp://{address}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.scheme not in ("tls", "tcp"):
        raise ValueError(f"{given!r} is no address of a Dask scheduler and no file of one: {EXPECTED}")
    if parts.scheme == "tcp" and not _is_here(host):
        raise ValueError(
            f"{address} is not encrypted, and whoever reaches it runs code on its workers: start the scheduler with "
            "TLS and give tls://host:port; tcp:// is for this machine alone"
        )
    return address


def _in_file(file: Path) -> str:
    """The address in a scheduler file."""
    try:
        text = file.read_text(encoding="utf-8")
        if not text.strip():
            raise ValueError("it is empty: wait until the scheduler has written it")
        found = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} is no file of a Dask scheduler ({error}): {EXPECTED}") from error
    address = found.get("address") if isinstance(found, dict) else None
    if not isinstance(address, str):
        raise ValueError(f"{file} is no file of a Dask scheduler: it names no address; {EXPECTED}")
    return address


def _is_here(host: str) -> bool:
    """Whether the host is this machine, by its loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
