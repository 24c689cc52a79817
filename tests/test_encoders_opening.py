"""Opening by name: offline first, safetensors only, no code of others, and what is said when it cannot be."""

import json
import shutil
import subprocess
import sys

import pytest
import torch

from concepts.models import Split
from concepts.models.encoders import open_image_encoder, open_text_encoder
from concepts.models.encoders.aligned import AlignedEncoder
from concepts.models.encoders.language_models import LanguageModelEncoder
from concepts.models.encoders.multimodal import MultimodalEncoder
from concepts.models.encoders.opening import read_config
from concepts.models.encoders.text_tokens import TokenTextEncoder
from tests.support.bounded import run_bounded
from tests.support.damage import changed
from tests.support.places import ROOT
from tests.support.tiny import FACTORY
from tests.support.tiny_encoders import (
    bert_folder,
    clip_folder,
    language_folder,
    llava_folder,
    open_clip_folder,
    vision_folder,
)

pytest.importorskip("transformers")
huggingface_hub = pytest.importorskip("huggingface_hub")

pytestmark = pytest.mark.slow


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty Hugging Face cache; no network is asked: a test that would is told so."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def put_into_cache(cache, name, folder):
    """The folder as the Hugging Face hub client keeps a snapshot."""
    place = cache / f"models--{name.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("0" * 40)
    shutil.copytree(folder, place / "snapshots" / ("0" * 40))


def test_each_kind_of_folder_has_its_encoder(tmp_path):
    assert open_image_encoder(str(vision_folder("ViT", tmp_path / "a"))).named == ("class token",)
    clip = str(clip_folder(tmp_path / "b"))
    assert isinstance(open_image_encoder(clip), AlignedEncoder)
    assert isinstance(open_text_encoder(clip), TokenTextEncoder)
    assert isinstance(open_image_encoder(str(llava_folder(tmp_path / "c"))), MultimodalEncoder)
    assert isinstance(open_text_encoder(str(language_folder("GPT2", tmp_path / "d"))), LanguageModelEncoder)
    assert type(open_text_encoder(str(bert_folder(tmp_path / "e")))) is TokenTextEncoder


def test_a_classifier_is_its_split(rng):
    encoder = open_image_encoder(FACTORY, layer="features")
    assert isinstance(encoder, Split)
    images = torch.randn(2, 3, 32, 32, generator=rng)
    assert encoder.to_map(encoder.encode(images)).shape == (2, 8, 8, 4)


@pytest.mark.shared
def test_a_torchvision_classifier_with_its_weights_is_its_split(shared):
    encoder = open_image_encoder("squeezenet1_0", weights=shared / "models" / "squeezenet1_0_imagenet.safetensors")
    assert isinstance(encoder, Split)
    assert encoder.grid == (13, 13)


def test_the_name_shows_no_folders_of_the_machine(tmp_path):
    encoder = open_image_encoder(str(vision_folder("ViT", tmp_path / "tiny-vit")))
    assert (encoder.card.name, encoder.card.weights) == ("tiny-vit", "tiny-vit")
    assert str(tmp_path) not in repr(encoder.card)


def test_a_model_in_the_cache_needs_no_network(cache, tmp_path, monkeypatch):
    put_into_cache(cache, "org/tiny", vision_folder("ViT", tmp_path / "vit"))
    monkeypatch.setattr(huggingface_hub.HfApi, "repo_info", lambda *a, **k: pytest.fail("the hub was asked"))
    encoder = open_image_encoder("hf:org/tiny")
    assert encoder.card.name == "hf:org/tiny"
    assert encoder.card.fingerprint == open_image_encoder(str(tmp_path / "vit")).card.fingerprint


@pytest.mark.parametrize("open_encoder", [open_image_encoder, open_text_encoder])
def test_a_model_that_is_nowhere_says_where_it_was_looked_for_and_what_to_do(cache, open_encoder):
    with pytest.raises(ValueError, match=r"org/far is not in the Hugging Face cache") as caught:
        open_encoder("hf:org/far", network=False)
    message = str(caught.value)
    assert str(cache) in message
    assert 'run `hf download org/far --include "*.json"' in message
    assert message.endswith("--local-dir far`, copy the folder far here, and give its path as the name")


def test_a_cache_that_holds_only_the_config_is_not_the_model(cache, tmp_path):
    """transformers leaves such a one behind when it was asked for the config alone."""
    folder = vision_folder("ViT", tmp_path / "vit")
    (folder / "model.safetensors").unlink()
    put_into_cache(cache, "org/half", folder)
    with pytest.raises(ValueError, match="org/half is not in the Hugging Face cache"):
        open_image_encoder("hf:org/half", network=False)


def test_a_failed_fetch_gives_its_reason(cache, monkeypatch):
    def no_network(*arguments, local_files_only=False, **options):
        raise OSError("no route to the hub\nand a long story")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", no_network)
    with pytest.raises(ValueError, match=r"could not be fetched \(no route to the hub\)"):
        open_image_encoder("hf:org/far")


def test_only_safetensors_and_no_code_are_asked_of_the_hub(cache, monkeypatch):
    asked = []

    def record(*arguments, **options):
        asked.append(options["allow_patterns"])
        raise OSError("stop")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", record)
    with pytest.raises(ValueError, match="stop"):
        open_image_encoder("hf:org/far")
    assert len(asked) == 2  # the cache, then the hub
    assert not any(pattern.endswith((".bin", ".pt", ".py", "*")) for patterns in asked for pattern in patterns)


@pytest.mark.parametrize("make", [lambda folder: vision_folder("ViT", folder), bert_folder])
def test_a_folder_of_pickles_is_refused_unread(tmp_path, make):
    """The file would run code if it were unpickled; here it is not even a pickle."""
    folder = make(tmp_path / "model")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    is_text = "bert" in (folder / "config.json").read_text()
    with pytest.raises(ValueError, match=r"holds its weights as pytorch_model\.bin, which can run code when read"):
        (open_text_encoder if is_text else open_image_encoder)(str(folder))


