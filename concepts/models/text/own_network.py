"""A network of the user's own code with a tokenizer of its own.

The factory's module has `forward(ids, mask)` or `forward(ids)`, int64 (m, t), mask 1 for tokens of the text and 0 for
padding at the right, and returns logits (m, c) as a photo model does. Beside it, one of

- `tokenizer`: a `tokenizers.Tokenizer`, or a fast tokenizer of transformers; its padding and truncation are not used;
- `tokenize(text)`: a list of ids; or ids and spans, one (start, stop) of characters or None for each id.

Without spans, words are known, but not which tokens are theirs: they can be deleted, not masked or hidden. Optional
attributes: `longest` (tokens), `pad` (id), `mask_id` (id), `class_names`. A model that pads to a fixed length does so
in its forward.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from concepts.data.dataset import UnreadableItem
from concepts.data.texts import one_line
from concepts.models.adapted import PROBLEM_TYPES, picked
from concepts.models.classifiers.card import fingerprint, own_class_names
from concepts.models.classifiers.fitting import read_fitting
from concepts.models.classifiers.loading import short_name
from concepts.models.classifiers.statedict import put_into
from concepts.models.encoders.pieces import FileTokenizer, Pieces, Span, Tokenize
from concepts.models.text.assembly import Head, assembled
from concepts.models.text.batches import Run
from concepts.models.text.card import TextCard
from concepts.models.text.counted_words import counted_words
from concepts.models.text.heads import affine_head, given_names, outputs_of
from concepts.models.text.reading import TOO_LONG, TextPieces, TokenReader
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import network_passes

NO_TOKENIZER = (
    "the factory's module has no tokenizer: give it an attribute tokenizer (of the library tokenizers), or a function "
    "tokenize(text) that returns a list of ids"
)


def open_network(model: nn.Module, name: str, options: TextOptions, *, module: ModuleType, source: Path) -> TextSplit:
    """The split of a factory's network.

    Raises ValueError for a module without tokenizer, that fails on ids, or whose logits no linear layer makes.
    """
    text = put_weights(model, options.weights)
    model.eval().requires_grad_(False).to(options.device)
    reader = own_reader(model, options.longest)
    path, layer, passes = network_passes(model, _logits_of(model), reader, options.device)
    own = PROBLEM_TYPES.get(str(getattr(model, "problem_type", None)))
    outputs = outputs_of(options.output, own, layer.out_features)
    names = given_names(options.class_names, outputs, layer.out_features)
    own_names = own_class_names(model) or own_class_names(module, ("CLASS_NAMES", "CLASSES"))
    card = TextCard(
        name=short_name(name),
        weights=text,
        class_names=names or given_names(own_names, outputs, layer.out_features),
        transform_text=f"tokens of {short_name(name)}, at most {reader.longest}",
        fingerprint=fingerprint_of(model, reader, source),
        longest=reader.longest,
        reader=reader,
        output=options.output,
        names_given=names is not None,
    )
    head = Head(path, *affine_head(layer.weight, layer.bias, outputs), outputs)
    said = ("What the last linear layer reads.", outputs.conversion)
    return assembled(model, passes.in_classes(outputs), head, card, reader, said=said)


@dataclass(frozen=True, eq=False)
class WordsAndIds(TokenReader):
    """A reader whose tokens have no places in the text: its pieces are words, which are no tokens."""

    def pieces(self, text: str) -> TextPieces:
        return counted_words(text, None)

    def prepare(self, text: str) -> Tensor:
        ids = self._tokenize([text])[0].ids[: self.longest]
        if not ids:
            raise UnreadableItem("the model's own tokenize returns no ids for it")
        return torch.tensor(ids)


@dataclass(frozen=True, eq=False)
class OwnTokenize:
    """Callable: texts to Pieces, by the user's own function of one text."""

    function: Callable[[str], Any] = field(repr=False)  # what it returns is the user's

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        return [self._pieces(text) for text in texts]

    def _pieces(self, text: str) -> Pieces:
        try:
            made = self.function(text)
        except Exception as error:  # the user's own function can raise anything
            raise UnreadableItem(f"tokenize fails on it ({type(error).__name__}: {one_line(error)})") from error
        if isinstance(made, tuple) and len(made) == 2 and not isinstance(made[0], int):
            ids, spans = _ids(made[0]), tuple(_span(each) for each in made[1])
        else:
            ids, spans = _ids(made), ()
        if spans and len(spans) != len(ids):
            raise ValueError(f"tokenize returns {len(ids)} ids and {len(spans)} spans: expected one span for each id")
        return Pieces(ids, spans)


