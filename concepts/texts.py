"""`open_texts` under its public name, on which people's code relies; texts live in `concepts.data.documents`."""

from concepts.data.documents import open_texts

__all__ = ["open_texts"]
