"""Photos inside a zip: read in memory, hostile members refused with a reason."""

import io
import stat
import struct
import threading
import zipfile

import numpy as np
import pytest
from PIL import Image

from concepts.data.images import Limits, UnreadablePhoto, open_photos
from tests.support.zips import zipped


def picture(colour, kind="PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(buffer, kind)
    return buffer.getvalue()


def pack(path, members, method=zipfile.ZIP_DEFLATED):
    path.write_bytes(zipped(*members, method=method))
    return path


def reasons(photos) -> dict[str, str]:
    return {skipped.name: skipped.reason for skipped in photos.skipped}


def test_a_zip_gives_what_the_unpacked_folder_gives(tmp_path):
    members = [("train/pants/b.jpg", picture("red", "JPEG")), ("train/Hat/a.png", picture("blue")), ("a.csv", b"1,2")]
    packed = open_photos(pack(tmp_path / "photos.zip", members))
    with zipfile.ZipFile(tmp_path / "photos.zip") as archive:
        archive.extractall(tmp_path / "photos")
    unpacked = open_photos(tmp_path / "photos")
    assert packed.names == unpacked.names == ("train/Hat/a.png", "train/pants/b.jpg")
    assert packed.fingerprint() == unpacked.fingerprint()
    assert packed.labels(["hat", "pants"]) == unpacked.labels(["hat", "pants"]) == [0, 1]
    np.testing.assert_array_equal(np.asarray(packed.open(1)), np.asarray(unpacked.open(1)))
    assert packed.skipped == ()


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    path = pack(tmp_path / "photos.zip", [("a.png", picture("red"))])
    monkeypatch.setattr(zipfile.ZipFile, "extract", None)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", None)
    open_photos(path).open(0)
    assert list(tmp_path.iterdir()) == [path]


def test_the_name_of_the_zip_may_be_the_class(tmp_path):
    assert open_photos(pack(tmp_path / "Pants.zip", [("a.png", picture("red"))])).labels(["pants"]) == [0]


def test_hidden_members_are_ignored_without_a_word(tmp_path):
    names = ["__MACOSX/._a.png", "a/.DS_Store", "a/Thumbs.db", ".hidden/b.png", "a/b.png"]
    photos = open_photos(pack(tmp_path / "photos.zip", [(name, picture("red")) for name in names]))
    assert photos.names == ("a/b.png",)
    assert photos.skipped == ()


@pytest.mark.parametrize(
    "name", ["../evil.png", "a/../../evil.png", "/etc/evil.png", "C:/evil.png", "..\\evil.png", "\\\\host\\evil.png"]
)
def test_names_that_leave_the_zip_are_skipped(tmp_path, name):
    photos = open_photos(pack(tmp_path / "photos.zip", [("good.png", picture("red")), (name, picture("red"))]))
    assert photos.names == ("good.png",)
    assert len(photos.skipped) == 1
    assert "pack the photos with" in photos.skipped[0].reason


def test_windows_separators_and_dots_are_tidied(tmp_path):
    photos = open_photos(pack(tmp_path / "photos.zip", [("./pants\\a.png", picture("red"))]))
    assert photos.names == ("pants/a.png",)
    assert photos.open(0).size == (8, 6)


def test_links_archives_and_odd_packings_are_skipped_with_a_reason(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("good.png", picture("red"))
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", b"PK")
        archive.writestr("bomb.png", b"\0" * 100, zipfile.ZIP_BZIP2)
        archive.writestr("bomb2.png", b"\0" * 100, zipfile.ZIP_LZMA)
        archive.writestr("empty.png", b"")
        archive.writestr("phone.jxl", b"x")
    photos = open_photos(tmp_path / "photos.zip")
    assert photos.names == ("good.png",)
    why = reasons(photos)
    assert "symbolic link" in why["link.png"]
    assert "archive inside the zip" in why["inner.zip"]
    assert "unusual method" in why["bomb.png"]
    assert "unusual method" in why["bomb2.png"]
    assert "empty" in why["empty.png"]
    assert "convert" in why["phone.jxl"]


def test_encrypted_members_are_skipped(tmp_path):
    path = pack(tmp_path / "photos.zip", [("secret.png", picture("red")), ("open.png", picture("red"))])
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1  # the flag in the directory
    path.write_bytes(data)
    photos = open_photos(path)
    assert photos.names == ("open.png",)
    assert "without a password" in reasons(photos)["secret.png"]


def test_a_bomb_is_refused_by_its_declared_size(tmp_path):
    path = pack(tmp_path / "photos.zip", [(f"{i}.png", b"\0" * 100_000) for i in range(5)])
    assert path.stat().st_size < 3000
    with pytest.raises(ValueError, match=r"photos\.zip unpacks to 500,000 bytes.* limit is 499,999: give fewer"):
        open_photos(path, limits=Limits(max_bytes=499_999))
    assert len(open_photos(path, limits=Limits(max_bytes=500_000))) == 5
    with pytest.raises(ValueError, match="the limit for one photo is 99,999"):
        open_photos(path, limits=Limits(max_file_bytes=99_999))
    with pytest.raises(ValueError, match="more than 4 photos"):
        open_photos(path, limits=Limits(max_photos=4))


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_declared(tmp_path):
    path = pack(tmp_path / "photos.zip", [("bomb.png", b"\0" * 5_000_000), ("good.png", picture("red"))])
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 1000)  # the uncompressed size in the directory
    path.write_bytes(data)
    photos = open_photos(path, limits=Limits(max_file_bytes=2000))
    assert photos.names == ("bomb.png", "good.png")
    with pytest.raises(UnreadablePhoto, match=r"^bomb\.png: cannot be unpacked"):
        photos.read_bytes(0)
    assert photos.open(1).size == (8, 6)


def test_a_damaged_member_does_not_cost_the_others(tmp_path):
    path = pack(tmp_path / "photos.zip", [("a.png", b"A" * 50), ("b.png", picture("red"))], zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"AAAA", b"AAAB", 1))
    photos = open_photos(path)
    with pytest.raises(UnreadablePhoto, match=r"a\.png: cannot be unpacked.*CRC"):
        photos.open(0)
    assert photos.open(1).size == (8, 6)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_what_is_no_zip_is_refused(tmp_path, data):
    (tmp_path / "photos.zip").write_bytes(data)
    with pytest.raises(ValueError, match=r"photos\.zip is no readable zip .*pack the photos again"):
        open_photos(tmp_path / "photos.zip")


