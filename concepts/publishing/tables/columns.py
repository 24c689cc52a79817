"""The columns of a report's tables: the single description from which every format is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from concepts.report.class_report import ClassReport
from concepts.report.rendering.sentences import importance_unit

TEXT, NUMBER, COUNT, FLAG, COUNTS = "string", "double", "int64", "bool", "list<int64>"
Field = tuple[str, str, str]  # name, kind, meaning
Value = str | float | int | bool | tuple[int, ...] | None

CONCEPTS: tuple[Field, ...] = (
    ("index", COUNT, "number of the concept, 0 counts most"),
    ("importance", NUMBER, "mean over photos, in {unit}"),
    ("low", NUMBER, "lower end of the 95% interval of importance, bootstrap over photos"),
    ("high", NUMBER, "upper end of it"),
    ("share", NUMBER, "of the sum of all absolute importances"),
    ("share_low", NUMBER, "lower end of the 95% interval of share"),
    ("share_high", NUMBER, "upper end of it"),
    ("prevalence", NUMBER, "share of photos in which it is the most important concept"),
    ("reliability", NUMBER, "share of these that the model gets right; empty where there are none"),
    ("reliability_low", NUMBER, "lower end of the 95% interval of reliability (Wilson)"),
    ("reliability_high", NUMBER, "upper end of it"),
    ("dead", FLAG, "never among the strongest anywhere"),
)
STRATEGIES: tuple[Field, ...] = (
    ("label", COUNT, "number of the strategy"),
    ("n", COUNT, "photos in it"),
    ("prevalence", NUMBER, "share of all photos"),
    ("reliability", NUMBER, "share of its photos that the model gets right"),
    ("reliability_low", NUMBER, "lower end of the 95% interval of reliability (Wilson)"),
    ("reliability_high", NUMBER, "upper end of it"),
    ("suspicion", NUMBER, "shortcut suspicion in [0, 1]; empty where it is the only strategy"),
    ("medoid", COUNT, "row of its most typical photo"),
    ("concepts", COUNTS, "the concepts it rests on, most telling first"),
)
PHOTOS: tuple[Field, ...] = (
    ("name", TEXT, "path of the photo below its source"),
    ("label", TEXT, "its class; empty where it is not known"),
    ("predicted", TEXT, "the class that the model answers"),
    ("probability", NUMBER, "of that class"),
    ("score", NUMBER, "logit of the target, log-sum-exp for a group"),
    ("recognised", FLAG, "is the target what the model answers?"),
    ("right", FLAG, "is the answer right? empty where the class is not known"),
    ("strategy", COUNT, "number of its strategy, -1 for an outlier"),
)
PROPERTIES: tuple[Field, ...] = (
    ("property", TEXT, "property of whole photos, measured or a column of the user's table"),
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
    ("artefact", TEXT, "what was done to photos of other classes"),
    ("others", COUNT, "photos of other classes that the model does not take for the class as they are"),
    ("turned", COUNT, "of these, photos that become the class"),
    ("turned_low", NUMBER, "lower end of the 95% interval of their share (Wilson)"),
    ("turned_high", NUMBER, "upper end of it"),
    ("any_class", COUNT, "of these, photos whose answer changes, to the class or to any other"),
    ("named", FLAG, "is the lower end at least 5%?"),
)


@dataclass(frozen=True)
class Column:
    """A column: its name, the Arrow type of its values, their meaning, the values; None where unknown."""

    name: str
    kind: str
    meaning: str
    values: list[Value]


def columns_of(report: ClassReport, table: str) -> list[Column]:
    """The columns of one of `TABLES`. Raises ValueError, with the known names, for any other."""
    if table not in TABLES:
        raise ValueError(f"a report has no table {table!r}: choose one of {', '.join(TABLES)}")
    return TABLES[table](report)


def _photos(report: ClassReport) -> list[Column]:
    """The photo table: data of each photo, then the importance of each concept, then its mean code if maps exist."""
    phi, unit = report.array("phi"), importance_unit(report.data)
    found = _read(PHOTOS, report.data.items)
    found += [
        Column(f"importance_{j}", NUMBER, f"importance of concept {j} in the photo, in {unit}", phi[:, j].tolist())
        for j in range(phi.shape[1])
    ]
    codes = report.mean_codes() if report.has_maps else phi[:, :0]
    return found + [
        Column(f"code_{j}", NUMBER, f"mean code of concept {j} over the places of the photo", codes[:, j].tolist())
        for j in range(codes.shape[1])
    ]


def _read(fields: Sequence[Field], rows: Sequence[object], **words: str) -> list[Column]:
    """One column per field; its values are the rows' attributes of that name. words: values of {…} in a meaning."""
    return [
        Column(name, kind, meaning.format(**words), [getattr(row, name) for row in rows])
        for name, kind, meaning in fields
    ]


TABLES: dict[str, Callable[[ClassReport], list[Column]]] = {
    "concepts": lambda report: _read(CONCEPTS, report.data.concepts, unit=importance_unit(report.data)),
    "strategies": lambda report: _read(STRATEGIES, report.data.strategies),
    "photos": _photos,
    "properties": lambda report: _read(PROPERTIES, report.data.properties),
    "checks": lambda report: _read(CHECKS, report.data.checks),
    "artefacts": lambda report: _read(ARTEFACTS, report.data.artefacts),
}
