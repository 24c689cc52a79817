"""What people do is checked where it is done, and recorded; pages do nothing of it themselves."""

import ast
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from concepts import service
from concepts.access import NOBODY_IN_PARTICULAR, Act, NotAllowed, Person, Role
from concepts.annotations import Note, NoteStore, export_notes
from concepts.engine import jobs
from concepts.engine.jobs import JobState, QueueFullError, QuotaError
from concepts.engine.jobs.job import TASKS
from concepts.engine.quotas import GB, MB, Quotas
from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import claim, owners_of
from concepts.engine.uploaded_files import UploadedFile
from concepts.engine.uploads import Upload, digest_of, keep_photos
from concepts.record import RecordStore
from concepts.report.request import Request
from concepts.service import Workplace
from concepts.service import acting as acting_room
from concepts.service.acting import acting
from concepts.storage.app_folder import DEMO
from tests.support.imports import parsed
from tests.support.places import ROOT
from tests.test_job_queue import Unfinished
from tests.test_uploads import FILES, silent

READER, ANN, BEN, ADMIN = (
    Person("vera", Role.READER), Person("ann", Role.ANALYST), Person("ben", Role.ANALYST), Person("ada", Role.ADMIN)
)  # fmt: skip
ASKED = Request(model="squeezenet1_0", images="p", target="a")
CODE = Request(model="/models/mine.py:build", images="p", target="a")
SUBJECT = "a" * 24


@pytest.fixture
def place(tmp_path) -> Workplace:
    workspace = tmp_path.resolve()
    record = RecordStore(f"sqlite:///{workspace / 'notes.sqlite'}")
    return Workplace(workspace, record=record, executor=Unfinished(), models=("/models/named.py:build",))


@pytest.fixture
def notes(tmp_path) -> NoteStore:
    return NoteStore(f"sqlite:///{tmp_path / 'notes.sqlite'}")


def told(place: Workplace) -> list[tuple[str, str, str]]:
    assert place.record is not None
    return [(entry.who, entry.what, entry.result.partition(":")[0]) for entry in place.record.latest()][::-1]


@pytest.mark.parametrize("task", list(TASKS))
def test_a_reader_starts_nothing(place, task):
    with pytest.raises(NotAllowed, match="reader"):
        service.submit(place, READER, ASKED, task=task)
    assert not (place.workspace / "jobs").exists()
    assert told(place) == [("vera", "upload" if task == "photos" else "run", "refused")]


def test_another_s_job_is_not_cancelled_and_not_removed(place):
    job = service.submit(place, ANN, ASKED)
    assert (job.owner, service.owner_of(job)) == ("ann", "ann")
    for person in (READER, BEN):
        with pytest.raises(NotAllowed):
            service.cancel(place, person, job)
    assert not job.cancel_wanted
    service.cancel(place, ANN, job)
    assert job.cancel_wanted
    job.write(JobState(status="cancelled"))
    for person in (READER, BEN):
        with pytest.raises(NotAllowed, match=r"reader|belongs to ann"):
            service.remove(place, person, job)
    assert job.folder.is_dir()
    service.remove(place, ADMIN, job)
    assert not job.folder.is_dir()
    assert told(place) == [
        ("ann", "run", "done"), ("vera", "cancel", "refused"), ("ben", "cancel", "refused"), ("ann", "cancel", "done"),
        ("vera", "remove", "refused"), ("ben", "remove", "refused"), ("ada", "remove", "done"),
    ]  # fmt: skip


def test_a_job_of_nobody_or_with_a_damaged_file_is_an_admin_s(place):
    job = jobs.submit(ASKED, place.workspace, executor=place.executor)
    with pytest.raises(NotAllowed, match="nobody who is known"):
        service.cancel(place, ANN, job)
    (job.folder / "request.json").write_text("{")
    with pytest.raises(NotAllowed):
        service.cancel(place, ANN, job)
    service.cancel(place, ADMIN, job)
    assert job.cancel_wanted


def test_code_that_the_operator_has_not_named_is_an_admin_s(place):
    with pytest.raises(NotAllowed, match=r"code the operator has not named.*admin"):
        service.submit(place, ANN, CODE, task="inspect")
    assert told(place) == [("ann", "run code", "refused")]
    service.submit(place, ADMIN, CODE, task="inspect")
    named = Request(model="/models/../models/named.py:build", images="p", target="a")
    service.submit(place, ANN, named)
    for model in ("head:/models/mine", "ask:/models/mine.py:build", "hf:no/name/this", "/models/named.py:other"):
        with pytest.raises(NotAllowed):
            service.submit(place, ANN, Request(model=model, images="p", target="a"))


