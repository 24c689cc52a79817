"""What a concept or a strategy follows: a property of whole photos that it is hardly more than."""

from concepts.numerics.written import two_decimals
from concepts.report.names import joined_names
from concepts.report.rows import Of, PropertyRow
from concepts.report.schema import ReportData

MOST_FOLLOWED = 3  # properties in a sentence


def follows_sentence(data: ReportData, of: Of, index: int) -> str:
    """Such as: It follows sharpness (ρ = −0.80). The strongest property is first; empty where it follows none."""
    rows = _rows(data, of, index)
    if not rows:
        return ""
    named = [f"{row.property} ({association_text(row)})" for row in rows[:MOST_FOLLOWED]]
    return f"It follows {joined_names(named)}."


def followed(data: ReportData, of: Of, index: int) -> list[str]:
    """The properties that it follows, the strongest first."""
    return [row.property for row in _rows(data, of, index)]


def _rows(data: ReportData, of: Of, index: int) -> list[PropertyRow]:
    rows = [row for row in data.properties if row.of == of and row.index == index and row.follows()]
    return sorted(rows, key=lambda row: -abs(row.association))


def association_text(row: PropertyRow) -> str:
    """The measure and its value."""
    return f"{row.measure} = {two_decimals(row.association)}"
