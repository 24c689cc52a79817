"""A visitor's photos: checked before anything is kept, kept under our own names, within bounds."""

import io

import pytest
from PIL import Image

from concepts.data.images import Limits, Skipped, UnreadablePhoto, check_upload, open_photos, store_uploads
from tests.support.zips import zipped


def picture(colour, kind="PNG", size=(8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def everything(root) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "data", "limits", "message"),
    [
        ("a.jpg", b"", Limits(), r"a\.jpg: empty file.*; upload a whole JPEG"),
        ("a.jpg", b"<script>", Limits(), r"a\.jpg: not a picture.*script.*; upload"),
        ("a.png", picture("red"), Limits(max_pixels=47), "more than 47 pixels"),
        ("a.png", picture("red"), Limits(max_file_bytes=20), "limit for one photo is 20"),
        ("a.png", picture("red", size=(64, 64))[:80], Limits(), "damaged"),
        ("../a.png", picture("red"), Limits(), "climbs out"),
        ("/a.png", picture("red"), Limits(), "absolute"),
        ("a.zip", b"PK", Limits(), "no readable zip"),
        ("a.zip", zipped(("a.txt", b"x")), Limits(), "holds no photo"),
        ("a.ZIP", zipped(("a.png", b"1"), ("b.png", b"1")), Limits(max_photos=1), "more than 1 photos"),
        ("a.zip", zipped(("a.png", b"\0" * 999)), Limits(max_bytes=998), "unpacks to 999 bytes"),
    ],
)
def test_an_upload_that_may_not_be_kept_is_refused_by_name(name, data, limits, message):
    with pytest.raises(ValueError, match=message):
        check_upload(name, data, limits)


def test_an_upload_that_may_be_kept_passes():
    for name, data in (
        ("a.png", picture("red")),
        ("misnamed.txt", picture("red", "JPEG")),
        ("a.zip", zipped(("a.png", picture("red")))),
    ):
        assert check_upload(name, data, Limits()) is None


def test_uploads_are_kept_under_safe_names_with_their_class_folders(tmp_path):
    files = [
        ("Pants/<b> é.jpg", picture("red", "JPEG")),
        ("train/T:Shirt/x.png", picture("blue")),
        ("y", picture("lime", "GIF")),
    ]
    folder = store_uploads(files, tmp_path / "set", Limits())
    assert folder == tmp_path / "set"
    photos = open_photos(folder)
    assert set(photos.folders) == {(), ("Pants",), ("train", "T_Shirt")}
    assert sorted(name[-4:] for name in photos.names) == [".gif", ".jpg", ".png"]
    for name in photos.names:
        stem = name.rsplit("/", 1)[-1][:-4]
        assert len(stem) == 32
        assert int(stem, 16) >= 0
    assert {photos.read_bytes(i) for i in range(3)} == {data for _, data in files}
    assert [path.name for path in tmp_path.iterdir()] == ["set"]  # no temporary folder stays


@pytest.mark.parametrize(
    "name", ["CON\x07\n/a.png", ".hidden/a.png", " . /a.png", "é" * 300 + "/a.png", "/".join("abcdefgh") + "/a.png"]
)
def test_odd_folder_names_become_harmless_and_stay_visible(tmp_path, name):
    folder = store_uploads([(name, picture("red"))], tmp_path / "set", Limits())
    photos = open_photos(folder)
    assert len(photos) == 1
    assert len(photos.folders[0]) <= 4
    assert all(part.isprintable() and len(part) <= 80 for part in photos.folders[0])


def test_the_photos_of_a_zip_are_kept(tmp_path):
    archive = zipped(
        ("hat/a.png", picture("red")), ("hat/b.png", picture("blue")), ("__MACOSX/._a.png", b"x"), ("notes.txt", b"x")
    )
    photos = open_photos(store_uploads([("mine.zip", archive)], tmp_path / "set", Limits()))
    assert photos.folder_names() == ("hat",)
    assert len(photos) == 2


def test_one_bad_photo_refuses_the_upload_and_leaves_nothing(tmp_path):
    files = [("good.png", picture("red")), ("bad.png", b"text")]
    for upload in (files, [("all.zip", zipped(*files))]):
        with pytest.raises(UnreadablePhoto, match=r"bad\.png: not a picture"):
            store_uploads(upload, tmp_path / "set", Limits())
        assert list(tmp_path.iterdir()) == []


def test_bad_photos_are_reported_and_left_out_when_that_is_wanted(tmp_path):
    skipped: list[Skipped] = []
    archive = zipped(("a.png", picture("red")), ("bad.png", b"text"), ("../c.png", picture("red")))
    files = [("mine.zip", archive), ("b.png", b""), ("d.png", picture("blue"))]
    photos = open_photos(store_uploads(files, tmp_path / "set", Limits(), on_skip=skipped.append))
    assert len(photos) == 2
    assert {left.name for left in skipped} == {"bad.png", "../c.png", "b.png"}
    with pytest.raises(ValueError, match="no photo that can be kept"):
        store_uploads([("b.png", b"")], tmp_path / "other", Limits(), on_skip=skipped.append)
    assert not (tmp_path / "other").exists()


def test_the_same_photo_twice_is_kept_once_in_each_folder(tmp_path):
    red = picture("red")
    store_uploads([("a.png", red), ("b.png", red), ("hat/c.png", red)], tmp_path / "set", Limits(max_photos=2))
    with pytest.raises(ValueError, match="no photo that can be kept"):
        store_uploads([], tmp_path / "set", Limits())
    assert len(open_photos(tmp_path / "set")) == 2


def test_an_upload_repeated_changes_nothing_and_counts_once(tmp_path):
    for _ in range(2):
        store_uploads([("a.png", picture("red"))], tmp_path / "set", Limits(max_photos=1))
    assert len(open_photos(tmp_path / "set")) == 1


def test_the_limits_count_with_what_is_there(tmp_path):
    red, blue, lime = picture("red"), picture("blue"), picture("lime")
    folder = store_uploads([("a.png", red)], tmp_path / "set", Limits(max_photos=2))
    store_uploads([("b.png", blue)], folder, Limits(max_photos=2))
    before = everything(folder)
    with pytest.raises(ValueError, match="more than 2 photos, the limit: upload fewer"):
        store_uploads([("c.png", lime)], folder, Limits(max_photos=2))
    with pytest.raises(ValueError, match="bytes of photos, the limit"):
        store_uploads([("c.png", lime)], folder, Limits(max_bytes=len(red) + len(blue) + len(lime) - 1))
    assert everything(folder) == before
    store_uploads([("c.png", lime)], folder, Limits(max_bytes=len(red) + len(blue) + len(lime)))
    assert len(open_photos(folder)) == 3


def test_the_bounds_stop_an_endless_upload(tmp_path):
    def endless():
        shade = 0
        while True:
            shade += 1
            yield f"{shade}.png", picture((shade % 256, shade // 256, 0))

    with pytest.raises(ValueError, match="more than 10 photos"):
        store_uploads(endless(), tmp_path / "set", Limits(max_photos=10))
    assert list(tmp_path.iterdir()) == []
