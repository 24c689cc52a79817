"""Words with directions in token space, and the word activations of tokens.

Submodules are imported on first use: reading concept names (`naming`) needs no torch.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.lexicon.activated_words import token_activations, top_words, top_words_by_place, word_activation
    from concepts.lexicon.babel import babel_languages, babel_names, translated
    from concepts.lexicon.carrying import CarriedLexicon, carried
    from concepts.lexicon.classes import class_lexicon, class_reading, find_class_lexicon
    from concepts.lexicon.extending import ExtendedLexicon, with_mixture, with_words
    from concepts.lexicon.layers import LayerWords, layer_words
    from concepts.lexicon.lexicon import Lexicon, keep_top, lexical_activations
    from concepts.lexicon.maps import WordHeat, word_heat, word_map, word_maps
    from concepts.lexicon.overused import Overuse, overuse
    from concepts.lexicon.stored_lexicon import load_lexicon, save_lexicon
    from concepts.lexicon.word_list import WordEntry, lexicon_of_words, read_word_list
else:
    __getattr__ = late_imports(
        __name__,
        {
            "activated_words": ("token_activations", "top_words", "top_words_by_place", "word_activation"),
            "babel": ("babel_languages", "babel_names", "translated"),
            "carrying": ("CarriedLexicon", "carried"),
            "classes": ("class_lexicon", "class_reading", "find_class_lexicon"),
            "extending": ("ExtendedLexicon", "with_mixture", "with_words"),
            "layers": ("LayerWords", "layer_words"),
            "lexicon": ("Lexicon", "keep_top", "lexical_activations"),
            "maps": ("WordHeat", "word_heat", "word_map", "word_maps"),
            "overused": ("Overuse", "overuse"),
            "stored_lexicon": ("load_lexicon", "save_lexicon"),
            "word_list": ("WordEntry", "lexicon_of_words", "read_word_list"),
        },
    )

__all__ = [
    "CarriedLexicon",
    "ExtendedLexicon",
    "LayerWords",
    "Lexicon",
    "Overuse",
    "WordEntry",
    "WordHeat",
    "babel_languages",
    "babel_names",
    "carried",
    "class_lexicon",
    "class_reading",
    "find_class_lexicon",
    "keep_top",
    "layer_words",
    "lexical_activations",
    "lexicon_of_words",
    "load_lexicon",
    "overuse",
    "read_word_list",
    "save_lexicon",
    "token_activations",
    "top_words",
    "top_words_by_place",
    "translated",
    "with_mixture",
    "with_words",
    "word_activation",
    "word_heat",
    "word_map",
    "word_maps",
]
