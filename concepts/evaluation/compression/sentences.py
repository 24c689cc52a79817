"""What a comparison of codes says in words, for the terminal and for the page: the tables."""

from concepts.evaluation.compression.change import ReportChange
from concepts.evaluation.compression.comparison import TOKENS, WORDS, CodeRow, Compression
from concepts.evaluation.compression.word_change import CONCEPTS, PLACES, WordChange
from concepts.evaluation.compression.words import HASHED
from concepts.numerics.counted import counted
from concepts.numerics.written import two_decimals
from concepts.report.rendering.sentences import percent
from concepts.token_search.codes import CODES

COLUMNS = ("code", "bytes each", "smaller", "error", "recall at 10", "95% interval")
OF_REPORT = ("concepts kept", "strategies", "verdict")
OF_WORDS = {
    CONCEPTS: ("names of concepts kept", "first five words kept"),
    PLACES: ("words of places kept", "first five words kept"),
}
CONTROL = {CONCEPTS: "no code, other shuffles", PLACES: "no code, one answer for all"}
NONE = "–"
PRODUCT = "product"
HEAVY = 0.1  # of what a code saves: what all share is said from there on
EARLIER = "hashed"  # the hashed table of results from before December 2026
_WHAT = {name: f"{code.sentence} ({code.source})" for name, code in CODES.items()} | {
    EARLIER: "a sum of two rows of one table, picked by hashes of the word; an eighth as many rows as words "
    "(Svenstrup et al., 2017)",
    HASHED: "a sum of rows of one table, picked by hashes of the word and of its pieces of three to five letters; an "
    "eighth as many rows as words, and nothing for each word (Weinberger et al., 2009; Bojanowski et al., 2017)",
}


def what_of(found: Compression) -> dict[str, str]:
    """Code → what it is, with the parts that a product code has here."""
    parts = next((round(row.each) for row in found.rows if row.code == PRODUCT), 0)
    if not parts:
        return _WHAT
    here = f"; here {counted(parts, 'part')} of {counted(found.channels // parts, 'channel')}"
    return _WHAT | {PRODUCT: _WHAT[PRODUCT] + here}


def header_of(found: Compression, of: str) -> tuple[str, ...]:
    """The names of the columns: none says what became of a report, or of words, where that was not asked."""
    if of == TOKENS:
        return COLUMNS if found.report is None else (*COLUMNS, *OF_REPORT)
    return COLUMNS if found.words_control is None else (*COLUMNS, *OF_WORDS[found.words_control.of])


def cells(row: CodeRow, n: int) -> tuple[str, ...]:
    """A row under `header_of`. n: how many tokens, or words, there are."""
    each, much = f"{row.each:,.1f}".removesuffix(".0"), shares_much(row, n)
    smaller = row.times * row.each / (row.each + row.shared / n) if much else row.times
    return (
        row.code, f"{each} + {row.shared:,} for all" if much else each, f"{smaller:.1f} ×",
        f"{row.error:.3f}", f"{row.recall:.3f}", f"{row.recall_low:.3f} to {row.recall_high:.3f}",
        *(_report_cells(row.report) if row.of == TOKENS else _word_cells(row.words)),
    )  # fmt: skip


def shares_much(row: CodeRow, n: int) -> bool:
    """Whether what all n share weighs more than a tenth of what is saved beside full precision."""
    return row.shared > max(0, HEAVY * n * row.each * (row.times - 1))


def _report_cells(change: ReportChange | None) -> tuple[str, str, str]:
    if change is None:
        return NONE, NONE, NONE
    verdict = change.verdict + (" (the same)" if change.same_verdict else " (changed)")
    return f"{change.matched} of {change.n}", two_decimals(change.agreement), verdict


def _word_cells(change: WordChange | None) -> tuple[str, str]:
    if change is None:
        return NONE, NONE
    return (f"{change.kept:,} of {change.n:,}", _share(change.five)) if change.n else ("none has one", NONE)


def _share(five: float) -> str:
    """As `percent`, but that only all is 100%: one decimal above 99%."""
    return f"{min(five, 0.999):.1%}" if 0.99 <= five < 1 else percent(five)


def _control_cells(control: WordChange) -> tuple[str, str]:
    """Thresholds are in no score: the first five of concepts are the same by construction."""
    kept, five = _word_cells(control)
    return kept, NONE if control.of == CONCEPTS else five


def lines_of(found: Compression, of: str) -> list[tuple[str, ...]]:
    """The rows of tokens, or of words, under `header_of`, with what changes without any code last."""
    lines = [cells(row, n_of(found, of)) for row in found.rows if row.of == of]
    blank = [NONE] * (len(COLUMNS) - 1)
    if of == TOKENS and found.control is not None:
        lines.append(("no code, the next seed", *blank, *_report_cells(found.control)))
    if of == WORDS and found.words_control is not None:
        lines.append((CONTROL[found.words_control.of], *blank, *_control_cells(found.words_control)))
    return [line[: len(header_of(found, of))] for line in lines]


def n_of(found: Compression, of: str) -> int:
    """How many tokens, or words, there are."""
    return found.n_words if of == WORDS else found.n_tokens
