"""A quiet line about folders that hold nothing readable."""

from collections.abc import Sequence

from concepts.storage.listing import LeftOut, left_out_line
from pages.components.safe_text import paragraph


def tell_left_out(left_out: Sequence[LeftOut], word: str) -> None:
    """Shows which folders are left out of a list and why; nothing where there is none. word: such as "report"."""
    if line := left_out_line(left_out, word):
        paragraph(f"{line}.", "cx-note")
