"""A server of its own with made-up reports, and a headless Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT

from concepts.report.result import ClassReport

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or shutil.which("chromium-browser") or "")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
OURS_NOT = ("_stcore/health", "_stcore/host-config")  # Streamlit asks below the page's path first


def need_chromium() -> None:
    """Skips the test, and says why, where there is no browser; fails in CI."""
    try:
        import playwright.sync_api  # noqa: F401 - only whether it is there
    except ImportError:
        missing = "the package playwright"
    else:
        missing = "" if CHROMIUM and Path(CHROMIUM).exists() else "a chromium (or set CHROMIUM to one)"
    if missing and os.environ.get("CI"):
        pytest.fail(f"browser tests need {missing}")
    if missing:
        pytest.skip(f"browser tests need {missing}")


@contextmanager
def server(workspace: Path, *, photos: str = "", models: str = "") -> Iterator[str]:
    """The address of a fresh server that shows that workspace; no page has been visited yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless",
        "true",
        "--server.port",
        str(port),
    ]
    command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    environment = os.environ | {
        "CONCEPTS_WORKSPACE": str(workspace), "CONCEPTS_PHOTOS": photos, "CONCEPTS_MODELS": models
    }  # fmt: skip
    log = workspace / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.time() + 60
    while time.time() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def serving(report: ClassReport, id: str, workspace: Path) -> Iterator[str]:
    """The address of a fresh server whose workspace holds that report; skips the test where there is no browser."""
    need_chromium()
    report.save(workspace / "reports" / id)
    with server(workspace) as address:
        yield address


@contextmanager
def chromium(*more: str) -> Iterator:
    """A browser, with more arguments."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()


def listen(page) -> list[str]:
    """Errors of the page from now on, without what Streamlit itself asks in vain."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            message.type == "error"
            and not any(part in message.location.get("url", "") for part in OURS_NOT)
            and errors.append(f"{message.text} ({message.location.get('url')})")
        ),
    )
    return errors
