"""The other columns of a set of texts, as the properties that a report tests."""

import numpy as np
import pytest

from concepts.data.documents import TextSet, metadata_table, open_texts, split_documents
from tests.support.text_files import written

TABLE = (
    "id,text,label,stars,day,site,note\n"
    "a,One. Two.,x,5,2026-01-01,web,n1\nb,Three.,y,,2026-01-03,app,\nc,Four.,x,1,,web,\n"
)


def test_columns_are_numbers_dates_or_categories(tmp_path):
    texts = open_texts(written(tmp_path / "t.csv", TABLE))
    table = metadata_table(texts)
    assert [(each.name, each.kind) for each in table.properties] == [
        ("stars", "number"),
        ("day", "date"),
        ("site", "category"),
        ("note", "category"),
    ]
    np.testing.assert_array_equal(table.properties[0].values, [5, np.nan, 1])
    assert table.properties[1].values[1] - table.properties[1].values[0] == 2
    assert (table.source, table.column, table.n_rows, table.unmatched) == ("t", "id", 3, ())
    assert "a" in table
    (stars, *_) = table.of(["c", "a"])
    np.testing.assert_array_equal(stars.values, [1, 5])


def test_sentences_have_the_values_of_their_documents(tmp_path):
    table = metadata_table(split_documents(open_texts(written(tmp_path / "t.csv", TABLE))))
    np.testing.assert_array_equal(table.properties[0].values, [5, 5, np.nan, 1])


def test_columns_that_are_no_property_are_named():
    texts = TextSet.of(
        [f"T{i}." for i in range(30)], metadata={"who": [f"w{i}" for i in range(30)], "none": [None] * 30}
    )
    table = metadata_table(texts)
    assert table.properties == ()
    assert {each.name: each.reason for each in table.left_out} == {
        "who": "30 different texts: at most 20 are categories",
        "none": "it is empty",
    }


def test_without_columns_there_is_no_table_and_too_many_are_one_line():
    assert metadata_table(TextSet.of(["A."])) is None
    with pytest.raises(ValueError, match="at most 100"):
        metadata_table(TextSet.of(["A."], metadata={f"c{i}": [i] for i in range(101)}))
