"""All glossary entries, and lookup by the name shown on a page."""

from importlib.resources import files

from concepts.glossary.entries_file import read_entries
from concepts.glossary.entry import ROOMS, GlossaryEntry
from concepts.glossary.extraction_entries import OF_EXTRACTIONS
from concepts.glossary.importance_entries import OF_IMPORTANCES
from concepts.glossary.measure_entries import OF_MEASURES
from concepts.storage.store import slug

WRITTEN = files("concepts.glossary").joinpath("entries.toml")
LONGEST = 80  # maximum length of a looked-up name
LETTERS = str.maketrans({"ℓ": "l", "μ": "mu", "²": "2", "×": "x"})


def _by_room() -> tuple[GlossaryEntry, ...]:
    """All entries sorted by room; those of methods and measures come before the written ones."""
    written = read_entries(WRITTEN.read_text(encoding="utf-8"), source=WRITTEN.name)
    entries = (*OF_MEASURES, *OF_EXTRACTIONS, *OF_IMPORTANCES, *written)
    return tuple(sorted(entries, key=lambda entry: ROOMS.index(entry.room)))


ENTRIES = _by_room()


def key_of_term(name: str) -> str:
    """The name as used in an address and as an anchor: "relative ℓ2" is "relative-l2"."""
    return slug(name[:LONGEST].translate(LETTERS))


def _by_key() -> dict[str, GlossaryEntry]:
    """Key → entry, for terms and other names; a term takes precedence over another entry's other name."""
    others = {key_of_term(name): entry for entry in ENTRIES for name in entry.also}
    return others | {key_of_term(entry.term): entry for entry in ENTRIES}


BY_KEY = _by_key()


def entry_of(name: str) -> GlossaryEntry | None:
    """The entry of a term, of another name for it, or of the key of either; None if there is none."""
    return BY_KEY.get(key_of_term(name))


def search_entries(text: str) -> list[GlossaryEntry]:
    """The entries that contain every word of the text, those with all words in a name first; all for an empty text."""
    words = text.casefold().split()
    fitting = [entry for entry in ENTRIES if all(word in _all_of(entry) for word in words)]
    return sorted(fitting, key=lambda entry: not all(word in _names_of(entry) for word in words))


def _names_of(entry: GlossaryEntry) -> str:
    return " ".join((entry.term, *entry.also)).casefold()


def _all_of(entry: GlossaryEntry) -> str:
    return " ".join((_names_of(entry), entry.words, entry.formula, entry.source)).casefold()
