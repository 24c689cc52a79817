"""What a comparison of codes says in words, for the terminal and for the page."""

from collections.abc import Iterator

from concepts.evaluation.compression.change import ReportChange
from concepts.evaluation.compression.comparison import HASHED, SAMPLED, TOKENS, WORDS, CodeRow, Compression
from concepts.numerics.counted import counted
from concepts.numerics.written import two_decimals
from concepts.token_search.codes import CODES
from concepts.token_search.codes.product import CENTRES

OF_REPORT = ("concepts kept", "strategies", "verdict")
HEADER = ("code", "bytes each", "smaller", "error", "recall at 10", "95% interval", *OF_REPORT)
NONE = "–"
PRODUCT = "product"
A_CENTRE = 10  # tokens, or words, for each centre: with fewer, each lies near a centre that is its own
HEAVY = 0.1  # of what a code saves: what all share is said from there on
_WHAT = {name: f"{code.sentence} ({code.source})" for name, code in CODES.items()} | {
    HASHED: "a sum of two rows of one table, picked by hashes of the word; an eighth as many rows as words "
    "(Svenstrup et al., 2017)"
}


def what_of(found: Compression) -> dict[str, str]:
    """Code → what it is, with the parts that a product code has here."""
    parts = next((round(row.each) for row in found.rows if row.code == PRODUCT), 0)
    if not parts:
        return _WHAT
    here = f"; here {counted(parts, 'part')} of {counted(found.channels // parts, 'channel')}"
    return _WHAT | {PRODUCT: _WHAT[PRODUCT] + here}


def header_of(found: Compression, of: str) -> tuple[str, ...]:
    """The names of the columns: without a report, and for words, none say what became of one."""
    return HEADER if of == TOKENS and found.report is not None else HEADER[: -len(OF_REPORT)]


def cells(row: CodeRow, n: int) -> tuple[str, ...]:
    """A row under `HEADER`. n: how many tokens, or words, there are."""
    each = f"{row.each:,.1f}".removesuffix(".0")
    return (
        row.code, f"{each} + {row.shared:,} for all" if shares_much(row, n) else each, f"{row.times:.1f} ×",
        f"{row.error:.3f}", f"{row.recall:.3f}", f"{row.recall_low:.3f} to {row.recall_high:.3f}",
        *_report_cells(row.report),
    )  # fmt: skip


def shares_much(row: CodeRow, n: int) -> bool:
    """Whether what all n share weighs more than a tenth of what is saved beside full precision."""
    return row.shared > max(0, HEAVY * n * row.each * (row.times - 1))


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
    lines = [cells(row, _n(found, of)) for row in found.rows if row.of == of]
    lines += [control_cells(found.control)] if of == TOKENS and found.control is not None else []
    return [line[: len(header_of(found, of))] for line in lines]


def about_sentence(found: Compression) -> str:
    """What was coded, and how much of it was searched."""
    words = f" · {found.n_words:,} words{_searched(found.n_words)}" if found.n_words else ""
    return (
        f"{found.n_tokens:,} tokens of {found.channels:,} channels{_searched(found.n_tokens)}{words} · "
        f"seed {found.seed} · {found.created[:10]}"
    )


def how_sentences(found: Compression) -> list[str]:
    """How it was measured."""
    said = [
        "Bytes are those of one token, or word, beside 4 a channel of full precision; what all share, such as tables "
        "of centres, is not in them, and stands beside them where it weighs more than a tenth of what is saved. Error: "
        "what is lost of the values, ‖A − Â‖ / ‖A‖. Recall: of the ten tokens that are most like one of 200 queries, "
        f"the share that is found among the coded ones; at most {SAMPLED:,} are searched, drawn by the seed, and among "
        "more it is usually lower. The query is exact, and left out.",
        "Codes are judged on the tokens, or words, that their steps, centres and tables were fitted to: others lose "
        "more.",
        *_too_few(found),
    ]
    if found.report is not None:
        said.append(
            f"The report “{found.report}” was made again from the coded tokens: kept are concepts whose partner has a "
            "cosine of 0.95 or more, strategies are compared by the adjusted Rand index (1: the same). The last row "
            "has no code and the next seed: what changes anyway."
        )
    return said


def _too_few(found: Compression) -> Iterator[str]:
    """Says where product codes have too few to learn from."""
    for of in dict.fromkeys(row.of for row in found.rows if row.code == PRODUCT):
        n = min(SAMPLED, _n(found, of))
        if n < A_CENTRE * CENTRES:
            yield (
                f"Product codes of {n:,} {of} cannot be judged: they have {CENTRES} centres, and fewer than {A_CENTRE} "
                f"{of} for each, so that many {of} are near one of their own and seem to lose little."
            )


def _searched(n: int) -> str:
    return f", {SAMPLED:,} of them searched" if n > SAMPLED else ""


def _n(found: Compression, of: str) -> int:
    return found.n_words if of == WORDS else found.n_tokens
