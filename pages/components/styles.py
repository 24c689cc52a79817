"""The style sheet of the pages' own HTML."""

from pathlib import Path

from markupsafe import Markup

from pages.components.macros import macro

SHEET = Path(__file__).resolve().parents[2] / "assets" / "pages.css"


def marked_section(place: int) -> Markup:
    """Marks the section in the bar that the shown page belongs to: Streamlit marks pages only. place: from 1."""
    return macro("styles.marked_section")(place)


def style_sheet() -> Markup:
    """The style sheet with the values of its colour variables."""
    return macro("styles.sheet")(Markup(SHEET.read_text(encoding="utf-8")))
