"""An evaluation as one HTML file: opens from disk without a network, works without JavaScript, prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from concepts.evaluation.arrays import KINDS, Curve
from concepts.evaluation.evaluation import Evaluation
from concepts.evaluation.measures import MEASURES
from concepts.evaluation.ranks import RankTable, dictionary_rank_table, importance_rank_table
from concepts.evaluation.settings import DictionaryName, LabSettings
from concepts.rendering.colours import PALETTE
from concepts.rendering.environment import environment
from concepts.storage.store import write_text

HOLDS = {True: "yes", False: "no", None: "cannot be told"}
WIDTH, HEIGHT, MARGIN = 360, 200, 34  # of a drawing of curves, in pixels


def write_evaluation_html(evaluation: Evaluation, path: Path) -> Path:
    """Write the file atomically; return its path."""
    write_text(path, render_evaluation_html(evaluation))
    return path


def render_evaluation_html(evaluation: Evaluation) -> str:
    """The page as text. The template engine escapes every name in it."""
    rows = evaluation.rows
    kinds = list(dict.fromkeys((row.method, row.n_concepts) for row in rows))
    return (
        environment("concepts.evaluation")
        .get_template("evaluation.html.j2")
        .render(
            about=evaluation.about,
            left_out=evaluation.left_out,
            dictionaries=_shaded(dictionary_rank_table(rows)),
            kinds=[
                Kind(
                    f"{method}, {k} concepts",
                    _shaded(importance_rank_table(rows, method, k)),
                    curve_charts(evaluation, method, k),
                )
                for method, k in kinds
            ],
            settings=_settings(evaluation.about.settings),
            versions=", ".join(f"{name} {value}" for name, value in evaluation.about.versions.items()),
            statements=[(each.claim, each.measured, HOLDS[each.holds]) for each in evaluation.findings],
            measures=[(each.name, f"{each.meaning}; {each.better} is better") for each in MEASURES.values()],
        )
    )


def _settings(settings: LabSettings) -> list[tuple[str, str]]:
    """The settings with their names in words; for a list, its entries."""
    return [
        (name.replace("_", " "), ", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
        for name, value in vars(settings).items()
    ]


@dataclass(frozen=True)
class ShadedTable:
    """measures: (name, the better direction). lines: (name, cells), a cell (text, detail, shade in [0, 1], True where
    no better than chance)."""

    measures: list[tuple[str, str]]
    lines: list[tuple[str, list[tuple[str, str, float, bool]]]]


def _shaded(table: RankTable) -> ShadedTable:
    """The table with the strength of each cell's shade: 1 for the best rank, 0 for the last."""
    shade = np.nan_to_num(table.strengths)
    lines = [
        (name, list(zip(table.texts[r], table.details[r], shade[r].tolist(), table.chance[r].tolist(), strict=True)))
        for r, name in enumerate(table.names)
    ]
    return ShadedTable([(m, MEASURES[m].better) for m in table.measures], lines)


@dataclass(frozen=True)
class CurveChart:
    """Deletion or insertion curves of all importances on one kind of dictionary, as SVG paths."""

    title: str
    lines: list[tuple[str, str, str, str]]  # name, colour, path of the mean, path of the band
    control: str
    ticks: list[tuple[float, str]]  # y, text


@dataclass(frozen=True)
class Kind:
    """A kind of dictionary: its name, the table of the importances on it, the charts of their curves."""

    name: str
    table: ShadedTable
    charts: list[CurveChart]


def curve_charts(evaluation: Evaluation, method: str, k: int) -> list[CurveChart]:
    """The curves of the first seed."""
    found = evaluation.curves.get(str(DictionaryName(method, k, evaluation.about.settings.seed)))
    return [_drawing(kind, curves) for kind in KINDS if found is not None and (curves := found.of_kind(kind))]


def _drawing(kind: str, curves: Mapping[str, Curve]) -> CurveChart:
    low, high = min(c.rows.min() for c in curves.values()), max(c.rows.max() for c in curves.values())
    span = max(float(high - low), 1e-9)

    def path(values: np.ndarray) -> str:
        xs = MARGIN + np.linspace(0, WIDTH - MARGIN - 6, len(values))
        ys = 8 + (high - values) / span * (HEIGHT - 32)
        return "L".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))

    lines = [
        (name, PALETTE[i % len(PALETTE)], "M" + path(c.mean), "M" + path(c.low) + "L" + _back(path(c.high)) + "Z")
        for i, (name, c) in enumerate(curves.items())
    ]
    control = "M" + path(next(iter(curves.values())).control)
    ticks = [(8 + (high - v) / span * (HEIGHT - 32), f"{v:.3g}") for v in (float(low), float(high))]
    return CurveChart(f"C-{kind.capitalize()}", lines, control, ticks)


def _back(path: str) -> str:
    return "L".join(reversed(path.split("L")))
