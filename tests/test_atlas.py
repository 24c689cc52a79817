"""The atlas without a screen: planes that are kept and found again, what is named, reports that are damaged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from concepts.atlas import Member, Space, spaces_of
from concepts.atlas.box import WIDTH
from concepts.atlas.placed import placed
from concepts.atlas.plane import FILE, Plane, StoredLink, find_plane, keep_plane, plane_name, plane_of
from concepts.atlas.reading import read_atlas_reports
from concepts.storage.app_folder import DEMO
from concepts.storage.listing import folders_in
from concepts.storage.typed_json import from_json, to_json
from tests.support.atlas_reports import NAMED, atlas_report
from tests.support.damage import refuses_damage
from tests.support.made_up_report import K, made_up_report


def member(label: str, seed: int, *, leaned_on: bool = False) -> Member:
    report = atlas_report(label, seed, leaned_on=leaned_on)
    return Member(report, report.array("components"))


@pytest.fixture(scope="module")
def space() -> Space[Member]:
    return spaces_of([member("boat", 1, leaned_on=True), member("gnome", 2)])[0]


@pytest.fixture(scope="module")
def plane(space) -> Plane:
    return plane_of(space)


def test_a_kept_plane_is_the_one_that_is_found(space, plane, tmp_path):
    assert find_plane(space, [tmp_path]) is None
    keep_plane(space, plane, tmp_path)
    assert find_plane(space, [tmp_path / "nothing here", tmp_path]) == plane


@pytest.mark.parametrize(
    "wrong", ["{", '{"format": 2}', '{"format":1,"places":[],"laid_out_by":"","threshold":null,"links":[]}']
)
def test_a_damaged_plane_and_one_of_another_length_are_computed_again(space, tmp_path, wrong):
    (tmp_path / plane_name(space)).mkdir()
    (tmp_path / plane_name(space) / FILE).write_text(wrong, encoding="utf-8")
    assert find_plane(space, [tmp_path]) is None


def test_a_link_to_a_concept_that_is_not_there_is_refused(space, plane, tmp_path):
    beyond = replace(plane, links=(StoredLink(0, len(space.nodes), 0.9),))
    keep_plane(space, beyond, tmp_path)
    assert find_plane(space, [tmp_path]) is None


def test_every_field_of_a_plane_is_checked(plane):
    refuses_damage(lambda text: from_json(Plane, text, source=FILE), to_json(plane), source=FILE)


def test_a_plane_s_name_hangs_on_directions_their_order_and_their_sign(space):
    a, b = space.members
    pca = replace(a.report.data, settings=replace(a.report.data.settings, method="pca"))
    others = [Space((b, a)), Space((a,)), Space((replace(a, components=-a.components), b))]
    others.append(Space((replace(a, report=a.report.with_data(pca)), b)))
    assert len({plane_name(each) for each in [space, *others]}) == 5
    assert plane_name(Space((a, b))) == plane_name(space)


def test_a_placed_space_knows_rows_partners_and_what_a_verdict_names(space, plane):
    found = placed(space, plane)
    assert found.named == dict.fromkeys(NAMED, "leans")  # of the first report
    assert found.row_of(1, 3) == K + 3
    assert found.row_of(0, K) is None
    assert found.row_of(1, -1) is None
    for row in (0, 1):  # the same in both
        other, cosine = found.near[row][0]
        assert other == K + row
        assert cosine == pytest.approx(1)
        assert found.is_shared(cosine)
    assert {tuple(line) for line in found.lines.tolist()} == {(0, K), (1, K + 1)}
    assert not found.is_shared(plane.threshold)


def test_all_concepts_lie_in_the_box(space, plane):
    found = placed(space, plane)
    assert found.points.min() >= found.side / 2
    assert found.points[:, 0].max() <= WIDTH - found.side / 2
    assert found.points[:, 1].max() <= found.height - found.side / 2


def test_a_damaged_report_is_left_out_and_named(tmp_path):
    made_up_report(n=6, label="whale").save(tmp_path / "a")
    made_up_report(n=6, label="boat").save(tmp_path / "b")
    (made_up_report(n=6).save(tmp_path / "bad") / "arrays.safetensors").write_bytes(b"broken")
    (tmp_path / "empty").mkdir()
    found = read_atlas_reports(folders_in(tmp_path))
    assert [(each.label, each.id) for each in found.found] == [("boat", "b"), ("whale", "a")]
    assert [each.name for each in found.left_out] == ["bad", "empty"]
    assert all(str(tmp_path) not in each.text for each in found.left_out)


def test_the_planes_of_the_demo_are_those_of_its_reports():
    spaces = spaces_of(read_atlas_reports(folders_in(DEMO / "reports")).found)
    assert len(spaces) == 2
    assert {plane_name(space) for space in spaces} == {folder.name for folder in folders_in(DEMO / "planes")}
    for space in spaces:
        plane = find_plane(space, [DEMO / "planes"])
        assert plane is not None
        assert plane.threshold == pytest.approx(space.threshold)
        assert plane.forest.tolist() == [[link.a, link.b] for link in space.forest]


def test_a_plane_keeps_the_links_that_hold_groups_together_and_no_more(space, plane):
    """A thousand reports have millions of links: their file could not be read any more."""
    third = replace(space.members[0], components=space.members[0].components + 1e-3)
    alike = Space((*space.members, third))
    kept = plane_of(alike)
    assert len(kept.links) == len(alike.forest) < len(alike.links)
    whole = replace(kept, links=tuple(StoredLink(each.a, each.b, each.cosine) for each in alike.links))
    np.testing.assert_array_equal(whole.forest, kept.forest)


def test_a_plane_is_drawn_from_nothing_but_its_rows(space: Space[Member], plane: Plane, tmp_path: Path):
    flat = replace(plane, places=tuple((0.0, 0.0) for _ in plane.places), links=())
    found = placed(space, flat)
    assert np.isfinite(found.points).all()
    assert found.lines.shape == (0, 2)
