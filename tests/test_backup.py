"""Backup → restore into an empty place: the same results, names and judgements; what is damaged is refused."""

import json
import os
import shutil
import sqlite3
import stat
import time
import warnings
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from concepts.annotations import Note, NoteStore, note_subject
from concepts.backup import writing
from concepts.backup.contents import check_names
from concepts.backup.manifest import MANIFEST
from concepts.cli.main import main
from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import claim, owners_of
from concepts.engine.uploads import Upload
from concepts.record import Entry, RecordStore
from concepts.report import ClassReport
from pages.state.reports import cards
from tests.support.made_up_report import made_up_report
from tests.support.postgres import postgres

OLD = 1_700_000_000.0


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("CONCEPTS_NOTES", "CONCEPTS_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def report():
    return made_up_report(n=6, n_strategies=1)


@pytest.fixture(scope="session")
def lab(report, tmp_path_factory):
    """Two reports, an evaluation, an upload, names with a judgement; and what no backup holds."""
    place = tmp_path_factory.mktemp("house") / "lab"
    for id in ("mushroom", "toadstool"):
        report.save(place / "reports" / id)
    files = {
        "evaluations/first/table.csv": "a,b\n1,2\n", "uploads/photos/0a1b/my photos/é.txt": "a photo",
        "uploads/incoming/0a1b/0": "not read yet", "store/a/b": "made again", "jobs/report-1/state.json": "{}",
        "reports/.half.0a1b2c3d.part/report.json": "{}", "reports/toadstool/.report.json.0a1b2c3d.part": "{",
    }  # fmt: skip
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    os.utime(place / "uploads/photos/0a1b/my photos/é.txt", (OLD, OLD))
    store = notes_in(place)
    written = store.write(note(report, "price tag", flags=("artefact", "should not matter")))
    store.write(note(report, "label", replaces=written.note.id, author="Ben"))
    store.close()
    return place


@pytest.fixture
def workspace(lab, tmp_path):
    return Path(shutil.copytree(lab, tmp_path / "lab"))


def notes_in(workspace: Path) -> NoteStore:
    return NoteStore(f"sqlite:///{workspace / 'notes.sqlite'}")


def note(report: ClassReport, name: str, **more) -> Note:
    told = {"subject": note_subject(report), "kind": "concept", "index": 2, "name": name, "author": "Ann"}
    return Note(**(told | more))


def tree(*folders: Path) -> dict[str, str]:
    """Relative name -> digest, without what a database may leave beside it."""
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".part")
    }


def backup(workspace: Path, out: Path, *more: object) -> int:
    return main(["backup", str(out), "--workspace", str(workspace), *map(str, more)])


def restore(file: Path, to: Path, *more: object) -> int:
    return main(["restore", str(file), "--to", str(to), *map(str, more)])


@pytest.fixture(scope="session")
def written(lab):
    out = lab.parent / "lab.zip"
    assert backup(lab, out, "--database", f"sqlite:///{lab / 'notes.sqlite'}") == 0
    return out


@pytest.fixture
def saved(written, tmp_path):
    return Path(shutil.copy(written, tmp_path / "lab.zip"))


def test_what_is_restored_is_what_was_there(workspace, saved, tmp_path, report, monkeypatch):
    new = tmp_path / "new" / "lab"
    assert restore(saved, new) == 0
    assert {entry.name for entry in new.iterdir()} == {"reports", "evaluations", "notes.sqlite"}
    shown = ("reports", "evaluations")
    before, after = (tree(*(place / name for name in shown)) for place in (workspace, new))
    before.pop("reports/.half.0a1b2c3d.part/report.json")
    assert before == after
    assert sum(name.endswith((".webp", ".jpg")) for name in after) > 10
    assert notes_in(new).all_notes() == notes_in(workspace).all_notes()
    (first,) = [each for each in notes_in(new).all_notes() if each.author == "Ann"]
    assert first.judgement == "should not matter"
    listed = []
    for place in (workspace, new):
        monkeypatch.setenv("CONCEPTS_WORKSPACE", str(place))
        listed.append([(card.id, card.title) for card in cards()])
    assert listed[0] == listed[1]
    assert {"mushroom", "toadstool"} <= {id for id, _ in listed[0]}
    assert ClassReport.load(new / "reports" / "mushroom").data == report.data


