"""A server on its own workspace, and a headless Chromium that visits it, for tests and benchmarks."""

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which

import pytest

from tests.support.places import ROOT

OURS_NOT = ("_stcore/health", "_stcore/host-config")  # Streamlit requests these relative to the page's path first
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first draws no window around the page
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(which, NAMES)), "")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
A_JOB = 240_000  # ms until a job has ended, on a loaded machine
STARTED = 180.0  # seconds in which a server must answer
FIRST_PORT, PORTS = 20_000, 500  # of a worker of the tests; below those that the system gives to whoever asks for any
_COUNT = itertools.count(os.getpid())  # so that two who test at once on a machine begin at different ones
FITTED = """
(chart) => {
  const frame = chart.closest('[data-testid=stFullScreenFrame]')?.getBoundingClientRect().width ?? 0;
  return chart.querySelector('.main-svg') && (!frame || Math.abs(chart._fullLayout.width - Math.max(frame, 150)) <= 1);
}
"""  # a chart is first drawn at a width of its own, then at that of its column, 150 at least
DONE = f"""
(selector) => {{
  const fitted = {FITTED};"""
DONE += """
  const app = document.querySelector('[data-testid=stApp]');
  return app && app.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')
    && document.querySelector(selector)
    && [...document.querySelectorAll('.js-plotly-plot')].every(fitted)
    && [...document.images].every((image) => image.complete || image.loading === 'lazy');
}
"""


def chromium_path() -> str:
    """The path of the browser. Exits with a message if there is none."""
    if not Path(CHROMIUM).is_file():
        raise SystemExit("skipped: needs a chromium (or set CHROMIUM to one)")
    return CHROMIUM


def need_chromium() -> None:
    """Skips the test with a reason if there is no browser; fails in CI."""
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
def chromium(*more: str) -> Iterator:
    """A browser with additional arguments."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def another(browser, *more: str) -> Iterator:
    """A second browser beside an open one, with additional arguments."""
    second = browser.browser_type.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *more])
    try:
        yield second
    finally:
        second.close()


@contextmanager
def server(
    workspace: Path, *, photos: str = "", models: str = "", metrics: int | None = None, port: int | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[str]:  # fmt: skip
    """The address of a fresh app on that workspace, with no page visited yet. It logs to server.log there.

    metrics: the port of its figures. more: further variables of its operator.
    """
    port = port or free_port()
    options = {"headless": "true", "port": str(port), "address": "127.0.0.1", "fileWatcherType": "none"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [part for name, value in options.items() for part in (f"--server.{name}", value)]
    environment = os.environ | {
        "CONCEPTS_WORKSPACE": str(workspace), "CONCEPTS_PHOTOS": photos, "CONCEPTS_MODELS": models,
        "CONCEPTS_METRICS": str(metrics or ""), **(more or {}),
    }  # fmt: skip
    workspace.mkdir(parents=True, exist_ok=True)
    with served(command, port, folder=ROOT, environment=environment, log=workspace / "server.log") as address:
        yield address


def free_port() -> int:
    """A free port of this machine, which no other process of the tests is given before it is bound."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for _ in range(PORTS):
        port = FIRST_PORT + PORTS * worker + next(_COUNT) % PORTS
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise SystemExit("no port is free")


@contextmanager
def served(command: list[str], port: int, *, folder: Path, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """The address of an app, once the command, run in that folder, answers on that port. It writes to the log."""
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        if not _answers(f"{address}/healthz", process):
            raise SystemExit(f"the app did not start: {log.read_text(errors='replace')[-2000:]}")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _answers(address: str, process: subprocess.Popen) -> bool:
    end = time.time() + STARTED
    while time.time() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except OSError:
            time.sleep(0.2)
    return False


def listen(page) -> list[str]:
    """Errors of the page from now on, without failed requests of Streamlit itself."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: _note(message, errors))
    return errors


def _note(message, errors: list[str]) -> None:
    url = message.location.get("url", "")
    if message.type == "error" and not any(part in url for part in OURS_NOT):
        errors.append(f"{message.text} ({url})")


def settle(page, drawn: str) -> None:
    """Waits until the server has answered and all is drawn; the selector matches what is drawn last."""
    page.wait_for_function(DONE, arg=drawn, timeout=120_000)
    page.wait_for_timeout(300)  # charts fit themselves to their columns
    page.wait_for_function(DONE, arg=drawn, timeout=120_000)
