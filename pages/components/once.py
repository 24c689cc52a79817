"""HTML that is made once for the same content, and the key by which content is recognised."""

import io
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from textwrap import dedent
from typing import ParamSpec, Self

from markupsafe import Markup

from concepts.report.stored import StoredReport
from pages.components.kept import Kept

MOST_BYTES = 2**26  # of all kept HTML
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class SentHtml:
    """HTML that `st.html` sends as it is. It would search other HTML for indents, which takes 4 ms for 100 kB."""

    body: str

    @classmethod
    def of(cls, html: Markup) -> Self:
        """What `st.html` makes of it: without common indents, without white space around it."""
        return cls(dedent(html).strip())

    def _repr_html_(self) -> str:
        return self.body


_kept = Kept[SentHtml](MOST_BYTES, lambda html: sys.getsizeof(html.body))


def html_once(
    html_of: Callable[Arguments, Markup], *arguments: Arguments.args, **options: Arguments.kwargs
) -> SentHtml:
    """`html_of(*arguments, **options)` for `st.html`, for all visitors made once while their arguments are equal.

    html_of: a function of a module that reads its arguments only and shows nothing; they are told apart as by
    `content_key`. All that is kept has `MOST_BYTES` together.
    """
    return _kept.get(content_key((html_of, arguments, options)), lambda: SentHtml.of(html_of(*arguments, **options)))


def content_key(values: object) -> bytes:
    """16 bytes that differ where the values differ.

    A stored report among them stands for what was read from its folder, with its names. Functions are known by name.
    """
    content = io.BytesIO()
    _ContentPickler(content, protocol=pickle.HIGHEST_PROTOCOL).dump(values)
    return blake2b(content.getbuffer(), digest_size=16).digest()


class _ContentPickler(pickle.Pickler):
    """Writes what values hold; a report by its place, since its arrays may be large. Nothing reads it back."""

    def reducer_override(self, value: object) -> tuple[type[tuple], tuple[object]]:
        if isinstance(value, StoredReport) and value.origin is not None:
            return tuple, ((*value.origin, value.names),)
        return NotImplemented
