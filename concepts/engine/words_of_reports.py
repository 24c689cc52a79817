"""The words whose codes are compared with a report: those that are given, or the model's classes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from concepts.evaluation.compression.words import FEWEST

if TYPE_CHECKING:
    from concepts.lexicon import Lexicon
    from concepts.models import Split

MOST_BYTES = 2 * 10**9  # of memory in which concepts are named, beside what the reports take


@dataclass(frozen=True, eq=False)
class WordsOfReport:
    """lexicon: None: no words. named: whether concepts are named by them. left_out: what is not compared, and why."""

    lexicon: "Lexicon | None"
    named: bool = False
    left_out: str | None = None


def words_of_report(split: "Split", given: "Lexicon | None") -> WordsOfReport:
    """The words that are given, else the classes of the split's model; known before any report is made.

    Raises ValueError for given words of another width than the split's tokens.
    """
    if given is not None and given.n_channels != split.n_channels:
        raise ValueError(
            f"the words “{given.name}” have {given.n_channels} channels, the tokens at {split.layer} "
            f"{split.n_channels}: take words of this model and layer"
        )
    found = WordsOfReport(given) if given is not None else _classes(split)
    if found.lexicon is None or len(found.lexicon) < FEWEST:
        return found
    return _named_where_memory_allows(found.lexicon)


def naming_bytes(n_words: int, channels: int) -> int:
    """About the memory that naming by so many words takes: 8 bytes for each of 1,000 shuffles, and 30 a channel.

    Measured beside the vectors: 14 KB a word of 384 channels, 30 KB of 1,024.
    """
    from concepts.lexicon.naming.scores import SHUFFLES

    return n_words * (8 * SHUFFLES + 30 * channels)


def _classes(split: "Split") -> WordsOfReport:
    from concepts.lexicon.classes import find_class_lexicon

    not_compared = "Codes of words are not compared: the model's classes"
    try:
        lexicon = find_class_lexicon(split)
    except ValueError as error:
        return WordsOfReport(None, left_out=f"{not_compared} cannot be words: {error}.")
    if lexicon is None:
        return WordsOfReport(None, left_out=f"{not_compared} are no words at {split.layer}.")
    return WordsOfReport(lexicon)


def _named_where_memory_allows(lexicon: "Lexicon") -> WordsOfReport:
    needed = naming_bytes(len(lexicon), lexicon.n_channels)
    if needed <= MOST_BYTES:
        return WordsOfReport(lexicon, named=True)
    return WordsOfReport(
        lexicon,
        left_out=f"Names of concepts are not compared: naming by {len(lexicon):,} words of {lexicon.n_channels} "
        f"channels takes about {needed / 1e9:.1f} GB of memory, more than {MOST_BYTES / 1e9:.0f}.",
    )
