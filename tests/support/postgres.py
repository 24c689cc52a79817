"""A PostgreSQL server for the tests, from Debian's binaries: it listens on a socket in its own folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
USER = "postgres"  # the server refuses to run as root


def need_postgres() -> Path:
    """The folder of the binaries. If there is none, skips the test with a reason, and fails in CI."""
    if BINARIES and (BINARIES[-1] / "initdb").exists():
        return BINARIES[-1]
    if os.environ.get("CI"):
        pytest.fail("tests of PostgreSQL need Debian's package postgresql")
    pytest.skip("needs Debian's package postgresql, which is not installed")


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a fresh, empty server, which is deleted with its folder at the end."""
    binaries = need_postgres()
    folder = Path(tempfile.mkdtemp(prefix="concepts-pg-"))  # a socket's path must be short, and pytest's are long
    as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, USER)
    user = USER if as_user else pwd.getpwuid(os.geteuid()).pw_name
    run = lambda *words: subprocess.run(  # noqa: E731
        [*as_user, *map(str, words)], check=True, cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        run(binaries / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        quick = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run(binaries / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", quick, "start")
        try:
            yield f"postgresql+psycopg://{user}@/postgres?host={folder}"
        finally:
            run(binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request, tmp_path) -> Iterator[str]:
    """The URL of an empty database of either kind; for tests that import it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'notes.sqlite'}"
        return
    with postgres() as found:
        yield found
