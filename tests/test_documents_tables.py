"""Tables of texts: which column is which, what a first line is, rows that are left out, one line for each error."""

import csv
import json
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from concepts.data.dataset import Skipped
from concepts.data.documents import TextLimits, pasted_texts
from concepts.texts import open_texts
from tests.support.text_files import written

PLAIN = "label,text,stars\npos,Good fun.,5\nneg,No fun.,1\n"
ROWS = [{"text": "Good fun.", "label": "pos", "stars": 5}, {"text": "No fun.", "label": "neg", "stars": 1}]


def opened(tmp_path, content: str | bytes, name: str = "t.csv", **options):
    return open_texts(written(tmp_path / name, content), **options)


def refusal(tmp_path, content: str | bytes, name: str = "t.csv", **options) -> str:
    with pytest.raises(ValueError, match=r".") as raised:
        opened(tmp_path, content, name, **options)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def parquet(columns, features=None) -> bytes:
    table = pa.table(columns)
    if features is not None:
        told = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": told})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", PLAIN),
        ("t.csv", PLAIN.replace(",", ";")),
        ("t.csv", PLAIN.replace("\n", "\r\n")),
        ("t.CSV", '"label","text","stars"\n"pos","Good fun.","5"\n\n"neg","No fun.","1"'),
        ("t.tsv", PLAIN.replace(",", "\t")),
        ("t.jsonl", "\n".join(map(json.dumps, ROWS))),
        ("t.ndjson", "\n\n".join(map(json.dumps, ROWS)) + "\n"),
        ("t.json", json.dumps(ROWS, indent=1)),
        ("t.json", "\n".join(map(json.dumps, ROWS))),
        ("t.parquet", parquet({"label": ["pos", "neg"], "text": ["Good fun.", "No fun."], "stars": [5, 1]})),
        ("t.parquet", parquet({"text": ["Good fun.", "No fun."], "label": ["pos", "neg"], "stars": [5.0, 1.0]})),
    ],
)
def test_every_kind_of_table_gives_the_same_set(tmp_path, name, content):
    texts, same = opened(tmp_path, content, name), opened(tmp_path, PLAIN, "same.csv")
    assert texts.names == ("row 1", "row 2")
    assert texts.texts == (texts.open(0), texts.open(1)) == ("Good fun.", "No fun.")
    assert texts.groups == ("pos", "neg")
    assert texts.metadata == {"stars": ("5", "1")}
    assert texts.fingerprint() == same.fingerprint()
    assert texts.skipped == ()
    assert texts.source_name == "t"
    assert texts.notes == ("texts from 'text', labels from 'label'",)


@pytest.mark.parametrize(
    ("header", "text", "label", "name"),
    [
        ("sentence,class,uid", "sentence", "class", "uid"),
        ("Review,Sentiment,Stars", "Review", "Sentiment", None),
        ("title,text,coarse_label", "text", "coarse_label", None),
        ("id,label,satzteil", "satzteil", "label", "id"),
        ("Text,label,category", "Text", "label", None),
        ("question,answer,name", "question", None, "name"),
        ("eins,zwei,text", "text", None, None),
    ],
)
def test_columns_are_found_by_their_usual_names(tmp_path, header, text, label, name):
    columns = opened(tmp_path, f"{header}\nA b c.,D e f.,G h i.\nJ.,K.,L.\n").columns
    assert (columns.text, columns.label, columns.id) == (text, label, name)
    assert set(columns.others) == set(header.split(",")) - {text, label, name}


def test_numbers_and_dates_are_no_texts(tmp_path):
    texts = opened(tmp_path, "a,b,label,c\n1,2026-01-01,x,One two.\n2.5,2026-01-02,y,Three.\n")
    assert texts.columns.text == "c"
    assert texts.metadata["b"] == ("2026-01-01", "2026-01-02")


@pytest.mark.parametrize(
    ("content", "told", "option"),
    [
        ("sentence,question\nA.,B?\nC.,D?\n", "'sentence' or 'question'", "--text-column"),
        ("eins,zwei\nA b.,C d.\nE.,F.\n", "'eins' or 'zwei'", "--text-column"),
        ("a,b\n1,2\n3,4\n", "'a', 'b'", "--text-column"),
        ("text,coarse_label,fine_label\nA.,b,c\nD.,e,f\n", "'coarse_label' or 'fine_label'", "--label-column"),
        ("text,category,topic\nA.,b,c\nD.,e,f\n", "'category' or 'topic'", "--label-column"),
    ],
)
def test_where_several_columns_fit_all_are_named_and_the_option(tmp_path, content, told, option):
    said = refusal(tmp_path, content)
    assert told in said
    assert option in said