def test_uploads_come_on_request_with_their_age(workspace, tmp_path, capsys):
    assert backup(workspace, tmp_path / "all.zip", "--uploads") == 0
    said = capsys.readouterr().out
    assert "1 evaluation, 2 reports, 1 upload, the names" in said
    assert restore(tmp_path / "all.zip", tmp_path / "new") == 0
    upload = tmp_path / "new" / "uploads" / "photos" / "0a1b"
    assert (upload / "my photos" / "é.txt").read_text(encoding="utf-8") == "a photo"
    assert [path.stat().st_mtime for path in (upload, upload / "my photos")] == [OLD, OLD]
    assert not (tmp_path / "new" / "uploads" / "incoming").exists()


def test_whose_a_result_or_an_upload_is_comes_back(workspace, tmp_path):
    claim(OwnedResult(workspace / "reports" / "mushroom"), "ann")
    claim(Upload(workspace, "0a1b", "my photos"), "ben")
    assert backup(workspace, tmp_path / "all.zip", "--uploads") == 0
    assert restore(tmp_path / "all.zip", tmp_path / "new") == 0
    assert owners_of(OwnedResult(tmp_path / "new" / "reports" / "mushroom")) == ("ann",)
    photos = Upload(tmp_path / "new", "0a1b", "my photos")
    assert owners_of(photos) == ("ben",)


def test_the_file_is_its_owner_s_alone_and_none_is_replaced(saved, workspace, tmp_path, capsys):
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    before = saved.read_bytes()
    assert backup(workspace, saved) == 2
    assert "is there already" in capsys.readouterr().err
    assert saved.read_bytes() == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"lab", "lab.zip"}


def test_links_are_left_out_and_named(workspace, tmp_path, capsys):
    (tmp_path / "secret.txt").write_text("secret")
    (workspace / "reports" / "elsewhere").symlink_to(tmp_path)
    (workspace / "reports" / "mushroom" / "secret.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(workspace / "reports" / "mushroom" / "pipe")
    assert backup(workspace, tmp_path / "lab.zip") == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("left out")]
    assert told == [
        "left out: reports/elsewhere: it is a link",
        "left out: reports/mushroom/pipe: it is no file",
        "left out: reports/mushroom/secret.txt: it is a link",
    ]
    assert not [name for name in zipfile.ZipFile(tmp_path / "lab.zip").namelist() if "secret" in name]


def test_a_report_that_is_replaced_meanwhile_is_not_mixed(workspace, tmp_path, monkeypatch):
    new, add, changed = made_up_report(n=6, n_strategies=1, seed=1), writing._add, []

    def add_and_replace(archive, name, path):
        if name.endswith("report.json") and not changed:
            changed.append(name)
            new.save(workspace / "reports" / "mushroom")
        return add(archive, name, path)

    monkeypatch.setattr(writing, "_add", add_and_replace)
    assert backup(workspace, tmp_path / "lab.zip") == 0
    assert restore(tmp_path / "lab.zip", tmp_path / "new") == 0
    assert changed
    assert tree(tmp_path / "new" / "reports" / "mushroom") == tree(workspace / "reports" / "mushroom")


