"""The page "New analysis" in three steps: what is open, what is kept in the address, the table, and jobs first."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from concepts.engine import jobs
from concepts.engine.uploaded_files import UploadedFile
from pages.analysis.kept_files import NAMED
from pages.state.address import step_in
from pages.state.server_settings import ServerSettings
from tests.support.asked_page import HOSTILE
from tests.support.inline import Inline
from tests.support.screen import address_of, open_page, shown
from tests.support.tiny import FACTORY, write_photos

NO_HASH = "0" * 24
TABLE = "file,hospital\n" + "".join(f"{name}/{i:03d}.png,ward {i % 2}\n" for name in ("red", "green") for i in range(6))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    write_photos(folder, n=6)
    return folder


@pytest.fixture(autouse=True)
def workspace(tmp_path, photos, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CONCEPTS_PHOTOS", str(photos))
    monkeypatch.setenv("CONCEPTS_MODELS", FACTORY)
    monkeypatch.setattr(ServerSettings, "executor", Inline())
    return tmp_path


def opened(page: AppTest) -> list[str]:
    """The steps whose controls are not hidden."""

    def blocks(block) -> list[str]:
        found = re.findall(r"open_step_(\d)", str(getattr(block, "proto", "")))
        return found + [each for child in getattr(block, "children", {}).values() for each in blocks(child)]

    return sorted(set(blocks(page._tree)))


def test_one_step_is_open_and_next_opens_the_following_ones():
    page = open_page("analysis")
    assert opened(page) == ["1"]
    assert "not chosen yet" in shown(page)  # of the question
    page.button(key="next_1").click().run()
    assert opened(page) == ["2"]
    assert "tiny.py:build (named by the operator)" in shown(page)
    page.button(key="next_2").click().run()  # looks at both
    assert opened(page) == ["3"]
    assert page.button(key="start")
    assert address_of(page)["step"] in ("3", ["3"])
    page.button(key="to_step_1").click().run()
    assert opened(page) == ["1"]
    assert "red, 10 concepts, layer features" in shown(page)


@pytest.mark.parametrize(("step", "open_step"), [("2", "2"), ("9" * 30, "3"), ("-4", "1"), (HOSTILE, "1")])
def test_a_step_in_the_address_is_opened(step, open_step):
    assert str(step_in({"step": step}, 3)) == open_step


def test_nothing_chosen_is_lost_by_a_reload():
    page = open_page(
        "analysis", model="resnet18", weights="random weights", folder="photos/red", concepts=7, seed=3, step=2
    )
    assert page.selectbox(key="model").value == "resnet18"
    assert page.radio(key="weights").value == "random weights"
    page = open_page("analysis", concepts=7, seed=3, importance="shapley", evidence="false")
    page.button(key="look").click().run()
    page.run()
    assert page.slider(key="concepts").value == 7
    assert page.number_input(key="seed").value == 3
    assert not page.checkbox(key="evidence").value


def uploaded(page: AppTest, key: str, name: str, content: bytes) -> AppTest:
    return page.file_uploader(key=key).set_value((name, content, "")).run()


def test_uploads_are_offered_again_by_the_address_alone(workspace):
    first = uploaded(open_page("analysis", model="resnet18"), "weights_file", "w.pt", b"x")
    kept = address_of(first)["weights_file_kept"]
    kept = kept if isinstance(kept, str) else kept[0]
    assert kept.endswith("/w.pt")
    again = open_page("analysis", model="resnet18", weights_file_kept=kept, step=2)
    assert "w.pt, uploaded before, is used." in shown(again)
    assert "resnet18, w.pt" in shown(again)
    again.button(key="weights_file_another").click().run()
    assert "weights_file_kept" not in address_of(again)
    names = open_page("analysis", model="resnet18", weights="random weights")
    names.text_area(key="class_names").set_value("red, green").run()
    kept = address_of(names)["class_names_kept"]
    kept = kept if isinstance(kept, str) else kept[0]
    again = open_page("analysis", model="resnet18", weights="random weights", class_names_kept=kept)
    assert again.text_area(key="class_names").value == "red\ngreen"


@pytest.mark.parametrize(
    "kept",
    ["../../secret/w.pt", NO_HASH + "/../w.pt", NO_HASH + "/.hidden", HOSTILE, NO_HASH + "/w.pt", "x" * 5_000],
)
def test_an_address_names_no_other_files(kept, workspace):
    (workspace / "uploads" / "weights" / NO_HASH).mkdir(parents=True)
    (workspace / "uploads" / "weights" / "w.pt").write_bytes(b"")
    (workspace / "uploads" / "weights" / NO_HASH / ".hidden").write_bytes(b"")
    page = open_page("analysis", model="resnet18", weights_file_kept=kept)
    assert "uploaded before" not in shown(page)
    assert NAMED.fullmatch(UploadedFile.of(workspace, "weights", "w.pt", b"x").digest + "/w.pt")


def test_a_table_about_the_photos_is_matched_before_the_start_and_asked_for(workspace):
    page = uploaded(open_page("analysis", step=2), "table", "Hospitals.CSV", TABLE.encode())
    page.button(key="next_2").click().run()
    assert not page.exception
    assert any("The table names 12 photos." in text.value for text in page.caption)
    page.multiselect(key="target").set_value(["red"]).run()
    page.slider(key="concepts").set_value(3).run()
    page.button(key="start").click().run()
    (job,) = jobs.list_jobs(workspace, task="report")
    assert job.request.metadata.endswith("Hospitals.csv")
    assert job.state.status == "done", job.state.message


@pytest.mark.parametrize(
    ("content", "message"), [(b"file,x\nnobody.png,1\n", "Hospitals.csv"), (b"\xff\xfe\x00", "Hospitals.csv")]
)
def test_a_table_that_fits_no_photo_is_told_in_one_line(content, message, workspace):
    page = uploaded(open_page("analysis", step=2), "table", "Hospitals.csv", content)
    page.button(key="next_2").click().run()
    assert message in page.error[0].value.replace("\\", "")
    assert str(workspace) not in page.error[0].value.replace("\\", "")
    assert page.button(key="look")


def test_a_job_comes_first_with_its_report_when_it_is_done(workspace):
    page = open_page("analysis", step=3, concepts=3)
    page.button(key="look").click().run()
    page.button(key="start").click().run()
    (job,) = jobs.list_jobs(workspace, task="report")
    assert job.state.status == "done", job.state.message
    assert "✔ done" in page.markdown[0].value  # above the steps
    assert address_of(page)["job"] in (job.id, [job.id])
    later = open_page("analysis")
    assert "✔ done" in later.markdown[-1].value
    assert [header.value for header in later.header] == ["Earlier analyses"]
