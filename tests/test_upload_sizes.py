"""What a person's uploads have on the disk: checked unpacked, again before they are kept, and one at a time."""

import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from concepts.data.images import Limits, store_uploads, unpacked_bytes
from concepts.engine import jobs, uploaded_files
from concepts.engine.jobs import QuotaError, Quotas
from concepts.engine.quotas import GB
from concepts.engine.upload_owners import owners_of
from concepts.engine.upload_quotas import bytes_of_uploads, join_owners, room_for_owners
from concepts.engine.uploaded_files import UploadedFile, keep_file
from concepts.engine.uploaded_models import keep_model
from concepts.engine.uploads import Upload, digest_of, keep_photos, receive
from tests.support.inline import Inline
from tests.support.zips import zipped
from tests.test_model_zips import WHOLE, zip_of
from tests.test_uploads import BLUE, FILES, RED, files_in, silent

SIDE = 100
FLAT_BYTES = 3 * SIDE * SIDE + 54  # of a BMP


def flat(colour: str) -> bytes:
    """A picture of one colour: 30 kB, and a few hundred bytes in a zip."""
    file = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), colour).save(file, "BMP")
    return file.getvalue()


def upload_of(workspace: Path, files: list[tuple[str, bytes]]) -> Upload:
    return Upload(workspace.resolve(), digest_of(files), "mine")


def given(workspace: Path, *colours: str, owner: str = "ann", quotas: Quotas) -> Upload:
    """A zip of flat pictures, received."""
    files = [("a.zip", zipped(*((f"{colour}.bmp", flat(colour)) for colour in colours)))]
    upload = upload_of(workspace, files)
    receive(upload, files, owner=owner, quotas=quotas)
    return upload


def pictures(n: float) -> Quotas:
    """Room for n flat pictures."""
    return Quotas(disk=n * FLAT_BYTES / GB)


def test_a_zip_counts_as_it_unpacks(tmp_path):
    assert len(flat("red")) == FLAT_BYTES
    with pytest.raises(QuotaError, match=r"this one has 0\.1 MB more"):
        given(tmp_path, "red", "blue", quotas=pictures(1.9))
    assert [name for name in files_in(tmp_path) if not name.startswith("uploads/.locks/")] == []
    upload = given(tmp_path, "red", "blue", quotas=pictures(2))
    keep_photos(upload, silent, quotas=pictures(2))
    assert upload.kept


def test_two_zips_that_were_received_together_are_not_both_kept(tmp_path):
    first, second = (given(tmp_path, *colours, quotas=pictures(3)) for colours in (["red", "blue"], ["lime", "gold"]))
    keep_photos(first, silent, quotas=pictures(3))
    with pytest.raises(QuotaError, match=r"^your uploads use 0\.1 MB, this one has 0\.1 MB more.*CONCEPTS_PERSON_DISK"):
        keep_photos(second, silent, quotas=pictures(3))
    assert (first.kept, second.kept, owners_of(second), second.incoming.exists()) == (True, False, (), False)
    assert not second.place.exists()


def test_of_several_owners_those_who_have_no_room_are_none_any_more(tmp_path):
    upload = given(tmp_path, "red", "blue", quotas=pictures(2))
    join_owners(upload, 1, owner="ben", quotas=pictures(1))
    assert owners_of(upload) == ("ann", "ben"), "its bytes are not known yet"
    given(tmp_path, "lime", owner="ben", quotas=pictures(9))
    keep_photos(upload, silent, quotas=pictures(2))
    assert (upload.kept, owners_of(upload)) == (True, ("ann",))


def test_what_is_there_counts_once_for_whoever_gives_it_as_well(tmp_path):
    upload = given(tmp_path, "red", quotas=pictures(1))
    keep_photos(upload, silent)
    size = bytes_of_uploads(tmp_path.resolve(), "ann")
    with pytest.raises(QuotaError):
        join_owners(upload, 100, owner="ben", quotas=Quotas(disk=(size - 1) / GB))
    join_owners(upload, 100, owner="ben", quotas=Quotas(disk=size / GB))
    assert owners_of(upload) == ("ann", "ben")


