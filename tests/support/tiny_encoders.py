"""Tiny random models of transformers and open_clip in folders, with tokenizers made here: nothing is downloaded."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

WORDS = ["a", "photo", "of", "cat", "dog", "the", "red", "car", "on", "grass", "and", "user", "what", "is"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "<image>", "<SEG>"]
N_WORDS = len(SPECIAL) + len(WORDS)
VISION: dict[str, Any] = {  # a config of transformers takes values of many types
    "hidden_size": 16,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "image_size": 32,
    "patch_size": 8,
}
TEXT: dict[str, Any] = {
    "vocab_size": N_WORDS,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 12,
    "pad_token_id": 0,
    "bos_token_id": 2,
    "eos_token_id": 3,
}


def randomised(model: nn.Module, seed: int) -> nn.Module:
    """The model with weights, gains and biases large enough to matter, all from the seed; in eval mode."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            gain = value.ndim == 1 and name.endswith("weight")
            value.copy_(1 + 0.3 * noise if gain else 0.3 * noise)
    return model.eval()


def save(model: Any, folder: Path, *, seed: int = 0, processor: Any = None) -> Path:
    """Stores the model as safetensors with its processor; returns the folder."""
    randomised(model, seed)
    model.save_pretrained(folder)
    if processor is not None:
        processor.save_pretrained(folder)
    return folder


def vision_folder(kind: str, folder: Path, *, seed: int = 0, **options: Any) -> Path:
    """A tiny vision transformer, `kind` as in ViT, Dinov2, with a ViT processor of its size."""
    import transformers

    config = getattr(transformers, f"{kind}Config")(**VISION | options)
    model = getattr(transformers, f"{kind}Model")(config)
    return save(model, folder, seed=seed, processor=transformers.ViTImageProcessor(size={"height": 32, "width": 32}))


def write_tokenizer(folder: Path) -> Any:
    """A tokenizer with one id per word between [CLS] and [SEP], stored in the folder, as opened by transformers."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: i for i, word in enumerate(SPECIAL + WORDS)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens(["<image>", "<SEG>"])
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    fast.save_pretrained(folder)
    return fast


def write_byte_tokenizer(folder: Path) -> Any:
    """A byte-level BPE learned from a few sentences, as in GPT-2: a word includes the blank before it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet, special_tokens=["<|end|>"])
    made.train_from_iterator(["a photo of the cat and the Cat on the red car", "cat"] * 20, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|end|>")
    fast.save_pretrained(folder)
    return fast


def clip_folder(folder: Path, *, seed: int = 0) -> Path:
    import transformers

    config = transformers.CLIPConfig(vision_config=VISION, text_config=TEXT, projection_dim=10)
    write_tokenizer(folder)
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    return save(transformers.CLIPModel(config), folder, seed=seed, processor=processor)


def siglip_folder(folder: Path, *, seed: int = 0) -> Path:
    import transformers

    config = transformers.SiglipConfig(vision_config=VISION, text_config=TEXT)
    write_tokenizer(folder)
    processor = transformers.SiglipImageProcessor(size={"height": 32, "width": 32})
    return save(transformers.SiglipModel(config), folder, seed=seed, processor=processor)


def bert_folder(
    folder: Path, *, seed: int = 0, pooling: dict[str, Any] | None = None, normalised: bool = False
) -> Path:
    """A tiny BERT; with `pooling`, the config of its 1_Pooling, a folder of sentence-transformers."""
    import transformers

    write_tokenizer(folder)
    save(transformers.BertModel(transformers.BertConfig(**TEXT)), folder, seed=seed)
    if pooling is not None:
        kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")][: 2 + normalised]
        steps = [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in kinds]
        (folder / "modules.json").write_text(json.dumps(steps))
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


def language_folder(kind: str, folder: Path, *, seed: int = 0) -> Path:
    """A tiny language model, `kind` GPT2 or Llama, with a byte-level tokenizer."""
    import transformers

    size = len(write_byte_tokenizer(folder))
    if kind == "GPT2":
        config: Any = transformers.GPT2Config(vocab_size=size, n_positions=24, n_embd=16, n_layer=3, n_head=2)
        return save(transformers.GPT2LMHeadModel(config), folder, seed=seed)
    config = transformers.LlamaConfig(
        **TEXT | {"vocab_size": size, "num_hidden_layers": 3, "max_position_embeddings": 24, "bos_token_id": None}
    )
    return save(transformers.LlamaForCausalLM(config), folder, seed=seed)


def llava_folder(folder: Path, *, seed: int = 0, **options: Any) -> Path:
    """A tiny LLaVA: CLIP's tower, Llama, <image> and <SEG> in the vocabulary."""
    import transformers

    write_tokenizer(folder)
    config = transformers.LlavaConfig(
        vision_config=transformers.CLIPVisionConfig(**VISION),
        text_config=transformers.LlamaConfig(**TEXT | {"max_position_embeddings": 64}),
        image_token_index=SPECIAL.index("<image>"),
        **options,
    )
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    return save(transformers.LlavaForConditionalGeneration(config), folder, seed=seed, processor=processor)


OPEN_CLIP = {
    "embed_dim": 10,
    "vision_cfg": {"layers": 3, "width": 16, "head_width": 4, "patch_size": 8, "image_size": 32},
    "text_cfg": {"context_length": 12, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 2},
}


def open_clip_folder(folder: Path, *, seed: int = 0, **options: Any) -> Path:
    """A tiny open_clip model: its config and safetensors."""
    import open_clip
    from safetensors.torch import save_file

    config = json.loads(json.dumps(OPEN_CLIP | options))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {}}))
    custom = config.pop("custom_text", False)
    model = randomised((open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**config), seed)
    save_file(
        {key: value.contiguous() for key, value in model.state_dict().items()}, folder / "open_clip_model.safetensors"
    )
    return folder


def masked_folder(folder: Path, *, kind: str = "Bert", seed: int = 0) -> Path:
    """A tiny masked language model, `kind` as in Bert, with one id per word."""
    import transformers

    write_tokenizer(folder)
    config = getattr(transformers, f"{kind}Config")(**TEXT)
    return save(getattr(transformers, f"{kind}ForMaskedLM")(config), folder, seed=seed)