def test_named_columns_win_and_none_is_a_choice(tmp_path):
    content = "text,other,Fine Label,coarse_label,id\nA b.,C d.,e,f,1\nG h.,I j.,k,l,1\n"
    texts = opened(tmp_path, content, text_column="other", label_column="fine_label")
    assert (texts.texts, texts.groups) == (("C d.", "I j."), ("e", "k"))
    assert texts.columns.id is None  # its cells are not all different
    assert opened(tmp_path, content, label_column="").groups == (None, None)
    assert "has no column 'nowhere', but 'text', 'other'" in refusal(tmp_path, content, text_column="nowhere")
    assert "one column cannot be two" in refusal(tmp_path, content, text_column="other", label_column="other")
    assert "'1' in row 1 and row 2" in refusal(tmp_path, content, id_column="id", label_column="")


def test_ids_are_names(tmp_path):
    texts = opened(tmp_path, "id,text\na/7,One.\nb\n", "t.csv")
    assert texts.names == ("a/7",)
    assert texts.groups == (None,)
    assert "an empty cell in row 2" in refusal(tmp_path, "id,text\n1,A.\n,B.\n", id_column="id")


@pytest.mark.parametrize(
    ("content", "texts", "labels"),
    [
        ("pro\tEasy to use.\ncon\tSlow.\npro\tLight.\ncon\tDear.\n", 4, 4),
        ("Easy to use.\tpro\nSlow.\tcon\nLight.\tpro\nDear.\tcon\n", 4, 4),
        ("pro\tlight\ncon\theavy\npro\tcheap\ncon\tEasy to use.\n", 4, 4),
        ("1\tEasy to use.\n0\tSlow.\n1\tLight.\n0\tDear.\n", 4, 4),
        ("Spalte\tWas da steht\nx\tEasy to use.\nx\tSlow.\n", None, None),
    ],
)
def test_a_first_line_that_names_no_columns_is_a_text_and_that_is_said(tmp_path, content, texts, labels):
    if texts is None:
        assert "'Spalte' or 'Was da steht'" in refusal(tmp_path, content, "t.tsv")
        assert len(opened(tmp_path, content, "t.tsv", text_column="Was da steht")) == 2
        return
    found = opened(tmp_path, content, "t.tsv")
    assert len(found) == texts
    assert sum(group is not None for group in found.groups) == labels
    assert "Easy to use." in found.texts
    assert "the first line names no columns and counts as a text" in found.describe()


def test_whether_there_is_a_header_can_be_said(tmp_path):
    content = "text\tgood\nA b c\td e f\n"
    assert opened(tmp_path, content, "t.tsv").texts == ("A b c",)
    assert opened(tmp_path, content, "t.tsv", header=False, text_column="column 1").texts == ("text", "A b c")
    assert opened(tmp_path, "One.\nTwo.\n", header=True, text_column="One.").texts == ("Two.",)


def test_labels_name_classes_as_folders_of_photos_do(tmp_path):
    texts = opened(tmp_path, "text,label\nA.,Sci-Tech\nB.,sport\nC.,\nD.,Économie\nE.,other\n")
    assert texts.labels(["economie", "SPORT", "sci/tech"]) == [2, 1, None, 0, None]
    assert texts.label_source(["economie", "SPORT", "sci/tech"]) == "the table's labels"
    assert texts.label_source(["x", "y"]) == "nowhere"


def test_whole_numbers_are_indices_where_they_name_no_class(tmp_path):
    texts = opened(tmp_path, "text,label\nA.,1\nB.,0\nC.,10\n")
    names = [f"class {i}" for i in range(11)]
    assert texts.labels(names) == [1, 0, 10]
    assert texts.label_source(names) == "the table's numbers"
    assert texts.labels(["0", "10", "1"]) == [2, 0, 1]
    assert texts.labels(["a", "b"]) == [None, None, None]


@pytest.mark.parametrize("cells", [[1, 0, None, 1], [1.0, 0.0, None, 1.0], ["1", "0", "", "1"]])
def test_numbers_of_classes_are_the_same_however_they_are_stored(tmp_path, cells):
    texts = opened(tmp_path, parquet({"text": ["A.", "B.", "C.", "D."], "label": cells}), "t.parquet")
    assert texts.groups == ("1", "0", None, "1")
    assert texts.class_order == ("0", "1")
    assert texts.labels(["LABEL_0", "LABEL_1"]) == [1, 0, None, 1]


