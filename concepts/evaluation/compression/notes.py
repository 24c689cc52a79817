"""What a comparison of codes says below its tables: what was coded, how it was measured, and what cannot be judged."""

from collections.abc import Iterator

from concepts.evaluation.compression.comparison import SAMPLED, WORDS, Compression
from concepts.evaluation.compression.sentences import PRODUCT, n_of
from concepts.evaluation.compression.word_change import CONCEPTS, PLACES, WordChange
from concepts.evaluation.compression.words import FEWEST, FITTED
from concepts.numerics.counted import counted
from concepts.token_search.codes import product
from concepts.token_search.codes.product import CENTRES

A_CENTRE = 10  # tokens, or words, for each centre: with fewer, each lies near a centre that is its own
NAMED_AGAIN = {
    CONCEPTS: "The concepts of the report were named again with the vectors of each code, as the command “name” does "
    "it by the model's classes, the tokens as they are: kept are the names of concepts that have a good one with the "
    "exact vectors, better than 95% of shuffled ones. The last row has no code, with the thresholds drawn again; "
    "scores, and so the first five words, do not depend on that.",
    PLACES: "{n:,} places were named again with the vectors of each code, by the most activated word, less what it "
    "is activated on average: kept are those whose word is the same. Biases of words are kept as they are, and are in "
    "no bytes. The last row gives all places the commonest words: what is kept without looking.",
}
ALL_ELSE = (
    "Of the first five words of each, the share that stays among the first five stands beside it. Concepts, strategies "
    "and verdicts do not depend on words: no code of words changes them."
)


def about_sentence(found: Compression) -> str:
    """What was coded, and how much of it was searched."""
    tokens = f"{found.n_tokens:,} tokens of {found.channels:,} channels{_searched(found.n_tokens, SAMPLED)}"
    words = f" · {found.n_words:,} words{_searched(found.n_words, words_searched(found))}" if found.n_words else ""
    return f"{tokens}{words} · seed {found.seed} · {found.created[:10]}"


def words_searched(found: Compression) -> int:
    """How many words were searched: results from before December 2026 do not say so, it was at most 20,000."""
    return min(SAMPLED, found.n_words) if found.words_searched is None else found.words_searched


def how_sentences(found: Compression) -> list[str]:
    """How it was measured."""
    return [
        "Bytes are those of one token, or word, beside 4 a channel of full precision; what all share, such as tables "
        "of centres, is not in them; where it weighs more than a tenth of what is saved, it stands beside them, and "
        "how much smaller they are is with it. A "
        "hashed table is shared out among its words. Error: what is lost of the values, ‖A − Â‖ / ‖A‖. Recall: of the "
        "ten tokens that are most like one of 200 queries, the share that is found among the coded ones; at most "
        f"{_most(found)} are searched, drawn by the seed, and among more it is usually lower. The query is exact, and "
        "left out.",
        "Codes are judged on the tokens, or words, that their steps, centres and tables were fitted to (centres to at "
        f"most {product.FITTED:,} of them): others lose more.{_fitted(found)}",
        *_too_few(found),
        *_of_report(found),
        *([] if found.words_control is None else [_of_words(found, found.words_control)]),
        *_left_out(found),
    ]


def _of_report(found: Compression) -> Iterator[str]:
    if found.report is not None:
        yield (
            f"The report “{found.report}” was made again from the coded tokens: kept are concepts whose partner has a "
            "cosine of 0.95 or more, strategies are compared by the adjusted Rand index (1: the same). The last row "
            "has no code and the next seed: what changes anyway."
        )


def _of_words(found: Compression, control: WordChange) -> str:
    whose = "" if found.lexicon is None else f"The words are those of “{found.lexicon}”. "
    return f"{whose}{NAMED_AGAIN[control.of].format(n=control.n)} {ALL_ELSE}"


def _left_out(found: Compression) -> Iterator[str]:
    """Says what of words was not compared."""
    if 0 < found.n_words < FEWEST:
        whose = "The vocabulary" if found.lexicon is None else f"“{found.lexicon}”"
        yield f"{whose} has {counted(found.n_words, 'word')}, fewer than {FEWEST}: codes of words are not compared."
    if found.left_out is not None:
        yield found.left_out


def _too_few(found: Compression) -> Iterator[str]:
    """Says where product codes have too few to learn from."""
    for of in dict.fromkeys(row.of for row in found.rows if row.code == PRODUCT):
        n = min(SAMPLED, n_of(found, of))
        if n < A_CENTRE * CENTRES:
            yield (
                f"Product codes of {n:,} {of} cannot be judged: they have {CENTRES} centres, and fewer than {A_CENTRE} "
                f"{of} for each, so that many {of} are near one of their own and seem to lose little."
            )


def _most(found: Compression) -> str:
    """How many are searched: of words all, but in earlier results."""
    of_words = any(row.of == WORDS for row in found.rows) and found.words_searched is not None
    return f"{SAMPLED:,} tokens, and all words," if of_words else f"{SAMPLED:,}"


def _fitted(found: Compression) -> str:
    if (found.words_searched or 0) <= FITTED:
        return ""
    return f" Of the words, steps were fitted to {FITTED:,}, and centres to {product.FITTED:,} of these."


def _searched(n: int, searched: int) -> str:
    return f", {searched:,} of them searched" if n > searched else ""
