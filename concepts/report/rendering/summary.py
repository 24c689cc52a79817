"""The summary of a report: what its photos or texts show, and the finding."""

from concepts.numerics.counted import counted
from concepts.report.names import NUMBERS, Names
from concepts.report.rendering.sentences import model_name, percent
from concepts.report.rendering.verdict_sentences import ON_PAGE, verdict_sentence
from concepts.report.rows import FINDINGS
from concepts.report.schema import ReportData


def summary(data: ReportData, names: Names = NUMBERS, *, judged: str = ON_PAGE) -> str:
    """A few sentences: on how many items, the finding, what counts most; what the checks found (`FINDINGS`) replaces
    or follows them. judged: as in `verdict_sentence`."""
    found = " ".join(check.sentence for check in data.checks if check.name in FINDINGS)
    if all(row.share == 0 for row in data.concepts) and found:
        return f"Judging by {counted(len(data.items), data.noun)}: {found}"
    return " ".join(part for part in (_ways(data), _finding(data, names, judged), found) if part)


def _ways(data: ReportData) -> str:
    ways = len(data.strategies)
    by = "in one way" if ways == 1 else f"in {ways} different ways (strategies)"
    does = "arrives at" if data.model.output == "regression" else "recognises"
    return (
        f"Judging by {len(data.items):,} {data.noun}s, {model_name(data.model.name)} {does} “{data.target.label}” {by}."
    )


def _finding(data: ReportData, names: Names, judged: str) -> str:
    if data.verdict is not None:
        return verdict_sentence(data, names, judged=judged)
    if not data.concepts:
        return ""
    top = data.concepts[0]
    return f"{names.concept(top.index)} counts most: {percent(top.share)} of all the evidence."
