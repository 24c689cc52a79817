"""A number of things in words."""


def counted(n: int, thing: str) -> str:
    """Such as "1 photo", "0 photos", "1,234 photos" for a thing whose plural ends in s."""
    return f"1 {thing}" if n == 1 else f"{n:,} {thing}s"
