"""scikit-learn pipelines from a factory: all steps before the last make the features, the last is linear."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import torch
from torch import Tensor

from concepts.data.dataset import UnreadableItem
from concepts.data.texts import one_line
from concepts.models.classifiers.card import own_class_names
from concepts.models.classifiers.loading import short_name
from concepts.models.classifiers.transform import describe
from concepts.models.outputs import Kind, Outputs
from concepts.models.splitting.layers import NOT_NEGATIVE, SIGNED
from concepts.models.text.assembly import checked
from concepts.models.text.card import TextCard
from concepts.models.text.counted_words import counted_words, vectorizer_of
from concepts.models.text.heads import affine_head, given_names, in_classes, outputs_of
from concepts.models.text.reading import TextPieces
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import PROBES

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

MOST_COLUMNS = 100_000  # of features, which are dense here: 0.4 MB a text
OF_A_PROCESS = {"_stop_words_id"}  # addresses, by which scikit-learn knows an object again
MARGINS = "Its scores are margins: probabilities made of them are not calibrated."


def is_pipeline(made: object) -> "TypeGuard[Pipeline]":
    """Whether an object is a scikit-learn Pipeline."""
    from sklearn.pipeline import Pipeline

    return isinstance(made, Pipeline)


@dataclass(frozen=True, eq=False)
class RowReader:
    """Features of a text, as made by the steps of a pipeline before the last. Its words are those that it counts."""

    steps: "Pipeline" = field(repr=False)
    longest: None = None
    mask_id: None = None

    def pieces(self, text: str) -> TextPieces:
        return counted_words(text, vectorizer_of(self.steps.steps))

    def prepare(self, text: str) -> Tensor:
        """(p,) float32, dense. Raises UnreadableItem where the user's steps fail on the text."""
        try:
            made = self.steps.transform([text])
        except Exception as error:  # steps of the user's own can raise anything
            raise UnreadableItem(f"the pipeline fails on it ({type(error).__name__}: {one_line(error)})") from error
        dense = made.toarray() if hasattr(made, "toarray") else np.asarray(made)
        return torch.tensor(dense[0], dtype=torch.float32)

    def collate(self, prepared: Sequence[Tensor]) -> Tensor:
        """(m, p)"""
        return torch.stack(list(prepared))


@dataclass(frozen=True, eq=False)
class RowPasses:
    """`Passes` over rows of features: they are what the last step reads."""

    last: Any = field(repr=False)  # of a linear model of scikit-learn
    outputs: Outputs

    def features(self, inputs: Tensor) -> Tensor:
        return inputs.float()

    def answers(self, inputs: Tensor) -> Tensor:
        """(m, c): what the last step itself computes."""
        rows = inputs.double().cpu().numpy()
        decide = getattr(self.last, "decision_function", None) or self.last.predict
        values = torch.tensor(np.asarray(decide(rows), dtype=np.float32).reshape(len(rows), -1))
        return in_classes(values, self.outputs).to(inputs.device)


def open_pipeline(made: "Pipeline", name: str, options: TextOptions, *, module: ModuleType, source: Path) -> TextSplit:
    """The split of a fitted pipeline before its last step.

    Raises ValueError for a pipeline that is not fitted, whose last step is not linear, or with too many features.
    """
    options.check_unused(name, "weights", "longest")
    last = _linear(made)
    coefficients, intercept = np.atleast_2d(last.coef_), np.atleast_1d(last.intercept_)
    outputs = outputs_of(options.output or _kind(last, len(coefficients)), None, len(coefficients))
    names = given_names(options.class_names, outputs, len(coefficients)) or _own_names(last, module, outputs)
    reader = RowReader(made[:-1])
    weight, bias = affine_head(torch.tensor(coefficients), torch.tensor(intercept), outputs)
    rows = reader.collate([reader.prepare(text) for text in PROBES])
    card = TextCard(
        name=short_name(name),
        weights="the factory's own",
        class_names=names,
        transform_text=f"features of {' → '.join(type(step).__name__ for _, step in made.steps[:-1])}",
        fingerprint=_fingerprint(made, source),
        longest=None,
        reader=reader,
        output=options.output,
        names_given=options.class_names is not None,
    )
    return checked(
        TextSplit(
            card=card,
            layer=made.steps[-1][0],
            weight=weight,
            bias=bias.expand(len(weight)).contiguous(),
            outputs=outputs,
            sign=NOT_NEGATIVE if float(rows.min()) >= 0 else SIGNED,
            reason=" ".join(_said(last, outputs)),
            check=0.0,
            device=torch.device("cpu"),
            alone=False,
            read_together=1,
            model_bytes=coefficients.nbytes,
            removals=("delete",),
            passes=RowPasses(last, outputs),
        ),
        rows,
    )


def _linear(made: "Pipeline") -> Any:  # a linear model of scikit-learn, which has no common type
    """The last step. Raises ValueError where it has no coefficients of features, or too many."""
    kind, last = type(made.steps[-1][1]).__name__, made.steps[-1][1]
    if not (hasattr(last, "coef_") and hasattr(last, "intercept_")):
        if hasattr(last, "fit") and not any(key.endswith("_") for key in vars(last)):
            raise ValueError(f"the pipeline's last step {kind} is not fitted: call fit in the factory")
        raise ValueError(f"the pipeline ends with {kind}, which is not linear: end it with LogisticRegression or alike")
    if (n := np.shape(last.coef_)[-1]) > MOST_COLUMNS:
        raise ValueError(f"the pipeline makes {n:,} features, at most {MOST_COLUMNS:,} are read: set max_features")
    if len(made.steps) < 2:
        raise ValueError(f"the pipeline is {kind} alone: put the step that makes numbers of texts before it")
    return last


def _kind(last: Any, n_outputs: int) -> Kind:
    """The meaning of its outputs: a classifier has classes, two of them in one column; else it has quantities."""
    if not hasattr(last, "classes_"):
        return "regression"
    return "binary" if n_outputs == 1 else "classes"


def _own_names(last: Any, module: ModuleType, outputs: Outputs) -> tuple[str, ...] | None:
    """The names in the factory's file, else the labels that the pipeline was fitted to."""
    own = own_class_names(module, ("CLASS_NAMES", "CLASSES"))
    return own or tuple(str(each) for each in getattr(last, "classes_", ())) or outputs.names(None, 1)


def _said(last: Any, outputs: Outputs) -> list[str]:
    margins = outputs.kind != "regression" and not hasattr(last, "predict_proba")
    return [
        f"What {type(last).__name__}, the last step, reads: the features of the steps before it.",
        *([outputs.conversion] if outputs.conversion else []),
        *([MARGINS] if margins else []),
    ]


def _fingerprint(made: "Pipeline", source: Path) -> str:
    """blake2b over the factory's file, and for each step its class, settings and what it has learned."""
    digest = blake2b(source.read_bytes(), digest_size=16)
    for name, step in made.steps:
        digest.update(name.encode() + _learned(step))
    return digest.hexdigest()


def _learned(value: object) -> bytes:
    """What an estimator holds, its parts included: arrays by their bytes, anything else by its repr."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return np.ascontiguousarray(value).tobytes()
    if not hasattr(value, "get_params") or isinstance(value, type):
        return describe(value).encode()
    inner = b"".join(
        key.encode() + _learned(each) for key, each in sorted(vars(value).items()) if key not in OF_A_PROCESS
    )
    return f"{type(value).__name__} {describe(value)}\n".encode() + inner
