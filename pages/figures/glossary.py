"""Entries of the glossary as HTML, under the headings of their rooms."""

from collections.abc import Sequence
from html import escape

from concepts.glossary import Entry, key_of_term
from pages.ui.terms import term_link


def entry_html(entry: Entry, *, chosen: bool = False) -> str:
    """One entry: name, other names, words, formula, source, what to see beside it. Its anchor is its key."""
    also = f"<small>also {escape(', '.join(entry.also))}</small>" if entry.also else ""
    formula = f'<p class="cx-formula"><code>{escape(entry.formula)}</code></p>' if entry.formula else ""
    source = f'<p class="cx-note">{escape(entry.source)}</p>' if entry.source else ""
    see = f'<p class="cx-note">See {", ".join(map(term_link, entry.see))}</p>' if entry.see else ""
    kind = " cx-chosen" if chosen else ""
    return (
        f'<section class="cx-entry{kind}" id="{key_of_term(entry.term)}"><h3>{escape(entry.term)} {also}</h3>'
        f"<p>{escape(entry.words)}</p>{formula}{source}{see}</section>"
    )


def entries_html(entries: Sequence[Entry]) -> str:
    """Entries in columns, room by room."""
    rooms = dict.fromkeys(entry.room for entry in entries)
    return "".join(
        f'<h2 class="cx-flat">{escape(room)}</h2><div class="cx-entries">'
        + "".join(entry_html(entry) for entry in entries if entry.room == room)
        + "</div>"
        for room in rooms
    )
