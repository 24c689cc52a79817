"""A person's judgement of a concept: signed, kept like a name, one of two, shown wherever the concept is listed."""

import pytest

from concepts.annotations import JUDGEMENTS, Note
from concepts.report.verdict import CounterProof, Suspect, verdict_of
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import address_of, open_page, shown, without_demo

PART, SHOULD_NOT = JUDGEMENTS
PROOF = CounterProof("pixels", 120, 2.0, 0.2, 1.5, 2.1, 10.0, 31, 0, ())
SUSPECT = Suspect(
    (2, 4), 1, 0.9, 16, 0.4, 0.21, 1.5, 1.1, 1.9, 0.12, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), tuple(range(16))
)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    verdict = verdict_of((SUSPECT,), n_strategies=3, others=120)
    renamed(made_up_report(n=40), verdict=verdict).save(tmp_path / "reports" / "one")
    return tmp_path


def judge(app, flag: str):
    app.button(key=f"judge_{flag.split()[0]}").click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("flags", [JUDGEMENTS, ("artefact", *JUDGEMENTS)])
def test_a_note_says_one_of_the_two(flags):
    with pytest.raises(ValueError, match="choose one of them"):
        Note("0" * 24, "concept", 0, flags=flags, author="Ann")


@pytest.mark.slow
def test_a_judgement_is_signed_seen_by_all_changed_and_taken_back(workspace):
    app = judge(open_page("report", id="one"), SHOULD_NOT)
    app.text_input(key="note_author").set_value("Ann")  # nobody has said who they are: the window asks
    app.button(key="note_save").click().run()
    assert "“Should not matter”, says Ann." in shown(open_page("report", id="one"))
    assert '<span class="cx-flag">should not matter</span>' in shown(open_page("report", id="one", tab="concepts"))
    judge(app, PART)
    assert "“Part of the thing”, says Ann." in shown(open_page("report", id="one"))
    gallery = open_page()
    assert '<span class="cx-flag">part of the thing</span>' in shown(gallery)
    for choice, there in (("Part of the thing", True), ("Should not matter", False), ("Not judged yet", False)):
        assert ("id=one" in shown(gallery.selectbox(key="judged").set_value(choice).run())) is there
    judge(app, PART)
    assert "says Ann" not in shown(open_page("report", id="one"))


@pytest.mark.slow
def test_the_finding_leads_to_its_photos_and_to_the_model_without_it(workspace):
    app = open_page("report", id="one", strategy=0)
    app.button(key="show_found").click().run()
    found = address_of(app)
    assert (found["tab"], found["suspect"]) == ("photos", "0")
    assert "strategy" not in found
    assert f"{SUSPECT.n} photos of the finding" in [button.label for button in app.button]
    assert f"{SUSPECT.n} of 40 photos" in shown(app)
    app = open_page("report", id="one")
    app.button(key="take_out").click().run()
    found = address_of(app)
    assert (found["tab"], found["doses"], found["whole"]) == ("whatif", "2_0~4_0", "1")
