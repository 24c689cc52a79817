"""Text encoders: BERT and similar models, and sentence-transformers folders with their pooling."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.data.texts import one_line
from concepts.models.encoders.folders import read_part
from concepts.models.encoders.model_types import TextConfig, TextModel
from concepts.models.encoders.pieces import TokenizerConfig, file_tokenizer, pad_id
from concepts.models.encoders.pretrained import AutoClass, load_pretrained, model_fingerprint
from concepts.models.encoders.text_tokens import TokenTextEncoder

MODEL = AutoClass[TextModel]("AutoModel")
UNBOUNDED = 100_000  # a tokenizer without a limit reports 10³⁰
OFFSET = {  # their first positions are for padding
    "camembert",
    "data2vec-text",
    "esm",
    "ibert",
    "longformer",
    "luke",
    "mpnet",
    "roberta",
    "roberta-prelayernorm",
    "xlm-roberta",
    "xlm-roberta-xl",
    "xmod",
}


@dataclass(frozen=True)
class PoolingRecipe:
    """The sentence-transformers settings around a model: its folder, pooling, normalisation and length limit."""

    folder: Path
    pooling: str = "mean"
    normalised: bool = False
    longest: int = UNBOUNDED


@dataclass(frozen=True)
class Step:
    """One module of modules.json: its class and the path of its files."""

    type: str
    path: str

    @property
    def kind(self) -> str:
        return self.type.rpartition(".")[2]


@dataclass(frozen=True)
class Limit:
    """The used fields of sentence_bert_config.json."""

    max_seq_length: int | None = None


@dataclass(frozen=True)
class Pooling:
    """The used fields of 1_Pooling/config.json: one `pooling_mode` or several; in the old format one flag per mode."""

    pooling_mode: str | tuple[str, ...] | None = None
    pooling_mode_mean_tokens: bool = False
    pooling_mode_cls_token: bool = False
    pooling_mode_max_tokens: bool = False
    pooling_mode_lasttoken: bool = False
    pooling_mode_weightedmean_tokens: bool = False
    pooling_mode_mean_sqrt_len_tokens: bool = False

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes by their current names."""
        if self.pooling_mode is not None:
            return (self.pooling_mode,) if isinstance(self.pooling_mode, str) else self.pooling_mode
        flags = {
            "mean": self.pooling_mode_mean_tokens,
            "cls": self.pooling_mode_cls_token,
            "max": self.pooling_mode_max_tokens,
            "lasttoken": self.pooling_mode_lasttoken,
            "weightedmean": self.pooling_mode_weightedmean_tokens,
            "mean_sqrt_len_tokens": self.pooling_mode_mean_sqrt_len_tokens,
        }
        return tuple(name for name, on in flags.items() if on)


def open_texts(folder: Path, *, name: str, device: torch.device) -> TokenTextEncoder:
    """Last hidden states of a text's tokens; pooled as in the folder's modules.json, else their mean.

    The mean is over all tokens of the text, begin and end included, as in sentence-transformers. Only the pooled
    vector is normalised, and only where there is a Normalize module.
    """
    recipe = read_recipe(folder)
    model = load_pretrained(MODEL, recipe.folder, device)
    if model.config.is_encoder_decoder:
        raise ValueError(f"{name} is an encoder with a decoder ({model.config.model_type}): choose a plain encoder")
    tokenizer = file_tokenizer(recipe.folder)
    pool = POOLINGS[recipe.pooling]

    def run(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        vectors = model(input_ids=ids, attention_mask=mask).last_hidden_state
        pooled = pool(vectors, mask)
        return vectors, normalize(pooled, dim=-1) if recipe.normalised else pooled

    return TokenTextEncoder(
        name=name,
        fingerprint=model_fingerprint(model, model.config, besides=(recipe.pooling, recipe.normalised)),
        n_channels=model.config.hidden_size,
        longest=min(recipe.longest, longest_of(model.config, recipe.folder)),
        device=device,
        _tokenize=tokenizer,
        _run=run,
        _pad=pad_id(recipe.folder, tokenizer) or 0,
    )


def longest_of(config: TextConfig, folder: Path) -> int:
    """Maximum number of tokens: the model's number of positions, or fewer if its tokenizer has a lower limit."""
    positions = getattr(config, "max_position_embeddings", None) or UNBOUNDED  # missing in some architectures
    if positions < 0:  # as XLNet says that it has no limit
        positions = UNBOUNDED
    if config.model_type in OFFSET:
        positions -= (config.pad_token_id or 0) + 1
    said = read_part(TokenizerConfig, folder / "tokenizer_config.json", absent=TokenizerConfig()).model_max_length
    return min(positions, int(said) if said and said < UNBOUNDED else UNBOUNDED)


def read_recipe(folder: Path) -> PoolingRecipe:
    """The recipe of a folder, mean pooling for one without modules.json.

    Raises ValueError for modules other than a transformer, one pooling and a normalisation (e.g. a Dense layer), and
    for paths that lead out of the folder.
    """
    steps = read_part(tuple[Step, ...], folder / "modules.json", absent=())
    kinds = [step.kind for step in steps]
    if not steps:
        return PoolingRecipe(folder)
    if kinds not in (["Transformer"], ["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise ValueError(
            f"{folder / 'modules.json'} has {' → '.join(kinds)}: expected Transformer → Pooling (→ Normalize)"
        )
    if outside := next((step.path for step in steps if not _is_below(step.path)), None):
        raise ValueError(f"{folder / 'modules.json'} leads out of its folder ({one_line(outside, 60)}): copy it anew")
    inner = folder / steps[0].path
    limit = read_part(Limit, inner / "sentence_bert_config.json", absent=Limit()).max_seq_length
    pooling = _pooling(folder / steps[1].path / "config.json") if len(steps) > 1 else "mean"
    return PoolingRecipe(inner, pooling, kinds[-1] == "Normalize", limit or UNBOUNDED)


def _is_below(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _pooling(file: Path) -> str:
    """The pooling mode that the file names. Raises ValueError for several modes, and for an unsupported one."""
    chosen = read_part(Pooling, file, absent=Pooling()).modes
    if len(chosen) != 1 or chosen[0] not in POOLINGS:
        raise ValueError(f"{file} pools by {', '.join(chosen) or 'nothing'}: expected one of {', '.join(POOLINGS)}")
    return chosen[0]


def _mean(vectors: Tensor, mask: Tensor) -> Tensor:
    """(n, t, p) and (n, t) → (n, p), over the tokens where the mask is 1."""
    weight = mask.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weight).sum(dim=1) / weight.sum(dim=1)


def _largest(vectors: Tensor, mask: Tensor) -> Tensor:
    return vectors.masked_fill(mask.unsqueeze(-1) == 0, float("-inf")).amax(dim=1)


def last_of(vectors: Tensor, mask: Tensor) -> Tensor:
    """(n, t, p) and (n, t) → (n, p): the last token of each text, the last place where the mask is 1."""
    last = mask.shape[1] - 1 - mask.flip(1).argmax(dim=1)
    return vectors[torch.arange(len(vectors), device=vectors.device), last]


POOLINGS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mean": _mean,
    "cls": lambda vectors, mask: vectors[:, 0],
    "max": _largest,
    "lasttoken": last_of,
}