def test_class_names_stored_by_datasets_come_with_the_numbers(tmp_path):
    features = {"label": {"names": ["World", "Sports"], "_type": "ClassLabel"}, "text": {"dtype": "string"}}
    texts = opened(tmp_path, parquet({"text": ["A.", "B."], "label": [1, 0]}, features), "t.parquet")
    assert texts.groups == ("Sports", "World")
    assert texts.class_order == ("World", "Sports")
    assert texts.labels(["LABEL_0", "LABEL_1"]) == [1, 0]
    assert texts.labels(["sports", "world"]) == [0, 1]


def test_rows_of_another_length_are_left_out_and_named(tmp_path):
    texts = opened(tmp_path, "text,label\nA.,x\nB, and more,x\nC.\n\nD.,y\nE.,y\n")
    assert texts.names == ("row 1", "row 4", "row 5")
    assert texts.skipped == (
        Skipped("row 2", "3 cells (line 3), where the first line has 2"),
        Skipped("row 3", "1 cells (line 4), where the first line has 2"),
    )
    assert "row 1 has 3 cells" in refusal(tmp_path, "text,label\nA, and,x\nB, or,y\n")


def test_empty_and_impossible_texts_are_left_out_and_named(tmp_path):
    content = 'text,label\n,x\n" ",x\n\u200b,x\nA\0b,x\nGood.,x\n' + "c" * 41 + ",x\n\x07bell,y\n"
    texts = opened(tmp_path, content, limits=TextLimits(max_characters=40))
    assert texts.texts == ("Good.", "\x07bell")
    assert [each.name for each in texts.skipped] == ["row 1", "row 2", "row 3", "row 4", "row 6"]
    assert {each.reason for each in texts.skipped[:3]} == {"its text is empty"}
    assert "a zero character at 1" in texts.skipped[3].reason
    assert "41 characters, the limit for one text is 40" in texts.skipped[4].reason
    assert texts.reading_limits == {"max_characters": 40}


def test_thousands_of_rows_left_out_are_counted(tmp_path):
    texts = opened(tmp_path, "text,label\n" + "A.,x\n" * 3000 + ",y\n" * 2500)
    assert len(texts.skipped) == 1001
    assert texts.skipped[-1] == Skipped("more rows", "1,500 others are left out, too")


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ('text,label\nA.,x\n"B.,x\nC.,y\n', 3, "never closes"),
        ('text,label\nA.,x\n"B\nb" c.,x\nC.,y\n', 3, "ends inside a cell"),
    ],
)
def test_quotes_that_go_wrong_are_told_with_their_line(tmp_path, content, line, said):
    message = refusal(tmp_path, content)
    assert f"line {line} on" in message
    assert said in message


def test_quotes_in_a_table_of_tabs_are_text_unless_they_hold_the_whole_cell(tmp_path):
    content = 'label\ttext\nx\t"Go," he said\nx\t"Go, ""now""\ny\t"""Go"", she said"\ny\t"\ny\t"quoted"\n'
    texts = opened(tmp_path, content, "t.tsv")
    assert texts.texts == ('"Go," he said', '"Go, ""now""', '"Go", she said', '"', "quoted")


def test_cells_may_hold_lines(tmp_path):
    texts = opened(tmp_path, 'label\ttext\nx\t"one\ntwo"\ny\tthree\n', "t.tsv")
    assert texts.texts == ("one\ntwo", "three")
    assert opened(tmp_path, 'text,label\n"a, ""b""\r\nc",x\n').texts == ('a, "b"\r\nc',)


def test_a_megabyte_in_one_line_is_a_text(tmp_path):
    long = "word " * 200_000
    assert opened(tmp_path, f"text,label\n{long},x\n").texts == (long,)
    assert opened(tmp_path, long, "t.txt").texts == (long,)


def test_a_cell_beyond_the_bound_is_one_line(tmp_path):
    assert "more than 16,777,216 characters" in refusal(tmp_path, "text,label\n" + "a" * (2**24 + 1) + ",x\n")


def test_lines_that_are_no_json_are_left_out_and_named(tmp_path):
    lines = [
        '{"text": "A."}',
        '{"text": "B."',
        "[1]",
        "[" * 100_000,
        '{"text": 5}',
        '{"text": "\\ud800"}',
        '{"text": "C."}',
    ]
    texts = opened(tmp_path, "\n".join(lines), "t.jsonl")
    assert texts.names == ("row 1", "row 7")
    told = {each.name: each.reason for each in texts.skipped}
    assert told.keys() == {f"row {number}" for number in range(2, 7)}
    assert told["row 2"].startswith("no JSON: Expecting ',' delimiter")
    assert told["row 3"] == "a JSON list, where an object is expected"
    assert told["row 4"] == "no JSON: brackets inside brackets without end"
    assert told["row 5"] == "its text is a int, not a text"
    assert "surrogate" in told["row 6"]


