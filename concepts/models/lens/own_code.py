"""A language model of the user's own code, read at every layer: `path/to/file.py:factory`.

The factory returns a torch module with `forward(ids)`, int64 (1, t) → logits (1, t, V), and

- `states(ids)`: its hidden states, a list of (1, t, p): the embeddings, then one after each block;
- `read(state)`: the final norm and the unembedding, (m, t, p) → logits (m, t, V);
- `tokenizer` or `tokenize(text)`, as for a text classifier (`concepts.models.text.own_network`);
- `decode(ids)`: a list of ids to its text.

Optional attributes: `longest` (tokens), `causal` (True unless said). `read` of the last state is `forward`.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from concepts.models.classifiers.factory import call_factory
from concepts.models.classifiers.loading import short_name
from concepts.models.encoders.texts import UNBOUNDED
from concepts.models.lens.lens import LayerLens, check_answer, visible
from concepts.models.text.own_network import tokenize_of
from concepts.models.text.token_passes import PROBES, in_one_line

NEEDED = ("states", "read", "decode")


def open_own_lens(name: str, *, device: torch.device) -> LayerLens:
    """The lens of what a factory returns.

    Raises ValueError for a factory that fails, a module that lacks one of the functions, and where its last state is
    not read as its own answer.
    """
    made, _, _ = call_factory(name)
    lacking = [each for each in NEEDED if not callable(getattr(made, each, None))]
    if lacking:
        raise ValueError(
            f"{Path(name).name} returned a module without {', '.join(lacking)}: a language model that is read at its "
            "layers has states(ids), read(state) and decode(ids)"
        )
    model: Any = made.eval().requires_grad_(False).to(device)  # of the user
    tokenize = tokenize_of(model)
    ids = torch.tensor([tokenize([PROBES[0]])[0].ids], device=device)
    n_layers, n_words = _checked(model, ids, name)
    longest = getattr(model, "longest", None)
    return LayerLens(
        name=short_name(name),
        layers=("embeddings", *(f"layer {i + 1}" for i in range(n_layers - 1))),
        causal=bool(getattr(model, "causal", True)),
        longest=longest if isinstance(longest, int) else UNBOUNDED,
        n_words=n_words,
        device=device,
        _tokenize=tokenize,
        _read=lambda ids, wanted: _read(model, ids, wanted),
        _word=lambda piece: visible(str(model.decode([piece])), f"[{piece}]"),
    )


def _read(model: Any, ids: Tensor, wanted: list[int]) -> Tensor:
    states = model.states(ids)
    return model.read(torch.cat([states[i] for i in wanted]))


@torch.no_grad()
def _checked(model: nn.Module, ids: Tensor, name: str) -> tuple[int, int]:
    """The number of hidden states, and V."""
    own: Any = model
    with in_one_line():
        states, expected = own.states(ids), own(ids)
        found = own.read(states[-1])
    check_answer(found, expected, Path(name).name)
    return len(states), expected.shape[-1]
