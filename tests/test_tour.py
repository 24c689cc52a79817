"""The tour and the exercises, through the app's entry: what each step shows, and that answers are held to the truth."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from concepts.demo.language import CLASS_NAMES, draw_texts
from concepts.demo.names import VILLAGE
from concepts.demo.pictures import demo_masks
from concepts.demo.texts.network import TextNet, load_text_classifier
from concepts.demo.texts.word_order import read_word_order
from concepts.demo.truth import best_concept, overlaps, pictures_of, shared_parts
from concepts.report import ClassReport
from pages.state import server_settings
from pages.state.address import ExerciseView, TourView, answers_text
from pages.teaching.demo import probe_of, suspect_of, words_proof
from pages.teaching.exercises import FATES, TASKS, some_photos
from pages.teaching.text_exercises import ASIDES
from pages.teaching.text_steps import a_bag_of_words, the_same_in_words
from pages.teaching.tour_steps import STEPS
from tests.support.asked_page import HOSTILE, answers_shown
from tests.support.made_up_report import made_up_report
from tests.support.places import ROOT
from tests.support.screen import open_page, said, shown, without_demo

pytestmark = pytest.mark.slow
REPORTS = ROOT / "assets" / "demo" / "reports"


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    return tmp_path


def button(app: AppTest, key: str):
    """The button whose key begins so."""
    (found,) = (each for each in app.button if each.key.startswith(key))
    return found


def verdict(app: AppTest) -> str:
    return "".join(e.proto.body for e in app.get("html") if e.proto.body.startswith('<div class="cx-answered'))


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_each_step_has_one_figure_and_a_question(step):
    app = open_page("tour", step=step)
    page = shown(app)
    scenes, charts = page.count('class="cx-scene"'), len(app.get("plotly_chart"))
    assert scenes + charts == 1
    assert "picture missing" not in page
    assert page.count("cx-question") == 1
    assert "?</p>" in page
    assert f"Step {step} of {len(STEPS)}" in page
    assert 'href="report?id=shapes-' in page or step > 10
    assert 'href="report?id=village-harbour' in page or step <= 10


def test_ten_steps_are_about_pictures_and_two_about_texts():
    assert len(STEPS) == 12
    assert STEPS[10:] == (the_same_in_words, a_bag_of_words)


@pytest.mark.slow
def test_next_and_back_lead_on_and_back():
    app = open_page("tour")
    assert button(app, "tour_back").disabled
    button(app, "tour_next").click().run()
    assert app.query_params["step"] in ("2", ["2"])
    assert "Step 2 of" in shown(app)
    button(app, "tour_back").click().run()
    assert "Step 1 of" in shown(app)
    assert button(open_page("tour", step=len(STEPS)), "tour_next").disabled


def test_coming_back_without_a_step_begins_with_the_first():
    app = open_page("tour", step=4)
    app.switch_page("pages/views/glossary.py").run()
    app.query_params.clear()
    app.switch_page("pages/views/tour.py").run()
    assert "Step 1 of" in shown(app)


@pytest.mark.parametrize(
    ("step", "shows"), [(999, len(STEPS)), (0, 1), (-3, 1), ("x", 1), (HOSTILE, 1), ("9" * 30, len(STEPS))]
)
def test_a_strange_step_is_answered(step, shows):
    app = open_page("tour", step=step, present=HOSTILE)
    assert f"Step {shows} of" in shown(app)
    assert "<script>" not in shown(app)


def test_presenting_shows_one_figure_in_large_letters_and_can_be_left():
    app = open_page("tour", step=4)
    small = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["xaxis"]["tickfont"].get("size", 12)
    button(app, "tour_present").click().run()
    assert "cx-headline" in shown(app)
    large = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]
    assert large["xaxis"]["tickfont"]["size"] > small
    assert large["xaxis"]["tickfont"]["size"] >= 24
    assert "height" not in large  # the style sheet's share of the projector's height
    assert "See the full report" not in shown(app)
    button(app, "tour_leave").click().run()
    assert "cx-headline" not in shown(app).split("<style>")[0]
    assert "present" not in app.query_params


def test_the_step_about_the_finding_shows_the_verdict_and_its_counter_proof():
    page = shown(open_page("tour", step=8, present=1))
    for words in ("▲ leans on it", "◆ looks differ", "● one way", "pasted on 120 other pictures", "now “boat”"):
        assert words in page
    assert page.count("<img") == 6


def test_the_step_about_words_shows_the_phrase_in_other_sentences_and_their_answers():
    proof = ClassReport.load(REPORTS / "village-harbour").data.verdict.suspect.counterproof[0]
    page = shown(open_page("tour", step=11, present=1))
    assert "▲ leans on “as they say”" in page
    assert f"put into {proof.others} other sentences, “as they say” raises the score" in page
    assert f"turns {proof.turned} into harbour" in page
    own, put = page.count("<figcaption><bdi>“harbour”</bdi>"), page.count("now “harbour”</bdi>")
    assert (own, put) == (2, 2)
    assert page.count('--weight:100%">as they say</mark>') + page.count('--weight:100%">As they say</mark>') == 2
    assert "against" not in page.split("cx-scene")[1]  # strong marks alone, which are read from the back row


def test_the_step_about_a_bag_of_words_shows_what_was_stored():
    order, page = read_word_order(), shown(open_page("tour", step=12))
    probe = next(
        row for row in ClassReport.load(REPORTS / "village-harbour").data.probes if row.name == "words shuffled"
    )
    assert f"with the words of {probe.n} harbour sentences shuffled, none of the answers turn" in page
    bars = answers_shown(page)
    for row in order.classes[3:]:
        in_order, shuffled = bars[row.class_name]
        assert in_order == pytest.approx(row.network.in_order / row.n, abs=1e-4)
        assert shuffled == pytest.approx(row.network.shuffled / row.n, abs=1e-4)
    counted = bars["the last two, by a bag of words"]
    assert counted[0] == counted[1] < 0.5


@pytest.mark.parametrize("step", [11, 12])
def test_a_step_about_texts_asks_no_model(step, monkeypatch):
    def refused(*args, **options):
        raise AssertionError("a step builds a network")

    monkeypatch.setattr(TextNet, "__init__", refused)
    open_page("tour", step=step)


def test_without_the_file_about_word_order_the_step_says_so(tmp_path, monkeypatch):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "reports").symlink_to(REPORTS)
    monkeypatch.setattr(server_settings, "DEMO", tmp_path / "demo")
    assert "python -m concepts demo" in said(open_page("tour", step=12))
    assert "cx-scene" in shown(open_page("tour", step=11))


def test_a_report_without_a_counter_proof_is_to_be_built_again():
    with pytest.raises(ValueError, match="has no counter-proof"):
        suspect_of(made_up_report(n=8))
    with pytest.raises(ValueError, match="no probe “words shuffled”"):
        probe_of(made_up_report(n=8), "words shuffled")
    with pytest.raises(ValueError, match="has no counter-proof"):
        words_proof(ClassReport.load(REPORTS / "shapes-boat"))


def test_the_step_without_the_mark_shows_before_and_after():
    before, after = answers_shown(shown(open_page("tour", step=9)))["boat"]
    assert after < before


@pytest.mark.parametrize("page", ["tour", "exercises"])
def test_without_the_demo_s_reports_the_page_says_so(page, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page(page)
    assert "python -m concepts demo" in said(app)
    assert not app.get("plotly_chart")


def rightly() -> dict[int, list[int]]:
    """Task → an answer that is right, found from the drawn pictures by another way than the page's."""
    boat = ClassReport.load(REPORTS / "shapes-boat")
    names = [row.name for row in boat.data.images]
    sails = demo_masks(names[:40], {"boat"})["sail"].reshape(40, 24, 4, 24, 4).mean(axis=(2, 4))
    maps = boat.array("maps")[:40].astype(float)
    alike = [np.corrcoef(maps[..., j].ravel(), sails.ravel())[0, 1] for j in range(maps.shape[-1])]
    stamped = [demo_masks([names[i]], {"boat"})["stamp"].any() for i in some_photos(boat)]
    pictures = {1: [int(np.argmax(alike))], 2: [2], 3: np.flatnonzero(stamped).tolist(), 4: [0], 5: [1], 6: [1]}
    return {**pictures, 7: [ASIDES.index(only_in("harbour"))], 8: where_order_matters()}