def test_a_zip_without_photos_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no photos in .*photos\.zip: expected a folder"):
        open_photos(pack(tmp_path / "photos.zip", [("a.txt", b"x")]))


def test_of_two_members_with_one_name_the_later_counts(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        pack(tmp_path / "photos.zip", [("a.png", picture("red")), ("a.png", picture("blue"))])
    photos = open_photos(tmp_path / "photos.zip")
    assert photos.names == ("a.png",)
    assert photos.open(0).getpixel((0, 0)) == (0, 0, 255)
    assert reasons(photos) == {"a.png": "an older copy under the same name"}


def test_names_of_any_encoding_survive(tmp_path):
    names = ["日本/写真 1.png", "été/a b.png"]
    path = pack(tmp_path / "marked.zip", [(name, picture("red")) for name in names])
    assert open_photos(path).names == tuple(sorted(names))
    unmarked = bytearray(path.read_bytes())
    for at in range(len(unmarked) - 4):  # as macOS packs: UTF-8 bytes without the flag that says so
        flag = {b"PK\x03\x04": 7, b"PK\x01\x02": 9}.get(bytes(unmarked[at : at + 4]))
        if flag is not None:
            unmarked[at + flag] &= ~0x08
    (tmp_path / "unmarked.zip").write_bytes(unmarked)
    photos = open_photos(tmp_path / "unmarked.zip")
    assert photos.names == tuple(sorted(names))
    assert all(photos.open(i).size == (8, 6) for i in range(2))


def test_an_old_code_page_is_kept_readable(tmp_path):
    path = pack(tmp_path / "old.zip", [("caf_.png", picture("red"))])
    path.write_bytes(path.read_bytes().replace(b"caf_.png", b"caf\x82.png"))
    photos = open_photos(path)
    assert photos.names == ("café.png",)
    assert photos.open(0).size == (8, 6)


def test_threads_read_one_zip_at_the_same_time(tmp_path):
    contents = [bytes([i]) * (200_000 + i) for i in range(12)]
    path = pack(tmp_path / "photos.zip", [(f"{i:02}.png", data) for i, data in enumerate(contents)])
    photos = open_photos(path)
    wrong: list[int] = []

    def read(shift: int) -> None:
        for i in range(60):
            k = (i * 5 + shift) % 12
            if photos.read_bytes(k) != contents[k]:
                wrong.append(k)

    threads = [threading.Thread(target=read, args=(shift,)) for shift in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
