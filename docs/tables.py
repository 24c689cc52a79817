"""Writes what the documents repeat of the methods: `python -m docs.tables`.

The tables of docs/methods.md stand between `<!-- table: NAME … -->` and `<!-- end of table -->`, the numbers of methods
in one sentence of README.md. A test fails while a document states something else than the objects do.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from attribution.methods import IMPORTANCES
from concepts.evaluation.measure import DICTIONARY, IMPORTANCE, Measure
from concepts.evaluation.measures import MEASURES
from concepts.extraction.extraction_method import ExtractionMethod
from concepts.extraction.methods import CLASSIFIER_AWARE_NMF, EXTRACTIONS

DOCS = Path(__file__).parent
TABLE = re.compile(r"(?P<start><!-- table: (?P<name>[^(]+?) \(.*?\) -->\n).*?(?P<end><!-- end of table -->)", re.DOTALL)
COUNTS = re.compile(r"\w+(?P<first>\s+ways\s+to\s+extract\s+concepts\s+beside\s+)\w+(?=\s+ways\s+to\s+weigh\s+them)")
WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


def importance_table() -> str:
    """A row an importance method."""
    header = ("name", "φ_j(u)", "how", "unit", "adds up", "runs of the head an image", "source")
    rows = [
        (f"`{m.name}`", m.formula, m.how, (m.unit or "none") + ("" if m.signed else ", ≥ 0"), m.adds_up,
         str(m.passes), m.source)
        for m in IMPORTANCES.values()
    ]  # fmt: skip
    return table(header, rows)


def extraction_table() -> str:
    """A row a way to find concepts."""
    header = ("name", "constraint", "solver", "activations", "codes", "fitted on", "source")
    return table(header, [_extraction(method) for method in (*EXTRACTIONS.values(), CLASSIFIER_AWARE_NMF)])


def _extraction(method: ExtractionMethod) -> tuple[str, ...]:
    return (
        method.label if method.needs_head else f"`{method.name}`",
        method.constraint,
        method.solver,
        "any sign" if method.signed_input else "≥ 0",
        "any sign" if method.signed_codes else "≥ 0",
        "all positions" if method.streams else "a sample",
        method.source,
    )


def measure_table(of: str) -> str:
    """A row a measure of dictionaries, or of importances."""
    header = ("name", "meaning", "formula", "better", "range", "interval", "control")
    rows = [
        (m.name, m.meaning, m.formula, m.better, bounds(m), m.interval or "none", m.control or "none")
        for m in MEASURES.values()
        if of in m.of
    ]
    return table(header, rows)


def bounds(measure: Measure) -> str:
    """The range of a measure with its unit."""
    low, high = (None if end is None else f"{end:g}".replace("-", "−") for end in (measure.lowest, measure.highest))
    both = {(True, True): f"{low} to {high}", (True, False): f"≥ {low}", (False, True): f"≤ {high}"}
    text = both.get((low is not None, high is not None), "any")
    return f"{text}, {measure.unit}" if measure.unit else text


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; a | in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "extractions": extraction_table,
    "importances": importance_table,
    "measures of a dictionary": lambda: measure_table(DICTIONARY),
    "measures of an importance": lambda: measure_table(IMPORTANCE),
}


def with_tables(text: str) -> str:
    """The document with its tables made anew. Raises ValueError where it has not each of `TABLES` once."""
    named = [found["name"] for found in TABLE.finditer(text)]
    if sorted(named) != sorted(TABLES):
        raise ValueError(f"the document has the tables {named}: each of {', '.join(TABLES)} must be there once")
    return TABLE.sub(lambda found: f"{found['start']}{TABLES[found['name']]()}{found['end']}", text)


def with_counts(text: str) -> str:
    """The document with the numbers of methods in words. Raises ValueError where it has no such sentence."""
    ways, weights = WORDS[len(EXTRACTIONS)], WORDS[len(IMPORTANCES)]
    text, n = COUNTS.subn(lambda found: f"{ways}{found['first']}{weights}", text)
    if n != 1:
        raise ValueError(f"“… ways to extract concepts beside … ways to weigh them” stands there {n} times, not once")
    return text


DOCUMENTS = {DOCS / "methods.md": with_tables, DOCS.parent / "README.md": with_counts}


def main() -> None:
    """Writes the documents that have changed, and names them."""
    for path, rewritten in DOCUMENTS.items():
        text = path.read_text(encoding="utf-8")
        if (new := rewritten(text)) != text:
            path.write_text(new, encoding="utf-8")
            print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
