"""A notebook that makes every figure of a report again, from the report's folder.

Its cells hold no text that others wrote: what the report is called is read from the folder when the notebook runs.
"""

import json
from collections.abc import Sequence

from concepts.report.class_report import ClassReport

HEAD = """# A class report, figure by figure

Run the cells from top to bottom. They need this program (installed, or its folder, the one with `app.py`, and its
packages) and the report's folder; nothing is computed anew but the drawings, so that every number is the report's
own."""

OPENING = """import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

NAME = THE_FOLDER  # the report's folder: change it to the place where yours lies
PLACES = (Path(os.environ.get("CONCEPTS_PROJECT", ".")).resolve(), *Path.cwd().parents)
PROJECT = next((place for place in PLACES if (place / "app.py").is_file() and (place / "concepts").is_dir()), None)
if PROJECT is not None:
    sys.path.insert(0, str(PROJECT))
elif importlib.util.find_spec("concepts") is None:
    raise SystemExit("Install the program, run this in its folder, or set CONCEPTS_PROJECT to it: the one with app.py.")

from concepts.exports import APP, DEMO, default_workspace
from concepts.report import ClassReport

sys.path.insert(0, str(APP))  # its figures: pages.figures
ROOTS = (Path(), Path("reports"), APP / "reports", default_workspace() / "reports", DEMO / "reports")
FOLDER = next((root / NAME for root in ROOTS if (root / NAME / "report.json").is_file()), Path(NAME))

report = ClassReport.load(FOLDER)
print(report.data.title)"""

MADE_FROM = """from concepts.exports.files import provenance

for name, value in provenance(report).items():
    print(f"{name}: {value}")"""

GRAPH = """from pages.figures.graph import graph_figure

graph_figure(report)"""

STRATEGIES = """from concepts.exports import tables

found = {name: table.to_pandas() for name, table in tables(report).items()}
found["strategies"]"""

RIGHT = """strategies = found["strategies"]
ways = [f"Strategy {label}" for label in strategies["label"]]
rate = strategies["reliability"].astype(float)
whiskers = {
    "type": "data", "symmetric": False,
    "array": strategies["reliability_high"].astype(float) - rate,
    "arrayminus": rate - strategies["reliability_low"].astype(float),
}
figure = go.Figure([
    go.Bar(x=ways, y=strategies["prevalence"], name="share of the photos"),
    go.Bar(x=ways, y=rate, name="of these right, 95% interval", error_y=whiskers),
])
figure.update_yaxes(tickformat=".0%", range=[0, 1.05])
figure"""

CONCEPTS = """from concepts.report.words import good_word
from pages.figures.importance import importance_figure

importance_figure(report.data.concepts, word=good_word(report.data))"""

CONCEPTS_TABLE = """found["concepts"]"""

PICTURES = """from concepts.report.drawing import data_uri, picture_or_none


def pictures(rows, columns):
    \"\"\"A figure of pictures with their titles: rows of (title, bytes); None where a picture is missing.\"\"\"
    lines = -(-len(rows) // columns)
    figure = make_subplots(lines, columns, subplot_titles=[title for title, _ in rows], vertical_spacing=0.12 / lines)
    for place, (_, content) in enumerate(rows):
        if content is not None:
            figure.add_trace(go.Image(source=data_uri(content)), place // columns + 1, place % columns + 1)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.update_layout(height=max(240, 210 * lines), margin={"l": 0, "r": 0, "t": 40, "b": 0})


def crops(concept, most):
    \"\"\"The places where a concept is strongest.\"\"\"
    shown = report.data.concepts[concept].crops[:most]
    return [(f"Concept {concept}", picture_or_none(report, crop.file)) for crop in shown]"""

CROPS = """each = [row for concept in report.data.concepts for row in crops(concept.index, 4)]
pictures(each, 4) if each else print("This layer has no places: there are no crops.")"""

PHOTO = """from concepts.report.words import amount, answer, importance_unit
from pages.figures.importance import local_figure

PHOTO = report.data.strategies[0].medoid if report.data.strategies else 0
print(answer(report.data.images[PHOTO]))
phi = report.array("phi")[PHOTO]
unit = importance_unit(report.data)
local_figure(phi, target=report.data.target.label, unit=unit, n_shown=len(phi))"""

