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
TEXTS = [DEPLOY / "Dockerfile", DEPLOY / "compose.yaml", DEPLOY / "lab.env.example", *UNITS]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


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


def run_script(folder: Path, word: str, **there: str) -> subprocess.CompletedProcess:
    """The script where only these programs are there, each with what it does, beside an apt-get that tells what it is
    asked."""
    places = {"apt-get": 'echo "apt-get $*"', **there}
    for name, does in places.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    bash = shutil.which("bash")
    environment = {"PATH": str(folder), "HOME": str(folder)}
    return subprocess.run(
        [bash, DEPLOY / "system-packages", word], env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_installs_what_is_missing_and_nothing_else(tmp_path):
    ask = "apt-get install -y -qq --no-install-recommends"
    assert run_script(tmp_path, "app").stdout.splitlines() == [
        "apt-get update -qq", f"{ask} make", f"{ask} python3-venv"
    ]  # fmt: skip
    asked = run_script(tmp_path, "tests").stdout
    assert "chromium-headless-shell" in asked
    without = run_script(tmp_path, "app", make="true", python3='echo "no module ensurepip" >&2; exit 1')
    assert (without.stdout.splitlines(), without.stderr) == (["apt-get update -qq", f"{ask} python3-venv"], "")
    assert run_script(tmp_path, "app", make="true", python3="true").stdout == ""
    wrong = run_script(tmp_path, "other")
    assert (wrong.returncode, wrong.stdout) == (2, "")


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A folder with the Makefile, nothing to install, and a program in a package."""
    if not shutil.which("make"):
        pytest.skip("needs make, which is not installed")
    shutil.copy(ROOT / "Makefile", tmp_path)
    for place in ("requirements.txt", "app.py", "concepts/a.py", "pages/b.py", "attribution/c.py"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    return tmp_path


def program(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def make(checkout: Path, *arguments: object) -> list[str]:
    """Runs make in the checkout; returns what its programs have noted, each a line."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(checkout)}
    done = subprocess.run(["make", *map(str, arguments)], cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    noted = checkout / "noted"
    return noted.read_text().splitlines() if noted.exists() else []


WITH_PIP = 'echo "python $*" >> noted'
WITHOUT_PIP = f'{WITH_PIP}; [ "$2" != pip ]'


@pytest.mark.parametrize("before", [None, WITHOUT_PIP, WITH_PIP], ids=["nothing", "no pip", "whole"])
def test_an_environment_that_was_left_without_pip_is_made_whole_and_a_whole_one_is_kept(checkout, before):
    python = checkout / ".venv" / "bin" / "python"
    if before is not None:
        program(python, before)
    text = f'[ "$1" != -m ] || {{ echo "$*" >> noted; mkdir -p .venv/bin; cp whole {python}; }}'
    program(checkout / "whole", WITH_PIP)
    noted = make(checkout, ".venv/installed", f"PYTHON={program(checkout / 'system', text)}")
    assert ("-m venv .venv" in noted) == (before != WITH_PIP)
    assert any(line.endswith("-r requirements.txt") for line in noted)


def test_bytecode_of_packages_and_program_is_made_for_those_who_may_not_write(checkout):
    """Also where a package has a file for another version of Python."""
    program(checkout / ".venv" / "bin" / "python", f'exec {sys.executable} -S "$@"')
    packages = checkout / ".venv" / "lib" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "d.py").touch()
    (packages / "old.py").write_text("print 'two'\n")
    (checkout / ".venv" / "installed").touch()
    make(checkout, "compiled")
    assert sorted(file.name.partition(".")[0] for file in checkout.rglob("*.pyc")) == ["a", "app", "b", "c", "d"]
    assert "make compiled" in DOCKERFILE
    assert "make compiled" in OPERATING


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
    asked = set(re.findall(r"(?<!:-)\$\{(\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    told = set(re.findall(r"^(\w+)=", (DEPLOY / "lab.env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == told
    used = set(re.findall(r"\{\$(\w+)\}", (DEPLOY / "Caddyfile").read_text(encoding="utf-8")))
    assert used == set(proxy["environment"])


def test_what_the_app_reads_may_stand_in_the_file_of_the_lab():
    """By its own name, and what the compose file sets by either; but not the proxy's password."""
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with the encoders")
    app = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["app"]
    assert app["env_file"] == ".env"
    set_here = {name: value for name, value in app["environment"].items() if "$" in value}
    for name, value in set_here.items():
        if name != "CONCEPTS_HOSTS":
            short = name.removeprefix("CONCEPTS_")
            assert value == f"${{{short}:-${{{name}:-}}}}"
    assert app["environment"]["LOGIN_HASH"] == ""


@pytest.mark.parametrize(
    ("file", "mode"),
    [("deploy/.env", "600"), ("/etc/concepts.env", "600"), (".streamlit/secrets.toml", "640 -g concepts")],
)
def test_files_with_secrets_are_made_for_those_alone_who_read_them(file, mode):
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", OPERATING, re.DOTALL)).splitlines()
    naming = [line for line in commands if re.search(rf"{re.escape(file)}(\s|$)", line)]
    made = [line for line in naming if not line.startswith("editor")]
    assert made
    assert all(f"install -m {mode} " in line for line in made)


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl, which is not installed")
def test_the_first_question_waits_until_the_app_is_ready(tmp_path):
    """At first nobody listens; then the answer is 503 for a while. Waits two seconds, which curl does between tries."""
    (command,) = [line for line in OPERATING.splitlines() if line.startswith("curl") and "readyz" in line]
    statuses = [503, 200]

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer, bind_and_activate=False) as server:
        server.server_bind()
        words = shlex.split(command.replace("8501", str(server.socket.getsockname()[1])))
        asking = subprocess.Popen(words, env={"PATH": os.environ["PATH"]}, stderr=subprocess.PIPE)
        assert b"connect" in asking.stderr.readline()
        server.server_activate()
        server.timeout = 10
        for _ in range(2):
            server.handle_request()
        asking.communicate()
    assert (asking.returncode, statuses) == (0, [])


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
