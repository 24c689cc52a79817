"""A notebook that makes every figure of a report again, from the report's folder.

It is templates/report.ipynb, in which the report's folder is filled in: a notebook like any other, which opens as it
is, and whose cells are linted and formatted with the rest of the code. Its cells hold no text that others wrote: what
the report is called is read from the folder when the notebook runs.
"""

import json
from importlib.resources import files

from concepts.report.class_report import ClassReport

TEMPLATE = files("concepts.publishing.tables").joinpath("templates", "report.ipynb")
PARAMETER = '"THE_FOLDER"'  # what NAME is in the template's first cell of code


def notebook_of(report: ClassReport) -> str:
    """The notebook as JSON (nbformat 4.5); it looks for the report's folder beside it and where the app keeps them."""
    name = report.folder.name if report.folder else "report"
    return TEMPLATE.read_text(encoding="utf-8").replace(_in_json(PARAMETER), _in_json(repr(name)))


def _in_json(text: str) -> str:
    """The text as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
