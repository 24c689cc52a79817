"""Tables that wrap; cells are texts, and names of figures are links to the glossary."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.numerics.written import SMALLEST, minus, without_powers, written
from concepts.report.rendering.sentences import percent
from concepts.report.rows import Check
from concepts.report.schema import ReportData
from pages.components.macros import macro
from pages.components.terms import term_link

SHARES = ("kept answers", "relative ℓ2", "sparsity", "dead concepts", "completeness gap")  # shown as percent


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, figures: bool = False) -> Markup:
    """A table with a caption for screen readers; the first cell of a row is its heading.

    Names of figures in the header are links to the glossary; with `figures`, so are the first cells of the rows. On a
    narrow screen a row becomes a card with the column's name before each figure.
    """
    named = [(term_link(first), *rest) for first, *rest in rows] if figures else rows
    return macro("shared/tables.table")([term_link(name) for name in header], named, caption, labels=header)


def checks_table(checks: Sequence[Check]) -> Markup:
    """All checks: figure, interval, control, sentence."""
    rows = [
        (
            check.name,
            number(check.value, check.name),
            "" if check.low is None else f"{number(check.low, check.name)} to {number(check.high, check.name)}",
            "" if check.control is None else f"{number(check.control, check.name)} ({check.control_name})",
            without_powers(check.sentence),
        )
        for check in checks
    ]
    header = ("Check", "Value", "95% interval", "Control", "What it means")
    return table(header, rows, caption="Can it be trusted?", figures=True)


def number(value: float | None, name: str) -> str:
    """A check's figure: percent for shares, few digits for the rest, a dash for None."""
    if value is None:
        return "–"
    if name in SHARES:
        return percent(value)
    return written(value) if abs(value) < SMALLEST else minus(f"{value:.2f}")


def times_table(data: ReportData) -> Markup:
    """Seconds by stage, and as multiples of one pass over the same photos (reading, decoding, and the model)."""
    forward = data.seconds.get("forward pass")
    rows = []
    for stage, seconds in data.seconds.items():
        compared = f"{seconds / forward:.2f} ×" if forward else "–"
        note = "taken from the store" if stage in data.reused else ""
        rows.append((stage, f"{seconds:.2f} s", compared, note))
    return table(("Stage", "Time", "of the forward pass", "Note"), rows, caption="How long it took")


def facts_table(facts: Sequence[tuple[str, str]], *, caption: str) -> Markup:
    """A table of names and values."""
    return table((), facts, caption=caption)
