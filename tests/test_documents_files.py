"""Texts in files: folders, zips, one a line; encodings; what is left out; what a set of texts promises."""

import zipfile
from pathlib import Path

import pytest

from concepts.data.dataset import Dataset, group_names
from concepts.data.documents import TextLimits, TextSet
from concepts.data.others import WithOthers
from concepts.texts import open_texts
from tests.support.text_files import packed, written

TREE = {"train/pos/b.txt": "Good.\n", "train/neg/a.txt": "Bad,\r\nreally.\r\n", "c.txt": "Neither."}


def folder(root: Path, members) -> Path:
    for name, content in members.items():
        written(root / name, content)
    return root


def refusal(source, **options) -> str:
    with pytest.raises(ValueError, match=r".") as raised:
        open_texts(source, **options)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def reasons(texts: TextSet) -> dict[str, str]:
    return {each.name: each.reason for each in texts.skipped}


@pytest.fixture(params=["folder", "zip"])
def source(request, tmp_path):
    """Makes a source of these members, as a folder and as a zip."""
    return lambda members: (
        folder(tmp_path / "texts", members) if request.param == "folder" else packed(tmp_path / "texts.zip", members)
    )


def test_class_folders_are_labels(source):
    texts = open_texts(source(TREE))
    assert texts.names == ("c.txt", "train/neg/a.txt", "train/pos/b.txt")
    assert texts.texts == ("Neither.", "Bad,\r\nreally.", "Good.")
    assert texts.groups == (None, "neg", "pos")
    assert texts.labels(["POS", "neg"]) == [None, 1, 0]
    assert texts.label_source(["POS", "neg"]) == "folder names"
    assert texts.source_name == "texts"


def test_a_zip_is_the_same_set_as_its_folder(tmp_path):
    unpacked, zipped = open_texts(folder(tmp_path / "t", TREE)), open_texts(packed(tmp_path / "t.zip", TREE))
    assert unpacked.fingerprint() == zipped.fingerprint()


def test_the_only_table_is_read_and_a_notice_beside_it_is_no_text(source):
    texts = open_texts(source({"data/t.csv": "text,label\nA.,x\n", "README.txt": "About.", "data/x.bin": "?"}))
    assert (texts.texts, texts.groups, texts.source_name) == (("A.",), ("x",), "t")


def test_tables_beside_texts_are_left_out_and_named(source):
    texts = open_texts(source({"a.txt": "A.", "b.pdf": "%PDF", "about.csv": "name,n\na,1\n", ".hidden.txt": "B."}))
    assert texts.names == ("a.txt",)
    assert reasons(texts) == {
        "about.csv": "a table beside texts: give it by itself, or as --metadata",
        "b.pdf": ".pdf files are not read: save it as .txt in UTF-8",
    }


def test_several_tables_and_nothing_are_one_line(source):
    assert "several tables (a.csv, b.csv)" in refusal(source({"a.csv": "text\nA.\n", "b.csv": "text\nB.\n"}))


def test_without_texts_the_first_left_out_is_named(source):
    assert "no texts in" in refusal(source({"a.docx": "?"}))


def test_bad_files_are_left_out_and_named(source):
    members = {"a.txt": b"caf\xe9 au lait", "b.txt": "", "c.txt": "  \n", "d.txt": "Ab\0", "e.txt": "\ufeffGood."}
    texts = open_texts(source(members))
    assert texts.texts == ("Good.",)
    told = reasons(texts)
    assert told["a.txt"].startswith("byte 0xe9 at position 3 (line 1) is not UTF-8")
    assert told["b.txt"] == told["c.txt"] == "its text is empty"
    assert "zero character" in told["d.txt"]


def test_limits_hold_together(source):
    made = source({f"{i}.txt": "a" * 100 for i in range(5)})
    assert len(open_texts(made, limits=TextLimits(max_texts=5, max_bytes=500))) == 5
    assert "more than 4 texts" in refusal(made, limits=TextLimits(max_texts=4))
    assert "more than 499 bytes" in refusal(made, limits=TextLimits(max_bytes=499))


