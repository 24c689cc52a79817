"""A run over texts, from New analysis to the page Runs: through the entry, as a visitor meets it."""

import pytest

from concepts.demo.language import CLASS_NAMES
from concepts.engine import jobs
from concepts.engine.executors.in_process import InProcess
from concepts.report import list_cards
from concepts.runs import finish, job
from concepts.runs.on_disk import folder_of
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.screen import open_page, shown
from tests.support.text_reports import bag_of_words, drawn_set
from tests.test_text_analysis_page import lines_of_drawn

pytestmark = pytest.mark.slow
CHOSEN = CLASS_NAMES[:2]


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("CONCEPTS_MODELS", bag_of_words())
    monkeypatch.setattr(finish, "lay_out", lambda folder: None)
    monkeypatch.setattr(job, "TaskProcesses", lambda n, *, log, apart: InProcess())
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    return tmp_path / "workspace"


def asked(lines):
    """New analysis at its last step, with pasted lines, a look that has ended, and two classes."""
    page = open_page("analysis", of="Texts", texts="pasted lines", step=3, concepts=3, evidence="false")
    page.text_area(key="pasted").set_value(lines).run()
    page.button(key="look").click().run()
    page.segmented_control(key="scope").set_value("some").run()
    assert not page.exception, page.exception
    return page


def test_two_classes_of_texts_become_reports_and_the_page_lists_them(workspace):
    page = asked(lines_of_drawn())
    page.multiselect(key="classes").set_value(list(CHOSEN)).run()
    metrics = {metric.label: metric.value for metric in page.metric}
    assert metrics["classes"] == "2"
    assert "texts through the model" in metrics
    page.button(key="start").click().run()
    assert not page.exception, page.exception
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    assert run.state.status == "done", run.state.message
    page = open_page("runs")
    (title,) = [each.value for each in page.markdown if each.value.startswith("**2 classes**")]
    assert "texts pasted" in title
    assert "photo" not in title
    assert "layer" not in title
    assert title.endswith("✔ done")
    assert [link.proto.label for link in page.get("page_link")][:2] in (list(CHOSEN), list(reversed(CHOSEN)))
    cards = list_cards([workspace / "reports"])
    assert {card.target for card in cards} == set(CHOSEN)
    assert sum(card.n_images for card in cards) == sum(group in CHOSEN for group in drawn_set().groups)
    assert "photo" not in shown(page)


def test_a_class_of_too_few_texts_is_named_by_its_texts(workspace):
    page = asked(lines_of_drawn().replace(f"{CHOSEN[1]}\t", "\t") + f"\n{CHOSEN[1]}\tone text alone")
    page.multiselect(key="classes").set_value(list(CHOSEN)).run()
    assert "1 class with fewer texts than 3 concepts will have no report" in page.warning[0].value
    page.button(key="start").click().run()
    page = open_page("runs")
    assert "1 class without a report" in " ".join(each.value for each in page.caption)
    assert f"{CHOSEN[1]} has 1 text, fewer than the 3 concepts asked for" in shown(page)
    (run,) = jobs.list_jobs(workspace, task="reports", executor=Inline())
    assert len(list((folder_of(run).path / "work").glob("failed-*"))) == 1


def test_texts_without_labels_go_to_no_run(workspace):
    page = asked("\n".join(drawn_set().texts))
    assert "No text has a label that is a class" in shown(page)
    assert page.button(key="start").disabled
