"""deploy/: what can be proved of image, compose file, proxy and units without running them."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from concepts.cli.main import COMMANDS
from pages.serving.requests_counted import PLACES
from tests.support.places import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
TEXTS = [DEPLOY / "Dockerfile", DEPLOY / "compose.yaml", *UNITS]


def instructions(word: str) -> list[str]:
    """What follows a word of the Dockerfile, with continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [
        line.strip().partition(" ")[2].strip() for line in joined.splitlines() if line.strip().startswith(f"{word} ")
    ]


def test_ci_and_the_image_install_by_the_same_script_and_the_same_target():
    for text in (DOCKERFILE, (ROOT / ".ci" / "run").read_text(encoding="utf-8")):
        assert re.search(r"^(RUN )?deploy/system-packages (app|tests)", text, re.MULTILINE)
        assert re.search(r"make \.venv/installed", text)
        assert "apt-get" not in text


def run_script(folder: Path, word: str, *, there: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    """The script where only these programs are there beside an apt-get that tells what it is asked."""
    places = {"apt-get": 'echo "apt-get $*"', **dict.fromkeys(there, "true")}
    for name, does in places.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    bash = shutil.which("bash")
    environment = {"PATH": str(folder), "HOME": str(folder)}
    return subprocess.run(
        [bash, DEPLOY / "system-packages", word], env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_installs_what_is_missing_and_nothing_else(tmp_path):
    assert run_script(tmp_path, "app").stdout.splitlines() == [
        "apt-get update -qq", "apt-get install -y -qq --no-install-recommends make"
    ]  # fmt: skip
    asked = run_script(tmp_path, "tests").stdout
    assert "chromium-headless-shell" in asked
    assert run_script(tmp_path, "app", there=("make",)).stdout == ""
    wrong = run_script(tmp_path, "other")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_the_image_holds_the_whole_program_and_all_that_it_copies_is_there():
    copied = [place for line in instructions("COPY") for place in line.split()[:-1]]
    assert [place for place in copied if not list(ROOT.glob(place))] == []
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert {*whole["wheel"]["only-include"], "app.py", ".streamlit", "Makefile"} <= {*copied}
    let_through = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert {*copied} <= let_through


def test_the_image_is_nobody_in_particular_with_one_volume_and_is_not_open_by_itself():
    (user,) = instructions("USER")
    assert int(user.split(":")[0]) > 0
    assert instructions("VOLUME") == ["/workspace"]
    assert "CONCEPTS_OPEN" not in " ".join(instructions("ENV"))
    entry, arguments = json.loads(instructions("ENTRYPOINT")[0]), json.loads(instructions("CMD")[0])
    assert entry == ["python", "-m", "concepts"]
    assert arguments[0] in COMMANDS


def test_torch_s_versions_for_an_index_of_small_packages_are_those_that_are_pinned():
    (pattern,) = re.findall(r"grep -oE '([^']+)' requirements\.txt", DOCKERFILE)
    found = subprocess.run(
        ["grep", "-oE", pattern, ROOT / "requirements.txt"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert [each.partition("==")[0] for each in found] == ["torch", "torchvision"]
    assert all(
        re.search(rf"^{re.escape(each)}\s", (ROOT / "requirements.txt").read_text(), re.MULTILINE) for each in found
    )


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_an_address_of_ours_and_tells_how_it_is(status, code):
    (check,) = re.findall(r"CMD (\[.*healthz.*\])", DOCKERFILE)
    command = json.loads(check)
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        script = command[2].replace(":8501", f":{server.server_port}")
        done = subprocess.run([sys.executable, "-S", *command[1:2], script], capture_output=True, check=False)
    assert done.returncode == code
    assert asked == ["/healthz"]
    assert "healthz" in PLACES


def test_only_the_proxy_is_reached_from_outside():
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with the encoders")
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    app, proxy = compose["services"]["app"], compose["services"]["proxy"]
    assert "ports" not in app
    assert proxy["ports"] == ["80:80", "443:443"]
    assert app["read_only"] is True
    assert [volume.partition(":")[0] for volume in app["volumes"] if not volume.endswith(":ro")] == ["workspace"]
    assert set(compose["volumes"]) == {"workspace", "certificates"}
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    told = set(re.findall(r"^(\w+)=", (DEPLOY / "lab.env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == told
    used = set(re.findall(r"\{\$(\w+)\}", (DEPLOY / "Caddyfile").read_text(encoding="utf-8")))
    assert used == set(proxy["environment"])


def test_every_variable_of_ours_is_one_that_the_program_reads():
    sources = [
        path.read_text(encoding="utf-8") for room in ("pages", "concepts") for path in (ROOT / room).rglob("*.py")
    ]
    read = {name for text in sources for name in re.findall(r"CONCEPTS_[A-Z_]+", text)}
    for file in TEXTS:
        given = re.findall(r"(CONCEPTS_[A-Z_]+)(?:=|: )", file.read_text(encoding="utf-8"))
        assert {*given} - {"CONCEPTS_NAME"} <= read, file.name
    assert "CONCEPTS_NAME" not in read


def test_the_units_start_commands_that_there_are():
    for unit in DEPLOY.glob("*.service"):
        (start,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        assert re.search(r"-m concepts (\w+)", start)[1] in COMMANDS
        assert shlex.split(start)


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("needs systemd-analyze, which is not installed")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    files = [tmp_path / unit.name for unit in UNITS]
    for unit, file in zip(UNITS, files, strict=True):
        file.write_text(unit.read_text(encoding="utf-8").replace("/opt/concepts", str(tmp_path)), encoding="utf-8")
    command = [program, "verify", "--man=no", "--recursive-errors=no", *files]
    checked = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    ours = [line for line in checked.stderr.splitlines() if "concepts" in line]
    assert (checked.returncode, ours) == (0, [])
