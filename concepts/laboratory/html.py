"""An evaluation as one HTML file: opens from disk without a network, works without JavaScript, prints."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from concepts.laboratory.evaluation import Evaluation
from concepts.laboratory.ranks import RankTable, dictionary_ranks, importance_ranks
from concepts.laboratory.table import BETTER, MEANING
from concepts.rendering.colours import PALETTE
from concepts.rendering.environment import environment
from concepts.store import write_text

HOLDS = {True: "yes", False: "no", None: "cannot be told"}
WIDTH, HEIGHT, MARGIN = 360, 200, 34  # of a drawing of curves, in pixels


def write_html(evaluation: Evaluation, path: Path) -> Path:
    """Writes the file, complete or not at all; returns where it is."""
    write_text(path, render_html(evaluation))
    return path


def render_html(evaluation: Evaluation) -> str:
    """The page as text. Every name in it is escaped by the template engine."""
    rows = evaluation.rows
    kinds = list(dict.fromkeys((row.method, row.n_concepts) for row in rows))
    return (
        environment("concepts.laboratory")
        .get_template("evaluation.html.j2")
        .render(
            about=evaluation.about,
            left_out=evaluation.left_out,
            dictionaries=_shaded(dictionary_ranks(rows)),
            kinds=[
                {
                    "name": f"{method}, {k} concepts",
                    "table": _shaded(importance_ranks(rows, method, k)),
                    "drawings": drawings(evaluation, method, k),
                }
                for method, k in kinds
            ],
            settings=[
                (name.replace("_", " "), _setting(value)) for name, value in evaluation.about["settings"].items()
            ],
            versions=", ".join(f"{name} {value}" for name, value in evaluation.about["versions"].items()),
            statements=[(each.claim, each.measured, HOLDS[each.holds]) for each in evaluation.findings],
            measures=[(name, f"{MEANING[name]}; {better} is better") for name, better in BETTER.items()],
        )
    )


def _setting(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _shaded(table: RankTable) -> dict[str, Any]:
    """The table with the strength of each cell's shade: 1 for the best rank, 0 for the last."""
    last = np.nanmax(np.vstack([table.ranks, np.full((1, len(table.measures)), 2.0)]), axis=0)
    shade = np.nan_to_num((last - table.ranks) / np.maximum(last - 1, 1))
    lines = [
        (name, list(zip(table.texts[r], table.details[r], shade[r].tolist(), table.chance[r].tolist(), strict=True)))
        for r, name in enumerate(table.names)
    ]
    return {"measures": [(m, BETTER[m]) for m in table.measures], "lines": lines}


@dataclass(frozen=True)
class Drawing:
    """Deletion or insertion curves of all importances on one kind of dictionary, as SVG paths."""

    title: str
    lines: list[tuple[str, str, str, str]]  # name, colour, path of the mean, path of the band
    control: str
    ticks: list[tuple[float, str]]  # y, text


def drawings(evaluation: Evaluation, method: str, k: int) -> list[Drawing]:
    """The curves of the first seed."""
    seed = evaluation.about["settings"]["seed"]
    prefix = f"{method}-{k}-{seed} "
    curves = {key.removeprefix(prefix): value for key, value in evaluation.curves.items() if key.startswith(prefix)}
    return [_drawing(kind, curves) for kind in ("deletion", "insertion") if any(key.endswith(kind) for key in curves)]


def _drawing(kind: str, curves: dict[str, np.ndarray]) -> Drawing:
    own = {key.removesuffix(f" {kind}"): value for key, value in curves.items() if key.endswith(kind)}
    low, high = min(v.min() for v in own.values()), max(v.max() for v in own.values())
    span = max(float(high - low), 1e-9)

    def path(values: np.ndarray) -> str:
        xs = MARGIN + np.linspace(0, WIDTH - MARGIN - 6, len(values))
        ys = 8 + (high - values) / span * (HEIGHT - 32)
        return "L".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))

    lines = [
        (name, PALETTE[i % len(PALETTE)], "M" + path(v[0]), "M" + path(v[1]) + "L" + _back(path(v[2])) + "Z")
        for i, (name, v) in enumerate(own.items())
    ]
    control = "M" + path(next(iter(own.values()))[3])
    ticks = [(8 + (high - v) / span * (HEIGHT - 32), f"{v:.3g}") for v in (float(low), float(high))]
    return Drawing(f"C-{kind.capitalize()}", lines, control, ticks)


def _back(path: str) -> str:
    return "L".join(reversed(path.split("L")))