def own_reader(model: nn.Module, asked: int | None) -> TokenReader:
    tokenize = tokenize_of(model)
    own = getattr(model, "longest", None)
    window = own if isinstance(own, int) else TOO_LONG
    mask_id = getattr(model, "mask_id", None)
    places = bool(tokenize(["one two"])[0].spans)
    return (TokenReader if places else WordsAndIds)(
        longest=min(asked or window, window),
        mask_id=mask_id if isinstance(mask_id, int) else None,
        pad=_pad_of(model),
        places=places,
        _tokenize=tokenize,
    )


def _pad_of(model: nn.Module) -> int:
    """The model's own statement, else what its tokenizer would pad with, else 0."""
    rust: Any = getattr(model, "tokenizer", None)  # of the library tokenizers, or the user's own
    padding = getattr(getattr(rust, "backend_tokenizer", rust), "padding", None) or {}
    return int(getattr(model, "pad", padding.get("pad_id", 0)))


def tokenize_of(model: nn.Module) -> Tokenize:
    tokenizer = getattr(model, "tokenizer", None)
    rust: Any = getattr(tokenizer, "backend_tokenizer", tokenizer)  # of the library tokenizers, or the user's own
    if hasattr(rust, "encode_batch") and hasattr(rust, "to_str"):
        copy = type(rust).from_str(rust.to_str())
        copy.no_truncation()
        copy.no_padding()
        return FileTokenizer(copy)
    function = getattr(model, "tokenize", None)
    if not callable(function):
        raise ValueError(NO_TOKENIZER)
    return OwnTokenize(function)


def _ids(made: object) -> tuple[int, ...]:
    values = made.tolist() if isinstance(made, Tensor) else made
    if not isinstance(values, list | tuple) or not all(isinstance(each, int) for each in values):
        raise ValueError(f"tokenize returns {type(made).__name__}, expected a list of ids, or ids and spans")
    return tuple(values)


def _span(made: Any) -> Span | None:  # of the user's function
    return None if made is None or made[0] == made[1] else (int(made[0]), int(made[1]))


def _logits_of(model: nn.Module) -> Run:
    """ids and mask (m, t) → logits (m, c)."""
    call = called(model)

    def logits(ids: Tensor, mask: Tensor) -> Tensor:
        returned = call(ids, mask)
        return picked(returned, len(ids))(returned)

    return logits


def called(model: nn.Module) -> Callable[[Tensor, Tensor], Any]:
    """ids and mask (m, t) → what the module returns; the mask is left out where forward takes ids alone."""
    parameters = inspect.signature(model.forward).parameters
    if "attention_mask" in parameters:  # as in transformers, where the second argument is another
        return lambda ids, mask: model(ids, attention_mask=mask)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    taken = [each for each in parameters.values() if each.kind in kinds]
    return (lambda ids, mask: model(ids, mask)) if len(taken) > 1 else (lambda ids, mask: model(ids))


def put_weights(model: nn.Module, weights: str | Path | None) -> str:
    """Puts the weights of a file into the model; what the card says of them."""
    if not weights:
        return "the factory's own"
    fitted = read_fitting(Path(weights).expanduser(), model)
    put_into(model, fitted.state, Path(weights))
    return fitted.text


def fingerprint_of(model: nn.Module, reader: TokenReader, source: Path) -> str:
    tokenizer = reader._tokenize
    written = tokenizer.rust.to_str() if isinstance(tokenizer, FileTokenizer) else ""
    besides = f"{fingerprint(model, source=source)} {reader.longest} {reader.pad} {written}"
    return blake2b(besides.encode(), digest_size=16).hexdigest()
