"""Linear maps from a vision space to a separately trained text space, and measures of how far to trust each map."""

from concepts.lexicon.alignment.bridge import Bridge, load_bridge
from concepts.lexicon.alignment.conse import conse
from concepts.lexicon.alignment.judging import LabelledPhotos, judge_on_photos, judge_on_words
from concepts.lexicon.alignment.lexicons import bridged_lexicon
from concepts.lexicon.alignment.methods import BRIDGES, fit_bridge
from concepts.lexicon.alignment.ranks import Judgement, word_ranks
from concepts.lexicon.alignment.transport import transport_plan

__all__ = [
    "BRIDGES",
    "Bridge",
    "Judgement",
    "LabelledPhotos",
    "bridged_lexicon",
    "conse",
    "fit_bridge",
    "judge_on_photos",
    "judge_on_words",
    "load_bridge",
    "transport_plan",
    "word_ranks",
]
