"""Similarity in token space (READ): similarity maps, and points read off them."""

from attribution.points import Points, similarity_points
from attribution.similarity_maps import (
    centre_of,
    conditional_map,
    map_agreement,
    mean_query,
    nearest_query,
    on_scale,
    place_similarities,
    query_weights,
    segmentation,
    segments,
    similarity_map,
    similarity_maps,
    stack_queries,
    unit_range,
    upsample,
    value_range,
)

__all__ = [
    "Points",
    "centre_of",
    "conditional_map",
    "map_agreement",
    "mean_query",
    "nearest_query",
    "on_scale",
    "place_similarities",
    "query_weights",
    "segmentation",
    "segments",
    "similarity_map",
    "similarity_maps",
    "similarity_points",
    "stack_queries",
    "unit_range",
    "upsample",
    "value_range",
]
