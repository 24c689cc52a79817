"""High resolution: photos cut into overlapping tiles, their tokens stitched on one fine grid (SliME)."""

from concepts.activations.tiling.encoder import TiledEncoder
from concepts.activations.tiling.photo import TiledTokens, encode_tiles

__all__ = ["TiledEncoder", "TiledTokens", "encode_tiles"]