def test_the_job_that_reads_photos_knows_the_quotas(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_PERSON_DISK", f"{FLAT_BYTES / GB:.12f}")
    upload = given(tmp_path, "red", "blue", quotas=pictures(2))
    job = jobs.submit(upload.request, tmp_path, task="photos", executor=Inline())
    assert job.state.status == "failed"
    assert job.state.message.startswith("your uploads use 0.0 MB, this one has 0.1 MB more")


def test_what_is_sent_once_more_does_not_count_twice(tmp_path):
    for _ in range(2):
        upload = given(tmp_path, "red", quotas=pictures(1))
    keep_photos(upload, silent, quotas=pictures(1))
    data = b"x" * 1000
    for name, room in (("a.txt", 1000), ("a.txt", 1000), ("b.txt", 2000)):
        file = UploadedFile.of(tmp_path / "other", "names", name, data)
        keep_file(file, data, owner="ann", quotas=Quotas(disk=room / GB))
    file = UploadedFile.of(tmp_path / "other", "names", "c.txt", data)
    with pytest.raises(QuotaError):  # a third name of the same content is a third file
        keep_file(file, data, owner="ann", quotas=Quotas(disk=2999 / GB))
    assert bytes_of_uploads(tmp_path / "other", "ann") == 2000


@pytest.mark.parametrize(
    "files",
    [FILES[:2], [("z.zip", zipped(*FILES[:2]))], [("z.zip", zipped(("a/b.png", RED), ("notes.txt", b"not kept")))]],
    ids=["files", "zip", "zip with others"],
)
def test_unpacked_bytes_are_those_that_are_stored(tmp_path, files):
    folder = store_uploads(files, tmp_path / "in")
    assert unpacked_bytes(files) == sum((folder / name).stat().st_size for name in files_in(folder))


def test_a_zip_that_is_refused_anyway_counts_as_it_comes():
    broken, many = b"no zip", zipped(*((f"{i}.png", RED) for i in range(9)))
    assert unpacked_bytes([("a.zip", broken), ("b.png", BLUE)]) == len(broken) + len(BLUE)
    assert unpacked_bytes([("many.zip", many)], Limits(max_photos=2)) == len(many)
    few = zipped(("a.bmp", flat("red")), ("b.bmp", flat("blue")))
    counted = unpacked_bytes([(f"{i}.zip", few) for i in range(5)], Limits(max_photos=2))
    assert counted == 4 * 2 * FLAT_BYTES + len(few), "beyond the number of files that is taken"


def test_a_model_counts_as_it_unpacks(tmp_path):
    data = zip_of(WHOLE | {"model.safetensors": b"0" * 100_000})
    size = 100_000 + len(WHOLE["config.json"]) + len(WHOLE["tokenizer.json"])
    assert len(data) < 2_000
    upload = UploadedFile.of(tmp_path, "models", "mine", data)
    with pytest.raises(QuotaError, match=r"this one has 0\.1 MB more"):
        keep_model(upload, data, owner="ann", quotas=Quotas(disk=(size - 1) / GB))
    assert not upload.place.exists()
    keep_model(upload, data, owner="ann", quotas=Quotas(disk=size / GB))
    assert bytes_of_uploads(tmp_path, "ann") == size


def at_once(*acts: Callable[[], object]) -> list[BaseException | None]:
    """What each of them raised."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.exception() for done in [pool.submit(act) for act in acts]]


@pytest.mark.parametrize(("owners", "refused"), [(("ann", "ann"), 1), (("ann", "ben"), 0)])
def test_two_tabs_of_one_person_do_not_pass_the_check_together(tmp_path, monkeypatch, owners, refused):
    write_bytes = uploaded_files.write_bytes

    def slow(path: Path, content: bytes) -> None:
        time.sleep(0.2)
        write_bytes(path, content)

    monkeypatch.setattr(uploaded_files, "write_bytes", slow)

    def give(owner: str, data: bytes) -> None:
        upload = UploadedFile.of(tmp_path, "names", "a.txt", data)
        keep_file(upload, data, owner=owner, quotas=Quotas(disk=15 / GB))

    raised = at_once(lambda: give(owners[0], 10 * b"a"), lambda: give(owners[1], 10 * b"b"))
    assert [type(error) for error in raised if error] == [QuotaError] * refused


def test_owners_in_common_do_not_wait_for_each_other_for_ever(tmp_path):
    uploads = [given(tmp_path, colour, quotas=pictures(9)) for colour in ("red", "blue")]
    for upload in uploads:
        join_owners(upload, 1, owner="ben", quotas=pictures(9))
    inside, most = [], []
    count = threading.Lock()

    def keep(upload: Upload) -> None:
        with room_for_owners(upload, FLAT_BYTES, pictures(9)):
            with count:
                inside.append(upload)
                most.append(len(inside))
            time.sleep(0.01)
            with count:
                inside.remove(upload)

    assert at_once(*(lambda upload=upload: keep(upload) for upload in uploads * 3)) == [None] * 6
    assert max(most) == 1


def test_whoever_joins_while_photos_are_kept_is_asked_for_room_afterwards(tmp_path):
    """What they were asked for before was the size of the zip."""
    upload, inside, joined = given(tmp_path, "red", quotas=pictures(9)), threading.Event(), []

    def keep() -> None:
        with room_for_owners(upload, FLAT_BYTES, pictures(9)):
            inside.set()
            time.sleep(0.1)
            joined.append(owners_of(upload))

    def join() -> None:
        assert inside.wait(20)
        join_owners(upload, 1, owner="ben", quotas=pictures(9))

    assert at_once(keep, join) == [None, None]
    assert "ben" not in joined[0]
    assert "ben" in owners_of(upload)
