"""Collections: photos with stored tokens, searched by similarity and by words."""

from concepts.lexicon.collections.chance import reach_of_photos, reach_of_places, reach_of_words
from concepts.lexicon.collections.collection import Collection, EncoderSummary, list_collections
from concepts.lexicon.collections.columns import Column, photos_with
from concepts.lexicon.collections.duplicated import build_duplicates_of, duplicates_of
from concepts.lexicon.collections.flags import FlaggedPhotos
from concepts.lexicon.collections.indexed import PhotoIndex, build_index_of, index_of, retrieve_by_index
from concepts.lexicon.collections.known import Joined, answer_column, newest_joined, strategy_column
from concepts.lexicon.collections.map_points import MapPoints
from concepts.lexicon.collections.mapped import build_map_of, map_of, nearest_photos, nearest_places
from concepts.lexicon.collections.photo_recall import PhotoRecall
from concepts.lexicon.collections.photo_words import WordsRead, first_words, read_words, stored_words
from concepts.lexicon.collections.place_search import (
    PlaceMatch,
    TokenMatrix,
    best_places,
    concept_direction,
    places_on_grid,
)
from concepts.lexicon.collections.recording import record_collection, record_report, space_of
from concepts.lexicon.collections.retrieval import RetrievedPhotos, distinct_place, mean_token, retrieve_photos
from concepts.lexicon.collections.same_space import is_space_of, share_space
from concepts.lexicon.collections.stored_tokens import tokens_of

__all__ = [
    "Collection",
    "Column",
    "EncoderSummary",
    "FlaggedPhotos",
    "Joined",
    "MapPoints",
    "PhotoIndex",
    "PhotoRecall",
    "PlaceMatch",
    "RetrievedPhotos",
    "TokenMatrix",
    "WordsRead",
    "answer_column",
    "best_places",
    "build_duplicates_of",
    "build_index_of",
    "build_map_of",
    "concept_direction",
    "distinct_place",
    "duplicates_of",
    "first_words",
    "index_of",
    "is_space_of",
    "list_collections",
    "map_of",
    "mean_token",
    "nearest_photos",
    "nearest_places",
    "newest_joined",
    "photos_with",
    "places_on_grid",
    "reach_of_photos",
    "reach_of_places",
    "reach_of_words",
    "read_words",
    "record_collection",
    "record_report",
    "retrieve_by_index",
    "retrieve_photos",
    "share_space",
    "space_of",
    "stored_words",
    "strategy_column",
    "tokens_of",
]
