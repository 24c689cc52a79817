"""The output embedding of a language model as words with directions (logit lens)."""

import torch
from torch import Tensor, nn

from concepts.models.encoders.model_types import TorchModule
from concepts.models.encoders.pieces import FileTokenizer

NORMS = (
    "ln_f",
    "norm",
    "final_layer_norm",
    "final_layernorm",
    "final_norm",
    "decoder.final_layer_norm",
    "layer_norm",
    "LayerNorm",
    "encoder.ln",
    "encoder.emb_layer_norm_after",
)
WORD_STARTS = ("Ġ", "▁")  # the space before a word in byte-level BPE and SentencePiece


def unembedding(head: nn.Module, norm: nn.Module | None, tokenizer: FileTokenizer) -> tuple[tuple[str, ...], Tensor]:
    """(words, vectors (L, p)): the rows of the output embedding whose pieces are whole words, float32 on the CPU.

    norm: None for tokens after the final norm: their product with the vectors is the logits, up to the head's bias.
    With a norm, for tokens of an earlier layer, its linear part is folded in (see `folded`).
    Words: pieces that begin a word and contain a letter or digit, without the leading space; of spellings that differ
    in case only, the first, which is the most frequent in a BPE vocabulary.
    Source: nostalgebraist, "interpreting GPT: the logit lens", 2020.
    """
    weight = head.get_parameter("weight").detach().float()
    rows, words = _whole_words(tokenizer, len(weight))
    vectors = weight[torch.tensor(rows, dtype=torch.long, device=weight.device)]
    vectors = vectors if norm is None else folded(vectors, norm)
    used = (vectors != 0).any(dim=1).cpu()
    return tuple(word for word, use in zip(words, used.tolist(), strict=True) if use), vectors.cpu()[used]


def folded(vectors: Tensor, norm: nn.Module) -> Tensor:
    """E' with E · norm(x) = E' · x / σ(x) + E β: the norm's gain, and for LayerNorm its centring, folded in.

        LayerNorm: e' = γ ⊙ e − mean(γ ⊙ e);  RMSNorm: e' = γ ⊙ e, β = 0

    The nonlinear part, the division by σ(x) > 0, is left out, and so is E β. The order of words in a token is exact
    where β is 0, and nearly so where it is small; tokens of different σ can be compared by cosine, not by magnitude.
    Raises ValueError for another kind of norm.
    """
    if isinstance(norm, nn.LayerNorm):
        scaled = vectors * norm.weight.detach().float()
        return scaled - scaled.mean(dim=1, keepdim=True)
    if "RMSNorm" in type(norm).__name__:
        like = next(norm.parameters())
        with torch.no_grad():  # the applied gain, whether w or 1 + w: a vector of ones has RMS 1
            gain = norm(torch.ones(1, vectors.shape[1], dtype=like.dtype, device=like.device))
        return vectors * gain.float()
    raise ValueError(f"the final norm {type(norm).__name__} is not one that can be folded in: choose the last layer")


def final_norm(model: TorchModule) -> nn.Module:
    """The norm after the last block. Raises ValueError where it is not found."""
    modules = dict(model.named_modules())
    for name in NORMS:
        if name in modules:
            return modules[name]
    raise ValueError(f"the final norm of {type(model).__name__} was not found: choose the last layer")


def _whole_words(tokenizer: FileTokenizer, n_rows: int) -> tuple[list[int], list[str]]:
    rust = tokenizer.rust
    special = {i for i, added in rust.get_added_tokens_decoder().items() if added.special}
    pieces = {i: rust.id_to_token(i) for i in range(n_rows) if i not in special}
    marks = tuple(mark for mark in WORD_STARTS if any(piece and piece.startswith(mark) for piece in pieces.values()))
    rows, words, seen = [], [], set()
    for i, piece in pieces.items():
        if piece is None or (marks and not piece.startswith(marks)) or piece.startswith("##"):
            continue
        word = rust.decode([i]).strip()
        if any(map(str.isalnum, word)) and "\ufffd" not in word and word.casefold() not in seen:
            seen.add(word.casefold())
            rows.append(i)
            words.append(word)
    return rows, words
