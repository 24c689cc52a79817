"""The files of a model's folder: what is read of them is checked, and what is wrong is one line with file and field."""

import json
from collections.abc import Iterator
from dataclasses import fields

import pytest

from concepts.models.encoders.folders import read_part
from concepts.models.encoders.openclip_files import Architecture, ConfigFile, PublishedWeights
from concepts.models.encoders.opening import ModelConfig
from concepts.models.encoders.photos import ProcessorConfig
from concepts.models.encoders.pieces import SpecialToken, TokenizerConfig
from concepts.models.encoders.texts import Limit, Pooling, Step

PREPROCESS = {
    "mean": [0.5, 0.5, 0.5],
    "std": [0.25, 1, 0.25],
    "resize_mode": "squash",
    "interpolation": "bicubic",
}
FLAGS = ("mean_tokens", "cls_token", "max_tokens", "lasttoken", "weightedmean_tokens", "mean_sqrt_len_tokens")
FILES = {
    ModelConfig: {"model_type": "vit", "architectures": ["ViTModel"]},
    tuple[Step, ...]: [{"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}],
    Limit: {"max_seq_length": 256},
    Pooling: {"pooling_mode": "mean"} | {f"pooling_mode_{flag}": True for flag in FLAGS},
    TokenizerConfig: {"pad_token": {"content": "<pad>"}, "model_max_length": 512},
    ProcessorConfig: {
        "size": {"height": 32, "width": 32, "shortest_edge": 36, "longest_edge": 40},
        "crop_size": {"height": 32, "width": 32},
        "rescale_factor": 1 / 255,
        "image_mean": PREPROCESS["mean"],
        "image_std": PREPROCESS["std"],
        "resample": 3,
        "image_grid_pinpoints": [[336, 672]],
        **{each.name: True for each in fields(ProcessorConfig) if each.name.startswith("do_")},
    },
    Architecture: {
        "embed_dim": 10,
        "vision_cfg": {"layers": [1, 2], "timm_model_name": "vit", "attentional_pool": True},
        "text_cfg": {"hf_model_name": "bert", "hf_tokenizer_name": "bert", "tokenizer_kwargs": {}},
        "multimodal_cfg": {},
    },
    ConfigFile: {"model_cfg": {}, "preprocess_cfg": PREPROCESS},
    PublishedWeights: PREPROCESS | {"hf_hub": "org/name/", "quick_gelu": True},
}


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value that holds no other."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not inside:
        yield path
    for key, each in inside:
        yield from leaves(each, (*path, key))


def changed(value: object, path: tuple[str | int, ...], new: object) -> object:
    """A copy with another value at the end of the way."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


def read(kind, value, folder):
    (folder / "given.json").write_text(json.dumps(value))
    return read_part(kind, folder / "given.json", absent=None)


@pytest.mark.parametrize("kind", FILES, ids=str)
def test_every_field_is_read_and_others_are_left_out(kind, tmp_path):
    value = FILES[kind]
    found = read(kind, value, tmp_path)
    others = [each | {"other": 1} for each in value] if isinstance(value, list) else value | {"other": {"a": [1]}}
    assert read(kind, others, tmp_path) == found
    if isinstance(value, dict):
        assert {each.name for each in fields(kind)} == value.keys()


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, value in FILES.items() for path in leaves(value)])
def test_a_wrong_type_is_one_line_with_the_file_and_the_field(kind, path, tmp_path):
    with pytest.raises(ValueError, match=r"given\.json: .*: copy the file anew$") as error:
        read(kind, changed(FILES[kind], path, [[]]), tmp_path)
    assert str(path[0]) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_says_nothing(tmp_path):
    assert read_part(Limit, tmp_path / "no.json", absent=Limit(7)) == Limit(7)


def test_a_token_is_written_as_a_text_or_as_an_object(tmp_path):
    limit = 1000000000000000019884624838656  # how tokenizers write that there is none
    found = [
        read(TokenizerConfig, {"pad_token": token, "model_max_length": limit}, tmp_path)
        for token in ("<pad>", {"content": "<pad>", "lstrip": False}, None)
    ]
    assert [each.pad_token for each in found] == ["<pad>", SpecialToken("<pad>"), None]
    assert {each.model_max_length for each in found} == {1e30}


def test_every_architecture_and_tag_of_open_clip_can_be_read():
    open_clip = pytest.importorskip("open_clip")
    from concepts.storage.typed_json import from_json

    for name in open_clip.list_models():
        config = open_clip.get_model_config(name)
        assert from_json(Architecture, json.dumps(config), source=name).embed_dim == config["embed_dim"]
    for name, tag in open_clip.list_pretrained():
        known = open_clip.get_pretrained_cfg(name, tag)
        assert from_json(PublishedWeights, json.dumps(known), source=name).mean == tuple(known["mean"])
