"""The words of a concept of texts in sentences: those that set its texts apart, and how far they tell where it is."""

from concepts.numerics.written import two_decimals
from concepts.report.names import in_line
from concepts.report.rows import WordingRow, WordRow
from concepts.report.schema import ReportData

MARKS = (
    "Marked: words without which the concept falls, the stronger the more; underlined: words without which it rises. "
    "Found by taking out one word at a time."
)
DECILES = "Over the whole range of its activation, largest first: the top alone makes a concept look purer than it is."
NO_WORDS = "No word is surely more frequent in its texts than in others of the same lengths."
HEADER = ("Word", "Log-odds", "95% interval", "In its texts", "In others")
MEASURE = (
    "Words of a concept: log-odds in the texts that show it most, beside other texts of the same lengths, with 95% "
    "interval (Monroe et al. 2008)."
)


def wording_of(data: ReportData, concept: int) -> WordingRow | None:
    """What is known of a concept in words; None in a report on photos."""
    return next((row for row in data.wordings if row.concept == concept), None)


def words_sentence(row: WordingRow, most: int | None = None) -> str:
    """The words with their log-odds and intervals: “as they say” 2.31 (1.20 to 3.40), “rain” … ends with a point."""
    if not row.words:
        return NO_WORDS
    return ", ".join(_word(each) for each in row.words[:most]) + "."


def word_table(row: WordingRow) -> list[tuple[str, ...]]:
    """A line of texts for each word, under `HEADER`."""
    return [
        (each.term, two_decimals(each.log_odds), _interval(each), f"{each.active:,}", f"{each.inactive:,}")
        for each in row.words
    ]


def list_sentence(row: WordingRow) -> str:
    """Whether the concept is a list of words, in one sentence."""
    if row.list_auroc is None or row.list_low is None or row.list_high is None:
        return "There are too few texts to try whether these words alone tell where it is."
    found = f"{two_decimals(row.list_auroc)} ({two_decimals(row.list_low)} to {two_decimals(row.list_high)})"
    control = "" if row.list_control is None else f" A random direction reaches {two_decimals(row.list_control.value)}."
    return (
        f"“Holds one of its words” tells where it is, on texts held out, with AUROC {found}: 1 would be a list of "
        f"words, 0.5 a concept that its words do not tell.{control}"
    )


def _word(row: WordRow) -> str:
    return f"“{in_line(row.term)}” {two_decimals(row.log_odds)} ({_interval(row)})"


def _interval(row: WordRow) -> str:
    return f"{two_decimals(row.low)} to {two_decimals(row.high)}"
