"""Near-duplicates on the pages Similarity and Photo map: those kept with the collection, or compared meanwhile."""

import numpy as np
import pytest

from concepts.lexicon.collections import Collection, build_duplicates_of, duplicates_of, tokens_of
from concepts.strategies import layout
from concepts.token_search.near_duplicates import near_duplicates
from pages.similarity import duplicate_groups
from tests.support import screen
from tests.support.screen import said, shown
from tests.support.tiny_collection import own_workspace, tiny_collection

COMMAND = "python -m concepts tokens --collection tiny --duplicates"
PAGES = ("similarity", "photos")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("workspace")
    tiny_collection(root, tmp_path_factory.mktemp("photos"))
    return root


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    """A workspace of its own, in which nothing is kept; principal components in place of UMAP, which takes seconds."""
    monkeypatch.setattr(layout, "lay_out", lambda X, i, d, seed: (layout.principal_plane(X), "principal components"))
    duplicate_groups._groups.clear()
    return own_workspace(made, tmp_path, monkeypatch)


@pytest.fixture
def collection(root):
    return Collection.load(root / "collections" / "tiny", root / "store")


@pytest.fixture
def chained(collection):
    """Kept groups that comparing some photos does not give: all red ones with one green one, and two green ones."""
    found = build_duplicates_of(collection)
    red = np.array([label == "red" for label in collection.labels])
    green = np.flatnonzero(~red)
    assert green[0] < np.flatnonzero(red)[0]
    firsts = np.where(red, green[0], np.arange(40)).astype(np.int32)
    firsts[green[2]] = green[1]
    (found.folder / "firsts.bin").write_bytes(firsts.tobytes())
    about = found.folder / "duplicates.json"
    text = about.read_text().replace(f'"groups": {found.groups}', '"groups": 2')
    about.write_text(text.replace(f'"members": {found.members}', '"members": 23'))
    return duplicates_of(collection)


def open_page(view, **params):
    """The page with near-duplicates looked for."""
    if view == "photos":
        return screen.open_page(view, collection="tiny", repeats="once", **params)
    app = screen.open_page(view, collection="tiny", image=3, places="20", **params)
    return app.toggle(key="duplicates").set_value(True).run()


def files(app):
    (label,) = [label for each in app.get("download_button") if "as a list of files" in (label := each.proto.label)]
    return label


@pytest.mark.parametrize("view", PAGES)
def test_what_is_kept_is_shown_and_said_as_such(collection, chained, view):
    app = open_page(view)
    assert files(app) == "19 photos as a list of files"
    day = chained.created[:10]
    assert f"All 40 photos of the collection were compared with each other, on {day}: photos of one group" in shown(app)
    app = open_page(view, only="class:green")
    assert files(app) == "19 photos as a list of files"
    assert "can be alike through others that are not asked." in shown(app)
    assert files(open_page(view, only="class:red")) == "1 photo as a list of files"  # the first of them that is asked


def test_of_a_large_group_the_first_photos_are_named(collection, chained):
    names = [collection.names[i] for i in chained.among()[0]]
    assert len(names) == 21
    assert f"{', '.join(names[:12])} and 9 more" in shown(open_page("similarity"))


@pytest.mark.parametrize("view", PAGES)
def test_without_any_the_photos_that_are_asked_are_compared(collection, view):
    app = open_page(view, only="class:red")
    red = np.array([label == "red" for label in collection.labels])
    groups = near_duplicates(tokens_of(collection), items=red)
    assert files(app) == f"{20 - sum(len(group) - 1 for group in groups)} photos as a list of files"
    assert "not compared as a whole: only the photos that are asked are compared with each other." in shown(app)
    assert "are not used" not in shown(app)
    assert not app.get("code")


@pytest.mark.parametrize("view", PAGES)
def test_of_too_many_the_command_is_given_unless_they_are_kept(collection, monkeypatch, view):
    monkeypatch.setattr(duplicate_groups, "MOST", 20)
    app = open_page(view)
    assert "40 photos are asked, and at most 20 are compared with each other while you wait: choose fewer" in said(app)
    assert [each.value for each in app.code] == [COMMAND]
    assert files(open_page(view, only="class:red")).endswith("photos as a list of files")
    kept = build_duplicates_of(collection)
    app = open_page(view)
    assert files(app) == f"{40 - kept.members + kept.groups} photos as a list of files"
    assert not said(app)
    assert not app.code


@pytest.mark.parametrize("view", PAGES)
def test_damaged_ones_are_told_and_few_photos_compared_in_their_place(collection, chained, monkeypatch, view):
    (chained.folder / "firsts.bin").write_bytes(b"")
    app = open_page(view)
    groups = near_duplicates(tokens_of(collection))
    assert files(app) == f"{40 - sum(len(group) - 1 for group in groups)} photos as a list of files"
    reason = "firsts.bin has 0 bytes, expected 160: look for them anew"
    assert f"The groups kept with the collection are not used ({reason})." in shown(app)
    monkeypatch.setattr(duplicate_groups, "MOST", 20)
    app = open_page(view)
    assert f"(those kept with the collection are not used: {reason}): choose fewer" in said(app)
    assert [each.value for each in app.code] == [COMMAND]


def test_what_is_compared_anew_is_shown_at_once(collection, chained):
    assert files(open_page("similarity")) == "19 photos as a list of files"
    kept = build_duplicates_of(collection)
    assert files(open_page("similarity")) == f"{40 - kept.members + kept.groups} photos as a list of files"
