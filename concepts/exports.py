"""Exports under their public name, which exported notebooks import; they live in `concepts.publishing.tables`.

Notebooks that people have exported import from other places too, where things once were: those names are kept here.
"""

import sys
from importlib import import_module

from concepts.publishing.tables import *  # noqa: F403 - all of it, and whatever is added there

MOVED = {  # module that an exported notebook imports after this one -> where it is now
    "concepts.exports.files": "concepts.publishing.tables.files",
    "concepts.report.result": "concepts.report.class_report",
    "concepts.report.drawing": "concepts.report.rendering.graph_geometry",
    "concepts.report.overlay": "concepts.report.rendering.overlay",
    "concepts.report.words": "concepts.report.rendering.sentences",
}
sys.modules.update({old: import_module(new) for old, new in MOVED.items()})
