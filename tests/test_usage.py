"""What each person uses: counted once for everybody, read by admins, one's own by oneself; waiting jobs cancelled."""

import os
import time

import pytest

from concepts import service
from concepts.access import NOBODY_IN_PARTICULAR, NotAllowed
from concepts.engine.jobs import JobState, Quotas
from concepts.engine.jobs.minutes import counted_work, owners_with_minutes
from concepts.engine.quotas import GB
from concepts.engine.usage import Usage, all_usage
from pages.analysis.own_usage import used_words
from pages.record.usage import limit_rows, people_rows, upload_rows
from tests.support.screen import open_page
from tests.test_login_pages import come, keys, made_job, report, words, workspace  # noqa: F401 - fixtures
from tests.test_quotas import asked, worked
from tests.test_service import ADMIN, ANN, BEN, READER, a_file, place, told  # noqa: F401 - fixtures

LIMITS = Quotas(running=1, minutes=60, disk=5, days=30)


@pytest.fixture
def busy(place):  # noqa: F811
    """Ann has a job at work and two that wait, of two kinds, and a file; Ben one that waits; Cleo worked before."""
    first = asked(place.workspace, "a", "ann", Quotas())
    for target, owner, task in (
        ("b", "ann", "report"),
        ("b", "ann", "inspect"),
        ("c", "ben", "report"),
        ("d", "", "report"),
    ):
        asked(place.workspace, target, owner, Quotas(), task)
    first.write(JobState(status="running"))
    asked(place.workspace, "e", "ann", Quotas()).write(JobState(status="done"))
    worked(place.workspace, "ann", minutes_ago=30, seconds=180)
    service.keep(place, ANN, a_file(place), b"a\nb")
    old = time.time() - 12.5 * 24 * 3600
    for file in a_file(place).owned_by.iterdir():
        os.utime(file, (old, old))
    with counted_work(place.workspace / "jobs", "cleo"):
        pass
    return place


def test_everybody_who_uses_something_is_counted(busy):
    ann, ben, cleo = all_usage(busy.workspace, executor=busy.executor)
    assert (ann.owner, ann.running, ann.waiting, round(ann.seconds), ann.n_bytes) == ("ann", 1, 2, 180, 3)
    (upload,) = ann.uploads
    assert (upload.words, upload.n_bytes, round(upload.days, 1)) == ("class names", 3, 12.5)
    assert ben == Usage("ben", waiting=1)
    assert (cleo.owner, cleo.running, cleo.waiting, cleo.seconds < 5) == ("cleo", 0, 0, True)


def test_a_name_that_somebody_else_s_folder_bears_is_not_believed(busy):
    (busy.workspace / "jobs" / ".minutes" / "forged").mkdir()
    (busy.workspace / "jobs" / ".minutes" / "forged" / ".owner").write_text("ada", encoding="utf-8")
    assert owners_with_minutes(busy.workspace / "jobs") == {"cleo"}


def test_usage_is_an_admin_s_to_read_and_one_s_own_is_one_s_own(busy):
    for person in (READER, ANN):
        with pytest.raises(NotAllowed, match="you may not see what each person uses"):
            service.read_usage(busy, person)
    assert [each.owner for each in service.read_usage(busy, ADMIN)] == ["ann", "ben", "cleo"]
    own = service.own_usage(busy, ANN)
    assert own is not None
    assert (round(own.seconds), own.n_bytes) == (180, 3)
    assert service.own_usage(busy, NOBODY_IN_PARTICULAR) is None
    assert told(busy)[-2:] == [("vera", "see usage", "refused"), ("ann", "see usage", "refused")]


def test_an_admin_cancels_what_somebody_has_waiting_and_nothing_else(busy):
    for person in (READER, BEN):
        with pytest.raises(NotAllowed):
            service.cancel_waiting(busy, person, "ann")
    assert service.cancel_waiting(busy, ADMIN, "ann") == 2
    wanted = sorted(file.parent.name.partition("-")[0] for file in (busy.workspace / "jobs").glob("*/cancel"))
    assert wanted == ["inspect", "report"], "neither what is at work nor anybody else's"
    assert [row for row in told(busy) if row[1] == "cancel"] == [
        ("vera", "cancel", "refused"), ("ben", "cancel", "refused"), *[("ada", "cancel", "done")] * 2,
    ]  # fmt: skip
    assert service.cancel_waiting(busy, BEN, "ben") == 1


def test_rows_have_what_is_used_beside_what_may_be(busy):
    found = all_usage(busy.workspace, executor=busy.executor)
    assert people_rows(found, LIMITS)[0] == ("ann", "1", "2", "3 of 60", "0.0 MB of 5 GB", "1")
    assert people_rows(found, Quotas())[0][3:5] == ("3", "0.0 MB")
    assert upload_rows(found, LIMITS) == [("ann", "class names", "0.0 MB", "12 days", "17 days")]
    assert upload_rows(found, Quotas(days=12))[0][-1] == "due"
    assert [row[1:] for row in limit_rows(LIMITS)][:3] == [
        ("1", "CONCEPTS_PERSON_RUNNING"), ("no limit", "CONCEPTS_PERSON_WAITING"),
        ("60 minutes", "CONCEPTS_PERSON_MINUTES"),
    ]  # fmt: skip


def test_the_line_on_one_s_own():
    used = Usage("ann", seconds=185, n_bytes=int(0.4 * GB))
    assert used_words(used, LIMITS) == "You have used 3 of 60 minutes of work in 24 hours, and 0.4 of 5 GB for uploads."
    assert used_words(used, Quotas()) == "You have used 3 minutes of work in 24 hours, and 0.4 GB for uploads."


def test_the_page_is_an_admin_s(come, workspace, monkeypatch):  # noqa: F811
    monkeypatch.setenv("CONCEPTS_PERSON_MINUTES", "60")
    waiting = made_job(workspace, "ann", "a")
    for name in ("vera", "ann"):
        come(name)
        app = open_page("usage")
        (line,) = [each.value.replace("\\", "") for each in app.warning]
        assert "you may not see what each person uses: ask the operator to make you admin." in line
        assert "CONCEPTS" not in words(app)
        assert not app.button
    come("ada")
    app = open_page("usage")
    assert "CONCEPTS_PERSON_MINUTES" in words(app)
    assert "0 of 60" in words(app)
    assert "change them where it is started" in words(app)
    app.button(key="waiting-ann").click().run()
    assert not app.exception
    assert waiting.cancel_wanted


def test_an_analyst_sees_their_own_on_new_analysis(come, workspace, monkeypatch):  # noqa: F811
    monkeypatch.setenv("CONCEPTS_PERSON_MINUTES", "60")
    worked(workspace, "ann", minutes_ago=30, seconds=180)
    come("ann")
    assert "You have used 3 of 60 minutes of work" in words(open_page("analysis"))
    come("vera")
    assert "You have used" not in words(open_page("analysis"))


def test_without_a_login_there_is_no_such_page(workspace, monkeypatch):  # noqa: F811
    monkeypatch.delenv("CONCEPTS_LOGIN")
    monkeypatch.delenv("CONCEPTS_ROLES")
    assert "CONCEPTS_PERSON" not in words(open_page("usage"))
    assert "You have used" not in words(open_page("analysis"))
