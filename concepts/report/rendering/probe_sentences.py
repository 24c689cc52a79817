"""Probes of texts, and what gives their label away, in words; the same on the page, in the HTML file, on a terminal."""

import math

from attribution.methods import IMPORTANCES
from concepts.numerics.counted import counted
from concepts.numerics.written import minus, two_decimals, with_sign, written
from concepts.report.rendering.sentences import interval_text, percent, score_unit
from concepts.report.schema import ReportData
from concepts.report.text_rows import LinkRow, Measured, ProbeRow

TITLE = "What small changes do to the answer"
HELP = (
    "Each probe changes the texts a little and asks the model again. An answer that turns shows that the model reads "
    "what was changed; one that stays does not show that the model understood it. The control in the last row puts in "
    "words that are as frequent, whatever they mean: a probe that turns no more answers than that shows nothing."
)
SHOWN = 0.005  # a smaller change is written as 0.00
HEADER = ("Probe", "Answers that turn", "Change of the score", "Concepts that surely move")
NARROW = ("Probe", "Turned", "Score", "Moves")  # the same before the cells on a phone
CAPTION = "What each probe does"
MARKED = "Marked: before, the words that the probe took out; after, those that it put in."
DATA_TITLE = "What gives the label away, without the model"
DATA_HELP = (
    "Found in the labelled texts alone: it shows what a model could lean on, not that this one does. A concept that "
    "carries it says that the model sees it; What if says whether the answer depends on that concept."
)
WORD_HEADER = ("Word", "Of the class", "z", "p (Bonferroni)", "Texts", "Concepts that carry it")
WORD_NARROW = ("Word", "Of the class", "z", "p", "Texts", "Carried by")
WORD_REST = "The others"
WORD_CAPTION = "Words that say the label by themselves"


def control_of(data: ReportData) -> ProbeRow | None:
    """The row of the control; None where there is none."""
    return next((row for row in data.probes if row.is_control), None)


def turns_more(row: ProbeRow, control: ProbeRow | None) -> bool:
    """Whether surely more answers turn than under the control: the difference of both shares lies above 0.

    Its interval is that of two independent shares (Newcombe, Statistics in Medicine 1998, method 10).
    """
    if row.is_control or row.turned is None or control is None or control.turned is None:
        return False
    own, other = row.turned, control.turned
    return own.value - other.value > math.hypot(own.value - own.low, other.high - other.value)


def turned_text(row: ProbeRow) -> str:
    """How many answers turn, of how many."""
    if row.turned is None:
        return ""
    n = round(row.turned.value * row.n)
    return f"{n:,} of {row.n:,}: {percent(row.turned.value)} ({interval_text(row.turned.low, row.turned.high)})"


def score_text(row: ProbeRow, data: ReportData) -> str:
    """The mean change of the score with its interval, and how much of it the concepts carry where they add up to it."""
    if row.score is None:
        return ""
    carried = sum(each.change.value for each in row.moved)
    told = adds_up(data) and row.moved and abs(row.score.value) >= SHOWN
    by_concepts = f"; the concepts together {with_sign(carried)}" if told else ""
    return f"{_signed(row.score)} {score_unit(data)}{by_concepts}"


def adds_up(data: ReportData) -> bool:
    """Whether the concepts' importances add up to the score, but for what the dictionary leaves out."""
    return IMPORTANCES[data.settings.importance].complete_when_affine


def moved_text(change: Measured) -> str:
    """The change of a concept's importance with its interval."""
    return _signed(change)


def _signed(figure: Measured) -> str:
    return f"{with_sign(figure.value)} ({with_sign(figure.low)} to {with_sign(figure.high)})"


def probe_sentences(data: ReportData) -> list[str]:
    """One sentence for each probe under which surely more answers turn than under its control; one where none does."""
    control = control_of(data)
    found = [_sentence(row, control) for row in data.probes if turns_more(row, control)]
    if not found and data.probes and control is not None and control.turned is not None:
        return [f"no probe turns surely more answers than words as frequent do ({percent(control.turned.value)})."]
    return found


def _sentence(row: ProbeRow, control: ProbeRow | None) -> str:
    beside = "" if control is None or control.turned is None else f"; the control turns {percent(control.turned.value)}"
    return f"{row.name}: {turned_text(row)} answers turn{beside}."


def flip_title(row: ProbeRow, data: ReportData) -> str:
    """What the example of a probe shows."""
    away = row.flips[0].away
    said = f"“{data.target.label}” no longer" if away else f"“{data.target.label}” now"
    return f"The text whose score changes most; the model answers {said}."


def word_row(data: ReportData, i: int) -> tuple[str, ...]:
    """The cells of a word, under `WORD_HEADER`, without its concepts."""
    found = data.data_artefacts
    if found is None:
        return ()
    row = found.words[i]
    share = f"{percent(row.share.value)} ({interval_text(row.share.low, row.share.high)})"
    return row.word, share, minus(f"{row.z:+.1f}"), written(row.p), f"{row.n:,}"


def words_sentence(data: ReportData) -> str:
    """How many words were tested, and what a word that is found says."""
    found = data.data_artefacts
    if found is None:
        return ""
    tested = f"{counted(found.n_words, 'word')} of {counted(found.n, 'labelled text')} were tested"
    base = f"{percent(found.base)} of these texts are of “{data.target.label}”"
    if not found.words:
        return f"{tested}: none says by itself whether a text is of “{data.target.label}” ({base})."
    return f"{tested}, of which these say most surely whether a text is of “{data.target.label}”; {base}."


def length_sentence(data: ReportData) -> str:
    """Whether the length says the label; empty where it is not known."""
    row = data.data_artefacts and data.data_artefacts.length
    if not row:
        return ""
    known = row.auroc.low > 0.5 or row.auroc.high < 0.5
    return (
        f"Length {'says something' if known else 'says nothing that is sure'}: texts of the class have "
        f"a median of {row.median:g} words, others of {row.median_of_others:g}; AUROC {two_decimals(row.auroc.value)} "
        f"({two_decimals(row.auroc.low)} to {two_decimals(row.auroc.high)}), 0.5 would be nothing."
    )


def copies_sentence(data: ReportData) -> str:
    """How many texts are copies, and across labels."""
    found = data.data_artefacts
    if found is None:
        return ""
    if found.copies is None:
        return "No text has a copy, exact or near."
    row = found.copies
    copies = f"{counted(row.texts, 'text')} have copies, exact or near, in {counted(row.groups, 'group')}"
    if not row.groups_across:
        return f"{copies}; no group has texts of the class and of others."
    across = f"{counted(row.groups_across, 'group')} ({counted(row.texts_across, 'text')})"
    return f"{copies}; {across} with texts of the class and of others, where a label may be wrong."


def link_text(link: LinkRow) -> str:
    """How well the concept's code tells the texts, beside the control."""
    return f"AUROC {two_decimals(link.auroc.value)}, control {two_decimals(link.control)}"
