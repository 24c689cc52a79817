"""JSON files as dataclasses: what is written comes back, and what is wrong is one line with the file and the field."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from concepts.storage.typed_json import (
    Count,
    Finite,
    Format,
    Share,
    from_json,
    json_names,
    read_typed,
    to_json,
    write_typed,
)


@dataclass(frozen=True)
class Box:
    corners: tuple[Share, Share, Share, Share]
    value: Finite

    def __post_init__(self) -> None:
        if self.corners[0] > self.corners[2]:
            raise ValueError(f"the box ends at {self.corners[2]}, before it begins: give left, top, right, bottom")


@dataclass(frozen=True)
class Page:
    __pydantic_config__: ClassVar = json_names(boxes="data")

    title: str
    boxes: tuple[Box, ...]
    n: Count
    format: int = 3


PAGE = Page("a page", (Box((0.0, 0.25, 0.5, 1.0), -2.5), Box((0.0, 0.0, 1.0, 1.0), 1e30)), 7)
PAGES = Format("page", 3, {1: lambda value: value | {"n": 0}, 2: lambda value: value | {"title": value["name"]}})


def changed(**changes: object) -> str:
    return json.dumps(to_json(PAGE) | changes)


def test_what_is_written_comes_back_under_its_json_names(tmp_path):
    write_typed(tmp_path / "page.json", PAGE)
    assert list(json.loads((tmp_path / "page.json").read_text())) == ["title", "data", "n", "format"]
    assert read_typed(Page, tmp_path / "page.json") == PAGE


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_have_is_not_written(tmp_path, value):
    with pytest.raises(ValueError, match="JSON"):
        write_typed(tmp_path / "page.json", replace(PAGE, boxes=(Box((0.0, 0.0, 1.0, 1.0), value),)))
    assert not list(tmp_path.iterdir())


WRONG = {
    "a text for a number": ({"n": "7"}, "n: .*not '7'"),
    "a number for a text": ({"title": 7}, "title: .*not 7"),
    "a truth for a number": ({"n": True}, "n: .*not True"),
    "a fraction for a count": ({"n": 1.5}, "n: .*not 1.5"),
    "a count below 0": ({"n": -1}, "n: .*not -1"),
    "a count beyond all": ({"n": 2**60}, "n: "),
    "not a list": ({"data": {}}, "data: .*not an object"),
    "a share above 1": ({"data": [{"corners": [0, 0, 1, 2], "value": 1}]}, "data.0.corners.3: .*not 2"),
    "one corner too few": ({"data": [{"corners": [0, 0, 1], "value": 1}]}, "data.0.corners"),
    "a missing field": ({"data": [{"corners": [0, 0, 1, 1]}]}, "data.0.value: Field required"),
    "not a number": ({"data": [{"corners": [0, 0, 1, 1], "value": math.nan}]}, "data.0.value: .*not nan"),
    "what the class refuses": ({"data": [{"corners": [1, 0, 0, 1], "value": 1}]}, "data.0: the box ends at 0.0"),
    "a long text": ({"n": "x" * 10_000}, "n: "),
    "a nesting without end": ({"data": None}, "data: "),
}


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_one_line_with_the_file_and_the_field(changes, message):
    with pytest.raises(ValueError, match=f"^page.json: {message}") as error:
        from_json(Page, changed(**changes), source="page.json")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":' * 100_000, "9" * 10_000, b"\xff\xfe", "nul"])
def test_what_is_no_json_is_one_line(text):
    with pytest.raises(ValueError, match=r"^page.json") as error:
        from_json(Page, text, source="page.json", form=PAGES)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_no_wrong_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_typed(Page, tmp_path / "page.json")


def test_older_formats_are_brought_to_todays_one_after_the_other():
    old = {"name": "old", "data": [], "format": 1}
    assert from_json(Page, json.dumps(old), source="page.json", form=PAGES) == Page("old", (), 0)


def test_an_old_file_that_is_wrong_is_wrong_after_migration():
    with pytest.raises(ValueError, match=r"^page.json: data: Field required"):
        from_json(Page, json.dumps({"name": "old", "format": 1}), source="page.json", form=PAGES)


def test_a_newer_format_is_refused_in_one_line():
    newer = {"format": 4, "something": "else"}
    with pytest.raises(ValueError, match=r"page.json is a page of format 4; .* formats up to 3") as error:
        from_json(Page, json.dumps(newer), source="page.json", form=PAGES)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("number", [0, -1, None, "1", True, 1.0])
def test_a_format_that_never_was_is_refused(number):
    with pytest.raises(ValueError, match=r"page.json is (a page of format|no page)"):
        from_json(Page, json.dumps({"format": number}), source="page.json", form=PAGES)


def test_nothing_heavy_is_loaded_before_something_is_read():
    import subprocess
    import sys

    code = "import sys, concepts.storage.typed_json; print('pydantic' in sys.modules)"
    root = Path(__file__).resolve().parent.parent
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
