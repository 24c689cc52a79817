"""Lists of photos with a label a line: which file, which label, however the list is written."""

import pytest

from concepts.data.images import open_photos
from concepts.data.images.zip_listing import ZipListing, zip_listing_text
from tests.test_images_opening import put, refusal
from tests.test_images_zipped import pack, picture

CLASSES = ["cat", "golden retriever", "bird"]


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "sub/b.PNG", "my photo 3.jpg", "sub/c,d.jpg", "cat/e.jpg"):
        put(tmp_path, name)
    return tmp_path


def listed(folder, text, name="list.txt", encoding="utf-8"):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return open_photos(folder / name)


@pytest.mark.parametrize(
    ("line", "name", "label"),
    [
        ("a.jpg cat", "a.jpg", "cat"),
        ("a.jpg golden retriever", "a.jpg", "golden retriever"),
        ("a.jpg\tgolden retriever", "a.jpg", "golden retriever"),
        ("a.jpg,cat", "a.jpg", "cat"),
        ("a.jpg, cat", "a.jpg", "cat"),
        ("a.jpg;cat", "a.jpg", "cat"),
        ("sub/b.PNG   2", "b.PNG", "2"),
        ("sub\\b.PNG 2", "b.PNG", "2"),
        (".\\sub\\b.PNG", "b.PNG", None),
        ("my photo 3.jpg", "my photo 3.jpg", None),
        ("my photo 3.jpg 3", "my photo 3.jpg", "3"),
        ('"my photo 3.jpg" cat', "my photo 3.jpg", "cat"),
        ("'my photo 3.jpg', 'cat'", "my photo 3.jpg", "cat"),
        ('"a.jpg"', "a.jpg", None),
        ("sub/c,d.jpg", "c,d.jpg", None),
        ("sub/c,d.jpg,cat", "c,d.jpg", "cat"),
    ],
)
def test_a_line_of_a_text_names_a_file_and_its_label(folder, line, name, label):
    photos = listed(folder, line + "\n")
    assert (photos.names, photos.groups) == ((name,), (label,))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "path,label\na.jpg,cat\nsub/b.PNG,golden retriever\n"),
        ("t.csv", "Image Path,Class Name\r\na.jpg,cat\r\nsub\\b.PNG,golden retriever\r\n"),
        ("t.csv", "label,width,filename\ncat,8,a.jpg\ngolden retriever,8,sub/b.PNG\n"),
        ("t.csv", "id;file;target\n1;a.jpg;cat\n2;sub/b.PNG;golden retriever\n"),
        ("t.csv", 'file,caption,class\na.jpg,"one, two\nthree",cat\nsub/b.PNG,x,"golden retriever"\n'),
        ("t.csv", "path,noisy_labels_0,is_valid\na.jpg,cat,True\nsub/b.PNG,golden retriever,False\n"),
        ("t.csv", "where,label\na.jpg,cat\nsub/b.PNG,golden retriever\n"),
        ("t.csv", "a.jpg,cat\n\nsub/b.PNG,golden retriever\n"),
        ("t.csv", "class_id,class_name,path\n5,cat,a.jpg\n6,golden retriever,sub/b.PNG\n"),
        ("t.tsv", "path\tlabel\na.jpg\tcat\nsub/b.PNG\tgolden retriever\n"),
        ("T.CSV", "path,label\na.jpg,cat\nsub/b.PNG,golden retriever"),
        ("t.txt", "a.jpg cat\nsub/b.PNG golden retriever"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_gives_the_same_in_every_writing(folder, name, text, encoding):
    photos = listed(folder, text, name, encoding)
    assert photos.names == ("a.jpg", "sub/b.PNG")
    assert photos.groups == ("cat", "golden retriever")
    assert photos.labels(CLASSES) == [0, 1]
    assert photos.label_source(CLASSES) == "the list's labels"


@pytest.mark.parametrize(
    ("labels", "classes", "expected", "source"),
    [
        (("2", "0"), ["bird", "cat", "dog"], [2, 0], "the list's numbers"),
        (("1", "1"), ["bird", "cat"], [1, 1], "the list's numbers"),
        (("2", "0"), ["bird", "cat"], [None, None], "nowhere"),
        (("2", "one"), ["bird", "cat", "dog"], [None, None], "nowhere"),
        (("7", "8"), ["8", "7"], [1, 0], "the list's labels"),
        (("Golden_Retriever", "CAT"), CLASSES, [1, 0], "the list's labels"),
        (("cat", "unknown"), CLASSES, [0, None], "the list's labels"),
        (("n01443537", "n01440764"), [f"class {i}" for i in range(1000)], [1, 0], "ImageNet's wnids"),
    ],
)
def test_labels_are_names_or_whole_numbers(folder, labels, classes, expected, source):
    photos = listed(folder, f"a.jpg,{labels[0]}\nsub/b.PNG,{labels[1]}\n", "t.csv")
    assert photos.labels(classes) == expected
    assert photos.label_source(classes) == source


def test_labels_of_a_list_stand_in_place_of_folders(folder):
    photos = listed(folder, "cat/e.jpg bird\na.jpg\nsub/b.PNG cat\n")
    assert photos.groups == ("bird", None, "cat")
    assert photos.folder_names() == ("bird", "cat")
    assert photos.labels(CLASSES) == [2, None, 0]
    assert photos.subset([2, 0]).labels(CLASSES) == [0, 2]
    assert listed(folder, "cat/e.jpg\na.jpg\n").labels(CLASSES) == [0, None]


def test_a_label_is_part_of_the_fingerprint(folder):
    lists = ("a.jpg cat\ncat/e.jpg bird", "a.jpg bird\ncat/e.jpg cat", "a.jpg\ncat/e.jpg", "a.jpg cat\ncat/e.jpg")
    prints = {listed(folder, text).fingerprint() for text in lists}
    assert len(prints) == 4


def test_missing_and_other_files_of_a_list_are_skipped(folder):
    photos = listed(
        folder, "path,label\na.jpg,cat\ngone.jpg,bird\nlist.csv,bird\nC:\\photos\\x.jpg,cat\na.jpg,bird\n", "t.csv"
    )
    assert (photos.names, photos.groups) == (("a.jpg",), ("cat",))
    assert [skipped.reason.split(" (")[0] for skipped in photos.skipped] == [
        "no such file or directory",
        "not a picture",
        "no such file or directory",
        "listed twice",
    ]


def test_lines_that_cannot_be_file_names_are_skipped(folder):
    photos = listed(folder, f"a.jpg\n{'x' * 300}.jpg 1\n{'y' * 5000}\nzero\0.jpg\n")
    assert photos.names == ("a.jpg",)
    assert [skipped.reason for skipped in photos.skipped] == [
        "file name too long",
        "not a picture (no extension)",
        "no name of a file",
    ]


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("t.csv", b"breed,weight\ncat,3\n", "has no column of photo files: name it path, file or image"),
        ("t.csv", b"", "names no photo"),
        ("t.csv", b"path,label\n", "names no photo"),
        ("t.tsv", b"\n \n", "names no photo"),
        ("t.csv", b'path,label\n"' + b"x" * 200_000, "is no readable table"),
        ("t.txt", b"", "names no photo"),
    ],
)
def test_a_list_without_photos_is_refused_with_a_line(folder, name, data, line):
    (folder / name).write_bytes(data)
    assert line in refusal(folder / name)


