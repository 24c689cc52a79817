"""Photos from folders and lists: what is found, in which order, under which name, label and fingerprint."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from concepts.data.images import Limits, Photo, UnreadablePhoto, normal_name, open_photos
from concepts.data.images.labels import folder_labels, in_class_order


def picture(colour, kind="PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(buffer, kind)
    return buffer.getvalue()


def put(root, name, data=None):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture("red") if data is None else data)
    return path


@pytest.fixture
def clothing(tmp_path):
    root = tmp_path / "clothing"
    for name in ("train/pants/b.jpg", "train/pants/a.JPG", "train/T-Shirt/a.jpg", "test/pants/a.jpg", "loose.png"):
        put(root, name, picture("red", "JPEG"))
    put(root, "train/pants/notes.csv", b"a,b")
    put(root, "readme.txt", b"hello")
    return root


def test_a_folder_gives_its_photos_sorted_with_relative_names(clothing):
    photos = open_photos(clothing)
    assert photos.names == (
        "loose.png",
        "test/pants/a.jpg",
        "train/T-Shirt/a.jpg",
        "train/pants/a.JPG",
        "train/pants/b.jpg",
    )
    assert len(photos) == 5
    assert list(photos)[1] == Photo("test/pants/a.jpg", 1)
    assert photos.skipped == ()
    assert photos.folders[:3] == ((), ("test", "pants"), ("train", "T-Shirt"))
    assert photos.folder_names() == ("T-Shirt", "pants")
    assert photos.open(1).size == (8, 6)


def test_a_path_as_text_and_a_relative_one_give_the_same(clothing, monkeypatch):
    monkeypatch.chdir(clothing.parent)
    monkeypatch.setenv("HOME", str(clothing.parent))
    assert open_photos("~/clothing").names == open_photos(clothing).names
    assert open_photos("clothing").names == open_photos(str(clothing) + "/").names == open_photos(clothing).names


def test_hidden_files_are_ignored_without_a_word(tmp_path):
    for name in (".DS_Store", "a/._b.jpg", "__MACOSX/b.jpg", ".git/c.jpg", "a/Thumbs.db", "a/b.jpg"):
        put(tmp_path, name)
    photos = open_photos(tmp_path)
    assert photos.names == ("a/b.jpg",)
    assert photos.skipped == ()


def test_what_looks_like_a_photo_and_cannot_be_one_is_skipped_with_a_reason(tmp_path):
    put(tmp_path, "good.jpg")
    put(tmp_path, "empty.png", b"")
    put(tmp_path, "phone.JXL", b"x")
    put(tmp_path, "large.png", picture("red") + b"\0" * 3000)
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "dead.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "self.jpg").symlink_to(tmp_path / "self.jpg")
    photos = open_photos(tmp_path, limits=Limits(max_file_bytes=2000))
    assert photos.names == ("good.jpg",)
    reasons = {skipped.name: skipped.reason for skipped in photos.skipped}
    assert list(reasons) == ["dead.jpg", "empty.png", "large.png", "phone.JXL", "pipe.jpg", "self.jpg"]
    assert "nowhere" in reasons["dead.jpg"]
    assert reasons["empty.png"] == "empty file (0 bytes)"
    assert "the limit for one photo is 2,000" in reasons["large.png"]
    assert "convert it to JPEG" in reasons["phone.JXL"]
    assert "not a regular file" in reasons["pipe.jpg"]
    assert "6 skipped (dead.jpg" in photos.describe()


def test_linked_folders_are_followed_and_loops_end(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    put(elsewhere, "cat.jpg")
    root = tmp_path / "root"
    root.mkdir()
    links = [f"link{i}" for i in range(12)]
    for link in links:  # made before and after the real folder, whose name must win
        (root / link).symlink_to(root / "zebra")
    put(root, "zebra/z.jpg")
    (root / "cats").symlink_to(elsewhere)
    (root / "zebra" / "loop").symlink_to(root)
    (root / "zulu").symlink_to(root / "zebra")
    (root / "zebra" / "deep").mkdir()
    (root / "zebra" / "deep" / "up").symlink_to(root / "zebra")
    photos = open_photos(root)
    assert photos.names == ("cats/cat.jpg", "zebra/z.jpg")
    assert {skipped.name for skipped in photos.skipped} == {*links, "zebra/loop", "zebra/deep/up", "zulu"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_without_permission_a_photo_is_unreadable_and_a_folder_is_skipped(tmp_path):
    put(tmp_path, "a.jpg").chmod(0)
    put(tmp_path, "b.jpg")
    put(tmp_path, "locked/c.jpg").parent.chmod(0)
    photos = open_photos(tmp_path)
    assert photos.names == ("a.jpg", "b.jpg")
    with pytest.raises(UnreadablePhoto, match=r"a\.jpg: permission denied"):
        photos.open(0)
    assert photos.skipped[0].name == "locked"


def test_a_photo_that_went_away_is_unreadable_by_name(clothing):
    photos = open_photos(clothing)
    (clothing / "loose.png").unlink()
    with pytest.raises(UnreadablePhoto, match=r"^loose\.png: no such file") as refusal:
        photos.open(0)
    assert refusal.value.name == "loose.png"
    assert len(photos.fingerprint()) == 32


def test_text_named_as_a_photo_is_unreadable_when_opened(tmp_path):
    put(tmp_path, "a/story.jpg", b"once upon a time")
    with pytest.raises(UnreadablePhoto, match=r"^a/story\.jpg: not a picture"):
        open_photos(tmp_path).open(0)


def test_names_of_any_alphabet_survive(tmp_path):
    names = ["été/naïve photo.jpg", "日本/写真 1.jpg", "emoji 🐟/x  y.png", "a'b\"c/#1.jpg"]
    for name in names:
        put(tmp_path, name)
    photos = open_photos(tmp_path)
    assert photos.names == tuple(sorted(names))
    assert all(photos.open(i).size == (8, 6) for i in range(4))


def test_names_that_are_not_unicode_are_shown_as_bytes_and_still_read(tmp_path):
    with open(os.fsencode(tmp_path) + b"/caf\xe9.png", "wb") as file:
        file.write(picture("red"))
    photos = open_photos(tmp_path)
    assert photos.names == ("caf\\xe9.png",)
    photos.names[0].encode()
    assert photos.open(0).size == (8, 6)


def test_a_list_keeps_its_order_and_names_from_the_shared_folder(clothing):
    files = [clothing / "train/pants/b.jpg", str(clothing / "test/pants/a.jpg"), clothing / "train/T-Shirt/a.jpg"]
    for listing in (files, tuple(files)):
        photos = open_photos(listing)
        assert photos.names == ("train/pants/b.jpg", "test/pants/a.jpg", "train/T-Shirt/a.jpg")
    assert open_photos(files[0]).names == ("b.jpg",)


def test_a_list_skips_what_is_missing_twice_there_or_no_photo(clothing):
    wrong = [clothing / "gone.jpg", clothing / "loose.png", clothing / "readme.txt", clothing / "train"]
    photos = open_photos([clothing / "loose.png", *wrong])
    assert photos.names == ("loose.png",)
    reasons = [skipped.reason for skipped in photos.skipped]
    assert reasons[:3] == ["no such file or directory", "listed twice", "not a picture (.txt)"]
    assert "a folder" in reasons[3]


def test_a_text_file_lists_photos_relative_to_itself(clothing):
    listing = clothing / "mine.txt"
    listing.write_bytes(
        "\ufefftrain/pants/b.jpg\r\n\r\n  loose.png\n".encode() + os.fsencode(clothing / "test/pants/a.jpg")
    )
    photos = open_photos(listing)
    assert photos.names == ("train/pants/b.jpg", "loose.png", "test/pants/a.jpg")
    assert photos.open(2).size == (8, 6)


def test_labels_come_from_the_innermost_matching_folder(clothing):
    photos = open_photos(clothing)
    assert photos.labels(["pants", "t shirt"]) == [None, 0, 1, 0, 0]
    assert photos.labels(["Train", "TEST", "t_shirt"]) == [None, 1, 2, 0, 0]
    assert photos.labels([]) == [None] * 5


def test_the_opened_folder_itself_may_be_the_class(clothing):
    assert open_photos(clothing / "test" / "pants").labels(["dress", "Pants"]) == [1]
    assert open_photos([clothing / "test/pants/a.jpg"]).labels(["pants"]) == [0]
    assert open_photos(clothing).labels(["clothing", "pants"]) == [0, 1, 0, 1, 1]


@pytest.mark.parametrize(
    ("folder", "class_name"),
    [
        ("Great_White-Shark", "great white shark"),
        ("crème brûlée", "Creme Brulee"),
        ("cafe\u0301", "CAFÉ"),
        ("STRASSE", "straße"),
        ("  long   sleeve_", "long-sleeve"),
    ],
)
def test_names_match_however_they_are_written(folder, class_name):
    assert normal_name(folder) == normal_name(class_name)


def test_different_classes_stay_apart(tmp_path):
    assert normal_name("long sleeve") != normal_name("longsleeve")
    for folder in ("Cardigan", "cardigan", "crane", "CARDIGAN"):
        put(tmp_path, f"{folder}/a.jpg")
    photos = open_photos(tmp_path)
    assert photos.folder_names() == ("CARDIGAN", "Cardigan", "cardigan", "crane")
    # one name for two classes, in any writing, is no label; an exact match is
    assert photos.labels(["cardigan", "Cardigan", "crane", "crane"]) == [None, 1, 0, None]


def test_a_name_without_letters_matches_nothing(tmp_path):
    put(tmp_path, "--/a.jpg")
    assert open_photos(tmp_path).labels(["", "dog"]) == [None]
    assert open_photos(tmp_path).labels(["_", "dog"]) == [None]


def test_a_file_of_exactly_the_limit_is_kept(tmp_path):
    size = put(tmp_path, "a.png").stat().st_size
    assert len(open_photos(tmp_path, limits=Limits(max_file_bytes=size))) == 1
    assert "the limit for one photo" in refusal(tmp_path, limits=Limits(max_file_bytes=size - 1))


def test_the_fingerprint_follows_names_and_content_and_nothing_else(clothing, tmp_path):
    first = open_photos(clothing).fingerprint()
    os.utime(clothing / "loose.png", (1, 1))
    moved = clothing.rename(tmp_path / "elsewhere")
    assert open_photos(moved).fingerprint() == first
    put(moved, "loose.png", picture("blue"))
    changed = open_photos(moved).fingerprint()
    assert changed != first
    (moved / "loose.png").rename(moved / "loosf.png")
    assert open_photos(moved).fingerprint() not in (first, changed)


def test_the_digest_is_of_the_content_and_computed_once(clothing):
    photos = open_photos(clothing)
    assert photos.digest(1) == photos.digest(2)
    before = photos.digest(0)
    whole = photos.fingerprint()
    put(clothing, "loose.png", picture("blue"))
    assert photos.digest(0) == photos.subset([0]).digest(0) == before
    assert photos.fingerprint() == whole
    assert open_photos(clothing).digest(0) != before


def test_a_subset_is_a_set_of_its_own(clothing):
    photos = open_photos(clothing)
    part = photos.subset(np.array([4, 0]))
    assert part.names == ("train/pants/b.jpg", "loose.png")
    assert list(part) == [Photo("train/pants/b.jpg", 0), Photo("loose.png", 1)]
    assert part.labels(["pants"]) == [0, None]
    assert part.read_bytes(1) == photos.read_bytes(0)
    assert part.subset([1]).names == ("loose.png",)
    assert part.fingerprint() != photos.subset([0, 4]).fingerprint()
    assert part.fingerprint() != photos.fingerprint()


@pytest.mark.parametrize("i", [-1, 5, 100])
def test_an_index_outside_the_set_is_an_error_that_says_the_range(clothing, i):
    photos = open_photos(clothing)
    for ask in (photos.open, photos.read_bytes, photos.digest, lambda i: photos.subset([i])):
        with pytest.raises(IndexError, match=f"photo {i} was asked for, the set has 0 to 4"):
            ask(i)


def refusal(source, **options) -> str:
    with pytest.raises(ValueError, match=r"\S") as error:
        open_photos(source, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_wrong_path_is_answered_with_what_is_near(clothing):
    message = refusal(clothing / "train" / "pant")
    assert str(clothing / "train" / "pant") in message
    assert "near it: 'pants'" in message
    assert "correct the path" in message
    message = refusal(clothing / "nothing" / "there" / "at all")
    assert f"only {str(clothing)!r} exists" in message


def test_a_source_without_photos_says_what_was_expected(clothing, tmp_path):
    (tmp_path / "bare").mkdir()
    assert "no photos in" in (message := refusal(tmp_path / "bare"))
    assert str(tmp_path / "bare") in message
    assert "expected a folder of photos" in message
    put(tmp_path, "broken/a.jpg", b"")
    assert "1 left out, first 'a.jpg': empty file" in refusal(tmp_path / "broken")
    assert "no photos in the list of 1 files (1 left out" in refusal([tmp_path / "gone.jpg"])


@pytest.mark.parametrize("source", ["", "  ", None, 7, [], (), b"folder"])
def test_what_is_no_path_is_refused(source):
    message = refusal(source)
    assert "expected a folder of photos" in message
    assert message.startswith(f"received {source!r} as photos")


def test_other_files_and_addresses_are_refused_with_advice(clothing):
    assert "has no column of photo files: name it path" in refusal(clothing / "train/pants/notes.csv")
    assert "is a .md file; expected" in refusal(put(clothing, "notes.md", b"a,b"))
    assert "download the photos" in refusal("https://example.org/photos")
    (clothing / "blank.txt").write_text("\n \n")
    assert "names no photo: write one file a line" in refusal(clothing / "blank.txt")


def test_too_many_photos_are_refused(clothing):
    assert len(open_photos(clothing, limits=Limits(max_photos=5))) == 5
    assert "more than 4 photos, the limit" in refusal(clothing, limits=Limits(max_photos=4))
    files = [clothing / "loose.png", clothing / "train/pants/b.jpg"]
    assert "more than 1 photos" in refusal(files, limits=Limits(max_photos=1))


@pytest.mark.parametrize("name", ["max_bytes", "max_photos", "max_pixels", "max_file_bytes"])
def test_a_limit_below_one_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        Limits(**{name: 0})


def test_the_pixel_limit_holds_for_each_photo(clothing):
    with pytest.raises(UnreadablePhoto, match=r"loose\.png: 8 × 6 is more than 47 pixels"):
        open_photos(clothing, limits=Limits(max_pixels=47)).open(0)


def test_the_description_counts_photos_and_folders(clothing):
    assert open_photos(clothing).describe() == "5 photos in 2 folders (T-Shirt, pants)"


def test_real_photos_have_their_labels(shared):
    root = shared / "data" / "clothing" / "train"
    photos = open_photos(root)
    labels = photos.labels(["Dress", "hat", "longsleeve", "PANTS", "shoes"])
    assert photos.folder_names() == ("dress", "hat", "longsleeve", "pants", "shoes")
    assert None not in labels
    assert labels.count(3) == len(list((root / "pants").iterdir()))


def labels_of(folders, class_names):
    return folder_labels(
        "", ["/".join((*parents, f"{i}.jpg")) for i, parents in enumerate(folders)], class_names
    ).indices


TWELVE = tuple(str(i) for i in range(12))


@pytest.mark.parametrize(
    "folders", [TWELVE, tuple(f"{i:02}" for i in range(12)), ("0", "1")], ids=["plain", "padded", "two"]
)
def test_whole_numbers_are_the_indices_of_classes(folders):
    names = in_class_order(sorted(folders))
    assert names == folders  # not 0, 1, 10, 11, 2, …
    photos = [("photos", folder) for folder in (*folders, folders[-1])]
    expected = [*range(len(folders)), len(folders) - 1]
    assert labels_of(photos, names) == expected
    assert labels_of(photos, [f"sort {i}" for i in range(len(folders))]) == expected


@pytest.mark.parametrize(
    "folders",
    [("0", "2"), ("1", "2"), ("0", "one"), ("0", "-1"), ("0", "1.0"), ("٠", "١")],
    ids=["a gap", "from 1", "a word", "a sign", "a fraction", "other digits"],
)
def test_names_that_are_no_indices_stay_as_they_are(folders):
    assert in_class_order(folders) == folders


@pytest.mark.parametrize(
    ("folders", "class_names"),
    [
        (("3", "3"), TWELVE[:3]),
        (("0", "12"), ("a", "b")),
        (("7", "7"), [f"sort {i}" for i in range(9)]),
        (("", "0"), ("a", "b")),
    ],
    ids=["beyond", "one beyond", "one number alone", "no folder"],
)
def test_numbers_that_need_not_be_indices_name_no_class(folders, class_names):
    assert labels_of([(name,) if name else () for name in folders], class_names) == [None, None]


def test_a_name_goes_before_a_number():
    assert labels_of([("1",), ("0",), ("1",)], ["1", "0"]) == [0, 1, 0]


def test_links_lead_no_further_than_they_may(tmp_path):
    """within: whoever writes into a folder does not choose what else the server reads."""
    for place in ("mine", "shared", "secret"):
        (tmp_path / place / "inner").mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / place / f"{place}.png")
        Image.new("RGB", (4, 4)).save(tmp_path / place / "inner" / "inner.png")
    mine = tmp_path / "mine"
    for name, target in (("a.png", "../secret/secret.png"), ("b", "../secret"), ("c.png", "../shared/shared.png"),
                         ("d", "../shared"), ("e.png", "mine.png"), ("f", "d/../../secret")):  # fmt: skip
        (mine / name).symlink_to(target)
    (tmp_path / "shared" / "inner" / "out.png").symlink_to("../../secret/secret.png")
    own = {"mine.png", "inner/inner.png", "e.png"}
    shared = {"c.png", "d/shared.png", "d/inner/inner.png"}
    assert set(open_photos(mine, within=()).names) == own
    found = open_photos(mine, within=[tmp_path / "shared"])
    assert set(found.names) == own | shared
    assert {entry.name for entry in found.skipped} == {"a.png", "b", "f", "d/inner/out.png"}
    assert {entry.reason for entry in found.skipped} == {"a link out of the folders that may be read"}
    found.open(found.names.index("c.png"))
    assert len(open_photos(mine).names) == len(own | shared) + 4