def test_without_a_login_all_is_allowed_and_nothing_recorded(place):
    job = service.submit(place, NOBODY_IN_PARTICULAR, CODE)
    assert job.owner == ""
    service.cancel(place, NOBODY_IN_PARTICULAR, job)
    service.cancel(place, NOBODY_IN_PARTICULAR, service.submit(place, ANN, ASKED))
    assert told(place) == [("ann", "run", "done")]


def test_quotas_are_each_person_s(place):
    place = replace(place, quotas=Quotas(waiting=1, upload=1e-6))
    service.submit(place, ANN, ASKED)
    with pytest.raises(QuotaError):
        service.submit(place, ANN, replace(ASKED, target="b"))
    service.submit(place, BEN, replace(ASKED, target="b"))
    with pytest.raises(QuotaError):
        service.keep(place, ANN, a_file(place), b"a\nb")
    assert not a_file(place).kept
    service.keep(place, NOBODY_IN_PARTICULAR, a_file(place), b"a\nb")


def a_file(place: Workplace) -> UploadedFile:
    return UploadedFile.of(place.workspace, "names", "classes.txt", b"a\nb")


def test_uploads_are_their_owners(place):
    upload = a_file(place)
    with pytest.raises(NotAllowed):
        service.keep(place, READER, upload, b"a\nb")
    assert not upload.kept
    for _ in range(3):
        service.keep(place, ANN, upload, b"a\nb")
    for person in (READER, BEN):
        with pytest.raises(NotAllowed):
            service.delete(place, person, upload)
    assert upload.kept
    service.keep(place, BEN, upload, b"a\nb")
    service.delete(place, ANN, upload)
    assert (upload.kept, owners_of(upload)) == (True, ("ben",))
    service.delete(place, ADMIN, upload)
    assert not upload.kept
    done = [(who, what) for who, what, result in told(place) if result == "done"]
    assert done == [("ann", "upload"), ("ben", "upload"), ("ann", "remove"), ("ada", "remove")], "kept once, told once"


def test_photos_are_received_for_those_who_may(place):
    upload = Upload(place.workspace, digest_of(FILES), "holiday")
    with pytest.raises(NotAllowed):
        service.receive_photos(place, READER, upload, FILES)
    assert not upload.incoming.exists()
    service.receive_photos(place, ANN, upload, FILES)
    assert owners_of(upload) == ("ann",)
    full = Workplace(place.workspace, record=place.record, executor=place.executor, most_waiting=1)
    service.submit(full, ANN, upload.request, task="photos")
    other = Upload(place.workspace, "0" * 24, "other")
    with pytest.raises(QueueFullError):
        service.receive_photos(full, ANN, other, FILES)
    assert not other.incoming.exists()
    assert told(place)[-1] == ("ann", "upload", "failed")


def photos_of_ann(place: Workplace) -> Upload:
    upload = Upload(place.workspace, digest_of(FILES), "holiday")
    service.receive_photos(place, ANN, upload, FILES)
    return upload


@pytest.mark.parametrize("read", [True, False], ids=["read", "waiting to be read"])
def test_whoever_gives_photos_that_are_there_owns_them_too(place, read):
    upload = photos_of_ann(place)
    if read:
        keep_photos(upload, silent)
    with pytest.raises(NotAllowed):
        service.own_too(place, READER, upload, 1)
    for person in (ANN, BEN, BEN, NOBODY_IN_PARTICULAR):
        service.own_too(place, person, upload, 1)
    assert owners_of(upload) == ("ann", "ben")
    if not read:
        keep_photos(upload, silent)
    service.delete(place, ANN, upload)
    assert (upload.kept, owners_of(upload)) == (True, ("ben",))
    assert told(place) == [
        ("ann", "upload", "done"), ("vera", "upload", "refused"), ("ben", "upload", "done"), ("ann", "remove", "done")
    ], "once each"  # fmt: skip


