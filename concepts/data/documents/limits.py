"""Upper limits on the reading of texts."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class TextLimits:
    """Upper limits on reading; all texts of a set are held in memory.

    max_texts: texts in one set, and rows of a table. max_characters: of one text; a longer one is left out.
    max_bytes: of a table, of a .txt with one text a line, and of all files of a folder or a zip together, unpacked.
    max_columns: of a table. Raises ValueError for a limit below 1.
    """

    max_texts: int = 1_000_000
    max_characters: int = 2_000_000
    max_bytes: int = 2**29
    max_columns: int = 1_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}: a limit is 1 or more")


DEFAULT_LIMITS = TextLimits()


def check_number(n_texts: int, title: str, limits: TextLimits) -> None:
    """Raises ValueError for more texts or rows than the limit for one set."""
    if n_texts > limits.max_texts:
        raise ValueError(f"{title} has more than {limits.max_texts:,} texts, the limit: give fewer")


def check_total(n_bytes: int, title: str, limits: TextLimits) -> None:
    """Raises ValueError for more bytes than the limit for one set."""
    if n_bytes > limits.max_bytes:
        raise ValueError(f"{title} has more than {limits.max_bytes:,} bytes of texts, the limit: give fewer")
