"""From a vision space to a text space that was trained apart: linear maps, and how far each can be trusted."""

from concepts.bridge.bridge import Bridge, load_bridge
from concepts.bridge.conse import conse
from concepts.bridge.judging import LabelledPhotos, judge_on_photos, judge_on_words
from concepts.bridge.lexicons import bridged_lexicon
from concepts.bridge.methods import BRIDGES, fit_bridge
from concepts.bridge.ranks import Judgement, word_ranks
from concepts.bridge.transport import transport_plan

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
