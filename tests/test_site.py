"""A static site of reports: what is on it, that it is written when it has changed, that nothing in it runs."""

import json
import re
import shutil
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import numpy as np
import pytest

from concepts.annotations import Note, NoteStore, note_subject
from concepts.atlas.box import FRAME, WIDTH, in_box
from concepts.atlas.links import ConceptLink, ConceptLinks
from concepts.atlas.spaces import Space, chance_cosine, spaces_of
from concepts.cli.main import main
from concepts.numerics.written import with_sign
from concepts.publishing.site import build, build_site
from concepts.publishing.site.build import program_files, write_class
from concepts.publishing.site.classes import collect
from concepts.publishing.site.concept_map import map_drawing
from concepts.publishing.site.writing import Manifest, ManifestEntry, begin_site, checked_out, read_manifest
from concepts.report import ClassReport
from concepts.report.rendering.verdict_sentences import ORDER as VERDICTS
from concepts.storage.app_folder import PACKAGE
from concepts.storage.store import write_json
from concepts.storage.typed_json import from_json, to_json
from tests.support.damage import refuses_damage
from tests.support.made_up_report import K, made_up_report, renamed

pytestmark = pytest.mark.slow

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
NAMES = [HOSTILE, "../../up.jpg", "\u202eturned \U0001f344.jpg", "m" * 1_000_000]
CHANNELS = 16


def planted(seed: int) -> np.ndarray:
    """(K, 16) directions, of which the first three are the same whatever the seed."""
    shared, own = np.random.default_rng(99), np.random.default_rng(seed)
    return np.concatenate([shared.normal(size=(3, CHANNELS)), own.normal(size=(K - 3, CHANNELS))]).astype(np.float32)


def save(folder: Path, label: str, seed: int, **options: object) -> ClassReport:
    report = made_up_report(n=14, seed=seed, label=label, **options)
    report._arrays["components"] = planted(seed)
    report.save(folder)
    return ClassReport.load(folder)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Two classes of one model, one with hostile names, and one of another model without places."""
    root = tmp_path_factory.mktemp("reports")
    save(root / "boat", "boat", 1)
    save(root / "hostile", HOSTILE, 2, names=NAMES)
    other = made_up_report(n=14, seed=3, label="../../etc", model="other", grid=False)
    renamed(other, model=replace(other.data.model, fingerprint="ee")).save(root / "other")
    return root


@pytest.fixture(scope="module")
def built(reports, tmp_path_factory):
    place = tmp_path_factory.mktemp("www") / "site"
    return build_site([reports], place)


@pytest.fixture
def own(reports, built, tmp_path):
    """A copy of the reports and of their site, to change."""
    shutil.copytree(reports, tmp_path / "reports")
    shutil.copytree(built.folder, tmp_path / "site")
    return tmp_path


class Page(HTMLParser):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = file.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def values(self, *names: str) -> list[str]:
        return [tag[name] for _, tag in self.tags for name in names if name in tag]


def pages_of(folder: Path) -> dict[str, Page]:
    return {file.relative_to(folder).as_posix(): Page(file) for file in sorted(folder.rglob("*.html"))}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """inode and time of change of every file."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {f.relative_to(folder).as_posix(): (f.stat().st_ino, f.stat().st_mtime_ns) for f in files}


def touched(before: dict, after: dict) -> set[str]:
    return {path for path in after if before.get(path) != after[path]}


def test_a_page_a_class_and_a_page_a_concept(built):
    names = [file.relative_to(built.folder).as_posix() for file in built.folder.rglob("*") if file.is_file()]
    assert built.n_classes == 3
    assert built.n_concepts == 3 * K
    assert sum(name.startswith("classes/") for name in names) == 3
    assert sum(name.startswith("concepts/") for name in names) == 3 * K
    assert all(re.fullmatch(r"[a-z0-9/.-]+", name) and ".." not in name for name in names)
    assert not [name for name in names if Path(name).name.startswith(".")]


def test_every_link_is_relative_and_leads_somewhere(built):
    pages = pages_of(built.folder)
    ids = {path: set(page.values("id")) for path, page in pages.items()}
    n_links = 0
    for path, page in pages.items():
        for link in page.values("href", "src", "data-crop"):
            if link.startswith("data:"):
                continue
            assert not urlsplit(link).scheme, link
            assert not link.startswith("/"), link
            target = urlsplit(urljoin(f"http://x/deep/{path}", link))
            assert target.path.startswith("/deep/"), link
            there = unquote(target.path.removeprefix("/deep/"))
            assert (built.folder / there).is_file(), link
            assert not target.fragment or target.fragment in ids[there], link
            n_links += 1
    assert n_links > 200