def test_a_folder_without_weights_says_so(tmp_path):
    folder = vision_folder("ViT", tmp_path / "model")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=r"holds no weights: expected model\.safetensors"):
        open_image_encoder(str(folder))


def test_weights_that_lack_a_layer_are_refused(tmp_path):
    """transformers would draw them at random and go on."""
    from safetensors.torch import load_file, save_file

    folder = vision_folder("ViT", tmp_path / "model")
    state = load_file(folder / "model.safetensors")
    gone = [key for key in state if "layers.1." in key or "layer.1." in key]
    for key in gone:
        del state[key]
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ValueError, match=rf"lacks {len(gone)} weights of its model"):
        open_image_encoder(str(folder))


def test_a_config_that_describes_more_than_the_weights_hold_is_refused_before_it_is_built(tmp_path):
    """Layers are built one by one; a width of 10⁶ is 10¹² numbers; what is missing would be drawn at random."""
    vision, text = vision_folder("ViT", tmp_path / "v"), bert_folder(tmp_path / "b")
    pair = open_clip_folder(tmp_path / "o")
    cases = (
        (vision / "config.json", ("hidden_size",), 10**6, "a model of 1.2e.13 numbers"),
        (vision / "config.json", ("num_hidden_layers",), 10**12, "num_hidden_layers is larger than 1,000"),
        (vision / "config.json", ("num_labels",), 10**12, "num_labels is larger than 1,000,000"),
        (vision / "config.json", ("patch_size",), 0, "cannot be built as a model .integer division"),
        (text / "config.json", ("vocab_size",), 10**12, "a model of 1.6e.13 numbers"),
        (pair / "open_clip_config.json", ("model_cfg", "vision_cfg", "layers"), 10**9, "layers is larger than 1,000"),
        (pair / "open_clip_config.json", ("model_cfg", "embed_dim"), 10**12, "a model of 3.2e.13 numbers"),
    )  # fmt: skip

    def open_all():
        for file, place, value, message in cases:
            intact = file.read_text()
            file.write_text(json.dumps(changed(json.loads(intact), place, value)))
            with pytest.raises(ValueError, match=message):
                (open_text_encoder if file.parent == text else open_image_encoder)(str(file.parent))
            file.write_text(intact)

    run_bounded(open_all, mebibytes=600, seconds=60)


def test_code_in_the_folder_is_not_run(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    marker = tmp_path / "ran"
    (folder / "modeling_own.py").write_text(f"open({str(marker)!r}, 'w')")
    auto = {"AutoConfig": "modeling_own.Config", "AutoModel": "modeling_own.Model"}
    (folder / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": auto}))
    (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match="cannot be read as a model of transformers"):
        open_text_encoder(str(folder))
    with pytest.raises(ValueError, match="model of type 'own'"):
        open_image_encoder(str(folder))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hf:vit", "expected hf:org/name"),
        ("/no/such/folder", r"'/no/such/folder' is not a folder"),
        ("resnet5", r"unknown model 'resnet5': near names are"),
    ],
)
def test_names_that_mean_nothing_say_what_was_expected(name, message):
    with pytest.raises(ValueError, match=message):
        open_image_encoder(name)


def test_a_folder_without_config_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"has no config\.json with a model_type"):
        open_text_encoder(str(tmp_path))


def test_photos_and_texts_are_not_mixed_up(tmp_path):
    with pytest.raises(ValueError, match=r"of type 'vit', which reads photos: use open_image_encoder"):
        open_text_encoder(str(vision_folder("ViT", tmp_path / "vit")))
    with pytest.raises(ValueError, match=r"is a model of type 'bert', of photos are read: vit, "):
        open_image_encoder(str(bert_folder(tmp_path / "bert")))


def test_options_that_a_model_has_no_use_for_are_refused(tmp_path):
    folder = str(bert_folder(tmp_path / "bert"))
    with pytest.raises(ValueError, match="has no use for layer"):
        open_text_encoder(folder, layer=1)
    with pytest.raises(ValueError, match=r"has no use for head: leave it out \(it takes weights\)"):
        open_image_encoder(FACTORY, head=1)
    with pytest.raises(ValueError, match="unknown device 'gpu'"):
        open_text_encoder(folder, device="gpu")


def test_a_missing_library_says_what_to_install(monkeypatch, tmp_path):
    folder = str(vision_folder("ViT", tmp_path / "vit"))
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.setitem(sys.modules, "open_clip", None)
    for name in (folder, "open_clip:ViT-B-32/openai"):
        with pytest.raises(ValueError, match=r"run `python -m pip install -r requirements-encoders\.txt`"):
            open_image_encoder(name)


def test_importing_the_encoders_loads_none_of_the_libraries():
    code = (
        "import sys; import concepts.models.encoders;"
        "print([m for m in ('transformers', 'open_clip', 'timm', 'tokenizers', 'huggingface_hub') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_broken_json_is_named(tmp_path):
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json is not a readable JSON file: .*: copy the file anew$"):
        read_config(tmp_path)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.parametrize("kind", ["vit", "clip", "llava"])
def test_a_gpu_gives_the_same_tokens(tmp_path, kind, rng):
    make = {"vit": lambda folder: vision_folder("ViT", folder), "clip": clip_folder, "llava": llava_folder}[kind]
    folder, images = str(make(tmp_path / kind)), torch.randn(2, 3, 32, 32, generator=rng)
    expected = open_image_encoder(folder).encode(images)
    found = open_image_encoder(folder, device="cuda").encode(images)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)