@pytest.mark.parametrize("quotas", [Quotas(disk=1 / GB), Quotas(upload=1 / MB)], ids=["disk", "upload"])
def test_photos_that_are_there_count_for_whoever_gives_them_as_well(place, quotas):
    upload = photos_of_ann(place)
    keep_photos(upload, silent)
    with pytest.raises(QuotaError):
        service.own_too(replace(place, quotas=quotas), BEN, upload, 2)
    assert owners_of(upload) == ("ann",)


def test_a_model_in_a_zip_is_an_analyst_s(place):
    upload = UploadedFile.of(place.workspace, "models", "mine", b"no zip")
    with pytest.raises(NotAllowed):
        service.receive_model(place, READER, upload, b"no zip")
    with pytest.raises(ValueError, match="mine"):
        service.receive_model(place, ANN, upload, b"no zip")
    assert told(place) == [("vera", "upload", "refused"), ("ann", "upload", "failed")]


def test_a_note_is_signed_by_who_writes_it(place, notes):
    note = Note(SUBJECT, "concept", 3, "stripes", author="ada")
    assert service.write_note(place, READER, notes, note).note.author == "vera"
    again = Note(SUBJECT, "concept", 3, "stripes", author="ada")
    assert service.write_note(place, NOBODY_IN_PARTICULAR, notes, again).note.author == "ada"
    assert notes.current(SUBJECT)["concept", 3].author == "ada"
    assert told(place) == [("vera", "name", "done")]


def test_names_that_others_signed_are_brought_by_admins(place, notes, tmp_path):
    other = NoteStore(f"sqlite:///{tmp_path / 'other.sqlite'}")
    other.write(Note(SUBJECT, "concept", 3, "stripes", author="ada"))
    text = export_notes(other, SUBJECT)
    with pytest.raises(NotAllowed):
        service.bring_names(place, ANN, notes, text)
    assert notes.all(SUBJECT) == []
    assert service.bring_names(place, ADMIN, notes, text) == 1


def test_the_record_is_read_by_admins(place):
    service.submit(place, ANN, ASKED)
    with pytest.raises(NotAllowed):
        service.read_record(place, ANN)
    assert [entry.what for entry in service.read_record(place, ADMIN)] == ["read the record", "run"]


def test_an_upload_that_is_refused_again_and_again_is_one_entry_a_minute(place, monkeypatch):
    def refused(person, what):
        with pytest.raises(QuotaError), acting(place, person, Act.UPLOAD, of=what):
            raise QuotaError("too much")

    (place.workspace / "notes.sqlite").mkdir()
    refused(ANN, "a")
    (place.workspace / "notes.sqlite").rmdir()
    for person, what in ((ANN, "a"), (ANN, "a"), (BEN, "a"), (ANN, "b"), (ANN, "a")):
        refused(person, what)
    assert [(entry.who, entry.of) for entry in place.record.latest()] == [("ann", "b"), ("ben", "a"), ("ann", "a")]
    for _ in range(2):
        with acting(place, ANN, Act.UPLOAD, of="c"):
            pass
        with pytest.raises(NotAllowed):
            service.read_record(place, BEN)
    assert [entry.who for entry in place.record.latest()][:4] == ["ben", "ann", "ben", "ann"], "these are no repeats"
    monkeypatch.setattr(acting_room, "AGAIN", 0.0)
    refused(ANN, "a")
    assert place.record.latest(1)[0].of == "a"


def test_a_record_that_cannot_be_written_is_told_to_the_log(place, caplog):
    (place.workspace / "notes.sqlite").write_bytes(b"no database" * 1000)
    assert service.submit(place, ANN, ASKED).owner == "ann"
    assert "Not in the record: ann, run" in caplog.text


def test_a_result_is_shared_by_whose_it_is_and_by_admins(place):
    folder = place.workspace / "reports" / "first"
    claim(OwnedResult(folder), "ann")

    def shared(person: Person, content=lambda: "page") -> str:
        owner = service.owner_of_result(place.workspace, person, folder)
        return service.share(place, person, "html of reports/first", content, owner=owner)

    assert shared(ANN) == shared(ADMIN) == shared(NOBODY_IN_PARTICULAR) == "page"
    for person, said in ((READER, "as reader you may not share"), (BEN, "belongs to ann: whose it is may share")):
        with pytest.raises(NotAllowed, match=said):
            shared(person, lambda: pytest.fail("made"))
    claim(OwnedResult(folder), "ben")
    assert shared(BEN) == shared(ANN) == "page"
    done = ("share", "done")
    assert told(place) == [
        ("ann", *done), ("ada", *done), ("vera", "share", "refused"), ("ben", "share", "refused"), ("ben", *done),
        ("ann", *done),
    ]  # fmt: skip


