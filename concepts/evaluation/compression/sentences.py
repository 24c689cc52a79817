"""What a comparison of codes says in words, for the terminal and for the page."""

from concepts.evaluation.compression.change import ReportChange
from concepts.evaluation.compression.comparison import HASHED, TOKENS, CodeRow, Compression
from concepts.numerics.written import two_decimals
from concepts.token_search.codes import CODES

OF_REPORT = ("concepts kept", "strategies", "verdict")
HEADER = ("code", "bytes each", "smaller", "error", "recall at 10", "95% interval", *OF_REPORT)
NONE = "–"
WHAT = {name: f"{code.sentence} ({code.source})" for name, code in CODES.items()} | {
    HASHED: "a sum of two rows of one table, picked by hashes of the word; an eighth as many rows as words "
    "(Svenstrup et al., 2017)"
}


def header_of(found: Compression, of: str) -> tuple[str, ...]:
    """The names of the columns: without a report, and for words, none say what became of one."""
    return HEADER if of == TOKENS and found.report is not None else HEADER[: -len(OF_REPORT)]


def cells(row: CodeRow) -> tuple[str, ...]:
    """A row under `HEADER`."""
    return (
        row.code, f"{row.each:,.1f}".removesuffix(".0"), f"{row.times:.1f} ×", f"{row.error:.3f}",
        f"{row.recall:.3f}", f"{row.recall_low:.3f} to {row.recall_high:.3f}", *_report_cells(row.report),
    )  # fmt: skip


def control_cells(change: ReportChange) -> tuple[str, ...]:
    """The control under `HEADER`."""
    return ("no code, the next seed", *[NONE] * 5, *_report_cells(change))


def _report_cells(change: ReportChange | None) -> tuple[str, str, str]:
    if change is None:
        return NONE, NONE, NONE
    verdict = change.verdict + (" (the same)" if change.same_verdict else " (changed)")
    return f"{change.matched} of {change.n}", two_decimals(change.agreement), verdict


def lines_of(found: Compression, of: str) -> list[tuple[str, ...]]:
    """The rows of tokens, with the control last, or those of words, under `header_of`."""
    lines = [cells(row) for row in found.rows if row.of == of]
    lines += [control_cells(found.control)] if of == TOKENS and found.control is not None else []
    return [line[: len(header_of(found, of))] for line in lines]


def about_sentence(found: Compression) -> str:
    """What was coded."""
    words = f" · {found.n_words:,} words" if found.n_words else ""
    return f"{found.n_tokens:,} tokens of {found.channels:,} channels{words} · seed {found.seed} · {found.created[:10]}"


def how_sentences(found: Compression) -> list[str]:
    """How it was measured."""
    said = [
        "Bytes are those of one token, or word, beside 4 a channel of full precision; what all share, such as tables "
        "of centres, is not in them. Error: what is lost of the values, ‖A − Â‖ / ‖A‖. Recall: of the ten tokens that "
        "are most like one of 200 queries, the share that is found among the coded ones; the query is exact, and left "
        "out.",
    ]
    if found.report is not None:
        said.append(
            f"The report “{found.report}” was made again from the coded tokens: kept are concepts whose partner has a "
            "cosine of 0.95 or more, strategies are compared by the adjusted Rand index (1: the same). The last row "
            "has no code and the next seed: what changes anyway."
        )
    return said
