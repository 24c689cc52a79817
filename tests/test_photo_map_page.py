"""The page Photo map through the entry: what is drawn, chosen, flagged, and kept in the address."""

import shutil
from base64 import b64decode

import numpy as np
import pytest
from markupsafe import escape

from concepts.cli.main import main
from concepts.engine.uploaded_files import UploadedFile, keep_file
from concepts.item_map import View, counts_in, density
from concepts.item_map.density import COLUMNS, ROWS, examples_in
from concepts.item_map.sentences import kept_sentence
from concepts.lexicon.collections import MapPoints, map_of, nearest_photos, nearest_places, tokens_of
from concepts.lexicon.collections import collection as collection_module
from concepts.numerics.counted import counted
from concepts.strategies import layout
from concepts.token_search.near_duplicates import near_duplicates
from pages.photo_map import plane
from pages.state import collections as state
from tests.support import screen
from tests.support.screen import charts, said, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos
from tests.support.tiny_collection import tiny_collection


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def collection(root, tmp_path_factory):
    return tiny_collection(root, tmp_path_factory.mktemp("photos"))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Principal components in place of UMAP, which takes seconds."""
    monkeypatch.setattr(layout, "lay_out", lambda X, i, d, seed: (layout.principal_plane(X), "principal components"))


def open_page(root, monkeypatch, collection, **params):
    without_demo(monkeypatch, root)
    return screen.open_page("photos", collection=collection.id, **params)


def files(app) -> str:
    """The label of the list of files."""
    (label,) = [each.proto.label for each in app.get("download_button")]
    return label


def test_a_map_is_made_and_its_share_of_neighbours_said(root, monkeypatch, collection):
    app = open_page(root, monkeypatch, collection)
    page = shown(app)
    mapped = map_of(collection)
    assert mapped.items == 40
    assert escape(kept_sentence(mapped.kept)) in page
    assert "All 40 photos were laid out together by principal components" in page
    assert files(app) == "40 photos as a list of files"
    points = charts(app)[0]["data"][-1]
    assert len(points["customdata"]) == 40
    assert not said(app)


def test_a_photo_whose_file_is_gone_is_told_in_one_line(root, monkeypatch, collection, tmp_path):
    other = shutil.copytree(root, tmp_path / "workspace")
    monkeypatch.setattr(collection_module, "LOOKED_FOR", 2)
    (other / "store" / collection.tokens / "thumbnails" / "000010.jpg").unlink()
    app = open_page(other, monkeypatch, collection)
    assert not app.exception
    assert f"{collection.names[10]} cannot be shown" in said(app)


def test_what_is_seen_of_the_map_is_drawn(root, monkeypatch, collection):
    """Tiles where there are many photos, points where there are few, of the part in the address."""
    open_page(root, monkeypatch, collection)
    mapped = map_of(collection)
    x, y = mapped.places.max(axis=0).tolist()
    app = open_page(root, monkeypatch, collection, part=f"0_0_{x + 1}_{y + 1}")
    seen = ((mapped.places >= 0).all(axis=1)).sum()
    assert len(charts(app)[0]["data"][-1]["customdata"]) == seen < 40
    assert charts(app)[0]["layout"]["xaxis"]["range"] == [0, x + 1]
    monkeypatch.setattr(density, "MOST_POINTS", 3)
    plane._seen.clear()
    app = open_page(root, monkeypatch, collection, part=f"0_0_{x + 1}_{y + 1}")
    *_, tiles, examples = charts(app)[0]["data"]
    assert len(examples["customdata"]) == len(examples_in(mapped.places, View(0, 0, x + 1, y + 1)))
    drawn = np.frombuffer(b64decode(tiles["customdata"]["bdata"]), tiles["customdata"]["dtype"]).reshape(ROWS, COLUMNS)
    expected = counts_in(mapped.places, View(0, 0, x + 1, y + 1), columns=COLUMNS, rows=ROWS)
    np.testing.assert_array_equal(drawn, expected)
    assert "part" not in app.button(key="whole").click().run().query_params
    plane._seen.clear()


@pytest.mark.parametrize("part", ["nonsense", "3_3_1_1", "nan_0_1_1", "0_0_1"])
def test_a_part_that_is_none_shows_the_whole(root, monkeypatch, collection, part):
    app = open_page(root, monkeypatch, collection, part=part)
    assert len(charts(app)[0]["data"][-1]["customdata"]) == 40


def test_conditions_leave_a_subset_and_the_rest_is_grey(root, monkeypatch, collection):
    app = open_page(root, monkeypatch, collection, only="class:red")
    assert files(app) == "20 photos as a list of files"
    assert "20 photos chosen" in shown(app)
    assert [each["type"] for each in charts(app)[0]["data"]][1:] == ["heatmap", "scatter"]
    assert len(charts(app)[0]["data"][-1]["customdata"]) == 20


def test_photos_around_one(root, monkeypatch, collection):
    app = open_page(root, monkeypatch, collection, image=3, near=12)
    assert files(app) == "13 photos as a list of files"
    assert len(nearest_photos(collection, 3, top=12)) == 12
    app = open_page(root, monkeypatch, collection, image=3, near=12, only="class:red")
    assert files(app) == "13 photos as a list of files"  # the photo, of another class, and twelve of this one
    assert "photo green/003.png" in shown(app)


@pytest.fixture
def placed(root, monkeypatch, collection):
    """The map of places, of which 300 are laid out."""
    monkeypatch.setattr(state, "MAPPED_AT_ONCE", 300)
    open_page(root, monkeypatch, collection, points="places")
    return map_of(collection, "places")


def test_places_of_photos_are_points_too(root, monkeypatch, collection, placed):
    app = open_page(root, monkeypatch, collection, points="places")
    page = shown(app)
    assert (placed.items, placed.landmarks) == (2560, 300)
    assert "All 2,560 places of 40 photos" in page
    assert escape(kept_sentence(placed.kept, item="place")) in page
    assert "300 of 2,560 places, drawn at random, were laid out" in page
    assert "Spread evenly over them, 24 of 2,560." in page
    assert "photos?collection=tiny&amp;points=places&amp;image=39&amp;place=63" in page  # the last one
    assert files(app) == "40 photos as a list of files"
    *_, tiles, examples = charts(app)[0]["data"]
    assert (tiles["type"], tiles["colorbar"]["title"]["text"]) == ("heatmap", "places in a tile")
    shown_first = examples_in(placed.places, View.around(placed.places))
    assert examples["text"][0] == escape(MapPoints(collection, "places").name(int(shown_first[0])))
    assert len(examples["text"]) == len(shown_first)
    assert not said(app)
    whole = app.segmented_control(key="points").set_value("photos").run()
    assert "points" not in whole.query_params
    assert "All 40 photos" in shown(whole)


def test_conditions_on_photos_hold_for_their_places(root, monkeypatch, collection, placed):
    app = open_page(root, monkeypatch, collection, points="places", only="class:red")
    assert "1,280 places of 20 photos chosen" in shown(app)
    groups = near_duplicates(tokens_of(collection))
    app = open_page(root, monkeypatch, collection, points="places", repeats="once")
    once = 40 - sum(map(len, groups)) + len(groups)
    assert once < 40
    assert f"{64 * once:,} places of {counted(once, 'photo')} chosen" in shown(app)


def test_a_place_is_opened_with_those_around_it(root, monkeypatch, collection, placed):
    around = nearest_places(collection, 3 * 64 + 9, top=12)
    n = len({3, *(place // 64 for place in around)})
    app = open_page(root, monkeypatch, collection, points="places", image=3, place=9, near=12)
    page = shown(app)
    assert f"13 places of {n} photo" in page
    assert f"{collection.names[3]}, row 2, column 2" in page
    assert "similarity?collection=tiny&amp;image=3&amp;ask=place&amp;places=9" in page
    assert len(charts(app)[0]["data"][-1]["customdata"]) == 13
    app.button(key="close_photo").click().run()
    assert not {"image", "place", "near"} & set(app.query_params)
    for place in (64, -1):
        beyond = open_page(root, monkeypatch, collection, points="places", image=3, place=place)
        assert f"{collection.names[3]}, row 1, column 1" in shown(beyond)
    for image in (40, -1):
        none = open_page(root, monkeypatch, collection, points="places", image=image, place=9)
        assert "Open a place: click a picture, on the map or below." in shown(none)


def test_a_region_of_places_chooses_the_photos_that_have_one(root, monkeypatch, collection, placed):
    x, y = placed.places[700].tolist()
    app = open_page(
        root, monkeypatch, collection, points="places", image=3,
        area=f"{x - 1e-3}_{y - 1e-3}_{x + 1e-3}_{y - 1e-3}_{x + 1e-3}_{y + 1e-3}_{x - 1e-3}_{y + 1e-3}",
    )  # fmt: skip
    there = np.flatnonzero((np.abs(placed.places - placed.places[700]) < 1e-3).all(axis=1))
    photos = sorted(set((there // 64).tolist()))
    assert 700 // 64 in photos
    assert len(photos) < 40
    assert files(app) == f"{counted(len(photos), 'photo')} as a list of files"


def test_flags_of_places_are_on_their_photos(root, monkeypatch, collection, placed):
    app = open_page(root, monkeypatch, collection, points="places", image=3, place=9, near=12)
    photos = {3, *(place // 64 for place in nearest_places(collection, 3 * 64 + 9, top=12))}
    app.selectbox(key="flag").set_value("private")
    app.text_input(key="flag_author").set_value("Ada")
    app.button(key="flag_them").click().run()
    assert f"{len(photos)} photo" in app.success[0].value
    app = open_page(root, monkeypatch, collection, points="places", only="flag:private")
    assert f"{64 * len(photos):,} places of {len(photos)} photo" in shown(app)
    app.text_input(key="flag_author").set_value("Ada")
    app.button(key="unflag_them").click().run()


def test_near_duplicates_once_or_alone(root, monkeypatch, collection):
    groups = near_duplicates(tokens_of(collection))
    repeated = sum(map(len, groups))
    assert repeated
    app = open_page(root, monkeypatch, collection, repeats="once")
    assert files(app) == f"{40 - repeated + len(groups)} photos as a list of files"
    app = open_page(root, monkeypatch, collection, repeats="only")
    assert files(app) == f"{repeated} photos as a list of files"


def test_a_region_chooses_what_lies_in_it(root, monkeypatch, collection):
    open_page(root, monkeypatch, collection)
    places = map_of(collection).places
    low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    half = f"{low[0] - 1}_{low[1] - 1}_0_{low[1] - 1}_0_{high[1] + 1}_{low[0] - 1}_{high[1] + 1}"
    app = open_page(root, monkeypatch, collection, area=half)
    n = int((places[:, 0] < 0).sum())
    assert files(app) == f"{n} photos as a list of files"
    assert len(charts(app)[0]["data"][-1]["x"]) == 5  # the region, closed
    assert "area" not in app.button(key="no_area").click().run().query_params
    nothing = open_page(root, monkeypatch, collection, area="900_900_901_900_901_901")
    assert "No photo fulfils the conditions" in shown(nothing)


def test_flags_are_kept_shown_and_asked_for(root, monkeypatch, collection):
    app = open_page(root, monkeypatch, collection, only="class:green")
    app.button(key="flag_them").click().run()
    assert "flagged as" in said(app)
    app.selectbox(key="flag").set_value("damaged")
    app.button(key="flag_them").click().run()
    assert "say who you are" in said(app)
    app.text_input(key="flag_author").set_value("Ada")
    app.button(key="flag_them").click().run()
    assert app.success[0].value == "20 photos: kept, with your name and the time."
    app = open_page(root, monkeypatch, collection, only="flag:damaged", image=5)
    assert files(app) == "20 photos as a list of files"
    assert "flagged: damaged" in shown(app)
    assert charts(app)[0]["data"][-1]["name"] == "flagged"
    app.text_input(key="flag_author").set_value("Ada")
    app.button(key="unflag_them").click().run()
    assert "no photo has it: flag: damaged" in said(app)
    assert files(app) == "40 photos as a list of files"


def with_table(root, name, content):
    """The address of a table that was uploaded."""
    upload = UploadedFile.of(root, "tables", name, content)
    keep_file(upload, content)
    return f"{upload.digest}/{name}"


def test_a_table_of_one_s_own_filters(root, monkeypatch, collection):
    rows = "".join(f"{name},{'A' if i % 4 == 0 else 'B'},{i}\n" for i, name in enumerate(collection.names))
    kept = with_table(root, "about.csv", f"file,site,class\n{rows}".encode())
    app = open_page(root, monkeypatch, collection, table_kept=kept, only="site:A|class:red")
    assert files(app) == "5 photos as a list of files"
    assert "about.csv names 40 of 40 photos" in shown(app)
    options = app.multiselect(key="only").options
    assert "site: A" in options
    assert sum(option.startswith("class (table): ") for option in options) == 4
    without = open_page(root, monkeypatch, collection, only="site:A|class:red")
    assert files(without) == "20 photos as a list of files"
    assert "no photo has it: site: A" in said(without)


def test_tables_of_other_photos_and_damaged_ones_are_told(root, monkeypatch, collection):
    for name, content in (("other.csv", b"file,site\nelsewhere.png,A\n"), ("odd.parquet", b"PAR1 nonsense")):
        app = open_page(root, monkeypatch, collection, table_kept=with_table(root, name, content))
        assert name in said(app)
        assert files(app) == "40 photos as a list of files"


def test_a_damaged_map_is_made_again_and_a_large_one_asked_for(root, monkeypatch, collection):
    open_page(root, monkeypatch, collection)
    places = collection.folder / "map" / "places.bin"
    places.write_bytes(b"")
    state._map.clear()
    assert files(open_page(root, monkeypatch, collection)) == "40 photos as a list of files"
    monkeypatch.setattr(state, "MAPPED_AT_ONCE", 10)
    places.write_bytes(b"")
    state._map.clear()
    assert "build the map anew" in said(open_page(root, monkeypatch, collection))
    shutil.rmtree(collection.folder / "map")
    state._map.clear()
    assert "python -m concepts tokens --collection tiny --map photos" in shown(open_page(root, monkeypatch, collection))
    monkeypatch.setattr(state, "PLACED_AT_ONCE", 2_559)
    shutil.rmtree(collection.folder / "map_of_places", ignore_errors=True)
    asked = shown(open_page(root, monkeypatch, collection, points="places"))
    assert "No map of these places yet" in asked
    assert "python -m concepts tokens --collection tiny --map places" in asked
    state._map.clear()


def test_the_command_makes_a_map_and_says_what_it_keeps(tmp_path, capsys):
    for n, expected in ((10, "All 20 photos were laid out together"), (1, "without a map of photos: 2 items")):
        photos = str(write_photos(tmp_path / str(n), n=n))
        given = ["tokens", "--model", FACTORY, "--classes", ", ".join(CLASSES), "--layer", "features", "--images",
                 photos, "--workspace", str(tmp_path), "--name", "mine", "--map"]  # fmt: skip
        assert main(given) == 0
        said = capsys.readouterr().out
        assert expected in said
        assert ("are among its" in said) == (n == 10)
        assert "/photos?collection=mine" in said