MAPS = """from concepts.report.overlay import overlay_bytes
from concepts.report.class_report import thumbnail_name


def laid_over(concept):
    \"\"\"The photo under a concept's map, on the scale of that concept.\"\"\"
    rows = report.data.concepts[concept].crops
    values = report.concept_map(concept, PHOTO)
    top = rows[0].value if rows else float(values.max())
    return overlay_bytes(photo, values, top=top)


photo = picture_or_none(report, thumbnail_name(PHOTO))
first = np.argsort(-np.abs(phi), kind="stable")[:7].tolist()
shown = [("the photo", photo)]
if report.has_maps and photo is not None:
    shown += [(f"Concept {j}: {amount(phi[j], unit)}", laid_over(j)) for j in first]
pictures(shown, 4)"""

PARTS = """from concepts.report.words import part_name, part_sentence

for row in report.data.subconcepts:
    print(f"{part_name(row.path)}: {part_sentence(row, report.data)}")
parts = [
    (part_name(row.path), picture_or_none(report, crop.file))
    for row in report.data.subconcepts for crop in row.crops[:4]
]
pictures(parts, 4) if parts else print("No concept was taken apart in this report.")"""

CHECKS = """found["checks"]"""

TIMES = """seconds = report.data.seconds
figure = go.Figure(go.Bar(x=list(seconds.values()), y=list(seconds), orientation="h"))
figure.update_xaxes(title="seconds")
figure.update_yaxes(autorange="reversed", type="category")
figure"""

CELLS = (
    ("markdown", "## What it was made from\n\nModel and photos with their hashes, the layer, the settings with the "
     "seed, the versions, and the command that makes the report again."),
    ("code", MADE_FROM),
    ("markdown", "## By which strategies is the class recognised?\n\nEach point is a photo; photos near each other are "
     "recognised for the same reason. A disc marks a strategy: as large as its share of the photos, the strong arc as "
     "long as the share that the model gets right."),
    ("code", GRAPH),
    ("markdown", "The strategies as a table. Intervals are 95% (Wilson). A suspicion near 1 says that something added "
     "sets these photos apart: look at the crops."),
    ("code", STRATEGIES),
    ("code", RIGHT),
    ("markdown", "## The concepts, by importance\n\nThe bar is a concept's share of all the evidence, the whisker its "
     "95% interval: had other photos of this kind been taken, the bar would likely end within it."),
    ("code", CONCEPTS),
    ("code", CONCEPTS_TABLE),
    ("markdown", "Where each concept is strongest."),
    ("code", PICTURES),
    ("code", CROPS),
    ("markdown", "## One photo\n\nWhy this answer? A bar to the right raises the score of the class, one to the left "
     "lowers it; the axis names the unit. Set `PHOTO` to another row of the table of photos to see another."),
    ("code", PHOTO),
    ("markdown", "Where the concepts that count most are in it: the paler, the stronger; the white line runs at half "
     "of the peak."),
    ("code", MAPS),
    ("markdown", "What the top concepts are made of at an earlier layer, where they were taken apart."),
    ("code", PARTS),
    ("markdown", "## Can it be trusted?\n\nEvery figure with its interval and its control, and what it means."),
    ("code", CHECKS),
    ("markdown", "How long each stage took, beside one forward pass over the same photos."),
    ("code", TIMES),
    ("markdown", "All photos with what the model said, each concept's importance and its mean code."),
    ("code", 'found["photos"]'),
)  # fmt: skip


def notebook_of(report: ClassReport) -> str:
    """The notebook as JSON (nbformat 4.5); it looks for the report's folder beside it and where the app keeps them."""
    name = report.folder.name if report.folder else "report"
    cells = [("markdown", HEAD), ("code", OPENING.replace("THE_FOLDER", repr(name))), *CELLS]
    whole = {
        "cells": [_cell(place, kind, text) for place, (kind, text) in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _cell(place: int, kind: str, text: str) -> dict[str, object]:
    """One cell under nbformat's keys; its id is its place, so that the same report gives the same notebook."""
    cell: dict[str, object] = {"cell_type": kind, "id": f"cell-{place:02d}", "metadata": {}, "source": _lines(text)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _lines(text: str) -> Sequence[str]:
    return text.splitlines(keepends=True)
