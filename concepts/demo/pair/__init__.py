"""A small pair of image and text encoders of the demo world: patches and words share one sparse vocabulary."""

from concepts.demo.pair.encoders import Pair, PairImages, PairTexts, TextWords, load_pair, pair_lexicon

__all__ = ["Pair", "PairImages", "PairTexts", "TextWords", "load_pair", "pair_lexicon"]
