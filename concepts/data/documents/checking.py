"""Which texts can be used, and why another is left out."""

import re
from collections.abc import Sequence

from concepts.data.documents.limits import TextLimits, check_total

SURROGATE = re.compile("[\ud800-\udfff]")


def text_problem(text: object, limits: TextLimits) -> str | None:
    """The reason why a text is left out, one line; None for one that is kept.

    Left out are what is no text, texts without a visible character, with a zero character or half a surrogate pair
    (neither can be shown or stored), and those over limits.max_characters. Other control characters are kept.
    """
    if text is None:
        return "its text is empty"
    if not isinstance(text, str):
        return f"its text is a {type(text).__name__}, not a text"
    if len(text) > limits.max_characters:
        return f"{len(text):,} characters, the limit for one text is {limits.max_characters:,}: cut it"
    if (place := text.find("\0")) >= 0:
        return f"a zero character at {place:,}, which no text has: is it a binary file?"
    if not text.isascii() and (half := SURROGATE.search(text)) is not None:
        return f"half of a surrogate pair at {half.start():,}, which is no character"
    return None if has_visible(text) else "its text is empty"


def sifted(texts: Sequence[object], limits: TextLimits) -> tuple[list[int], dict[int, str]]:
    """The indices of the texts that can be used, and for each other index why it is left out.

    Raises ValueError for more than limits.max_bytes characters together.
    """
    check_total(sum(len(text) for text in texts if isinstance(text, str)), "the column of texts", limits)
    problems = {i: problem for i, text in enumerate(texts) if (problem := text_problem(text, limits)) is not None}
    return [i for i in range(len(texts)) if i not in problems], problems


def has_visible(text: str) -> bool:
    """Whether any character is neither white space nor invisible (control or format characters)."""
    return any(not each.isspace() and each.isprintable() for each in text)