def test_members_that_cannot_be_unpacked_are_left_out(tmp_path):
    members = {"a.txt": "A.", "../b.txt": "B.", "/c.txt": "C.", "inner.zip": "?", "__MACOSX/d.txt": "D."}
    path = packed(tmp_path / "t.zip", members)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("e.txt", "E.")
        link = zipfile.ZipInfo("f.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    texts = open_texts(path)
    assert texts.names == ("a.txt",)
    assert reasons(texts).keys() == {"../b.txt", "/c.txt", "inner.zip", "e.txt", "f.txt"}


def test_a_bomb_is_refused_by_what_it_states(tmp_path):
    path = packed(tmp_path / "t.zip", {"a.txt": "a" * 2_000_000})
    assert path.stat().st_size < 10_000
    assert "more than 1,000,000 bytes" in refusal(path, limits=TextLimits(max_bytes=1_000_000))


def test_a_damaged_zip_is_one_line(tmp_path):
    assert "no readable zip" in refusal(written(tmp_path / "t.zip", b"PK\3\4 and no more"))
    whole = packed(tmp_path / "u.zip", {"a.txt": "A." * 500, "b.txt": "B."}, zipfile.ZIP_STORED)
    whole.write_bytes(whole.read_bytes().replace(b"A.A.", b"A.X.", 1))
    assert "cannot be unpacked" in reasons(open_texts(whole))["a.txt"]


def test_links_do_not_lead_out(tmp_path):
    folder(tmp_path / "texts", {"pos/a.txt": "A."})
    outside = written(tmp_path / "outside" / "b.txt", "B.")
    (tmp_path / "texts" / "b.txt").symlink_to(outside)
    (tmp_path / "texts" / "deep").symlink_to(outside.parent)
    assert open_texts(tmp_path / "texts", within=()).names == ("pos/a.txt",)
    assert open_texts(tmp_path / "texts").names == ("b.txt", "deep/b.txt", "pos/a.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_told_by_its_mark(tmp_path, encoding):
    content = "Grüße 你好 👩‍👩‍👧\n".encode(encoding)
    assert open_texts(written(tmp_path / "t.txt", content)).texts == ("Grüße 你好 👩‍👩‍👧",)


def test_other_encodings_are_told_by_the_user(tmp_path):
    path = written(tmp_path / "t.txt", "one\ncaf\xe9 “no”\n".encode("cp1252"))
    said = refusal(path)
    assert "byte 0xe9 at position 7 (line 2) is not UTF-8" in said
    assert "--encoding" in said
    assert open_texts(path, encoding="cp1252").texts == ("one", "café “no”")
    assert "'nothing' is not known" in refusal(path, encoding="nothing")
    assert "'zip' is not known" in refusal(path, encoding="zip")
    assert "is not ascii" in refusal(path, encoding="ascii")
    unmarked = written(tmp_path / "u.txt", "one".encode("utf-16-le"))
    assert "utf-16-le or utf-16-be" in refusal(unmarked)
    assert open_texts(unmarked, encoding="utf-16-le").texts == ("one",)
    assert "is not UTF-16" in refusal(written(tmp_path / "v.txt", b"\xff\xfea\0b"))


def test_a_line_ends_where_lines_end(tmp_path):
    path = written(tmp_path / "t.txt", "one\r\n\n two\u2028still\x0cstill \rthree\n\u200b\n")
    texts = open_texts(path)
    assert texts.texts == ("one", " two\u2028still\x0cstill ", "three")
    assert texts.names == ("line 1", "line 3", "line 4")
    assert reasons(texts) == {"line 5": "its text is empty"}


@pytest.mark.parametrize(
    ("name", "said"), [("t.xlsx", "save it as .csv"), ("t.pkl", "give one of these"), ("t", "a plain file")]
)
def test_other_files_are_one_line(tmp_path, name, said):
    assert said in refusal(written(tmp_path / name, "x"))


@pytest.mark.parametrize("source", ["", "  ", 5, None, [], [1], b"x", "https://a.b/c.csv"])
def test_other_things_are_one_line(source):
    assert refusal(source)


def test_a_path_that_is_wrong_is_helped(tmp_path):
    written(tmp_path / "texts.csv", "text\nA.\n")
    assert "near it: 'texts.csv'" in refusal(tmp_path / "text.csv")


def made() -> TextSet:
    return TextSet.of(["A.", "", "B.", "C."], labels=["x", "x", None, "y"], metadata={"n": [1, 2, None, 4.5]})


def test_a_list_is_a_set_with_labels_and_metadata():
    texts = made()
    assert texts.names == ("row 1", "row 3", "row 4")
    assert texts.groups == ("x", None, "y")
    assert texts.metadata == {"n": ("1", None, "4.5")}
    assert texts.labels(["Y", "X"]) == [1, None, 0]
    assert reasons(texts) == {"row 2": "its text is empty"}
    assert open_texts(["A.", "B."]).texts == ("A.", "B.")
    assert TextSet.of(["A.", "B."], labels=[1, 0]).labels(["1", "0"]) == [1, 0]  # numbers of classes, no names


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"labels": ["x"]}, "labels has 1 values for 2 texts"),
        ({"names": ["a", "a"]}, "two texts are called 'a'"),
        ({"metadata": {"n": [1]}}, "n has 1 values"),
        ({"limits": TextLimits(max_texts=1)}, "more than 1 texts"),
    ],
)
def test_a_wrong_list_is_one_line(options, said):
    with pytest.raises(ValueError, match=said):
        TextSet.of(["A.", "B."], **options)


def test_a_subset_keeps_what_belongs_to_its_texts():
    part = made().subset([2, 0, 2])
    assert part.texts == ("C.", "A.", "C.")
    assert part.groups == ("y", "x", "y")
    assert part.metadata == {"n": ("4.5", "1", "4.5")}
    for wrong in (-1, 3):
        with pytest.raises(IndexError, match="0 to 2"):
            made().open(wrong)
        with pytest.raises(IndexError):
            made().subset([wrong])


def test_the_fingerprint_is_that_of_names_texts_and_labels():
    whole = made().fingerprint()
    assert made().subset([0, 1, 2]).fingerprint() == whole
    assert len({made().subset([0, 1]).fingerprint(), made().subset([1, 0]).fingerprint(), whole}) == 3
    assert TextSet.of(["A."]).fingerprint() != TextSet.of(["A."], labels=["x"]).fingerprint()
    assert TextSet.of(["A.", "B."]).fingerprint() != TextSet.of(["A.B", "."]).fingerprint()
    assert TextSet.of(["A.", "B."]).fingerprint() != TextSet.of(["A.\n5:row 2=B."]).fingerprint()


def test_it_is_a_dataset_that_others_can_stand_beside():
    texts: Dataset[str] = made()
    both = WithOthers(texts, TextSet.of(["D."], labels=["z"], source_name="more"))
    assert both.open(3) == "D."
    assert both.preview(3) == b"D."
    assert both.names[3] == "more/row 1"
    assert group_names(texts) == ("x", "y")
    assert both.labels(["z", "y"]) == [None, None, 1, 0]


@pytest.mark.shared
def test_real_sentences_a_line(shared):
    texts = open_texts(shared / "data" / "text" / "rt-polarity.neg.txt")
    assert len(texts) == 5331
    assert texts.names[-1] == "line 5331"
