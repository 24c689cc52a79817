"""A notebook that recomputes every figure of a report from the report's folder.

It is templates/report.ipynb, or texts.ipynb for a report on texts, with the report's folder filled in: an ordinary
notebook, which opens as it is, and whose cells are linted and formatted with the rest of the code. Its cells contain no
text written by others: the name of the report is read from the folder when the notebook runs.
"""

import json
from importlib.resources import files

from concepts.report.class_report import ClassReport

_TEMPLATES = files("concepts.publishing.tables").joinpath("templates")
TEMPLATE, TEXTS_TEMPLATE = _TEMPLATES.joinpath("report.ipynb"), _TEMPLATES.joinpath("texts.ipynb")
PARAMETER = '"THE_FOLDER"'  # value of NAME in the template's first code cell


def notebook_of(report: ClassReport) -> str:
    """The notebook as JSON (nbformat 4.5); it searches for the report's folder beside it and where the app keeps it."""
    name = report.folder.name if report.folder else "report"
    template = TEXTS_TEMPLATE if report.data.kind == "texts" else TEMPLATE
    return template.read_text(encoding="utf-8").replace(_in_json(PARAMETER), _in_json(repr(name)))


def _in_json(text: str) -> str:
    """The text as it appears inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
