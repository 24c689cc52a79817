"""How far a report's concepts can be trusted: a word by a stated rule, the three figures behind it, what to try."""

from dataclasses import dataclass
from typing import Literal

from concepts.report.rendering.sentences import percent
from concepts.report.rows import CARRIED, KEPT_ANSWERS, KEPT_R2
from concepts.report.schema import ReportData

Word = Literal["good", "fair", "weak", "unknown"]
GOOD, FAIR = (0.9, 0.8), (0.75, 0.5)  # least share of answers kept, least R² of the score
MOST_ADVISED = 50  # concepts


@dataclass(frozen=True)
class Trust:
    """The word; the answers kept, the share of the score carried, and R² of its differences; None where unknown."""

    word: Word
    answers: float | None
    carried: float | None
    r_squared: float | None


def trust_of(data: ReportData) -> Trust:
    """Good: at least 90% of the answers kept and R² at least 0.8; fair: 75% and 0.5; else weak.

    A model of quantities has no answers: R² alone counts. Unknown in reports that do not state R².
    """
    found = {check.name: check.value for check in data.checks}
    answers, carried, fit = (found.get(name) for name in (KEPT_ANSWERS, CARRIED, KEPT_R2))
    if fit is None:
        return Trust("unknown", answers, carried, fit)
    for word, (least_answers, least_fit) in (("good", GOOD), ("fair", FAIR)):
        if fit >= least_fit and (answers is None or answers >= least_answers):
            return Trust(word, answers, carried, fit)  # type: ignore[arg-type]
    return Trust("weak", answers, carried, fit)


def is_doubtful(data: ReportData) -> bool:
    """True where the word is fair or weak: there is something to try."""
    return trust_of(data).word in ("fair", "weak")


def trust_note(data: ReportData) -> str:
    """The figures behind the word in a few words: answers kept, score carried, differences between photos."""
    trust = trust_of(data)
    parts = [
        ("answers kept", trust.answers),
        ("of the score", trust.carried),
        ("of its differences", None if trust.r_squared is None else max(0.0, trust.r_squared)),
    ]
    return ", ".join(f"{_share(value)} {words}" for words, value in parts if value is not None)


def trust_sentence(data: ReportData) -> str:
    """What the word rests on, and what to try where it is not good."""
    trust = trust_of(data)
    if trust.word == "unknown":
        return "How far the concepts stand for the model is not known: this report states no R² of the score."
    kept = "" if trust.answers is None else f"keep {percent(trust.answers)} of its answers, "
    carried = "" if trust.carried is None else f"carry {_share(trust.carried)} of the score and "
    explain = f"explain {percent(max(0.0, trust.r_squared or 0.0))} of its differences between {data.noun}s"
    advice = "" if trust.word == "good" else f" {_advice(data)}"
    return f"Trust is {trust.word}: in place of the activations, the concepts {kept}{carried}{explain}.{advice}"


def _share(value: float) -> str:
    """In percent; "all" above 100%: concepts that give a little more than the score carry all of it."""
    return "all" if round(value, 2) > 1 else percent(value)


def _advice(data: ReportData) -> str:
    k = len(data.concepts)
    more = min(MOST_ADVISED, max(2 * k, 20))
    if more <= k:
        return "Try another layer, or another extraction."
    return f"Try more concepts ({more} in place of {k}), or another layer."
