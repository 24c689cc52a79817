"""A stored stage that is damaged is computed again, which one line says; the same command then works as before."""

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from concepts.report import ClassReport
from concepts.report.pipeline.stages import Stages
from concepts.storage.entries import drop, is_kept, new_entry
from concepts.storage.seal import MOST_PIECES, PIECE, damage
from tests.support.tiny import analyse_tiny, write_photos


@dataclass(frozen=True, eq=False)
class Stage:
    """A stage as the pipeline stores it."""

    codes: np.ndarray
    error: float


def half(file):
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def turned(file):
    """The same number of bytes, and the same head; the last byte is another."""
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def instead(make):
    def damage(file):
        file.unlink()
        make(file)

    return damage


DAMAGES = {
    "half": half,
    "empty": lambda file: file.write_bytes(b""),
    "one bit": turned,
    "other content": lambda file: file.write_bytes(b"\x80\x04\x95 a pickle, or a text"),
    "missing": instead(lambda file: None),
    "a folder": instead(lambda file: file.mkdir()),
    "a link to nowhere": instead(lambda file: file.symlink_to("nowhere")),
    "a pipe": instead(os.mkfifo),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_file_of_a_stage_is_computed_again(what, tmp_path, caplog):
    computed = []

    def compute():
        computed.append(1)
        return Stage(np.arange(6.0).reshape(2, 3), 0.5)

    Stages(tmp_path).remembered(Stage, "concepts", "0" * 24, compute)
    (file,) = tmp_path.iterdir()
    DAMAGES[what](file)
    for _ in range(2):
        stages = Stages(tmp_path)
        found = stages.remembered(Stage, "concepts", "0" * 24, compute)
        np.testing.assert_array_equal(found.codes, np.arange(6.0).reshape(2, 3))
        assert found.error == 0.5
    assert len(computed) == 2
    assert stages.reused == ["concepts"]
    silent = what in ("missing", "a link to nowhere")
    assert [record.getMessage().count("computed again") for record in caplog.records] == ([] if silent else [1])
    assert list(tmp_path.iterdir()) == [file]


def test_a_stage_of_another_kind_and_one_from_before_digests(tmp_path):
    Stages(tmp_path).remembered(Stage, "concepts", "a" * 24, lambda: Stage(np.ones(2), 1.0))
    file = tmp_path / f"concepts-{'a' * 24}.safetensors"
    save_file(load_file(file), file)
    assert Stages(tmp_path).remembered(Stage, "concepts", "a" * 24, lambda: Stage(np.zeros(2), 2.0)).error == 1.0
    save_file({"phi": np.ones(3)}, file)
    assert Stages(tmp_path).remembered(Stage, "concepts", "a" * 24, lambda: Stage(np.zeros(2), 2.0)).error == 2.0


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_folder_of_the_store_is_dropped(what, tmp_path, caplog):
    def make():
        with new_entry(tmp_path / "lab-0") as part:
            (part / "inner").mkdir()
            (part / "inner" / "a.bin").write_bytes(os.urandom(1_000))
            (part / "b.bin").write_bytes(b"b")

    for file in ("inner/a.bin", "b.bin", "seal.json"):
        make()
        assert is_kept(tmp_path / "lab-0")
        DAMAGES[what](tmp_path / "lab-0" / file)
        if file == "seal.json" and what in ("missing", "a link to nowhere"):
            assert is_kept(tmp_path / "lab-0")  # as from a time before seals
            drop(tmp_path / "lab-0", "x")
        assert not is_kept(tmp_path / "lab-0")
        assert list(tmp_path.iterdir()) == []
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_a_seal_sees_the_size_of_any_file_and_pieces_of_a_large_one(tmp_path):
    size = PIECE * (MOST_PIECES + 8)
    with new_entry(tmp_path / "lab-0") as part:
        (part / "a.bin").write_bytes(b"\1" * size)
    file = tmp_path / "lab-0" / "a.bin"
    assert damage(tmp_path / "lab-0") is None
    for start, content in (
        (0, b"\0" * PIECE),
        (size - PIECE, b"\0" * PIECE),
        (size, b"\0"),
        (size // 2, b"\0" * 2 * PIECE),
    ):
        with file.open("r+b") as opened:
            opened.seek(start)
            opened.write(content)
        assert damage(tmp_path / "lab-0") == "a.bin is not as it was written"
        file.write_bytes(b"\1" * size)
    assert damage(tmp_path / "lab-0") is None


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    root = tmp_path_factory.mktemp("analysed")
    write_photos(root / "photos", n=6)
    analyse_tiny(root, "red")
    return root


FILES = (
    "activations-*/activations.bin", "activations-*/logits.npy", "activations-*/info.json",
    "activations-*/thumbnails/000002.jpg", "activations-*/behaviour.safetensors", "activations-*", "concepts-*",
    "importance-*",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "from before seals"])
def test_an_analysis_goes_on_with_a_store_in_which_every_stage_is_damaged(sealed, analysed, tmp_path):
    root = Path(shutil.copytree(analysed, tmp_path / "root"))
    for number, pattern in enumerate(FILES):
        if not sealed:
            if "behaviour" in pattern:  # without it, they are as those of a model that nobody knows
                continue
            for seal in (root / "store").glob("activations-*/seal.json"):  # none where the last round kept them
                seal.unlink()
        (file,) = (root / "store").glob(pattern)
        if file.is_dir():
            shutil.rmtree(file)
            file.write_text("a file")
        else:
            list(DAMAGES.values())[number % 2](file) if sealed or number != 3 else file.unlink()
        analyse_tiny(root, "red")
        _is_same(root / "reports" / "red", analysed / "reports" / "red")
        assert sorted(os.listdir(root / "store")) == sorted(os.listdir(analysed / "store"))


def _is_same(one, other):
    a, b = ClassReport.load(one), ClassReport.load(other)
    for name in ("phi", "components", "embedding", "labels", "evidence", "maps"):
        np.testing.assert_array_equal(a.array(name), b.array(name), err_msg=name)
    assert a.data.concepts == b.data.concepts
    assert a.data.images == b.data.images
    for i in range(len(a.data.images)):
        assert a.thumbnail(i) == b.thumbnail(i)
