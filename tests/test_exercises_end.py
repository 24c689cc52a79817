"""The exercises as a whole: how far one is, the end, and overlaps as pictures."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from concepts.demo.overlap_pictures import BOTH, CONCEPT_ALONE, OPACITY, PART_ALONE, overlap_picture
from concepts.demo.truth import pictures_of
from concepts.rendering.colours import rgb
from pages.teaching.exercises import TASKS
from tests.support.asked_page import HOSTILE
from tests.support.screen import address_of, open_page, shown

NAME, N = "boat/0000.png", len(TASKS)


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))


def mean_in(content: bytes, area: np.ndarray) -> np.ndarray:
    """The mean red, green, blue of a picture there."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=float)[area].mean(axis=0)


@pytest.fixture(scope="module")
def sail() -> np.ndarray:
    return pictures_of([NAME])[0].masks["sail"]


def test_a_concept_that_is_the_part_covers_it_and_one_beside_it_does_not(sail):
    whole = overlap_picture(NAME, "sail", sail.astype(float))
    none = overlap_picture(NAME, "sail", (~sail).astype(float))
    assert whole.iou > 0.9
    assert none.iou < 0.1
    inside = np.asarray(Image.fromarray(sail).resize((288, 288)))
    for area, first, second in ((inside, BOTH, PART_ALONE), (~inside, None, CONCEPT_ALONE)):
        change = mean_in(whole.content, area) - mean_in(none.content, area)
        photo = np.array(rgb(first)) if first else mean_in(whole.content, area)
        np.testing.assert_allclose(change, OPACITY * (photo - rgb(second)), atol=25)


def test_an_absent_concept_has_no_area(sail):
    assert overlap_picture(NAME, "sail", np.zeros((24, 24))).iou == 0


def test_a_wrong_concept_is_shown_beside_the_right_one_over_the_same_photos():
    page = shown(open_page("exercises", task=1, answer=3))
    answered = page[page.index("cx-answered") :]
    pairs = re.findall(r"photo (boat/\d+\.png): the painted sail and (Concept \d+), \d+% shared", answered)
    first, second = pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]
    assert [name for name, _ in first] == [name for name, _ in second]
    assert {concept for _, concept in first} == {"Concept 4"}
    assert {concept for _, concept in second} != {"Concept 4"}
    assert "the painted sail alone" in answered


def test_the_planted_words_and_the_concept_s_are_shown_over_each_other():
    page = shown(open_page("exercises", task=7, answer=1))
    answered = page[page.index("cx-answered") :]
    assert "“once again” stands in 13 of 200" in answered
    assert "“as they say” stands in 128 of 200 sentences about the harbour and in none of 800 others" in answered
    shares = [int(share) for share in re.findall(r"<figcaption>(\d+)% shared", answered)]
    assert len(shares) == 4
    told = re.search(r"share (\d+)% in the 4 sentences", answered)
    assert told
    assert int(told[1]) == pytest.approx(np.mean(shares), abs=1)
    for owner in ("planted alone", "the concept alone", "both"):
        assert f'title="{owner}"' in answered


def test_the_end_counts_the_exercises_on_texts():
    app = open_page("exercises", task=N + 1, given="~~~~~~2~3.4")
    assert f"2 of {N} right" in " ".join(header.value for header in app.header)
    page = shown(open_page("exercises", task=N + 1, given="~~~~~~0~3"))
    assert page.count("✗ Not quite.") == 2
    assert 'href="tour?step=11"' in page
    assert 'href="tour?step=12"' in page


def test_progress_says_which_exercise_and_which_are_answered():
    page = shown(open_page("exercises", task=3, given="0~2"))
    assert f"Exercise 3 of {N}" in page
    assert page.count('class="cx-done') == 2
    assert "2 answered" in page


def test_the_end_says_what_was_right_and_what_to_read_again():
    app = open_page("exercises", task=N + 1, given="3~2~~0")
    page = shown(app)
    assert f"2 of {N} right" in " ".join(header.value for header in app.header)
    assert (page.count("✓ Right."), page.count("✗ Not quite."), page.count("○ Not answered.")) == (2, 1, N - 3)
    assert 'href="tour?step=3"' in page  # of the sail
    assert 'href="tour?step=6"' not in page  # of what was right
    assert "given=3%7E2%7E%7E0" in page or "given=3~2~~0" in page
    app.button(key="task_first").click().run()
    assert "given" not in address_of(app)
    assert f"Exercise 1 of {N}" in shown(app)


@pytest.mark.parametrize("given", [HOSTILE, "~" * 5_000, "99~-1~9999999999999~x"])
def test_strange_answers_are_no_answers(given):
    app = open_page("exercises", task=N + 1, given=given)
    assert f"0 of {N} right" in " ".join(header.value for header in app.header)
    assert "<script>" not in shown(app)
