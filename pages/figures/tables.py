"""Tables as HTML that wraps, with every text escaped."""

from collections.abc import Sequence
from html import escape

from concepts.report.rows import Check
from concepts.report.schema import ReportData
from concepts.report.words import percent
from pages.ui.terms import term_link

SHORT = 16  # characters that are kept on one line
SHARES = ("kept answers", "relative ℓ2", "sparsity", "dead concepts", "completeness gap")  # shown as percent


def table_html(header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, figures: bool = False) -> str:
    """A table with a caption for screen readers; the first cell of a row is its heading.

    Names of figures in the header open the glossary; with `figures` those that rows begin with do, too.
    """
    cells = "".join(f'<th scope="col">{term_link(cell)}</th>' for cell in header)
    head = f"<thead><tr>{cells}</tr></thead>" if header else ""
    body = "".join(_row(header, row, figures) for row in rows)
    return (
        f'<div class="cx-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="cx-table">'
        f"<caption>{escape(caption)}</caption>{head}<tbody>{body}</tbody></table></div>"
    )


def _row(header: Sequence[str], row: Sequence[str], figures: bool) -> str:
    labels = header[1:] or [""] * (len(row) - 1)
    cells = "".join(_cell(label, text) for label, text in zip(labels, row[1:], strict=True))
    heading = term_link(row[0]) if figures else escape(row[0])
    return f'<tr><th scope="row">{heading}</th>{cells}</tr>'


def _cell(label: str, text: str) -> str:
    """On a narrow screen a row becomes a card, in which every figure needs its label."""
    short = ' class="cx-short"' if len(text) <= SHORT else ""
    named = f' data-label="{escape(label)}"' if label and text else ""
    return f"<td{short}{named}>{escape(text)}</td>"


def checks_table(checks: Sequence[Check]) -> str:
    """Every check: its figure, its interval, its control, its sentence."""
    rows = [
        (
            check.name,
            number(check.value, check.name),
            "" if check.low is None else f"{number(check.low, check.name)} to {number(check.high, check.name)}",
            "" if check.control is None else f"{number(check.control, check.name)} ({check.control_name})",
            check.sentence,
        )
        for check in checks
    ]
    header = ("Check", "Value", "95% interval", "Control", "What it means")
    return table_html(header, rows, caption="Can it be trusted?", figures=True)


def number(value: float | None, name: str) -> str:
    """A check's figure: percent for shares, few digits for the rest, a dash where there is none."""
    if value is None:
        return "–"
    if name in SHARES:
        return percent(value)
    return f"{value:.1e}" if 0 < abs(value) < 0.001 else f"{value:.2f}"


def times_table(data: ReportData) -> str:
    """Seconds by stage, beside one pass over the same photos (read, decoded, and the model)."""
    forward = data.seconds.get("forward pass")
    rows = []
    for stage, seconds in data.seconds.items():
        compared = f"{seconds / forward:.2f} ×" if forward else "–"
        note = "taken from the store" if stage in data.reused else ""
        rows.append((stage, f"{seconds:.2f} s", compared, note))
    return table_html(("Stage", "Time", "of the forward pass", "Note"), rows, caption="How long it took")


def facts_table(facts: Sequence[tuple[str, str]], *, caption: str) -> str:
    """Names and values."""
    return table_html((), facts, caption=caption)
