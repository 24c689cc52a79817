"""A comparison of poolings, from a request for an encoder and labelled texts to its rows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.engine.analysis import open_request_items
from concepts.report.request import Request, short_model
from concepts.storage.store import slug

if TYPE_CHECKING:
    from concepts.evaluation.pooling.comparison import PoolingComparison

N_FOLDS, MOST = 5, 2_000  # folds, and texts
Progress = Callable[[str, float], None]


def pool_texts(
    request: Request,
    progress: Progress = lambda stage, share: None,
    *,
    n_folds: int = N_FOLDS,
    most: int = MOST,
    store: Path | None = None,
    within: Sequence[Path] | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
) -> "PoolingComparison":
    """The poolings of the request's encoder, its model, on its labelled texts (`compare_poolings`).

    The numbers of concepts and the seed are those of the request's settings. most: texts, drawn with the seed where
    there are more. within, limits: as for `open_request_items`. Raises ValueError where no texts are named, and as
    `compare_poolings` does.
    """
    from concepts.evaluation.pooling.comparison import compare_poolings
    from concepts.models.classifiers.loading import checked_device
    from concepts.models.text.pooled import open_pooled

    if request.texts is None:
        raise ValueError("no texts were named: give a table with texts and labels (--texts)")
    texts = open_request_items(request, store, within=within, limits=limits)
    rows = [(texts.open(i), group) for i, group in enumerate(texts.groups) if group is not None]
    progress("model", 0.0)
    encoder = open_pooled(request.model, device=checked_device(request.device))
    progress("model", 1.0)
    return compare_poolings(
        encoder, [str(text) for text, _ in rows], [label for _, label in rows],
        n_concepts=request.settings.n_concepts, n_folds=n_folds, most=most, seed=request.settings.seed,
        progress=progress,
    )  # fmt: skip


def pooling_id(request: Request) -> str:
    """The folder name of a comparison: readable, URL-safe, unique per request."""
    return f"{slug(f'{short_model(request.model)} {Path(str(request.texts)).stem}')}-{request.key[:8]}"
