"""Pages for persons with a role: what they may not use is absent, with a line why; what they do is theirs."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from concepts.access import Act, NotAllowed
from concepts.annotations import NoteStore, note_subject
from concepts.engine import jobs
from concepts.engine.jobs import Job, JobState
from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import claim
from concepts.record import Entry, RecordStore
from concepts.report.request import Request
from pages.record.listing import file_of
from pages.report.import_names import brought
from pages.state import computing, models, sharing, visitor
from pages.state.address import WHAT_IF
from pages.state.collections import encoded
from pages.state.computing import visitor_key
from pages.state.logged_out import logged_out
from pages.state.login import Session
from pages.state.server_settings import ServerSettings
from pages.state.visitor import may, person
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, shown, without_demo
from tests.test_job_queue import Unfinished

ROLES = "vera reader\nann analyst\nben analyst\nada admin\n"


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=12)


@pytest.fixture
def workspace(report, tmp_path, monkeypatch) -> Path:
    without_demo(monkeypatch, tmp_path)
    report.save(tmp_path / "reports" / "first")
    (tmp_path / "roles").write_text(ROLES, encoding="utf-8")
    monkeypatch.setenv("CONCEPTS_LOGIN", "proxy")
    monkeypatch.setenv("CONCEPTS_ROLES", str(tmp_path / "roles"))
    monkeypatch.setattr(ServerSettings, "executor", Unfinished())
    return tmp_path


@pytest.fixture
def come(workspace, monkeypatch):
    """Lets somebody in, as the gate would."""

    def enter(name: str, seconds: float = 3600.0) -> None:
        monkeypatch.setattr(visitor, "_session", lambda: Session(name, time.time() + seconds))

    return enter


def words(app) -> str:
    return shown(app) + " ".join(each.value for each in (*app.error, *app.warning, *app.info, *app.markdown))


def keys(app) -> set[str]:
    return {button.key for button in app.button}


def made_job(workspace: Path, owner: str, target: str) -> Job:
    return jobs.submit(Request(model="m", images="p", target=target), workspace, executor=Unfinished(), owner=owner)


@pytest.mark.parametrize("page", ["gallery", "report", "analysis", "record"])
def test_whoever_has_not_come_in_sees_nothing(workspace, page):
    app = open_page(page)
    assert [title.value for title in app.title] == ["Concepts"]
    assert "This server is for those who have a login here." in words(app)
    assert "mushroom" not in words(app)


def test_whoever_has_no_role_or_whose_login_has_ended_sees_nothing(come):
    come("eve")
    assert "eve, who has no role on this server" in words(open_page("report", id="first"))
    come("ann", -1)
    app = open_page("report", id="first")
    assert "for those who have a login" in words(app)
    assert "mushroom" not in words(app)


def test_a_reader_sees_reports_and_why_there_is_nothing_to_start(come, workspace):
    made_job(workspace, "ann", "a")
    come("vera")
    assert "mushroom" in words(open_page("report", id="first"))
    app = open_page("analysis")
    assert "As reader you cannot start analyses" in words(app)
    assert not app.file_uploader
    assert not [key for key in keys(app) if key and key.startswith(("cancel-", "remove-", "again-", "next_", "look"))]
    assert "By ann." in words(app)


def test_buttons_are_there_for_what_is_one_s_own(come, workspace):
    mine, yours = made_job(workspace, "ann", "a"), made_job(workspace, "ben", "b")
    come("ann")
    app = open_page("analysis")
    assert f"cancel-{mine.id}" in keys(app)
    assert f"cancel-{yours.id}" not in keys(app)
    app.button(key=f"cancel-{mine.id}").click().run()
    assert mine.cancel_wanted
    mine.write(JobState(status="cancelled"))
    yours.write(JobState(status="cancelled"))
    come("ada")
    assert {f"remove-{job.id}" for job in (mine, yours)} <= keys(open_page("analysis"))


def test_a_button_that_is_still_there_does_nothing_once_a_role_is_lost(come, workspace):
    mine = made_job(workspace, "ann", "a")
    come("ann")
    app = open_page("analysis")
    (workspace / "roles").write_text("ann reader\nada admin\n", encoding="utf-8")
    app.button(key=f"cancel-{mine.id}").click().run()
    assert not app.exception
    assert "As reader you may not cancel this" in words(app)
    assert not mine.cancel_wanted


def test_a_reader_has_no_model_asked(come, report, monkeypatch):
    monkeypatch.setattr(models, "request_of", lambda report: pytest.fail("opened"))
    come("vera")
    app = open_page("report", id="first", tab=WHAT_IF)
    assert "As reader you cannot ask a model" in words(app)
    assert not app.file_uploader
    assert not app.slider
    for ask in (models.split_of, models.model_of, lambda report: encoded("demo/pair", "a boat")):
        with pytest.raises(ValueError, match="as reader you may not ask a model"):
            ask(report)


def test_a_name_is_signed_by_the_login(come, workspace, report):
    come("vera")
    app = open_page("report", id="first", concept=0)
    app.button(key="name_concept_0").click().run()
    assert "note_author" not in {each.key for each in app.text_input}
    assert "Signed: vera" in words(app)
    app.text_input(key="note_name").set_value("price tag")
    app.button(key="note_save").click().run()
    assert not app.exception
    note = NoteStore(f"sqlite:///{workspace / 'notes.sqlite'}").current(note_subject(report))["concept", 0]
    assert (note.author, note.name) == ("vera", "price tag")


def test_names_of_others_are_brought_by_admins(come, report):
    come("ann")
    done, said = brought(b'{"notes_format": 1, "notes": []}', report)
    assert not done
    assert said.startswith("As analyst you may not import names that others signed")
    come("ada")
    assert brought(b'{"notes_format": 1, "notes": []}', report)[0]


def test_a_report_is_shared_by_whose_it_is(come, workspace):
    folder = workspace / "reports" / "first"
    claim(OwnedResult(folder), "ann")
    for name, said in (
        ("vera", "As reader you cannot share this: that takes the role analyst."),
        ("ben", "This belongs to ann: whose it is can share this, or an admin."),
    ):
        come(name)
        app = open_page("report", id="first")
        assert not app.get("download_button")
        assert said in words(app)
        assert "The address of this page brings back what you see now." in words(app)
    for name in ("ann", "ada"):
        come(name)
        assert len(open_page("report", id="first").get("download_button")) > 4


def test_a_download_is_made_for_whoever_may_have_it_when_it_is_made(come, workspace):
    """Streamlit makes it in a thread of its own, where there is no visit."""
    come("ann")
    asked = sharing.shared("reports/first.html", "ann", lambda: "page")
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asked).result() == "page"
        (workspace / "roles").write_text("ann reader\n", encoding="utf-8")
        with pytest.raises(NotAllowed, match="as reader you may not share"):
            apart.submit(asked).result()
    found = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}").latest()
    assert [(entry.who, entry.what, entry.of) for entry in found] == [("ann", "share", "reports/first.html")] * 2
    assert [entry.result[:7] for entry in found] == ["refused", "done"]


def test_the_record_is_taken_by_whoever_may_read_it_when_it_is_made(come, workspace):
    come("ada")
    made = file_of([Entry("ann", "run", "report-1")])
    with ThreadPoolExecutor(1) as apart:
        assert "ann,run,report-1,done" in apart.submit(made).result()
        (workspace / "roles").write_text("ada analyst\n", encoding="utf-8")
        with pytest.raises(NotAllowed, match="as analyst you may not read the record"):
            apart.submit(made).result()
    found = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}").latest()
    assert [(entry.who, entry.what, entry.result[:7]) for entry in found] == [("ada", "read the record", "refused")]


def test_a_download_is_not_made_once_its_visitor_has_logged_out(come, workspace, monkeypatch):
    monkeypatch.setenv("CONCEPTS_LOGIN", "oidc")
    left = Session("ann", time.time() + 3600, "a" * 64)
    monkeypatch.setattr(visitor, "_session", lambda: left)
    logged_out().look()
    asked = sharing.shared("reports/first.html", "ann", lambda: "page")
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asked).result() == "page"
        logged_out().add(left)
        with pytest.raises(NotAllowed, match="your login has ended"):
            apart.submit(asked).result()
    found = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}").latest()
    assert [entry.what for entry in found] == ["share"]


def test_the_record_is_an_admin_s(come, workspace):
    store = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}")
    for entry in (Entry("ann", "run", "report-1"), Entry("ben", "cancel", "report-1", "refused: it is ann's")):
        store.append(entry)
    come("ada")
    app = open_page("record")
    assert "report-1" in words(app)
    assert "refused: it is ann" in words(app)
    app.selectbox(key="record_who").set_value("ann").run()
    assert "refused" not in words(app)
    come("ann")
    assert "report-1" not in words(open_page("record"))


def test_without_a_login_nothing_is_on_the_screen_that_was_not(workspace, monkeypatch):
    monkeypatch.delenv("CONCEPTS_LOGIN")
    monkeypatch.delenv("CONCEPTS_ROLES")
    made = made_job(workspace, "", "a")
    app = open_page("analysis")
    assert f"cancel-{made.id}" in keys(app)
    assert app.selectbox(key="model")
    assert "log_out" not in keys(app)
    named = open_page("report", id="first", concept=0)
    named.button(key="name_concept_0").click().run()
    assert "note_author" in {each.key for each in named.text_input}
    assert all(map(may, Act))


def test_turns_are_each_person_s_whatever_their_address(come, monkeypatch):
    monkeypatch.setattr(computing, "get_script_run_ctx", object)
    come("Ann")
    assert visitor_key() == "ann"


def test_who_acts_after_the_end_of_a_login_is_told_so(come):
    come("ann", -1)
    with pytest.raises(NotAllowed, match="your login has ended"):
        person()