def test_the_demo_s_results_are_everybody_s_and_those_of_nobody_known_an_admin_s(place):
    made = lambda: b""  # noqa: E731
    for person, folder, refused in (
        (ANN, DEMO / "reports" / "boat", False), (READER, DEMO / "reports" / "boat", True),
        (ANN, place.workspace / "reports" / "old", True), (ADMIN, place.workspace / "reports" / "old", False),
    ):  # fmt: skip
        owner = service.owner_of_result(place.workspace, person, folder)
        with pytest.raises(NotAllowed) if refused else nullcontext():
            service.share(place, person, "x", made, owner=owner)


def test_flags_of_many_photos_are_one_short_row(place, notes):
    """Each photo that is flagged is a subject of its own."""
    many = [Note(f"{i:024x}", "photo", i, "damaged", author="ada") for i in range(700)]
    service.write_notes(place, READER, notes, many)
    assert {note.author for note in notes.all_notes()} == {"vera"}
    (row,) = place.record.latest()
    assert row.of == "700 of " + ", ".join(f"{i:024x}" for i in range(3)) + " and 697 more"


ACTS = {  # of the engine and of the notes: the service alone calls them
    "submit", "cancel", "remove", "receive", "keep_photos", "keep_file", "keep_model", "delete_upload", "claim",
    "release", "uploading", "join_owners", "import_notes", "Worker",
}  # fmt: skip
PLACES = ("concepts.engine", "concepts.annotations")
WRITING = {"write", "write_all", "add", "remove_all_by"}  # of a NoteStore


def acts_in(tree: ast.Module) -> set[str]:
    """The acts that a file imports, or reaches through a module of the engine, and what it writes into the notes."""
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    found = {
        alias.name for node in imported if (node.module or "").startswith(PLACES) for alias in node.names
        if alias.name in ACTS
    }  # fmt: skip
    modules = {
        alias.asname or alias.name for node in imported if (node.module or "").startswith(PLACES)
        for alias in node.names
    }  # fmt: skip
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if isinstance(node.value, ast.Name) and node.value.id in modules and node.attr in ACTS:
            found.add(f"{node.value.id}.{node.attr}")
        if isinstance(node.value, ast.Call) and ast.unparse(node.value) == "note_store()" and node.attr in WRITING:
            found.add(f"note_store().{node.attr}")
    return found


def test_pages_act_through_the_service_alone():
    pages = sorted((ROOT / "pages").rglob("*.py"))
    assert len(pages) > 100
    found = {str(file.relative_to(ROOT)): acts_in(parsed(file)) for file in pages}
    assert {file: acts for file, acts in found.items() if acts} == {}


@pytest.mark.parametrize(
    "code",
    ["from concepts.engine.jobs import cancel", "from concepts.engine import jobs\njobs.submit",
     "from concepts.engine import jobs as j\nj.remove(1)", "from concepts.annotations import import_notes",
     "note_store().write(note)", "def f():\n    from concepts.engine.uploads import receive"],
)  # fmt: skip
def test_an_act_of_a_page_s_own_is_seen(code):
    assert acts_in(ast.parse(code))


ASKING = {  # what loads a model, and the file that may: each asks first whether the visitor may
    "load_split": "state/models.py", "load_text_split": "state/models.py", "open_text_encoder": "state/collections.py",
    "open_lens": "words/layers.py", "load_model": None, "split_model": None, "open_encoder": None,
}  # fmt: skip


def test_models_are_loaded_where_it_is_asked_who_may():
    for file in sorted((ROOT / "pages").rglob("*.py")):
        names = {node.id for node in ast.walk(parsed(file)) if isinstance(node, ast.Name)}
        for name in names & set(ASKING):
            assert str(file.relative_to(ROOT / "pages")) == ASKING[name], (file, name)
            text = Path(file).read_text(encoding="utf-8")
            assert "check_may_ask()" in text or "asking(" in text


def test_what_is_asked_of_a_model_is_told_to_the_record():
    asked = [
        file for file in sorted((ROOT / "pages").rglob("*.py")) if "ASKING.turn()" in file.read_text(encoding="utf-8")
    ]
    assert len(asked) > 7
    assert not [file.name for file in asked if "with asking(" not in file.read_text(encoding="utf-8")]
