"""Backup → restore into an empty place → the same pages, of which pictures are compared."""

import io

import numpy as np
import pytest
from PIL import Image

from concepts.annotations import Note, NoteStore, note_subject
from concepts.cli.main import main
from tests.support.browser import server, settle
from tests.support.made_up_report import made_up_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # starts a server before and one after
NAMED = "report?id=first&concept=2"
PAGES = {"": ".cx-card img", NAMED: ".cx-crow.cx-open"}  # address -> what is drawn last
STEP, SHARE = 8, 1e-4  # of 255, and of the pixels: what the edge of a letter or a line may differ by


def pictures(browser, address: str, *paths: str) -> dict[str, np.ndarray]:
    """Path → (H, W, 3), values from 0 to 255, of each of these pages as it stands."""
    page = browser.new_page(viewport={"width": 1280, "height": 1600}, reduced_motion="reduce")
    found = {}
    for path in paths:
        page.goto(f"{address}/{path}")
        settle(page, PAGES[path])
        page.mouse.move(0, 0)
        taken = page.screenshot(animations="disabled", caret="hide")
        found[path] = np.asarray(Image.open(io.BytesIO(taken)).convert("RGB"), dtype=int)
    page.close()
    return found


def differing(one: np.ndarray, other: np.ndarray) -> float:
    """The share of pixels that differ by more than `STEP` in a colour."""
    return float((np.abs(one - other).max(axis=-1) > STEP).mean())


def test_a_restored_workspace_shows_the_same_pictures(browser, tmp_path, monkeypatch):
    monkeypatch.delenv("CONCEPTS_NOTES", raising=False)
    lab, restored, report = tmp_path / "lab", tmp_path / "elsewhere" / "restored", made_up_report(n=12)
    report.save(lab / "reports" / "first")
    made_up_report(n=8, seed=3, label="toadstool").save(lab / "reports" / "second")
    with server(lab) as address:
        (unnamed,) = pictures(browser, address, NAMED).values()
        store = NoteStore(f"sqlite:///{lab / 'notes.sqlite'}")
        store.write(Note(note_subject(report), "concept", 2, "price tag", author="Ann", flags=("artefact",)))
        before = pictures(browser, address, *PAGES)
    store.close()
    assert main(["backup", str(tmp_path / "lab.zip"), "--workspace", str(lab)]) == 0
    assert main(["restore", str(tmp_path / "lab.zip"), "--to", str(restored)]) == 0
    with server(restored) as address:
        after = pictures(browser, address, *PAGES)
    shares = {path: differing(before[path], after[path]) for path in PAGES}
    assert shares == pytest.approx(dict.fromkeys(PAGES, 0.0), abs=SHARE)
    assert differing(unnamed, after[NAMED]) > 10 * SHARE, "one name less is seen in a picture"
    assert all(len(np.unique(each.reshape(-1, 3), axis=0)) > 100 for each in after.values()), "no blank pages"
