"""Entries of the glossary under the headings of their sections."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.glossary import GlossaryEntry, key_of_term
from pages.components.macros import macro
from pages.components.terms import term_href
from pages.components.texts import link


def entry(entry: GlossaryEntry, *, chosen: bool = False) -> Markup:
    """One entry: name, other names, words, formula, source, related pages. Its anchor is its key."""
    see = [link(name, term_href(name)) for name in entry.see]
    return macro("glossary.entry")(entry, key_of_term(entry.term), see, chosen)


def entries(found: Sequence[GlossaryEntry], *, is_open: bool = True) -> Markup:
    """Entries in columns, section by section; is_open: whether all sections are unfolded."""
    rooms = dict.fromkeys(each.room for each in found)
    return macro("glossary.entries")(
        [(room, [entry(each) for each in found if each.room == room], is_open) for room in rooms]
    )
