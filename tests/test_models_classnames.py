"""Class names from files of every kind: numbered, of synsets, tables, JSON, and in several encodings."""

import json

import pytest

from concepts.models.classifiers.classnames import read_class_names

NAMES = ("cat", "dog", "owl")
FILES = {
    "class_to_idx": ("c.json", json.dumps({"owl": 2, "cat": 0, "dog": 1})),
    "id2label": ("config.json", json.dumps({"model_type": "x", "id2label": {"0": "cat", "1": "dog", "2": "owl"}})),
    "label2id": ("config.json", json.dumps({"label2id": {"dog": 1, "cat": 0, "owl": 2}})),
    "label2id as text": ("config.json", json.dumps({"label2id": {"dog": "1", "cat": "0", "owl": "2"}})),
    "both": ("config.json", json.dumps({"label2id": {"x": 0}, "id2label": {"0": "cat", "1": "dog", "2": "owl"}})),
    "from one": ("c.json", json.dumps({"1": "cat", "2": "dog", "3": "owl"})),
    "in another suffix": ("names.txt", json.dumps(["cat", "dog", "owl"])),
    "imagenet": ("c.json", json.dumps({"0": ["n1", "cat"], "2": ["n3", "owl"], "1": ["n2", "dog"]})),
    "spaces": ("n.txt", "0 cat\n2 owl\n1 dog\n"),
    "colons": ("n.txt", "0: cat\n1: dog\n2: owl"),
    "dots": ("n.txt", "1. cat\n2. dog\n3. owl"),
    "commas": ("n.txt", '0,cat\n1,"dog"\n2,owl'),
    "tabs": ("n.names", "2\towl\n\n0\tcat\n1\tdog"),
    "synsets": ("n.txt", "n02121620 cat, true cat\nn02084071 dog\nn01621127 owl, bird of prey"),
    "numbered synsets": ("n.txt", "0 n02121620 cat, true cat\n1 n02084071 dog\n2 n01621127 owl"),
    "csv": ("n.csv", "index,name\n1,dog\n0,cat\n2,owl\n"),
    "csv, name first": ("n.csv", "class,class_id\ncat,0\nowl,2\ndog,1"),
    "csv, label is the number": ("n.csv", "label,name\n0,cat\n1,dog\n2,owl"),
    "csv of pandas": ("n.csv", ",label\n0,cat\n1,dog\n2,owl"),
    "csv without a header": ("n.csv", "0,cat\n1,dog\n2,owl"),
    "csv of wnids": ("n.csv", "n02121620,cat\nn02084071,dog\nn01621127,owl"),
    "csv, one column": ("n.csv", "name\ncat\ndog\nowl"),
    "csv, quotes": ("n.csv", '"id","label"\n"0","cat"\n"1","dog"\n"2","owl"'),
    "csv, semicolons": ("n.csv", "id;name\n0;cat\n1;dog\n2;owl"),
    "tsv": ("n.tsv", "id\tname\n2\towl\n0\tcat\n1\tdog"),
}


@pytest.mark.parametrize(("name", "text"), FILES.values(), ids=FILES.keys())
def test_names_are_read_in_class_order(name, text, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_class_names(tmp_path / name, 3) == NAMES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("text", ["0 Käfer\n1 crème\n", '{"Käfer": 0, "crème": 1}', "id,name\n0,Käfer\n1,crème"])
def test_names_in_any_encoding(encoding, text, tmp_path):
    path = tmp_path / ("n.csv" if text.startswith("id") else "n.txt")
    path.write_bytes(text.encode(encoding))
    assert read_class_names(str(path), 2) == ("Käfer", "crème")


@pytest.mark.parametrize(
    "lines",
    [
        ["3 seater sofa", "lamp"],
        ["tench, Tinca tinca", "goldfish, Carassius auratus"],
        ["n01440764", "n01443537"],
        ["007", "12"],
        ["1.5 l bottle", "2.0 l bottle"],
        ["12th man", "3rd man"],
        ["a", "", "b"],
    ],
)
def test_what_belongs_to_the_names_stays(lines, tmp_path):
    (tmp_path / "n.txt").write_text("\n".join(lines))
    assert read_class_names(tmp_path / "n.txt", len(lines)) == tuple(lines)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("n.txt", b"0 a\n1 b\n3 c", "numbers must be 0 … 2 or 1 … 3"),
        ("n.txt", b"0 a\n1 b\n1 c", "numbers must be"),
        ("n.txt", b"50 ml\n100 ml", "part of the names, write a JSON list"),
        ("n.json", b'{"cat": 0, "dog": 2, "owl": 5}', "numbers must be"),
        ("n.json", b'{"cat": "x"}', "of index and name"),
        ("n.csv", b"a,b\nc,d", "2 columns that may be the names"),
        ("n.csv", b"id,name\n0,tench, Tinca\n1,b,c", "different numbers of columns"),
        ("n.pt", b"PK\x03\x04\0\0", "not text"),
    ],
)
def test_files_that_cannot_be_read_are_told_in_one_line(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_class_names(tmp_path / name, 3)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", ["cat, dog, owl", "cat,dog,owl", ' cat , "dog",owl'])
def test_names_between_commas(given):
    assert read_class_names(given, 3) == NAMES


def test_a_file_comes_before_names_between_commas(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a,b").write_text("cat\ndog\nowl")
    assert read_class_names("a,b", 3) == NAMES
    with pytest.raises(ValueError, match=r"cannot be read from 'nothing\.txt'"):
        read_class_names("nothing.txt", 3)