def test_from_the_gallery_every_page_can_be_reached(built):
    pages, seen, queue = pages_of(built.folder), set(), ["index.html"]
    while queue:
        path = queue.pop()
        if path in pages and path not in seen:
            seen.add(path)
            links = [urlsplit(urljoin(f"http://x/{path}", link)).path[1:] for link in pages[path].values("href")]
            queue += links
    assert seen == set(pages)


def test_hostile_names_are_text(built):
    for path, page in pages_of(built.folder).items():
        assert "<script>alert" not in page.text, path
        assert "onerror" not in {name for _, tag in page.tags for name in tag}, path
        assert len([tag for tag, _ in page.tags if tag == "script"]) <= 1, path
        assert len(page.text) < 1_000_000, path
    index = Page(built.folder / "index.html")
    assert HOSTILE in index.values("data-name")
    assert "../../etc" in index.values("data-name")
    assert "<bdi>\u202eturned \U0001f344.jpg</bdi>" in "".join(page.text for page in pages_of(built.folder).values())


def test_only_our_script_may_run(built):
    for name in ("index.html", "map.html"):
        text = Page(built.folder / name).text
        (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', text)
        (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.S)
        allowed = b64encode(sha256(script.encode()).digest()).decode()
        assert f"script-src 'sha256-{allowed}'" in unescape(policy)


def test_the_gallery_is_a_list_without_a_script(built, reports):
    index = Page(built.folder / "index.html")
    (form,) = (tag for name, tag in index.tags if name == "form")
    assert "hidden" in form
    cards = [tag for name, tag in index.tags if name == "li"]
    assert len(cards) == 3
    assert not [card for card in cards if "hidden" in card]
    boat = ClassReport.load(reports / "boat").data
    (card,) = (card for card in cards if card["data-name"] == "boat")
    assert float(card["data-accuracy"]) == boat.accuracy.value
    assert int(card["data-verdict"]) == VERDICTS.index(boat.verdict and boat.verdict.kind)


def test_a_concept_s_page_holds_its_figures_and_its_neighbours(built, reports):
    classes, _ = collect([reports])
    (boat,) = (each for each in classes if each.label == "boat")
    (hostile,) = (each for each in classes if each.label == HOSTILE)
    for j in range(K):
        page, row = Page(built.folder / boat.concept_page(j)), boat.report.data.concepts[j]
        assert page.text.count('alt="crop of ') == len(row.crops)
        assert page.text.count('alt="where ') == min(4, len({crop.image for crop in row.crops}))
        assert with_sign(row.importance) in page.text
        shown = [tag for tag in page.values("href") if "concepts/" in tag and boat.stem not in tag]
        assert len(shown) == 4
        if j < 3:  # planted in both
            assert shown[0] == f"../{hostile.concept_page(j)}"
            assert "cosine 1.00, more than chance" in page.text


def test_the_map_has_a_point_for_every_concept_and_lines_for_those_that_are_shared(built):
    page = Page(built.folder / "map.html")
    assert len(page.values("data-title")) == 3 * K
    assert page.text.count("<h2>") == 2  # two models: two maps
    assert page.text.count('class="link"') == 3
    assert page.text.count("2 concepts, cosine 1.00 or more") == 3


def test_building_again_writes_nothing(own):
    build_site([own / "reports"], own / "site")  # the copy lies elsewhere
    before = stamps(own / "site")
    written = build_site([own / "reports"], own / "site").written
    assert stamps(own / "site") == before
    assert (written.new, written.changed, written.removed) == (0, 0, 0)
    assert written.unchanged == len(before) - 1  # all but the manifest


def test_a_changed_report_changes_its_pages_the_gallery_and_the_map_only(own):
    report = ClassReport.load(own / "reports" / "boat")
    concepts = tuple(replace(row, share=row.share / 2) for row in report.data.concepts)
    data = replace(report.data, concepts=concepts, accuracy=replace(report.data.accuracy, value=0.125))
    text = json.dumps(to_json(data))
    (own / "reports" / "boat" / "report.json").write_text(text, encoding="utf-8")
    before = stamps(own / "site")
    written = build_site([own / "reports"], own / "site").written
    (boat,) = (each for each in collect([own / "reports"])[0] if each.label == "boat")
    mine = {boat.page, *(boat.concept_page(j) for j in range(K))}
    assert touched(before, stamps(own / "site")) == mine | {"index.html", "map.html", "site.json"}
    assert written.changed == len(mine) + 2
    assert "12%" in Page(own / "site" / "index.html").text


def test_a_damaged_file_is_written_anew(own):
    (own / "site" / "map.html").write_text("half", encoding="utf-8")
    before = stamps(own / "site")
    assert build_site([own / "reports"], own / "site").written.changed == 1
    assert touched(before, stamps(own / "site")) == {"map.html"}


def test_pages_of_a_report_that_is_gone_are_removed_and_files_of_others_stay(own):
    (own / "site" / "CNAME").write_text("example.org", encoding="utf-8")
    (own / "site" / "classes" / "mine.html").write_text("mine", encoding="utf-8")
    (boat,) = (each for each in collect([own / "reports"])[0] if each.label == "boat")
    theirs = [path for path in stamps(own / "site") if boat.stem in path]
    shutil.rmtree(own / "reports" / "boat")
    written = build_site([own / "reports"], own / "site").written
    left = stamps(own / "site")
    assert written.removed == len(theirs) > K
    assert not [path for path in left if boat.stem in path]
    assert {"CNAME", "classes/mine.html"} <= left.keys()
    assert not (own / "site" / "pictures" / boat.stem).exists()


def test_a_manifest_cannot_have_other_files_removed(own):
    outside = own / "outside.html"
    outside.write_text("mine", encoding="utf-8")
    manifest = json.loads((own / "site" / "site.json").read_text(encoding="utf-8"))
    for path in ("../outside.html", "classes/../../outside.html", str(outside)):
        manifest["files"][path] = {"key": "", "hash": ""}
    (own / "site" / "site.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert build_site([own / "reports"], own / "site").written.removed == 0
    assert outside.exists()


def test_a_damaged_manifest_is_told_and_no_site_of_ours(tmp_path):
    whole = {"format": 1, "files": {"index.html": {"key": "a", "hash": "b"}}}
    write_json(tmp_path / "site.json", whole)
    assert read_manifest(tmp_path) == Manifest(1, {"index.html": ManifestEntry("a", "b")})
    refuses_damage(
        lambda content: from_json(Manifest, content, source="site.json"), whole, source="site.json",
        optional=("files.index.html",),
    )  # fmt: skip
    for wrong in ({"format": 2, "files": {}}, {"format": 1, "files": {"index.html": {"key": "a"}}}, []):
        write_json(tmp_path / "site.json", wrong)
        with pytest.raises(ValueError, match=r"no site of ours \(site\.json\)"):
            checked_out(tmp_path)


def test_an_interrupted_build_leaves_whole_files_and_is_known_to_be_ours(reports, tmp_path):
    shares = []

    def stop_before_the_last_page(stage, share):
        if stage == "pages":
            shares.append(share)
            if share + shares[0] > 1 - 1e-9:
                raise KeyboardInterrupt

    for name in ("first", "second"):
        shutil.copytree(reports / "other", tmp_path / "reports" / name)
    with pytest.raises(KeyboardInterrupt):
        build_site([tmp_path / "reports"], tmp_path / "site", progress=stop_before_the_last_page)
    left = pages_of(tmp_path / "site")
    assert len(left) == 2 * (1 + K) + 1
    assert all(page.text.rstrip().endswith("</html>") for page in left.values())
    shutil.rmtree(tmp_path / "reports" / "second")
    build_site([tmp_path / "reports"], tmp_path / "site")
    assert len(pages_of(tmp_path / "site")) == 1 + K + 2


def ahead_of(reports: list[Path], site: Path) -> dict[str, ManifestEntry]:
    """What is written of each report before a build of a site that was begun."""
    begin_site(site)
    return {path: entry for each in reports for path, entry in write_class(each, site).files.items()}


def test_what_is_written_ahead_is_not_made_again_and_the_site_is_the_same(reports, built, tmp_path, monkeypatch):
    ahead = ahead_of([reports / name for name in ("boat", "hostile", "other")], tmp_path / "site")
    before = stamps(tmp_path / "site")
    assert ahead.keys() == before.keys() - {"site.json"}
    damaged = next(path for path in ahead if path.startswith("pictures/"))
    (tmp_path / "site" / damaged).write_bytes(b"half")
    monkeypatch.setattr(build, "class_page", lambda title, own: pytest.fail(f"the page of {own.label} was made again"))
    written = build_site([reports], tmp_path / "site", ahead=ahead).written
    changed = touched(before, stamps(tmp_path / "site")) & ahead.keys()
    assert (written.changed, changed) == (1, {damaged})
    assert (written.new, written.unchanged) == (3 * K + 2, len(ahead) - 1)  # pages of concepts, the gallery and the map
    assert {path: (tmp_path / "site" / path).read_bytes() for path in stamps(built.folder)} == {
        path: (built.folder / path).read_bytes() for path in stamps(built.folder)
    }


def test_what_was_written_ahead_of_another_report_is_made_again_or_removed(reports, tmp_path):
    for name in ("boat", "other"):
        shutil.copytree(reports / name, tmp_path / "reports" / name)
    site, stale = tmp_path / "site", made_up_report(n=14, seed=4, label="boat")
    ahead = ahead_of([tmp_path / "reports" / "boat", reports / "hostile"], site)
    stale.save(tmp_path / "reports" / "boat")
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    outside = {"../mine.html": ManifestEntry("", "")}
    written = build_site([tmp_path / "reports"], site, ahead=ahead | outside).written
    assert written.removed == sum("script" in path for path in ahead) > K
    assert (tmp_path / "mine.html").exists()
    build_site([tmp_path / "reports"], tmp_path / "anew")
    assert pages_of(site).keys() == pages_of(tmp_path / "anew").keys()
    assert {name: page.text for name, page in pages_of(site).items()} == {
        name: page.text for name, page in pages_of(tmp_path / "anew").items()
    }


def test_what_a_killed_process_was_writing_is_no_file_of_others(reports, tmp_path):
    (tmp_path / ".site.json.0123abcd.part").write_text("{", encoding="utf-8")
    begin_site(tmp_path)
    (tmp_path / ".notes.0123abcd.mine").write_text("mine", encoding="utf-8")
    (tmp_path / "site.json").unlink()
    with pytest.raises(ValueError, match=r"no site of ours \(\.notes"):
        begin_site(tmp_path)


def test_a_folder_that_is_no_site_is_refused(reports, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=r"no site of ours \(mine\.txt\)"):
        build_site([reports], tmp_path)
    with pytest.raises(ValueError, match=r"no site of ours \(mine\.txt\)"):
        begin_site(tmp_path)
    assert not write_class(reports / "boat", tmp_path).files
    with pytest.raises(ValueError, match="is a file"):
        build_site([reports], tmp_path / "mine.txt")
    with pytest.raises(ValueError, match="no site of ours"):
        build_site([reports], reports)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_says_what_it_wrote_and_what_it_left_out(reports, tmp_path, capsys):
    shutil.copytree(reports / "other", tmp_path / "in" / "good")
    shutil.copytree(reports / "other", tmp_path / "in" / "bad")
    (tmp_path / "in" / "bad" / "arrays.safetensors").write_bytes(b"broken")
    out = tmp_path / "out"
    assert main(["site", "--reports", str(tmp_path / "in"), "--out", str(out), "--title", "<b>Ours</b>"]) == 0
    said = capsys.readouterr().out
    assert "left out bad: its arrays cannot be read" in said
    assert f"1 class, {K} concepts" in said
    assert "index.html" in said
    assert "<h1>&lt;b&gt;Ours&lt;/b&gt;</h1>" in (out / "index.html").read_text(encoding="utf-8")
    assert main(["site", "--reports", str(tmp_path / "nowhere"), "--out", str(out)]) == 2
    assert "there is no folder" in capsys.readouterr().err
    assert main(["site", "--reports", str(out), "--out", str(tmp_path / "out2")]) == 2
    assert "holds no report" in capsys.readouterr().err


def space_of(reports: Path) -> Space:
    return spaces_of(collect([reports])[0])[0]


def test_what_is_planted_in_both_is_linked_and_nothing_else(reports):
    space = space_of(reports)
    assert {(link.a % K, link.b % K) for link in space.links} == {(0, 0), (1, 1), (2, 2)}
    assert all(space.owner[link.a] != space.owner[link.b] for link in space.links)
    assert [len(group) for group, _ in space.groups] == [2, 2, 2]
    assert space.similarity(0).shape == (K, 2 * K)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_shuffled_dictionaries_pass_the_threshold_in_one_case_of_twenty(seed):
    rng = np.random.default_rng(seed)
    V = rng.gamma(0.5, size=(40, 24)) * rng.gamma(1, size=24)  # as of NMF: some channels are strong in all
    limit = chance_cosine(V, 10)
    best = []
    for _ in range(400):
        W = np.column_stack([rng.choice(V[:, c], 20) for c in range(24)])
        W /= np.linalg.norm(W, axis=1, keepdims=True)
        best.append((W[:10] @ W[10:].T).max())
    assert 0.01 < np.mean(np.array(best) > limit) < 0.12


def test_the_threshold_of_dead_dictionaries_links_nothing():
    assert chance_cosine(np.zeros((4, 3)), 2) == 1.0


def test_the_forest_is_the_strongest_that_joins_all():
    links = [ConceptLink(0, 1, 0.9), ConceptLink(1, 2, 0.8), ConceptLink(0, 2, 0.7), ConceptLink(3, 4, 0.6)]
    assert ConceptLinks.of(links).forest(5) == [links[0], links[1], links[3]]
    assert list(ConceptLinks.joined([ConceptLinks.of(links[2:]), ConceptLinks.of(links[:2])])) == links


@pytest.mark.parametrize("k", [1, 2, 3])
def test_few_concepts_have_a_map_too(reports, k):
    (boat,) = (each for each in collect([reports])[0] if each.label == "boat")
    data = replace(boat.report.data, concepts=boat.report.data.concepts[:k])
    small = replace(boat, report=boat.report.with_data(data), components=boat.components[:k])
    drawing = map_drawing(Space((small,)))
    assert len(drawing.points) == k
    assert drawing.kind == "principal components"
    assert all(np.isfinite((point.x, point.y)).all() for point in drawing.points)


def test_many_concepts_are_laid_out_by_umap_the_same_every_time(reports):
    classes, _ = collect([reports])
    (boat,) = (each for each in classes if each.label == "boat")
    members = tuple(replace(boat, components=planted(seed)) for seed in (1, 2, 3))
    (first, kind), (again, _) = Space(members).layout, Space(members).layout
    assert kind == "UMAP"
    np.testing.assert_array_equal(first, again)
    far = np.linalg.norm(first[:, None] - first[None], axis=-1)
    same = [far[j, K + j] for j in range(3)]
    assert max(same) < np.median(far)  # what is the same lies together


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_crops_lie_in_the_box_and_beside_each_other(seed):
    places = np.random.default_rng(seed).normal(size=(40, 2))
    places[1] = places[0]
    at, height = in_box(places, 40.0 - 2 * FRAME)
    assert at.min() >= 20
    assert at[:, 0].max() <= WIDTH - 20
    assert at[:, 1].max() <= height - 20
    apart = np.abs(at[:, None] - at[None]).max(axis=-1) + 1e3 * np.eye(40)
    assert apart.min() > 30


def test_a_sign_that_means_nothing_is_left_aside(reports):
    (boat,) = (each for each in collect([reports])[0] if each.label == "boat")
    flipped = replace(boat, components=-boat.components)
    assert not {(link.a, link.b - K) for link in Space((boat, flipped)).links if link.a == link.b - K}
    pca = replace(boat.report.data, settings=replace(boat.report.data.settings, method="pca"))
    signed = tuple(replace(each, report=boat.report.with_data(pca)) for each in (boat, flipped))
    assert {(link.a, link.b - K) for link in Space(signed).links} >= {(j, j) for j in range(K)}
    turned = boat.components.copy()
    turned[0] = np.eye(CHANNELS)[0] - 0.99 * np.eye(CHANNELS)[1]
    against = turned.copy()
    against[0] = np.eye(CHANNELS)[1] - 0.99 * np.eye(CHANNELS)[0]  # its largest entry is another's
    pair = (replace(signed[0], components=turned), replace(signed[1], components=against))
    assert Space(pair).similarity(0)[0, K] > 0.99


def test_names_by_people_stand_on_its_pages(own):
    report = ClassReport.load(own / "reports" / "boat")
    database = f"sqlite:///{own / 'notes.sqlite'}"
    given = ["site", "--reports", str(own / "reports"), "--out", str(own / "site"), "--database", database]
    before = {file: file.stat().st_mtime_ns for file in (own / "site").rglob("*") if file.is_file()}
    named = Note(note_subject(report), "concept", 2, name="sail <b>", author="Ada")
    NoteStore(database).write(named)
    assert main(given) == 0
    own = next(file for file in before if re.fullmatch(r"boat-\w+-2\.html", file.name))
    assert "sail &lt;b&gt;" in own.read_text(encoding="utf-8")
    changed = {file.name for file, when in before.items() if file.stat().st_mtime_ns != when}
    assert own.name in changed
    assert not any(name.startswith("etc") for name in changed)  # another model's pages are as they were


def test_what_pages_look_like_hangs_on_code_and_templates_of_all_their_rooms():
    files = {file.relative_to(PACKAGE).as_posix() for file in program_files()}
    assert {
        "rendering/templates/shared/cards.html.j2",
        "report/rendering/sentences.py",
        "report/rendering/templates/report.html.j2",
        "publishing/site/templates/index.html.j2",
    } <= files
