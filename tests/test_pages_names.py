"""What the report's page says of names that were found, and of the way to all places like a concept."""

import pytest

from concepts.lexicon.naming import ConceptName, write_names
from tests.support.screen import open_page, shown
from tests.test_pages_screen import report, saved, workspace  # noqa: F401 - fixtures

HOSTILE = "<script>alert(1)</script>"


def test_a_word_is_shown_with_its_score_and_its_runner_up(workspace):  # noqa: F811
    names = [ConceptName(0, HOSTILE, 4.25, "stalk", 3.5, 2.0), ConceptName(1, None, None, "cap", 1.0, 2.0)]
    write_names(workspace / "reports" / "first" / "names.json", names)
    page = shown(open_page("report", id="first", concept=0))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; (4.25), then stalk (3.50)" in page
    assert HOSTILE not in page
    assert "better than chance, which is not yet right" in page
    assert "no good word; nearest is cap (1.00), below 2.00" in shown(open_page("report", id="first", concept=1))


@pytest.mark.parametrize("content", [None, "{", '{"format": 99, "names": []}'])
def test_without_readable_names_the_page_is_as_before(workspace, content):  # noqa: F811
    if content is not None:
        (workspace / "reports" / "first" / "names.json").write_text(content)
    page = shown(open_page("report", id="first", concept=0))
    assert "Word found for it" not in page
    assert "in all these photos" not in page  # its tokens are not stored here
