"""Damaged copies of all that the program reads are read, or refused in one line, in time and without a warning.

A fixed budget of time and of copies: a fast machine tries no others than those that have passed. Each failure states
its kind and seed: `python -m benchmarks.fuzz --kinds KIND --only SEED` tries it again, and without `--only` many more.
"""

import subprocess
import sys

import pytest

from tests.support.fuzzed import readers
from tests.support.fuzzing import Reader, damaged_bytes, damaged_copy, damaged_json, damaged_text, fuzz, try_one
from tests.support.places import ROOT

SECONDS, MOST = 0.25, 400  # of each kind: seconds, copies


@pytest.fixture(scope="module")
def all_readers(tmp_path_factory):
    return readers(tmp_path_factory.mktemp("fuzz"))


def test_intact_examples_are_read(all_readers):
    for reader in all_readers:
        for example in reader.examples:
            reader.read(example)
    assert len({reader.kind for reader in all_readers}) == len(all_readers) > 30


def test_damaged_copies_are_read_or_refused_in_one_line(all_readers):
    tallies = {reader.kind: fuzz(reader, iter(range(MOST)), seconds=SECONDS) for reader in all_readers}
    failures = [f"{each.kind}, seed {each.seed}: {each.text}" for tally in tallies.values() for each in tally.failures]
    assert not failures, "\n".join(failures)
    assert all(
        tally.counts["refused"] for kind, tally in tallies.items() if kind not in ("address", "site", "report's card")
    )


def test_a_copy_is_the_same_for_the_same_seed_and_others_differ(all_readers):
    for reader in all_readers:
        copies = [damaged_copy(reader, seed) for seed in range(8)]
        assert copies == [damaged_copy(reader, seed) for seed in range(8)]
        assert len(set(copies)) > 5


def test_pillow_warns_no_user(tmp_path, all_readers):
    """In a process of its own, since pytest resets what Python warns of."""
    tiff = next(reader for reader in all_readers if reader.kind == "TIFF")
    for seed in (1, 2, 8):
        (tmp_path / f"{seed}.tif").write_bytes(damaged_copy(tiff, seed))
    code = (
        "import sys, pathlib\nfrom concepts.data.images.decoding import decode, UnreadablePhoto\n"
        "for file in pathlib.Path(sys.argv[1]).iterdir():\n"
        "    try: decode(file)\n"
        "    except UnreadablePhoto as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Warning" not in done.stderr
    assert done.stdout.count("\n") == 3


def raises(error):
    def read(data):
        raise error

    return read


def test_what_is_no_line_is_a_failure():
    """The harness itself: each kind of fault is seen."""
    cases = {
        "read": lambda data: None,
        "refused": raises(ValueError("one line")),
        "failed": raises(KeyError("a")),
        "failed, two lines": raises(ValueError("one\ntwo")),
        "failed, long": raises(ValueError("a" * 10_000)),
        "failed, recursion": raises(RecursionError("deep")),
        "failed, warned": lambda data: __import__("warnings").warn("to the user", UserWarning, stacklevel=1),
    }
    for name, read in cases.items():
        for mutate in (damaged_bytes, damaged_text, damaged_json):
            assert (
                try_one(Reader("a", (b'{"a": [1, {"b": "c"}]}',), read, mutate), 3).outcome == name.partition(",")[0]
            ), name
