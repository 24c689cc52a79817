"""What browser tests share: whether there is a browser, and a server with a report."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.browser import CHROMIUM, server
from concepts.report.class_report import ClassReport


def need_chromium() -> None:
    """Skips the test, and says why, where there is no browser; fails in CI."""
    try:
        import playwright.sync_api  # noqa: F401 - only whether it is there
    except ImportError:
        missing = "the package playwright"
    else:
        missing = "" if Path(CHROMIUM).is_file() else "a chromium (or set CHROMIUM to one)"
    if missing and os.environ.get("CI"):
        pytest.fail(f"browser tests need {missing}")
    if missing:
        pytest.skip(f"browser tests need {missing}")


@contextmanager
def serving(report: ClassReport, id: str, workspace: Path) -> Iterator[str]:
    """The address of a fresh server whose workspace holds that report; skips the test where there is no browser."""
    need_chromium()
    report.save(workspace / "reports" / id)
    with server(workspace) as address:
        yield address
