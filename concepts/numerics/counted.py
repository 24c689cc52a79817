"""Things in words: how many, and which."""

from collections.abc import Sequence


def counted(n: int, thing: str) -> str:
    """Such as "1 photo", "0 photos", "2 strategies", "3 days", "1,234 photos"."""
    many = f"{thing}es" if thing.endswith("s") else f"{thing}s"
    if thing.endswith("y") and not thing.endswith(("ay", "ey", "oy", "uy")):
        many = f"{thing[:-1]}ies"
    return f"1 {thing}" if n == 1 else f"{n:,} {many}"


def listed(names: Sequence[str], most: int) -> str:
    """At most so many names with commas between them, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
