"""Whose a result is: of who had it made, from before it can be seen, and of everybody who had it made."""

from concepts.engine.jobs.worker import Worker
from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import owners_of
from concepts.report import list_cards
from tests.support.made_up_report import made_up_report
from tests.test_quotas import NO_QUOTAS, asked


def test_a_report_is_of_whoever_has_it_made(tmp_path):
    report, place = made_up_report(n=12), tmp_path / "reports" / "first"
    for owner in ("ann", "", "ben"):
        Worker(asked(tmp_path, owner, owner, NO_QUOTAS))._save(report, place)
    assert owners_of(OwnedResult(place)) == ("ann", "ben")
    assert [card.id for card in list_cards([tmp_path / "reports"])] == ["first"], "the names of owners are no report"


def test_a_report_that_is_there_has_its_owner(tmp_path):
    class Seen:
        def save(self, place) -> None:
            assert owners_of(OwnedResult(place)) == ("ann",)
            self.saved = True

    report = Seen()
    Worker(asked(tmp_path, "a", "ann", NO_QUOTAS))._save(report, tmp_path / "reports" / "first")
    assert report.saved
