"""pyproject.toml and the requirement files name the same packages; what is pinned can be installed."""

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.places import ROOT

WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = WHOLE["project"]
FILES = {"requirements.txt": PROJECT["dependencies"]} | {
    f"requirements-{extra}.txt": asked for extra, asked in PROJECT["optional-dependencies"].items()
}


def lines(file: str) -> list[str]:
    texts = [line.partition("#")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    return [text for text in texts if text]


def by_name(texts: list[str]) -> dict[str, Requirement]:
    return {canonicalize_name(found.name): found for found in map(Requirement, texts)}


def pinned(file: str) -> dict[str, Requirement]:
    return by_name([text for text in lines(file) if not text.startswith("-r")])


def test_each_requirement_file_is_an_extra_and_each_extra_a_file():
    assert {path.name for path in ROOT.glob("requirements*.txt")} == FILES.keys()


@pytest.mark.parametrize("file", FILES)
def test_the_names_are_the_same_and_the_pinned_version_is_taken(file):
    asked, pins = by_name(FILES[file]), pinned(file)
    asked.pop(PROJECT["name"], None)
    assert asked.keys() == pins.keys()
    for name, pin in pins.items():
        exact = [part.version for part in pin.specifier if part.operator == "=="]
        assert asked[name].extras == pin.extras
        assert asked[name].specifier.contains(exact[0]) if exact else asked[name].specifier == pin.specifier, name


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_reads_another_is_an_extra_that_holds_the_other(file):
    others = {text.split()[1] for text in lines(file) if text.startswith("-r")} - {"requirements.txt"}
    itself = by_name(FILES[file]).get(PROJECT["name"])
    assert {f"requirements-{extra}.txt" for extra in (itself.extras if itself else ())} == others


def test_the_wheel_is_built_by_the_same_program_here_and_there():
    assert by_name(WHOLE["build-system"]["requires"])["hatchling"] == pinned("requirements-test.txt")["hatchling"]
