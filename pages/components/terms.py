"""Names of figures as buttons that explain them in place, by their glossary entries."""

import re
from urllib.parse import urlencode

from markupsafe import Markup

from concepts.glossary import ENTRIES, GlossaryEntry, entry_of, key_of_term
from pages.components.macros import macro


def term_href(name: str) -> str:
    """The glossary's address of a term, relative to the gallery's."""
    return "glossary?" + urlencode({"term": key_of_term(name)})


def explained(name: str, term: str | None = None) -> Markup:
    """A name as a dotted button that opens its explanation (`explanations`); the name alone where there is no entry.

    term: the entry's own name where the page uses another.
    """
    entry = entry_of(term or name)
    return Markup.escape(name) if entry is None else macro("terms.term")(name, _id(entry))


def explanations() -> Markup:
    """The explanations of all terms, each hidden until its button opens it: once a page."""
    return macro("terms.explanations")([(_id(entry), entry, term_href(entry.term)) for entry in ENTRIES])


def _id(entry: GlossaryEntry) -> str:
    return f"term-{key_of_term(entry.term)}"


def with_terms(text: str, *names: str) -> Markup:
    """A text in which the first occurrence of each name is its button; names that do not occur are ignored."""
    spans: list[tuple[int, int]] = []
    for name in names:
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        if found and all(found.end() <= start or end <= found.start() for start, end in spans):
            spans.append(found.span())
    parts, last = [], 0
    for start, end in sorted(spans):
        parts += [text[last:start], explained(text[start:end])]
        last = end
    return Markup("").join([*parts, text[last:]])