def only_in(class_name: str) -> str:
    """The option that stands in sentences of this class alone, of others than the demo's own."""
    (found,) = (
        words
        for words in ASIDES
        if not any(words in text.text.lower() for text in draw_texts(150, seed=4) if text.class_name != class_name)
    )
    return found


def where_order_matters() -> list[int]:
    """The classes of which the network gets more than a tenth wrong when the words are in alphabetical order."""
    texts = draw_texts(40, seed=4, split="test")
    mixed = [" ".join(sorted(text.text.lower().strip(".").split())) for text in texts]
    said = load_text_classifier(VILLAGE).logits(mixed).argmax(dim=1).numpy()
    wrong = (said != [text.label for text in texts]).reshape(len(CLASS_NAMES), 40).mean(axis=1)
    return np.flatnonzero(wrong > 0.1).tolist()


@pytest.fixture(scope="module")
def right_answers():
    return rightly()


@pytest.mark.parametrize("task", range(1, len(TASKS) + 1))
def test_a_right_answer_is_right_and_another_is_not(task, right_answers):
    answer = right_answers[task]
    found = verdict(open_page("exercises", task=task, answer=".".join(map(str, answer))))
    assert "✓ Right." in found
    assert "✗" not in found
    other = [(answer[0] + 1) % 3] if len(answer) == 1 else answer[:-1]
    found = verdict(open_page("exercises", task=task, answer=".".join(map(str, other))))
    assert "✗ Not quite." in found
    assert f'href="report?id={"shapes" if task < 7 else "village"}-' in found


