"""The columns of a report's tables: the single description from which every format is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from concepts.report.class_report import ClassReport
from concepts.report.rendering.sentences import importance_unit
from concepts.report.schema import ReportData

TEXT, NUMBER, COUNT, FLAG, COUNTS = "string", "double", "int64", "bool", "list<int64>"
Field = tuple[str, str, str]  # name, kind, meaning
Value = str | float | int | bool | tuple[int, ...] | None

CONCEPTS: tuple[Field, ...] = (
    ("index", COUNT, "number of the concept, 0 counts most"),
    ("importance", NUMBER, "mean over {noun}s, in {unit}"),
    ("low", NUMBER, "lower end of the 95% interval of importance, bootstrap over {noun}s"),
    ("high", NUMBER, "upper end of it"),
    ("share", NUMBER, "of the sum of all absolute importances"),
    ("share_low", NUMBER, "lower end of the 95% interval of share"),
    ("share_high", NUMBER, "upper end of it"),
    ("prevalence", NUMBER, "share of {noun}s in which it is the most important concept"),
    ("reliability", NUMBER, "share of these that the model gets right; empty where there are none"),
    ("reliability_low", NUMBER, "lower end of the 95% interval of reliability (Wilson)"),
    ("reliability_high", NUMBER, "upper end of it"),
    ("dead", FLAG, "never among the strongest anywhere"),
)
STRATEGIES: tuple[Field, ...] = (
    ("label", COUNT, "number of the strategy"),
    ("n", COUNT, "{noun}s in it"),
    ("prevalence", NUMBER, "share of all {noun}s"),
    ("reliability", NUMBER, "share of its {noun}s that the model gets right"),
    ("reliability_low", NUMBER, "lower end of the 95% interval of reliability (Wilson)"),
    ("reliability_high", NUMBER, "upper end of it"),
    ("suspicion", NUMBER, "shortcut suspicion in [0, 1]; empty where it is the only strategy"),
    ("medoid", COUNT, "row of its most typical {noun}"),
    ("concepts", COUNTS, "the concepts it rests on, most telling first"),
)
PHOTOS: tuple[Field, ...] = (
    ("name", TEXT, "{name_of}"),
    ("label", TEXT, "its class; empty where it is not known"),
    ("predicted", TEXT, "the class that the model answers"),
    ("probability", NUMBER, "of that class"),
    ("score", NUMBER, "logit of the target, log-sum-exp for a group"),
    ("recognised", FLAG, "is the target what the model answers?"),
    ("right", FLAG, "is the answer right? empty where the class is not known"),
    ("strategy", COUNT, "number of its strategy, -1 for an outlier"),
)
PROPERTIES: tuple[Field, ...] = (
    ("property", TEXT, "property of whole {noun}s, measured or a column of the user's table"),
    ("of", TEXT, "class (beside others), answers (right beside wrong), strategy (beside the rest) or concept"),
    ("index", COUNT, "number of the strategy or concept; empty for others"),
    ("association", NUMBER, "the measure, from -1 to 1; of categories from 0 to 1"),
    ("low", NUMBER, "lower end of its 95% interval"),
    ("high", NUMBER, "upper end of it"),
    ("p_adjusted", NUMBER, "p-value, adjusted over all tests of the report (Benjamini-Hochberg)"),
    ("measure", TEXT, "ρ: Spearman; r: rank-biserial; of categories η: correlation ratio of ranks, V: Cramér"),
)
CHECKS: tuple[Field, ...] = (
    ("name", TEXT, "what is checked"),
    ("value", NUMBER, "the figure; empty where it cannot be computed"),
    ("low", NUMBER, "lower end of its 95% interval"),
    ("high", NUMBER, "upper end of it"),
    ("control", NUMBER, "the same figure of a control"),
    ("control_name", TEXT, "what the control is"),
    ("sentence", TEXT, "what the figure means"),
)
ARTEFACTS: tuple[Field, ...] = (
    ("artefact", TEXT, "what was done to {noun}s of other classes"),
    ("others", COUNT, "{noun}s of other classes that the model does not take for the class as they are"),
    ("turned", COUNT, "of these, {noun}s that become the class"),
    ("turned_low", NUMBER, "lower end of the 95% interval of their share (Wilson)"),
    ("turned_high", NUMBER, "upper end of it"),
    ("any_class", COUNT, "of these, {noun}s whose answer changes, to the class or to any other"),
    ("named", FLAG, "is the lower end at least 5%?"),
)


TEXT_OF: tuple[Field, ...] = (
    ("text", TEXT, "the text, at most 4,000 characters"),
    ("cut", FLAG, "does more of it follow?"),
)
WORDS: tuple[Field, ...] = (
    ("concept", COUNT, "number of the concept"),
    ("term", TEXT, "a word or phrase"),
    ("log_odds", NUMBER, "of its odds in the texts that show the concept most beside others of the same lengths"),
    ("low", NUMBER, "lower end of its 95% interval (Monroe et al. 2008)"),
    ("high", NUMBER, "upper end of it"),
    ("z", NUMBER, "log-odds over their standard error"),
    ("p_adjusted", NUMBER, "p-value, adjusted over the words of the concept (Benjamini-Hochberg)"),
    ("active", COUNT, "texts that show the concept and hold it"),
    ("inactive", COUNT, "of the others, texts that hold it"),
)
EXCERPTS: tuple[Field, ...] = (
    ("concept", COUNT, "number of the concept"),
    ("text", COUNT, "row of the text in the table of texts"),
    ("value", NUMBER, "code of the concept in it"),
    ("start", COUNT, "character at which a word begins; empty where no word was tried"),
    ("stop", COUNT, "character after its last"),
    ("weight", NUMBER, "fall of the code without the word, in units of the code"),
)


@dataclass(frozen=True)
class Column:
    """A column: its name, the Arrow type of its values, their meaning, the values; None where unknown."""

    name: str
    kind: str
    meaning: str
    values: list[Value]


def columns_of(report: ClassReport, table: str) -> list[Column]:
    """The columns of one of `tables_of`. Raises ValueError, with the known names, for any other."""
    found = tables_of(report)
    if table not in found:
        raise ValueError(f"a report has no table {table!r}: choose one of {', '.join(found)}")
    return found[table](report)


def tables_of(report: ClassReport) -> dict[str, Callable[[ClassReport], list[Column]]]:
    """The tables of this report: those of photos, or of texts."""
    return TEXT_TABLES if report.data.kind == "texts" else TABLES


def _items(report: ClassReport) -> list[Column]:
    """A row for each photo or text: its data, then the importance of each concept, then its code, of photos the mean
    over the places if there are maps."""
    phi, unit = report.array("phi"), importance_unit(report.data)
    data, noun = report.data, report.data.noun
    found = _read(PHOTOS, data.items, data) + (_read(TEXT_OF, data.texts, data) if data.kind == "texts" else [])
    found += [
        Column(f"importance_{j}", NUMBER, f"importance of concept {j} in the {noun}, in {unit}", phi[:, j].tolist())
        for j in range(phi.shape[1])
    ]
    has_codes = report.has_maps or (data.kind == "texts" and report.holds("codes"))
    codes = report.mean_codes() if has_codes else phi[:, :0]
    of = f"mean code of concept {{}} over the places of the {noun}" if report.has_maps else "code of concept {}"
    return found + [Column(f"code_{j}", NUMBER, of.format(j), codes[:, j].tolist()) for j in range(codes.shape[1])]


def _words(report: ClassReport) -> list[Column]:
    """A row for each word of each concept of texts."""
    rows = [{"concept": each.concept, **vars(word)} for each in report.data.wordings for word in each.words]
    return _read(WORDS, rows, report.data)


def _excerpts(report: ClassReport) -> list[Column]:
    """A row for each tried word of each text that shows a concept; one for a text without any."""
    rows = [
        {"concept": each.concept, "text": row.text, "value": row.value} | (vars(span) if span else {})
        for each in report.data.wordings
        for row in each.excerpts
        for span in row.spans or (None,)
    ]
    return _read(EXCERPTS, rows, report.data)


def _read(fields: Sequence[Field], rows: Sequence[object], data: ReportData) -> list[Column]:
    """One column per field; its values are the rows' attributes, or items, of that name."""
    words = {
        "unit": importance_unit(data), "noun": data.noun,
        "name_of": "name of the text in its source" if data.kind == "texts" else "path of the photo below its source",
    }  # fmt: skip
    return [
        Column(name, kind, meaning.format(**words), [_value(row, name) for row in rows])
        for name, kind, meaning in fields
    ]


def _value(row: object, name: str) -> Value:
    found: Value = row.get(name) if isinstance(row, dict) else getattr(row, name)
    return found


TABLES: dict[str, Callable[[ClassReport], list[Column]]] = {
    "concepts": lambda report: _read(CONCEPTS, report.data.concepts, report.data),
    "strategies": lambda report: _read(STRATEGIES, report.data.strategies, report.data),
    "photos": _items,
    "properties": lambda report: _read(PROPERTIES, report.data.properties, report.data),
    "checks": lambda report: _read(CHECKS, report.data.checks, report.data),
    "artefacts": lambda report: _read(ARTEFACTS, report.data.artefacts, report.data),
}
TEXT_TABLES: dict[str, Callable[[ClassReport], list[Column]]] = {
    "concepts": TABLES["concepts"],
    "strategies": TABLES["strategies"],
    "texts": _items,
    "words": _words,
    "excerpts": _excerpts,
    "properties": TABLES["properties"],
    "checks": TABLES["checks"],
}
