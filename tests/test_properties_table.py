"""The user's own table about photos: which column names them, what the others are, and one line for each error."""

import numpy as np
import pandas as pd
import pytest

from concepts.data.properties.table import open_table

NAMES = ("red/000.png", "red/001.png", "red/002.JPG", "green/000.png")


def table(tmp_path, text: str, name: str = "about.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return open_table(tmp_path / name, NAMES)


def values(found, name: str) -> list[float | None]:
    (column,) = [each for each in found.properties if each.name == name]
    return [None if np.isnan(value) else float(value) for value in column.values]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("red/001.png", "red/002.JPG"),
        ("./red/001.png", r"red\002.JPG"),
        ("red/001", "red/002"),
        ("001.png", "002.JPG"),
        ("001", "002"),
        ("001", "002.JPG"),
    ],
)
def test_photos_are_named_by_path_file_name_or_stem(tmp_path, first, second):
    found = table(tmp_path, f"age,photo\n3,{second}\n5.5,{first}\n")
    assert (found.column, found.n_rows, found.unmatched) == ("photo", 2, ())
    assert values(found, "age") == [None, 5.5, 3.0, None]
    assert "red/001.png" in found
    assert "red/000.png" not in found


def test_columns_are_numbers_dates_or_categories_by_their_content(tmp_path):
    found = table(
        tmp_path,
        "file;size;when;taken;site;mixed;empty\n"
        "red/000.png;-1e3;1970-01-02;1970:01:03 12:00:00;B;1;\n"
        "red/001.png;;1970-01-03T06:00;;A;x;\n"
        "green/000.png;4;;1970:01:01 00:00:00; B ;2;\n",
    )
    assert [(each.name, each.kind, each.categories) for each in found.properties] == [
        ("size", "number", ()),
        ("when", "date", ()),
        ("taken", "date", ()),
        ("site", "category", ("A", "B")),
        ("mixed", "category", ("1", "2", "x")),
    ]
    assert values(found, "size") == [-1000.0, None, None, 4.0]
    assert values(found, "when") == [1.0, 2.25, None, None]
    assert values(found, "taken") == [2.5, None, None, 0.0]
    assert values(found, "site") == [1.0, 0.0, None, 1.0]
    assert [(each.name, each.reason) for each in found.left_out] == [("empty", "it is empty")]


def test_the_same_table_as_tsv_and_parquet(tmp_path):
    frame = pd.DataFrame(
        {
            "file": ["001", "002"],
            "age": [3, 4.5],
            "when": pd.to_datetime(["1970-01-02", "1970-01-05"]),
            "ok": [True, None],
        }
    )
    frame.to_csv(tmp_path / "t.tsv", sep="\t", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    for name in ("t.tsv", "t.parquet"):
        found = open_table(tmp_path / name, NAMES)
        assert [each.kind for each in found.properties] == ["number", "date", "category"]
        assert values(found, "age") == [None, 3.0, 4.5, None]
        assert values(found, "when") == [None, 1.0, 4.0, None]


def test_rows_without_a_photo_and_columns_of_many_texts_are_named(tmp_path):
    names = tuple(f"{i}.png" for i in range(25))
    rows = [f"{name},patient {name}" for name in (*names, "lost.png")]
    (tmp_path / "t.csv").write_text("\n".join(["file,who", *rows, ",nobody"]))
    found = open_table(tmp_path / "t.csv", names)
    assert (found.n_rows, found.unmatched) == (27, ("lost.png", "an empty name"))
    assert found.properties == ()
    assert found.left_out[0].reason == "27 different texts: at most 20 are categories"


def test_properties_of_chosen_photos_are_in_their_order(tmp_path):
    found = table(tmp_path, "file,age\n001,1\n002,2\n")
    (age,) = found.of(["red/002.JPG", "new.png", "red/001.png"])
    np.testing.assert_array_equal(age.values, [2, np.nan, 1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,age\n000.png,3\n", "names 000.png, as several photos are called: write their folders, too"),
        ("file,age\n001.png,3\n001,4\n", r"names one photo twice \(001.png in row 1, 001 in row 2\): leave one row"),
        ("file,copy\n001,001.png\n", "the columns file and copy of .* both name the photos: leave one out"),
        ("age,site\n3,A\n", r"no column of .* \(age, site\) names the photos: give one .*, such as red/000.png"),
        ("file,age\n", "has 0 rows and 2 columns: give 1 row or more"),
        ("", "is no readable table"),
        ('file,age\n"001', "is no readable table"),
        ("\0\0", "is no readable table: it is neither UTF-8 nor UTF-16"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said) as caught:
        table(tmp_path, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("t.xlsx", r"is none of .csv, .tsv, .parquet: save it as one of these"),
        ("t.parquet", "is no readable table"),
        ("missing.csv", "cannot be read: No such file"),
        ("folder.csv", "is a folder"),
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path, name, said):
    (tmp_path / "folder.csv").mkdir()
    if name[0] == "t":
        (tmp_path / name).write_bytes(b"PAR1 no table PAR1")
    with pytest.raises(ValueError, match=said) as caught:
        open_table(tmp_path / name, NAMES)
    assert "\n" not in str(caught.value)
