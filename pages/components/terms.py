"""Names of figures as links to their glossary entries."""

import re
from urllib.parse import urlencode

from markupsafe import Markup

from concepts.glossary import entry_of, key_of_term
from pages.components.texts import link


def term_href(name: str) -> str:
    """The glossary's address of a term, relative to the gallery's."""
    return "glossary?" + urlencode({"term": key_of_term(name)})


def term_link(name: str, term: str | None = None) -> Markup:
    """A name as a dotted link to its entry in the glossary; the name alone where there is no entry.

    term: the entry's own name where the page uses another.
    """
    entry = entry_of(term or name)
    if entry is None:
        return Markup.escape(name)
    return link(name, term_href(entry.term), kind="cx-term", title=f"{name}: what does it mean?")


def with_terms(text: str, *names: str) -> Markup:
    """A text in which the first occurrence of each name is its link; names that do not occur are ignored."""
    spans: list[tuple[int, int]] = []
    for name in names:
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        if found and all(found.end() <= start or end <= found.start() for start, end in spans):
            spans.append(found.span())
    parts, last = [], 0
    for start, end in sorted(spans):
        parts += [text[last:start], term_link(text[start:end])]
        last = end
    return Markup("").join([*parts, text[last:]])
