"""`open_photos` under its public name, on which people's code relies; photos live in `concepts.data.images`."""

from concepts.data.images import open_photos

__all__ = ["open_photos"]
