"""What a concept or a strategy follows: a property of whole photos that it is hardly more than."""

from concepts.numerics.written import minus
from concepts.report.names import joined_names
from concepts.report.rows import Of, PropertyRow
from concepts.report.schema import ReportData

MOST_FOLLOWED = 3  # properties in a sentence


def follows_sentence(data: ReportData, of: Of, index: int) -> str:
    """Such as: It follows sharpness (ρ = −0.80). The strongest property is first; empty where it follows none."""
    rows = [row for row in data.properties if row.of == of and row.index == index and row.follows()]
    if not rows:
        return ""
    rows.sort(key=lambda row: -abs(row.association))
    followed = [f"{row.property} ({association_text(row)})" for row in rows[:MOST_FOLLOWED]]
    return f"It follows {joined_names(followed)}."


def association_text(row: PropertyRow) -> str:
    """The measure and its value."""
    return f"{row.measure} = {signed(row.association)}"


def signed(value: float) -> str:
    """Two decimals, with a minus sign."""
    return minus(f"{value:.2f}")
