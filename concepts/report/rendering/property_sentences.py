"""What was found on the properties of whole photos or texts, in words."""

from concepts.numerics.written import two_decimals
from concepts.report.names import NUMBERS, Names
from concepts.report.rendering.follows import association_text
from concepts.report.rendering.sentences import good_word
from concepts.report.rows import PropertyRow
from concepts.report.schema import ReportData


def found_properties(data: ReportData, names: Names = NUMBERS) -> list[tuple[str, str, str, str]]:
    """The rows that are found, in words: property, what goes with it, association, 95% interval."""
    return [
        (
            row.property,
            _part(row, data, names),
            association_text(row),
            f"{two_decimals(row.low)} to {two_decimals(row.high)}",
        )
        for row in data.properties
        if row.found()
    ]


def strongest_found(data: ReportData, names: Names = NUMBERS) -> list[str]:
    """Of each property with something found the strongest, as a line, with the number of the others."""
    lines = []
    for name in dict.fromkeys(row.property for row in data.properties):
        own = [row for row in found_properties(data, names) if row[0] == name]
        if own:
            (_, part, value, between), more = own[0], len(own) - 1
            lines.append(f"{name} goes with {part}: {value} ({between})" + (f", and {more} more" if more else ""))
    return lines


def properties_sentence(data: ReportData) -> str:
    """How many properties were tested, and that nothing was found where nothing was; empty in older reports."""
    tested = list(dict.fromkeys(row.property for row in data.properties))
    if not tested:
        return ""
    found = {row.property for row in data.properties if row.found()}
    text = f"{len(tested)} properties of whole {data.noun}s were tested ({', '.join(tested)})"
    return f"{text}; {len(found)} of them go with something." if found else f"{text}; none goes with anything."


def _part(row: PropertyRow, data: ReportData, names: Names) -> str:
    if row.of == "class":
        return f"{data.noun}s of {data.target.label} beside others"
    if row.index is None:
        return f"{good_word(data)} {data.noun}s beside the rest"
    return names.concept(row.index) if row.of == "concept" else f"{names.strategy(row.index)} beside the rest"
