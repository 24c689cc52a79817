"""Names of figures as links to what they mean. HTML only: figures use it too."""

import re
from html import escape
from urllib.parse import urlencode

from concepts.glossary import entry_of, key_of_term


def term_href(name: str) -> str:
    """The glossary's address of a term, from the gallery's."""
    return "glossary?" + urlencode({"term": key_of_term(name)})


def term_link(name: str, term: str | None = None) -> str:
    """A name as a dotted link to its entry in the glossary; the name alone, escaped, where there is none.

    term: the entry's own name where the page says it otherwise.
    """
    entry = entry_of(term or name)
    if entry is None:
        return escape(name)
    href = escape(term_href(entry.term))
    said = escape(f"{name}: what does it mean?")
    return f'<a class="cx-term" href="{href}" target="_self" title="{said}">{escape(name)}</a>'


def with_terms(text: str, *names: str) -> str:
    """A text, escaped, in which the first mention of each name is its link; names that are not in it are left."""
    spans: list[tuple[int, int]] = []
    for name in names:
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        if found and all(found.end() <= start or end <= found.start() for start, end in spans):
            spans.append(found.span())
    parts, last = [], 0
    for start, end in sorted(spans):
        parts += [escape(text[last:start]), term_link(text[start:end])]
        last = end
    return "".join([*parts, escape(text[last:])])
