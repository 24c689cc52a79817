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
    from concepts.lexicon import Lexicon
    from concepts.lexicon.collections import Collection
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
    lexicon: "Lexicon | None" = None,
) -> "Compression":
    """Each code of the tokens of the request's report, and what it changes of the report, beside the next seed; for
    photos each code of words, too, and which concepts keep their names.

    store: where the tokens are, or will be. within, limits: as for `open_request_items`. lexicon: the words, in the
    space of the tokens; None: the model's classes, where its layer has them. Raises ValueError as `analyse`,
    `words_of_report` and `compare_codes`.
    """
    from concepts.engine.word_namings import concepts_of
    from concepts.engine.words_of_reports import WordsOfReport, words_of_report
    from concepts.evaluation.compression.comparison import compare_codes
    from concepts.evaluation.compression.rebuilt import RebuiltReports
    from concepts.evaluation.compression.words import Words
    from concepts.models import Split

    progress("report", 0.0)
    items = open_request_items(request, store, within=within, limits=limits)
    split = load_model_of(request, items)
    of = words_of_report(split, lexicon) if isinstance(split, Split) else WordsOfReport(None)
    reports = RebuiltReports(split, items, request.target, request.settings, store)
    title = reports.reference.data.title
    progress("report", 0.5)
    tokens, control, words = reports.tokens, reports.control(), None
    if isinstance(split, Split) and of.lexicon is not None:
        naming = concepts_of(reports.reference, split, items, store, of.lexicon, seed=seed) if of.named else None
        words = Words(of.lexicon.name, of.lexicon.words, of.lexicon.vectors, naming)
    return compare_codes(
        tokens, title=title, names=names, words=words, change=reports.change, control=control, report=title,
        left_out=of.left_out, seed=seed, progress=progress,
    )  # fmt: skip


def compare_collection_codes(
    collection: "Collection", *, names: Sequence[str] = tuple(CODES), seed: int = 0
) -> "Compression":
    """Each code of a collection's tokens, and of the words of its largest lexicon, by which its places are named.

    Raises ValueError as `compare_codes`, and for a damaged lexicon.
    """
    from concepts.engine.word_namings import places_of
    from concepts.evaluation.compression.comparison import compare_codes
    from concepts.evaluation.compression.words import Words
    from concepts.lexicon.collections import tokens_of

    words, lexicon = None, largest_lexicon(collection)
    if lexicon is not None:
        naming = places_of(collection, lexicon, seed=seed)
        words = Words(lexicon.name, lexicon.words, lexicon.vectors, naming)
    return compare_codes(tokens_of(collection), title=collection.title, names=names, words=words, seed=seed)


def largest_lexicon(collection: "Collection") -> "Lexicon | None":
    """The lexicon of a collection with the most words, in the space of its tokens; None where it has none.

    Raises ValueError for a damaged one.
    """
    from concepts.lexicon import load_lexicon

    lexicons = [load_lexicon(folder) for folder in collection.lexicons()]
    fitting = [each for each in lexicons if each.n_channels == collection.n_channels]
    return max(fitting, key=len, default=None)


def compression_id(request: Request) -> str:
    """The folder name of a comparison: readable, URL-safe, unique per request."""
    return f"{slug(f'{request.target} {short_model(request.model)}')}-{request.key[:8]}"
