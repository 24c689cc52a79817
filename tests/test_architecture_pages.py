"""What pages are made of: markup stands in templates, and no page computes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

TAGS = (
    "a|abbr|article|aside|b|bdi|body|br|button|canvas|caption|circle|code|dd|details|div|dl|dt|em|extra|figcaption|"
    "figure|footer|form|g|h1|h2|h3|h4|h5|h6|head|header|html|i|iframe|img|input|label|li|line|link|main|nav|object|ol|"
    "option|p|path|pre|rect|script|section|select|small|span|strong|style|sub|summary|sup|svg|table|tbody|td|text|"
    "textarea|th|thead|title|tr|u|ul|video"
)
TAG = re.compile(rf"</?(?:{TAGS})(?=[\s/>])", re.IGNORECASE)
PLOTLY = ROOT / "pages" / "figures" / "labels.py"  # its own markup has tags of the same shape


def files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def strings(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string, those between the fields of a format among them."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("file", [ROOT / "app.py", *files("pages", "concepts")], ids=lambda f: str(f.relative_to(ROOT)))
def test_tags_stand_in_templates_only(file):
    found = [(line, text[:60]) for line, text in strings(file) if TAG.search(text)]
    assert file == PLOTLY or not found


def test_no_template_takes_a_text_for_markup():
    templates = [file for folder in ("pages", "concepts") for file in (ROOT / folder).rglob("*.j2")]
    assert len(templates) > 20
    assert not [file.name for file in templates if re.search(r"\|\s*safe\b", file.read_text(encoding="utf-8"))]
