"""How small tokens may be: recall and bytes of codes, what becomes of a report, and what the page says."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from concepts.activations.collect import Activations
from concepts.cli.main import _parser, main
from concepts.data.images import open_photos
from concepts.demo.collection import ID, demo_collection
from concepts.evaluation.compression import searching
from concepts.evaluation.compression import words as words_under_codes
from concepts.evaluation.compression.change import change_of
from concepts.evaluation.compression.comparison import CodeRow, Compression, compare_codes
from concepts.evaluation.compression.notes import about_sentence, how_sentences
from concepts.evaluation.compression.rebuilt import RebuiltReports, write_coded
from concepts.evaluation.compression.searching import Searched
from concepts.evaluation.compression.sentences import cells, lines_of, shares_much, what_of
from concepts.evaluation.compression.stored import StoredCompression, read_compressions
from concepts.evaluation.compression.words import Words
from concepts.evaluation.compression.writing import write_compression
from concepts.models import load_model, split_model
from concepts.report import ReportSettings
from concepts.report.verdict import Suspect, Verdict
from concepts.token_search import write_token_file
from concepts.token_search.codes import CODES
from pages.compare.compression import COMMAND
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, said, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    generator = np.random.default_rng(0)
    A = generator.standard_normal((40, 32))[generator.integers(40, size=2000)]
    A = np.abs(A + 0.3 * generator.standard_normal(A.shape))
    return write_token_file(tmp_path_factory.mktemp("tokens") / "a.bin", [A], places=4)


@pytest.fixture(scope="module")
def found(tokens):
    vectors = torch.randn(200, 32, generator=torch.Generator().manual_seed(0))
    words = Words("made-up words", [f"word{i}" for i in range(200)], vectors)
    return compare_codes(tokens, title="made up", words=words)


def test_recall_falls_with_the_bytes(found):
    rows = {(row.of, row.code): row for row in found.rows}
    mine = [rows["tokens", name] for name in CODES]
    assert [row.each for row in mine] == [64, 32, 4, 6]
    assert mine[0].recall == 1.0
    assert mine[0].recall >= mine[1].recall > max(mine[2].recall, mine[3].recall)
    assert all(row.recall_low <= row.recall <= row.recall_high for row in found.rows)
    assert rows["words", "hashed pieces"].each == (2 * 32 * 25 + 4 * 32) / 200
    assert (found.n_words, found.words_searched, found.lexicon) == (200, 200, "made-up words")


def test_words_are_read_in_any_parts():
    vectors = torch.randn(200, 32, generator=torch.Generator().manual_seed(0))
    for coded in words_under_codes.coded_words(Words("w", [f"word{i}" for i in range(200)], vectors), tuple(CODES), 0):
        torch.testing.assert_close(coded.decode(50, 120), coded.decode(0, 200)[50:120])


def row(code="product", of="tokens", *, each=4.0, shared=0, channels=32):
    return CodeRow(code, of, each, shared, 4 * channels / each, 0.1, 0.9, 0.8, 1.0)


def compared(*rows, n_tokens=2000, n_words=0, channels=32):
    return Compression("made up", "2026-12-01", n_tokens, n_words, channels, 0, rows)


def test_how_many_were_searched_is_said_where_not_all_were():
    assert about_sentence(compared(row(), n_tokens=20_000)).startswith("20,000 tokens of 32 channels · seed 0")
    earlier = compared(row(), n_tokens=10_000_000, n_words=30_000)
    said = about_sentence(earlier)
    assert said.startswith(
        "10,000,000 tokens of 32 channels, 20,000 of them searched · 30,000 words, 20,000 of them searched · seed 0"
    )
    assert "at most 20,000 are searched" in " ".join(how_sentences(compared(row())))
    assert "at most 20,000 are searched" in " ".join(how_sentences(replace(earlier, rows=(row(of="words"),))))
    of_all = replace(earlier, words_searched=30_000, rows=(row(of="words"),))
    assert about_sentence(of_all).startswith(
        "10,000,000 tokens of 32 channels, 20,000 of them searched · 30,000 words · seed 0"
    )
    how = " ".join(how_sentences(of_all))
    assert "at most 20,000 tokens, and all words, are searched" in how
    assert "Of the words, steps were fitted to 20,000, and centres to 10,000 of these." in how
    assert "steps were fitted" not in " ".join(how_sentences(replace(of_all, words_searched=20_000)))


def test_codes_are_said_to_be_judged_on_what_they_were_fitted_to():
    assert "steps, centres and tables were fitted to (centres to at most 10,000 of them)" in " ".join(
        how_sentences(compared(row()))
    )


def test_product_codes_of_few_are_said_not_to_be_judged():
    """Ten for each of 256 centres are enough; of tokens and of words apart."""

    def judged(found):
        return [each.split(" cannot")[0] for each in how_sentences(found) if "cannot be judged" in each]

    both = row(), row(of="words")
    assert judged(compared(*both, n_tokens=2560, n_words=2560)) == []
    assert judged(compared(*both, n_tokens=2559, n_words=2560)) == ["Product codes of 2,559 tokens"]
    assert judged(compared(*both, n_tokens=10**7, n_words=200)) == ["Product codes of 200 words"]
    assert judged(compared(row("int8"), n_tokens=100)) == []


def test_what_all_share_is_said_where_it_weighs():
    """A token of 32 channels has 128 bytes, its code 4: 1,000 save 124,000 bytes, and a tenth of that is 12,400."""
    heavy, light = row(shared=12_401), row(shared=12_400)
    assert (shares_much(heavy, 1000), shares_much(light, 1000), shares_much(heavy, 1001)) == (True, False, False)
    assert cells(heavy, 1000)[1] == "4 + 12,401 for all"
    assert cells(light, 1000)[1] == "4"
    assert [cells(each, 1000)[2] for each in (heavy, light)] == ["7.8 ×", "32.0 ×"]  # 128 / (4 + 12.4), 128 / 4
    assert not shares_much(row(each=200.0), 1000)  # nothing is shared where nothing is saved
    words = compared(light, replace(heavy, of="words"), n_tokens=1000, n_words=900)
    assert [lines_of(words, of)[0][1] for of in ("tokens", "words")] == ["4", "4 + 12,401 for all"]


@pytest.mark.parametrize(
    ("channels", "parts"),
    [(97, "1 part of 97 channels"), (100, "10 parts of 10 channels"), (256, "32 parts of 8 channels")],
)
def test_the_bytes_of_a_product_code_are_those_that_it_has(channels, parts, tmp_path):
    A = np.random.default_rng(0).standard_normal((60, channels))
    found = compare_codes(write_token_file(tmp_path / "a.bin", [A], places=1), title="x", names=("product",))
    assert found.rows[0].each == int(parts.split()[0])
    assert what_of(found)["product"].endswith(f"; here {parts}")
    assert "every eight channels" not in what_of(found)["product"]
    assert what_of(compared(row("int8")))["product"].endswith("PAMI 2011)")


def test_recall_of_a_perfect_and_of_a_useless_code():
    A = torch.randn(3000, 16, generator=torch.Generator().manual_seed(0))
    searched, mixed = Searched.of(A, seed=0), A[torch.randperm(3000, generator=torch.Generator().manual_seed(1))]
    perfect, useless = (
        searched.loss(lambda start, end: A[start:end]),
        searched.loss(lambda start, end: mixed[start:end]),
    )
    assert (perfect.recall, perfect.error) == (1.0, 0.0)
    assert useless.recall < 0.02  # ten of 3,000


@pytest.mark.parametrize("values", [2**22, 16 * 700, 16])
def test_what_is_lost_does_not_hang_on_the_chunks(monkeypatch, values):
    """Error and recall against a literal version: all at once, with a sort of all cosines."""
    monkeypatch.setattr(searching, "VALUES", values)
    generator = torch.Generator().manual_seed(2)
    A = torch.randn(900, 16, generator=generator)
    B = A + 0.4 * torch.randn(900, 16, generator=generator)
    searched = Searched.of(A, seed=3)
    loss = searched.loss(lambda start, end: B[start:end])
    cosine = torch.nn.functional.cosine_similarity
    shares = []
    for i in searched.own.tolist():
        others = np.delete(np.arange(900), i)
        best, found = (
            set(others[cosine(A[i], each[others], dim=1).argsort(descending=True)[:10]].tolist()) for each in (A, B)
        )
        shares.append(len(best & found) / 10)
    assert len(shares) == 200
    assert loss.recall == pytest.approx(np.mean(shares), abs=1e-9)
    assert loss.error == pytest.approx(float((A - B).norm() / A.norm()), rel=1e-5)
    assert loss.low < loss.recall < loss.high


def test_every_word_is_searched_and_no_code_is_fitted_to_more_than_a_sample(tokens, monkeypatch):
    """Of 300 words, 100 are drawn for the steps; an eighth as many rows as words is that of all."""
    monkeypatch.setattr(words_under_codes, "FITTED", 100)
    seen, vectors = [], torch.randn(300, 32, generator=torch.Generator().manual_seed(0))
    fit = CODES["int8"].fit
    monkeypatch.setitem(CODES, "int8", replace(CODES["int8"], fit=lambda A, seed: seen.append(len(A)) or fit(A, seed)))
    words = Words("w", [f"word{i}" for i in range(300)], vectors)
    found = compare_codes(tokens, title="x", names=("int8",), words=words)
    assert seen == [2000, 100]
    assert (found.n_words, found.words_searched) == (300, 300)
    assert [row.each for row in found.rows if row.of == "words"] == [32, (2 * 32 * 37 + 4 * 32) / 300]
    twenty, fewer = (compare_codes(tokens, title="x", names=("int8",), words=Words("w", words.words[:n], vectors[:n]))
                     for n in (20, 19))  # fmt: skip
    assert [len(twenty.rows), len(fewer.rows), fewer.n_words, fewer.words_searched] == [3, 1, 19, None]
    assert "“w” has 19 words, fewer than 20: codes of words are not compared." in how_sentences(fewer)
    assert "not compared" not in " ".join(how_sentences(twenty))


def test_a_report_beside_itself_has_not_changed_and_beside_another_has():
    one, other = made_up_report(), made_up_report(seed=1)
    same = change_of(one, one)
    assert (same.matched, same.cosine, same.agreement, same.same_verdict) == (same.n, pytest.approx(1), 1.0, True)
    changed = change_of(one, other)
    assert changed.matched < changed.n
    assert changed.agreement < 0.5
    with pytest.raises(ValueError, match="different items"):
        change_of(one, made_up_report(n=60))


def leaning(report, *concepts):
    """The report with a verdict that it leans on concepts that are present together."""
    figures = dict.fromkeys([f.name for f in fields(Suspect) if f.name not in ("strategy", "stand_in")], 0)
    suspect = Suspect(**(figures | {"concepts": concepts, "strategy": 0, "counterproof": (), "photos": ()}))
    verdict = Verdict("leans", concept=concepts[0], strategy=0, suspects=(suspect,))
    return report.with_data(replace(report.data, verdict=verdict))


def test_a_verdict_is_the_same_whichever_of_its_concepts_comes_first():
    report = made_up_report()
    before = leaning(report, 2, 3)
    assert change_of(before, leaning(report, 3, 2)).same_verdict
    assert change_of(before, leaning(report, 3)).same_verdict
    assert not change_of(before, leaning(report, 4, 5)).same_verdict
    assert not change_of(before, report).same_verdict


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    photos = open_photos(str(write_photos(tmp_path_factory.mktemp("photos"), n=12)))
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    settings = ReportSettings(n_concepts=3, evidence="off")
    return RebuiltReports(split, photos, "red", settings, tmp_path_factory.mktemp("store"))


class Zeros:
    """A code that forgets all but the mean."""

    shared = 0

    def encode(self, A):
        return (np.zeros(len(A), np.uint8),)

    def decode(self, encoded):
        return torch.ones(len(encoded[0]), 4)


def test_what_is_coded_is_read_in_place_of_the_tokens(reports, tmp_path):
    before = reports.activations
    write_coded(before, Zeros(), tmp_path)
    after = Activations(tmp_path / before.folder.name)
    after.check()
    assert (after.rows(0, 12) == 1).all()
    np.testing.assert_array_equal(after.logits, before.logits)


def test_a_report_changes_with_its_tokens_only(reports):
    sample = reports.tokens.take(np.arange(200))
    kept = reports.change("float16", CODES["float16"].fit(sample, 0))
    assert (kept.matched, kept.agreement, kept.same_verdict) == (3, 1.0, True)
    assert reports.change("zeros", Zeros()).matched < 3


def test_what_is_written_is_read(found, tmp_path):
    write_compression(found, tmp_path / "one")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "compression.json").write_text('{"rows": []}')
    listing = read_compressions([tmp_path])
    assert [each.comparison for each in listing.found] == [found]
    assert len(listing.left_out) == 1
    table = (tmp_path / "one" / "table.csv").read_text().splitlines()
    assert len(table) == 1 + len(found.rows)
    file = tmp_path / "one" / "compression.json"
    file.write_text(file.read_text().replace('"tokens"', '"stones"'))
    with pytest.raises(ValueError, match="expected tokens or words"):
        StoredCompression.load(tmp_path / "one")


def test_the_page_shows_the_table_and_what_the_codes_are(found, tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    write_compression(found, tmp_path / "compressions" / "one")
    app = open_page("compare", show="compression")
    assert app.query_params["compression"] == "one"
    page = shown(app)
    for line in (*lines_of(found, "tokens"), *lines_of(found, "words")):
        assert line[4] in page
    assert "number of its nearest centre" in page
    assert "here 4 parts of 8 channels" in page
    assert "There is no comparison" not in said(app)
    assert "There is no comparison" in said(open_page("compare", compression="<b>none"))


def test_the_page_without_any_says_how_to_make_one(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page("compare", show="compression")
    assert app.code[0].value == COMMAND
    _parser().parse_args(COMMAND.replace("\\\n", "").split()[3:])


def test_the_command_writes_what_it_prints(tmp_path, capsys):
    demo_collection(tmp_path / "collections", tmp_path / "store", n=1)
    out = tmp_path / "out"
    given = ["compress", "--collection", ID, "--workspace", str(tmp_path), "--out", str(out), "--codes", "int8"]
    assert main(given) == 0
    printed, rows = capsys.readouterr().out, json.loads((out / "compression.json").read_text())["rows"]
    assert [(row["of"], row["code"]) for row in rows] == [
        ("tokens", "int8"), ("words", "int8"), ("words", "hashed pieces"),
    ]  # fmt: skip
    assert all(f"{row['recall']:.3f}" in printed for row in rows)
    assert [row["words"] is None for row in rows] == [True, False, False]
    assert all(f"{row['words']['kept']:,} of {row['words']['n']:,}" in printed for row in rows[1:])
    assert "words of places kept" in printed
    assert "no code, one answer for all" in printed
    assert "Codes are judged on the tokens, or words, that" in printed


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--collection", "none"], "no such collection"),
        (["--report", "nowhere"], "nowhere"),
    ],
)
def test_wrong_names_are_told_in_one_line(given, message, tmp_path, capsys):
    assert main(["compress", *given, "--workspace", str(tmp_path), "--out", str(tmp_path / "x")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_an_unknown_code_is_told(tokens):
    with pytest.raises(ValueError, match="unknown code 'zip': choose of float16"):
        compare_codes(tokens, title="x", names=("zip",))