@pytest.mark.parametrize("content", ["", "[", "[" * 100_000, "5", "null\n", "{}"])
def test_json_without_a_text_is_one_line(tmp_path, content):
    assert refusal(tmp_path, content, "t.json")


def test_lists_of_json_are_metadata_but_no_labels(tmp_path):
    content = '{"text": "A.", "label": ["x", "y"], "at": {"page": 3}}\n{"text": "B.", "label": "x", "ok": true}\n'
    texts = opened(tmp_path, content, "t.jsonl")
    assert texts.groups == (None, "x")
    assert texts.metadata == {"at": ('{"page": 3}', None), "ok": (None, "true")}


def test_a_small_parquet_file_that_repeats_a_long_text_is_held_once(tmp_path):
    def repeated(n: int) -> bytes:
        places = pa.array([0] * n, type=pa.int32())
        return parquet({"text": pa.DictionaryArray.from_arrays(places, ["a b " * 50_000])})

    texts = opened(tmp_path, repeated(100), "t.parquet")
    assert texts.texts[0] is texts.texts[-1]
    assert len(repeated(100_000)) < 2**20  # 20 GB of text
    assert "more than 536,870,912 bytes" in refusal(tmp_path, repeated(100_000), "t.parquet")


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\xff" * 40 + b"PAR1", zlib.compress(b"x" * 1000)])
def test_bytes_that_are_no_parquet_are_one_line(tmp_path, data):
    assert "no readable Parquet" in refusal(tmp_path, data, "t.parquet")


def test_columns_of_lists_are_not_read(tmp_path):
    texts = opened(tmp_path, parquet({"text": ["A."], "tokens": [["a"]], "b": [b"x"], "ok": [True]}), "t.parquet")
    assert texts.metadata == {"ok": ("true",)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("text,label\n", "has no text"),
        ("text,text\nA.,B.\n", "two columns that are called 'text'"),
        ("text,label\n,x\n", "has no text in the column 'text'; the first: row 1: its text is empty"),
        ("text," + "x," * 1000 + "\n", "columns: at most 1,000"),
    ],
)
def test_a_table_without_texts_is_one_line(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


def test_too_many_rows_are_refused(tmp_path):
    few = TextLimits(max_texts=3)
    assert len(opened(tmp_path, "text,label\n" + "A.,x\n" * 3, limits=few)) == 3
    assert "more than 3 texts" in refusal(tmp_path, "text,label\n" + "A.,x\n" * 4, limits=few)
    assert "more than 3 texts" in refusal(tmp_path, '{"text": "A."}\n' * 4, "t.jsonl", limits=few)
    assert "more than 3 texts" in refusal(tmp_path, parquet({"text": ["A."] * 4}), "t.parquet", limits=few)
    assert "at most 50 are read" in refusal(tmp_path, "text\n" + "a" * 99, limits=TextLimits(max_bytes=50))


def test_pasted_lines_are_texts_and_a_spreadsheet_is_a_table():
    assert pasted_texts("One, two.\n\n  Three.\n").texts == ("One, two.", "  Three.")
    found = pasted_texts("pro\tEasy.\npro\tLight.\ncon\tSlow.\ncon\tDear.\n")
    assert found.texts == ("Easy.", "Light.", "Slow.", "Dear.")
    assert found.groups == ("pro", "pro", "con", "con")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "classes"),
    [
        ("ag_news_test", 7600, 4),
        ("sms_spam", 5574, 2),
        ("subjectivity", 10_000, 2),
        ("pros_cons", 10_000, 2),
        ("trec_questions_train", 5452, 50),
    ],
)
def test_real_tables_are_read_whole(shared, name, rows, classes):
    path = shared / "data" / "texts" / f"{name}.tsv"
    texts = open_texts(path)
    assert (len(texts), len(set(texts.groups)), texts.skipped) == (rows, classes, ())
    with path.open(encoding="utf-8", newline="") as file:  # as Python's own reader has them
        assert (
            list(zip(texts.groups, texts.texts, strict=True)) == list(map(tuple, csv.reader(file, delimiter="\t")))[1:]
        )
