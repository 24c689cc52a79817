"""Similarity in the tokens' space (READ): maps of what is like that, and points read off them."""

from attribution.points import Points, similarity_points
from attribution.similarity_maps import (
    centre_of,
    conditional_map,
    ends_of,
    map_agreement,
    mean_query,
    most_like,
    place_similarities,
    query_weights,
    segmentation,
    segments,
    similarity_map,
    similarity_maps,
    stacked,
    unit_range,
    upsample,
)

__all__ = [
    "Points",
    "centre_of",
    "conditional_map",
    "ends_of",
    "map_agreement",
    "mean_query",
    "most_like",
    "place_similarities",
    "query_weights",
    "segmentation",
    "segments",
    "similarity_map",
    "similarity_maps",
    "similarity_points",
    "stacked",
    "unit_range",
    "upsample",
]
