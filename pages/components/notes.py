"""Notes that people wrote on a concept or a strategy."""

from collections.abc import Sequence

from markupsafe import Markup

from pages.components.macros import macro


def note(flags: Sequence[str], description: str, signed: str) -> Markup:
    """Flags, description, author and time."""
    return macro("notes.note")(flags, description, signed)


def past_note(name: str, note: Markup) -> Markup:
    """An earlier name above its note."""
    return macro("notes.past")(name, note)
