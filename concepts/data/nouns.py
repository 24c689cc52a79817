"""What the items of a dataset are called in sentences."""

from concepts.data.dataset import ItemKind

PHOTO, TEXT = "photo", "text"
NOUNS: dict[ItemKind, str] = {"images": PHOTO, "texts": TEXT}


def noun_of(kind: ItemKind) -> str:
    """The noun of one item, "photo" or "text"; `counted` makes the plural."""
    return NOUNS[kind]
