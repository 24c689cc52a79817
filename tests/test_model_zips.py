"""A model of texts uploaded as a zip: what is unpacked of it, what is refused, and that no code of it is reached."""

import json
import zipfile
from pathlib import Path

import pytest

from concepts.engine.upload_deletion import delete_upload, list_uploads
from concepts.engine.uploaded_files import UploadedFile
from concepts.engine.uploaded_models import folder_in, is_uploaded, keep_model
from concepts.models.encoders.model_zip import INDEX, ModelLimits, RefusedModelError, unpack_model
from concepts.models.encoders.pieces import file_tokenizer
from concepts.models.encoders.texts import read_recipe
from pages.state.models import allowed
from pages.state.server_settings import ServerSettings
from tests.support.inline import Inline
from tests.support.zips import zipped

Files = dict[str, bytes]
WHOLE: Files = {"config.json": b'{"model_type": "bert"}', "tokenizer.json": b"{}", "model.safetensors": b"12345678"}


def zip_of(files: Files) -> bytes:
    return zipped(*files.items())


def unpacked(data: bytes, folder: Path, **limits: int) -> set[str]:
    unpack_model(data, folder, "mine", ModelLimits(**limits))
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_what_is_read_is_unpacked_and_nothing_else(tmp_path):
    more = {
        "modeling_mine.py": b"raise SystemExit", "pytorch_model.bin": b"x", "README.md": b"x",
        "adapter_config.json": b"{}",
        "onnx/model.onnx": b"x", "1_Pooling/config.json": b"{}", "a/b/config.json": b"{}",
        "__MACOSX/config.json": b"{}",
        ".hidden.safetensors": b"x",
    }  # fmt: skip
    assert unpacked(zip_of(WHOLE | more), tmp_path) == {*WHOLE, "1_Pooling/config.json"}
    assert (tmp_path / "model.safetensors").read_bytes() == b"12345678"


def test_the_folder_itself_may_be_packed(tmp_path):
    assert unpacked(zip_of({f"my model/{name}": each for name, each in WHOLE.items()}), tmp_path) == set(WHOLE)


def without(name: str, **others: bytes) -> Files:
    return {each: content for each, content in WHOLE.items() if each != name} | others


def setting(**fields: object) -> Files:
    return WHOLE | {"config.json": json.dumps(fields).encode()}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (without("config.json"), "holds no config.json"),
        (without("tokenizer.json"), "holds no tokenizer.json: write it with AutoTokenizer"),
        (without("model.safetensors"), "holds no weights: pack model.safetensors"),
        (without("model.safetensors") | {"pytorch_model.bin": b"x"}, "pytorch_model.bin, which can run code when read"),
        (setting(auto_map={"AutoModel": "mine.Model"}), "config.json names code to be run (auto_map)"),
        (setting(text_config=[{"auto_map": {}}]), "config.json names code to be run (auto_map)"),
        (WHOLE | {"tokenizer_config.json": b'{"auto_map": {}}'}, "tokenizer_config.json names code to be run"),
        (setting(attn_implementation="some/kernel"), "names code to be run (attn_implementation)"),
        (setting(_attn_implementation={"": "some/kernel"}), "names code to be run (_attn_implementation)"),
        (WHOLE | {"config.json": b"{"}, "config.json is no readable JSON"),
        (WHOLE | {"config.json": b"[" * 100_000}, "config.json is no readable JSON"),
        (WHOLE | {INDEX: b'{"weight_map": {"a": "../other/model.safetensors"}}'}, "names other files than weights"),
        (WHOLE | {"../config.json": b"{}"}, "its name climbs out of its folder"),
        ({f"{at}/{name}": each for name, each in WHOLE.items() for at in "ab"}, "holds 2 models (a, b …): pack one"),
        (WHOLE | {f"{i}.txt": b"" for i in range(2001)}, "holds more than 2,000 files"),
    ],
)  # fmt: skip
def test_a_zip_that_is_no_model_is_refused_in_one_line(files, says, tmp_path):
    with pytest.raises(RefusedModelError) as told:
        unpacked(zip_of(files), tmp_path)
    assert str(told.value).startswith("mine")
    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_settings_may_say_attention_of_the_library(tmp_path):
    assert unpacked(zip_of(setting(attn_implementation="sdpa", auto_maps=1)), tmp_path) == set(WHOLE)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"max_bytes": 20}, "MB unpacked, the limit"),
        ({"max_setting_bytes": 5}, "config.json has more than"),
        ({"max_tokenizer_bytes": 1}, "tokenizer.json has more than"),
    ],
)
def test_sizes_are_limited_before_anything_is_unpacked(limits, says, tmp_path):
    with pytest.raises(RefusedModelError, match=says):
        unpacked(zip_of(WHOLE), tmp_path, **limits)
    assert not list(tmp_path.iterdir())


def test_a_damaged_zip_is_refused(tmp_path):
    data = zip_of(WHOLE)
    for broken in (b"no zip", data[:-40], data.replace(b"PK\x01\x02", b"PK\x01\x03")):
        with pytest.raises(RefusedModelError, match="mine is no readable zip"):
            unpacked(broken, tmp_path)
    stored = zipped(*WHOLE.items(), method=zipfile.ZIP_STORED)
    with pytest.raises(RefusedModelError, match="CRC"):
        unpacked(stored.replace(b"12345678", b"12345679"), tmp_path)


def test_a_model_is_kept_as_a_whole_listed_and_deleted(tmp_path):
    upload = UploadedFile.of(tmp_path, "models", "mine", zip_of(WHOLE))
    bad = UploadedFile.of(tmp_path, "models", "bad", b"")
    with pytest.raises(RefusedModelError):
        keep_model(bad, zip_of(setting(auto_map={})))
    assert not bad.kept
    assert not list(bad.place.iterdir())
    keep_model(upload, zip_of(WHOLE))
    assert upload.kept
    keep_model(upload, b"not read again")
    (listed,) = list_uploads(tmp_path)
    assert (listed.upload.words, listed.n_bytes) == ("model files", sum(map(len, WHOLE.values())))
    for use in ("", "head:", "ask:"):
        assert folder_in(f"{use}{upload.file}") == str(upload.file)
        assert is_uploaded(f"{use}{upload.file}", tmp_path)
        assert allowed(f"{use}{upload.file}", ServerSettings(tmp_path))
    assert not is_uploaded(f"{upload.file}/..", tmp_path)
    assert not is_uploaded(str(tmp_path / "uploads" / "texts" / "x" / "mine"), tmp_path)
    delete_upload(upload, Inline())
    assert not upload.kept


def test_modules_of_sentence_transformers_stay_in_their_folder(tmp_path):
    for path in ("../other", "/other"):
        step = {"type": "sentence_transformers.models.Transformer", "path": path}
        (tmp_path / "modules.json").write_text(json.dumps([step]), encoding="utf-8")
        with pytest.raises(ValueError, match="leads out of its folder"):
            read_recipe(tmp_path)


def test_a_tokenizer_that_is_none_is_one_line(tmp_path):
    pytest.importorskip("tokenizers")
    for content in ("{}", "no JSON"):
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match="no readable tokenizer") as told:
            file_tokenizer(tmp_path)
        assert "\n" not in str(told.value)
