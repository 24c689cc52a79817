"""The tokens of a collection as search reads them."""

from concepts.lexicon.collections.collection import Collection
from concepts.token_search import TokenFile, token_file_of


def tokens_of(collection: Collection) -> TokenFile:
    """The tokens of a collection that have a place, read where they lie."""
    return token_file_of(collection.activations)