def packed(tmp_path):
    return pack(tmp_path / "some.zip", [("red.png", picture("red")), ("a/blue.png", picture("blue"))])


def test_a_list_names_some_photos_of_a_zip_in_its_order(tmp_path):
    whole = open_photos(packed(tmp_path))
    assert whole.zip_file == tmp_path / "some.zip"
    text = zip_listing_text(ZipListing(whole.zip_file, ("red.png", "a/blue.png", 'no "such", one.png')))
    photos = listed(tmp_path, text, "list.csv")
    assert photos.names == ("red.png", "a/blue.png")
    assert [photos.digest(i) for i in (0, 1)] == [whole.digest(i) for i in (1, 0)]
    assert [(each.name, each.reason) for each in photos.skipped] == [('no "such", one.png', "no photo of the zip")]
    alone = listed(tmp_path, "zip,member\r\nsome.zip,a/blue.png\r\n", "list.csv")  # beside the list
    assert (alone.names, alone.skipped, alone.source_name) == (("a/blue.png",), (), "some")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zip,member\n", "names no photo"),
        ("zip,member\nsome.zip\n", "names no photo"),
        ("zip,member\nsome.zip,red.png\nother.zip,red.png\n", "names photos of 2 zips"),
        ("zip,member\nmissing.zip,red.png\n", "cannot be read"),
        ("zip,member\nlist.csv,red.png\n", "no readable zip"),
        ("zip,member\nsome\0.zip,red.png\n", "no readable zip|no readable table"),
        (b"zip,member\nsome.zip,\xff.png\n", "in UTF-8"),
        ("zip,member\nsome.zip,../red.png\n", "no photos in"),
    ],
)
def test_a_list_of_a_zip_that_cannot_be_read_is_refused_in_one_line(tmp_path, text, said):
    packed(tmp_path)
    with pytest.raises(ValueError, match=said) as error:
        listed(tmp_path, text, "list.csv")
    assert "\n" not in str(error.value)
