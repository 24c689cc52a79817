"""Similarity in the tokens' space (READ): maps of what is like that, and points read off them."""

from attribution.points import Points, similarity_points
from attribution.similarity_maps import (
    centre_of,
    conditional_map,
    map_agreement,
    mean_query,
    query_weights,
    segments,
    similarity_map,
    similarity_maps,
    unit_range,
    upsample,
)

__all__ = [
    "Points",
    "centre_of",
    "conditional_map",
    "map_agreement",
    "mean_query",
    "query_weights",
    "segments",
    "similarity_map",
    "similarity_maps",
    "similarity_points",
    "unit_range",
    "upsample",
]
