"""A request whose paths mean the same in every folder."""

import os
from dataclasses import replace
from typing import Any

from concepts.report.request import Request

PATHS = ("model", "weights", "images", "texts", "others", "metadata", "classes", "pairs")  # fields that may be paths


def absolute(request: Request) -> Request:
    """The request with the paths in it absolute, so that processes in other folders read the same."""
    given = {name: getattr(request, name) for name in PATHS}
    changed: dict[str, Any] = {name: _absolute(value) for name, value in given.items() if value}
    return replace(request, **changed)


def _absolute(text: str) -> str:
    """The text with the path that it is, or that stands before a last colon, absolute; any other unchanged."""
    if os.path.exists(text):
        return os.path.abspath(text)
    file, colon, function = text.rpartition(":")
    return f"{os.path.abspath(file)}{colon}{function}" if file and os.path.isfile(file) else text