def test_results_that_change_without_end_are_refused(workspace, tmp_path, monkeypatch, capsys):
    def always(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(writing, "_files_in", always)
    assert backup(workspace, tmp_path / "lab.zip") == 2
    assert "changed 5 times while they were read" in capsys.readouterr().err
    assert not (tmp_path / "lab.zip").exists()


def test_only_an_empty_place_takes_a_backup(saved, tmp_path, capsys):
    place = tmp_path / "used"
    place.mkdir()
    (place / "my file").write_text("mine")
    assert restore(saved, place) == 2
    assert f"error: {place} is not empty (my file): a backup is restored into an empty place" in capsys.readouterr().err
    assert restore(saved, place / "my file") == 2
    assert "is a file" in capsys.readouterr().err
    (place / "my file").unlink()
    (place / "lost+found").mkdir()  # of a new volume
    assert restore(saved, place) == 0
    assert (place / "reports" / "mushroom" / "report.json").is_file()


def altered(saved: Path, *, change=lambda name, data: data, manifest=lambda value: value, more=()) -> Path:
    """A copy of a backup with other contents, another manifest, or more members."""
    target = saved.with_name("altered.zip")
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice
        for info in source.infolist():
            data = source.read(info)
            if info.filename == MANIFEST:
                data = json.dumps(manifest(json.loads(data))).encode()
            archive.writestr(info.filename, change(info.filename, data))
        for info, data in more:
            archive.writestr(info, data)
    return target


def listing(name: str, data: bytes):
    """A manifest that names one more file."""
    row = {"size": len(data), "sha256": sha256(data).hexdigest(), "changed": OLD}
    return lambda value: value | {"files": value["files"] | {name: row}}


def linked(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def newer(value: dict) -> dict:
    return value | {"format": 2, "secret": 1}


HOSTILE = ("../../evil", "/etc/evil", "reports/../../evil", "reports\\..\\evil", "reports//evil", "./reports/evil")
STRANGE = ("evil/a", "jobs/report-1/state.json", ".streamlit/config.toml", "notes.sqlite/a", "reports")


def test_names_that_lead_out_are_refused():
    check_names(["reports/a/report.json", "uploads/photos/0a/é.jpg", "notes.sqlite", "reports/a/..b"])
    for name in (*HOSTILE, "reports/a\0b", "reports/a/", ""):
        with pytest.raises(ValueError, match="leads out"):
            check_names([name])
    for name in STRANGE:
        with pytest.raises(ValueError, match="no part of a workspace"):
            check_names([name])


def page(name: str, data: bytes) -> bytes:
    return data.replace(b"<", b"[", 1) if name.endswith("report.html") else data


def cut(name: str, data: bytes) -> bytes:
    return data[:-1] if name.endswith("arrays.safetensors") else data


CASES = {
    "another content": ({"change": page}, "'reports/mushroom/report.html' is not as it was written"),
    "a shorter content": ({"change": cut}, "is not as it was written"),
    "more than is named": ({"more": [("reports/a/b", b"x")]}, "'reports/a/b' is in one of them alone"),
    "less than is named": ({"manifest": listing("reports/a/b", b"x")}, "'reports/a/b' is in one of them alone"),
    "twice": ({"more": [("notes.sqlite", b"x")]}, "holds a file twice"),
    "a link": (
        {"manifest": listing("reports/a/b", b"/etc"), "more": [(linked("reports/a/b"), b"/etc")]}, "as a link"
    ),
    "out": ({"manifest": listing(HOSTILE[0], b"x"), "more": [(HOSTILE[0], b"x")]}, "leads out of the workspace"),
    "a newer format": ({"manifest": newer}, "a backup of format 2; this program reads formats up to 1"),
    "a field more": ({"manifest": lambda value: value | {"secret": 1}}, "secret: there is no such field"),
    "no manifest": ({"manifest": lambda value: []}, "is no backup"),
    "a size beyond the disk": (
        {"manifest": lambda value: listing("notes.sqlite", b"")(value) | {
            "files": value["files"] | {"notes.sqlite": {"size": 2**52, "sha256": "0" * 64, "changed": 0.0}}}},
        "make room",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_backup_that_is_not_as_it_was_is_refused_and_leaves_nothing(saved, tmp_path, capsys, case):
    alter, said = CASES[case]
    file, place = altered(saved, **alter), tmp_path / "new"
    before = {entry.name for entry in tmp_path.iterdir()}
    assert restore(file, place) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert {entry.name for entry in tmp_path.iterdir()} == before
    place.mkdir()
    assert restore(file, place) == 2
    assert list(place.iterdir()) == []


def test_a_file_that_was_cut_is_refused_wherever(saved, tmp_path, capsys):
    whole = saved.read_bytes()
    for n in (0, 10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.zip").write_bytes(whole[:n])
        assert restore(tmp_path / "cut.zip", tmp_path / "new") == 2
        assert "is no backup" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def middle_of(file: Path, info: zipfile.ZipInfo) -> int:
    """The place of a byte in the middle of a member's content, behind its header of 30 bytes, name and extra field."""
    with file.open("rb") as archive:
        archive.seek(info.header_offset + 26)
        lengths = [int.from_bytes(archive.read(2), "little") for _ in range(2)]
    return info.header_offset + 30 + sum(lengths) + info.compress_size // 2


def test_a_byte_that_flipped_is_found_in_whatever_file(saved, tmp_path, capsys):
    whole, flipped = saved.read_bytes(), tmp_path / "flipped.zip"
    for info in zipfile.ZipFile(saved).infolist()[::-5]:  # the manifest first
        i = middle_of(saved, info)
        flipped.write_bytes(whole[:i] + bytes([whole[i] ^ 64]) + whole[i + 1 :])
        assert restore(flipped, tmp_path / "new") == 2
        assert "is damaged" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_database_of_a_newer_program_is_refused(workspace, tmp_path, capsys):
    with closing(sqlite3.connect(workspace / "notes.sqlite")) as database, database:
        database.execute("UPDATE concept_schema SET version = 9")
    assert backup(workspace, tmp_path / "lab.zip") == 2
    assert "newer program (version 9" in capsys.readouterr().err


def test_without_names_and_results_there_is_a_backup_all_the_same(tmp_path, capsys):
    (tmp_path / "lab").mkdir()
    assert backup(tmp_path / "lab", tmp_path / "lab.zip") == 0
    assert capsys.readouterr().out.endswith("lab.zip: 0.0 MB\n")
    assert restore(tmp_path / "lab.zip", tmp_path / "new") == 0
    assert list((tmp_path / "new").iterdir()) == []
    assert backup(tmp_path / "nowhere", tmp_path / "other.zip") == 2


def record_in(workspace: Path) -> RecordStore:
    return RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}")


def numbered(store: RecordStore) -> list[dict]:
    with closing(store), store.snapshot() as connection:
        return list(store.numbered(connection))


@pytest.fixture
def recorded(workspace) -> list[dict]:
    """A record of which the second and the last entry were taken out by hand."""
    store = record_in(workspace)
    for i in range(5):
        store.append(Entry("ann", "run", f"report-{i}", when=f"2026-11-30T10:00:0{i}.000+00:00"))
    with store.one_writer() as connection:
        connection.exec_driver_sql("DELETE FROM concept_record WHERE id IN (2, 5)")
    assert [row["id"] for row in numbered(store)] == [1, 3, 4]
    return numbered(store)


def the_next_number(store: RecordStore) -> int:
    store.append(Entry("ben", "name"))
    return numbered(store)[-1]["id"]


@pytest.mark.slow
def test_names_and_record_go_from_a_file_to_a_server_and_back(workspace, recorded, tmp_path, capsys):
    assert backup(workspace, tmp_path / "file.zip") == 0
    with postgres() as url:
        assert restore(tmp_path / "file.zip", tmp_path / "moved", "--database", url) == 0
        assert not (tmp_path / "moved" / "notes.sqlite").exists()
        with closing(NoteStore(url)) as server:
            assert server.all_notes() == notes_in(workspace).all_notes()
        assert numbered(RecordStore(url)) == recorded
        assert backup(tmp_path / "moved", tmp_path / "server.zip", "--database", url) == 0
        assert restore(tmp_path / "server.zip", tmp_path / "again", "--database", url) == 2
        assert "holds names or a record already: give an empty one" in capsys.readouterr().err
        assert not (tmp_path / "again").exists()
        assert the_next_number(RecordStore(url)) == 6, "the number of one that was taken out never comes again"
    assert restore(tmp_path / "server.zip", tmp_path / "again") == 0
    assert notes_in(tmp_path / "again").all_notes() == notes_in(workspace).all_notes()
    assert numbered(record_in(tmp_path / "again")) == recorded
    assert the_next_number(record_in(tmp_path / "again")) == 6


@pytest.mark.slow
def test_a_record_without_names_is_in_the_backup_of_a_server(tmp_path, capsys):
    (tmp_path / "lab").mkdir()
    with postgres() as url:
        assert backup(tmp_path / "lab", tmp_path / "empty.zip", "--database", url) == 0
        with closing(RecordStore(url)) as store:
            store.append(Entry("ann", "run", "report-1"))
        assert backup(tmp_path / "lab", tmp_path / "lab.zip", "--database", url) == 0
        assert restore(tmp_path / "lab.zip", tmp_path / "again", "--database", url) == 2, "no second record into it"
        assert not (tmp_path / "again").exists()
    assert zipfile.ZipFile(tmp_path / "empty.zip").namelist() == [MANIFEST]
    assert restore(tmp_path / "lab.zip", tmp_path / "again") == 0
    assert [row["of"] for row in numbered(record_in(tmp_path / "again"))] == ["report-1"]
    assert notes_in(tmp_path / "again").all_notes() == []


def test_a_file_of_its_own_takes_names_and_record_or_nothing(workspace, recorded, tmp_path, capsys, monkeypatch):
    assert backup(workspace, tmp_path / "lab.zip") == 0
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"

    def full(*_: object, **__: object) -> None:
        raise ValueError("the disk is full")

    with monkeypatch.context() as patch, closing(NoteStore(other)) as store:
        patch.setattr(RecordStore, "bring", full)
        assert restore(tmp_path / "lab.zip", tmp_path / "new", "--database", other) == 2
        assert "is full" in capsys.readouterr().err
        assert store.all_notes() == [], "no names without the record"
        assert not (tmp_path / "new").exists()
    assert restore(tmp_path / "lab.zip", tmp_path / "new", "--database", other) == 0
    with closing(NoteStore(other)) as store:
        assert store.all_notes() == notes_in(workspace).all_notes()
    assert numbered(RecordStore(other)) == recorded == numbered(record_in(workspace))


def test_a_backup_is_of_the_past_on_a_clock_that_runs_ahead(workspace, tmp_path):
    ahead = time.time() + 10**6
    os.utime(workspace / "reports" / "mushroom" / "report.json", (ahead, ahead))
    assert backup(workspace, tmp_path / "lab.zip") == 0
    assert restore(tmp_path / "lab.zip", tmp_path / "new") == 0
    assert (tmp_path / "new" / "reports" / "mushroom" / "report.json").stat().st_mtime <= time.time()


def test_a_folder_of_backups_gets_a_new_one_and_gives_the_newest(lab, tmp_path):
    place, there = tmp_path / "backups", tmp_path / "there"
    place.mkdir()
    (place / "1999-01-01-000000.zip").write_bytes(b"an older one")
    assert backup(lab, place) == 0
    assert len(list(place.glob("*.zip"))) == 2
    assert main(["restore", str(place), "--to", str(there)]) == 0
    assert (there / "notes.sqlite").is_file()


def test_places_without_a_backup_are_told(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert main(["restore", str(tmp_path), "--to", str(tmp_path / "there")]) == 2
    assert "holds no backup (*.zip)" in capsys.readouterr().err
    assert backup(tmp_path, tmp_path / "notes.txt") == 2
    assert "is a file that is no .zip" in capsys.readouterr().err
