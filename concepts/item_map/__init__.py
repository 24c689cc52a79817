"""A map of a large collection: landmarks laid out, all other items among them, drawn as density, read in place."""

from concepts.item_map.building import build_map
from concepts.item_map.density import Seen, View, counts_in, items_in, items_within, seen_in
from concepts.item_map.item_map import ItemMap
from concepts.item_map.kept import KeptNeighbours, neighbours_kept
from concepts.item_map.subset import Subset

__all__ = [
    "ItemMap",
    "KeptNeighbours",
    "Seen",
    "Subset",
    "View",
    "build_map",
    "counts_in",
    "items_in",
    "items_within",
    "neighbours_kept",
    "seen_in",
]
