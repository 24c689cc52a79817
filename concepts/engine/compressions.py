"""A comparison of codes of tokens, from a report's request to what becomes of the report under each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.documents.limits import DEFAULT_LIMITS, TextLimits
from concepts.engine.analysis import load_model_of, open_request_items
from concepts.report.request import Request, short_model
from concepts.storage.store import slug
from concepts.token_search.codes import CODES

if TYPE_CHECKING:
    from concepts.evaluation.compression.comparison import Compression
    from concepts.report.schema import ReportData

Progress = Callable[[str, float], None]


def request_again(data: "ReportData") -> Request:
    """The request that a report was made of, with the layer and the settings that were chosen for it.

    Raises ValueError for a report that was built by code.
    """
    if data.request is None:
        raise ValueError(f"the report {data.title} was built by code, not by a request: make it by `report`")
    return replace(data.request, layer=data.layer.path, settings=data.settings)


def compare_report_codes(
    request: Request,
    store: Path,
    progress: Progress = lambda stage, share: None,
    *,
    names: Sequence[str] = tuple(CODES),
    seed: int = 0,
    within: Sequence[Path] | None = None,
    limits: TextLimits = DEFAULT_LIMITS,
) -> "Compression":
    """Each code of the tokens of the request's report, and what it changes of the report, beside the next seed.

    store: where the tokens are, or will be. within, limits: as for `open_request_items`. Raises ValueError as
    `analyse` and `compare_codes`.
    """
    from concepts.evaluation.compression.comparison import compare_codes
    from concepts.evaluation.compression.rebuilt import RebuiltReports

    progress("report", 0.0)
    items = open_request_items(request, store, within=within, limits=limits)
    reports = RebuiltReports(load_model_of(request, items), items, request.target, request.settings, store)
    title = reports.reference.data.title
    progress("report", 0.5)
    tokens, control = reports.tokens, reports.control()
    return compare_codes(
        tokens, title=title, names=names, change=reports.change, control=control, report=title, seed=seed,
        progress=progress,
    )  # fmt: skip


def compression_id(request: Request) -> str:
    """The folder name of a comparison: readable, URL-safe, unique per request."""
    return f"{slug(f'{request.target} {short_model(request.model)}')}-{request.key[:8]}"
