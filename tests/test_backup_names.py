"""A backup that is written can be restored, whatever files are called; what cannot be is left out and named."""

import os
import random
import re

import pytest

from concepts.backup import writing
from concepts.backup.contents import problem_of
from pages.analysis.kept_files import NAMED
from pages.analysis.short_names import safe_name
from tests.test_backup import backup, no_settings, restore

__all__ = ["no_settings"]
PARTS = (
    "\\", "..", ".", " ", "~", ":", "*", '"', "'", "\n", "\t", "\x7f", "\x1b[2J", "é", "e\u0301", "\u202e", "\u2028",
    "\U0001f600", "\ue000", "\ufffe", "\udcff", "\udc80", "a", "Z", "0", "-", "_", ".part", "CON", "%2e%2f", "$(x)",
    "İ", "\u212a", "z" * 70,
)  # fmt: skip


def odd_names(seed: int, n: int) -> list[str]:
    """Names that a file on this system can have."""
    chosen = random.Random(seed)
    names = {"".join(chosen.choices(PARTS, k=chosen.randint(1, 6))) for _ in range(n)}
    return sorted(name for name in names - {".", ".."} if len(os.fsencode(name)) <= 200)


def restorable(name: str) -> bool:
    return "\\" not in name and not re.search("[\udc80-\udcff]", name)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_is_restored_whatever_it_is_called(tmp_path, capsys, seed):
    lab, names = tmp_path / "lab", odd_names(seed, 150)
    assert 0 < sum(map(restorable, names)) < len(names)
    places = [f"uploads/weights/{i:04x}/{name}" for i, name in enumerate(names)]
    places += [f"evaluations/e{name}/table.csv" for name in names]
    places += [f"uploads/photos/0a1b/mine/{name}/0.png" for name in names]
    for place in places:
        (lab / place).parent.mkdir(parents=True, exist_ok=True)
        (lab / place).write_bytes(b"x")
    assert backup(lab, tmp_path / "lab.zip", "--uploads") == 0
    said = capsys.readouterr().out
    assert restore(tmp_path / "lab.zip", tmp_path / "new") == 0
    back = {file.relative_to(tmp_path / "new").as_posix() for file in (tmp_path / "new").rglob("*") if file.is_file()}
    assert back == set(filter(restorable, places))
    for place in places:
        assert (f"left out: {ascii(place)[1:-1]}: its name " in said) != restorable(place)


def test_a_list_that_would_not_be_read_is_not_written(tmp_path, capsys, monkeypatch):
    (tmp_path / "lab" / "reports" / "a").mkdir(parents=True)
    (tmp_path / "lab" / "reports" / "a" / "report.json").write_text("{}")
    monkeypatch.setattr(writing, "MOST_BYTES", 100)
    copied = []
    monkeypatch.setattr(writing, "_add", lambda archive, name, path: copied.append(name))
    assert backup(tmp_path / "lab", tmp_path / "lab.zip") == 2
    assert copied == [], "it is said before anything is copied"
    assert "the list of 1 files has 0 MB" in capsys.readouterr().err
    assert not (tmp_path / "lab.zip").exists()


@pytest.mark.parametrize("seed", range(3))
def test_a_name_that_an_upload_is_given_can_be_restored_and_offered_again(seed):
    for name in odd_names(seed, 300):
        for given in (name, f"{name}.{name}", f"weights.{name}"):
            safe = safe_name(given)
            assert problem_of(f"uploads/weights/{'0' * 24}/{safe}") == ""
            assert NAMED.fullmatch(f"{'0' * 24}/{safe}"), (given, safe)
            assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [("weights.a\\b", "weights.ab"), ("My Model (2).PTH", "My-Model-2.pth"), ("w.", "w"), (".pt", "pt"),
     ("a.tar.gz", "a-tar.gz"), ("\\", "upload"), ("x.\u202etp", "x.tp"), ("m.safetensors", "m.safetensors"),
     (f"{'x' * 59} b.pt", f"{'x' * 59}.pt")],
)  # fmt: skip
def test_names_are_reduced_to_plain_characters(name, safe):
    assert safe_name(name) == safe
