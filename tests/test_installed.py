"""The wheel in a fresh environment, away from the checkout: the command, the Python API, a job, the app."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.browser import chromium, free_port, listen, need_chromium, served, settle
from tests.support.places import ROOT

pytestmark = pytest.mark.slow
USE = ROOT / "tests" / "support" / "installed.py"
PACKAGES, APP = ("concepts", "attribution"), ("pages", "assets")
PICTURES = "assets/*.png"  # the README's: the wheel leaves them out
FRESH = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not name.startswith("CONCEPTS_")}
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def call(*command: object, folder: Path | None = None) -> str:
    """What a command prints; what it said is in the error where it fails."""
    run = subprocess.run([*map(str, command)], cwd=folder, env=FRESH, capture_output=True, text=True)
    assert run.returncode == 0, f"{command}: {run.returncode}, {run.stdout[-1000:]} {run.stderr[-2000:]}"
    return run.stdout


def pip(*arguments: object) -> None:
    call(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)


@pytest.fixture(scope="session")  # not "module": the test in a browser runs first, then those of other files
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", folder, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def environment(wheel, tmp_path_factory):
    """An environment that has the wheel; what that needs is found where it is installed for these tests."""
    place = tmp_path_factory.mktemp("environment")
    call(sys.executable, "-m", "venv", "--without-pip", place)
    pip("--python", place / "bin" / "python", "install", "--no-deps", "--no-index", "--no-compile", wheel)
    site = sysconfig.get_path("purelib", "venv", vars={"base": str(place), "platbase": str(place)})
    Path(site, "needed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return place


@pytest.fixture(scope="session")
def desk(environment, tmp_path_factory):
    """The working folder of somebody who has made a report of the demo's digits there."""
    folder = tmp_path_factory.mktemp("desk")
    options = {"model": "demo/digits", "images": "demo/digits", "target": "1", "layer": "features", "concepts": 3}
    told = [text for name, value in options.items() for text in (f"--{name}", value)]
    call(environment / "bin" / "concepts", "report", *told, "--out", "reports/digit", folder=folder)
    return folder


def files(folder: str) -> list[str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [path.relative_to(ROOT).as_posix() for path in found if not path.name.startswith(".")]


def test_the_wheel_holds_the_whole_program_and_adds_two_names(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    inside = {name for folder in APP for name in files(folder) if not fnmatch(name, PICTURES)}
    wanted = {f"concepts/_app/{name}" for name in inside | {"app.py", ".streamlit/config.toml"}}
    wanted |= {name for folder in PACKAGES for name in files(folder)}
    about = {name for name in held if name.split("/")[0].endswith(".dist-info")}
    assert held - about == wanted


def test_the_command_shows_its_name_and_no_heavy_library_is_loaded_for_that(environment, tmp_path):
    assert call(environment / "bin" / "concepts", "--help", folder=tmp_path).startswith("usage: concepts ")
    code = (
        "import sys; import concepts.cli.main;"
        "print([m for m in ('torch', 'sklearn', 'umap', 'captum', 'scipy', 'streamlit') if m in sys.modules])"
    )
    assert call(environment / "bin" / "python", "-P", "-c", code, folder=tmp_path).strip() == "[]"


def test_a_report_is_made_and_asked_in_python_without_the_checkout(environment, desk):
    seen = json.loads(call(environment / "bin" / "python", "-P", USE, folder=desk).splitlines()[-1])
    report = json.loads((desk / "reports" / "digit" / "report.json").read_text(encoding="utf-8"))
    assert seen["title"] == report["title"]
    assert seen["points"] == len(report["images"])
    assert "features" in seen["layers"]
    assert seen["photos"] == seen["photos of the job"] > 0
    assert seen["workspace"] == str(desk / "workspace")
    assert seen["files"]
    assert not [file for file in seen["files"] if not Path(file).is_relative_to(environment)]


@pytest.mark.browser
def test_the_app_shows_the_demo_in_its_own_colours(environment, tmp_path):
    need_chromium()
    port = free_port()
    command = [str(environment / "bin" / "concepts"), "app", "--port", str(port), "--"]
    command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    with (
        served(command, port, folder=tmp_path, environment=FRESH, log=tmp_path / "server.log") as address,
        chromium() as browser,
    ):
        page = browser.new_page()
        page.set_default_timeout(60_000)
        errors = listen(page)
        page.goto(address)
        settle(page, ".cx-card")
        assert page.locator(".cx-card").count() == len(list((ROOT / "assets" / "demo" / "reports").glob("[!.]*")))
        assert page.evaluate(BACKGROUND) == "rgb(251, 251, 249)"  # .streamlit/config.toml lies beside app.py
        page.locator(".cx-card a").first.click()
        settle(page, ".js-plotly-plot .main-svg")
        assert errors == []