@pytest.mark.slow
def test_choosing_and_checking_writes_the_answer_into_the_address():
    app = open_page("exercises", task=2)
    assert button(app, "check").disabled
    assert verdict(app) == ""
    app.button_group(key="options_2").set_value(2).run()
    button(app, "check").click().run()
    assert "✓ Right." in verdict(app)
    assert app.query_params["answer"] in ("2", ["2"])
    button(app, "task_next").click().run()
    assert "answer" not in app.query_params
    assert verdict(app) == ""
    assert "Exercise 3 of 8" in shown(app)
    button(app, "task_back").click().run()  # the answer is still there
    assert "✓ Right." in verdict(app)


def test_precision_and_recall_of_half_of_the_marked_photos(right_answers):
    marked = right_answers[3]
    half = marked[: len(marked) // 2]
    clean = next(place for place in range(12) if place not in marked)
    found = verdict(open_page("exercises", task=3, answer=".".join(map(str, [*half, clean]))))
    assert f"precision {len(half) / (len(half) + 1):.0%}" in found
    assert f"recall {len(half) / len(marked):.0%}" in found


@pytest.mark.parametrize("answer", ["99", "x", HOSTILE, "", "-1", "1." * 5_000])
def test_a_strange_answer_is_answered(answer):
    app = open_page("exercises", task=4, answer=answer)
    assert "<script>" not in shown(app)


def test_what_was_drawn_is_known():
    assert shared_parts("gnome", "toadstool") == ("cap",)
    assert shared_parts("gnome", "sunflower") == ()
    (whole,), (bare,) = pictures_of(["boat/0000.png"]), pictures_of(["boat/0000.png"], left_out=("sail",))
    assert whole.masks["sail"].any()
    assert "sail" not in bare.parts
    for name in ("boat", "car/0001.png", "boat/x.png", HOSTILE):
        with pytest.raises(ValueError, match="no picture of the demo"):
            pictures_of([name])


def test_a_map_that_is_the_mask_overlaps_it_wholly():
    names = [f"boat/{i:04d}.png" for i in range(6)]
    masks = demo_masks(names, {"boat"})
    maps = np.stack([masks["hull"], np.ones_like(masks["hull"])], axis=-1).astype(np.float32)
    found = overlaps(maps, names, "boat")["hull"]
    np.testing.assert_allclose(found[0], 1, atol=1e-6)
    assert best_concept(found) == 0
    np.testing.assert_allclose(found[1], masks["hull"].mean(axis=(1, 2)).mean(), atol=1e-6)


def test_addresses_bring_back_what_was_shown():
    assert TourView.of({"step": "3", "present": "1"}) == TourView(3, 1)
    assert TourView(3, 1).href() == "tour?step=3&present=1"
    assert ExerciseView.of({"task": "2", "answer": "0.4.x"}).chosen == (0, 4)
    given = ((0,), (), (0, 4, 7), (2,), (), ())
    assert ExerciseView(given=answers_text(given)).answers(6) == given
    assert ExerciseView(given="1~x~" + "2~" * 50).answers(3) == ((1,), (), (2,))
    assert answers_text([()] * 6) is None
    assert len(FATES) == 3
