"""Negation put into an English sentence, or taken out, by rules: one at a time, elsewhere left alone."""

import re

import numpy as np

from concepts.probes.probe import Probe

AUXILIARY = "is|are|was|were|am|can|could|will|would|should|must|may|might"
PERFECT = r"(?:has|have|had)(?=\s+(?:been|\w+ed)\b)"  # elsewhere they are no auxiliaries
CONTRACTED = r"(?:it|he|she|that|there)['’]s|\w+['’](?:re|m|ll)"
PRONOUN = r"(?:i|you|he|she|it|we|they|this|that|there)\b"  # after an auxiliary: a question

PUT_IN = re.compile(rf"\b(?:{CONTRACTED}|{AUXILIARY}|{PERFECT})\b(?!['’])(?!\s+{PRONOUN})", re.IGNORECASE)
ANY_NEGATION = re.compile(r"\b(?:not|never|cannot|no|nothing|nobody|none|nor|neither|\w*n['’]t)\b", re.IGNORECASE)
IRREGULAR = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
TAKE_OUT = re.compile(
    r"\b(?P<joined>\w+?)(?:n['’]t)\b|(?P<apart>\s+n['’]t)\b|\b(?P<can>can)not\b|(?P<word>\b(?:not|never)\b\s*)",
    re.IGNORECASE,
)


def with_negation(text: str, rng: np.random.Generator) -> str | None:
    """The text with "not" after its first auxiliary; None where it has none, or is negated already.

    Auxiliaries: forms of be, can, will and the like; have before a participle in -ed, and been; it's, they're, I'm,
    we'll. A question, where a pronoun follows, is left alone.
    """
    if ANY_NEGATION.search(text):
        return None
    found = PUT_IN.search(text)
    return None if found is None else f"{text[: found.end()]} not{text[found.end() :]}"


def without_negation(text: str, rng: np.random.Generator) -> str | None:
    """The text without its first negation: "not", "never", "n't", "cannot"; None where it has none of them."""
    found = TAKE_OUT.search(text)
    if found is None:
        return None
    kept = found["can"] or ""
    if found["joined"]:
        kept = _whole(found["joined"])
    after = text[found.end() :] if kept or found["apart"] else text[found.end() :].lstrip()
    before = text[: found.start()]
    if found["word"] and not after[:1].isalnum():
        before = before.rstrip()
    return before + kept + after


def _whole(stem: str) -> str:
    """The auxiliary that was contracted: "wo" of "won't" is "will"."""
    whole = IRREGULAR.get(stem.casefold(), stem)
    return whole.capitalize() if stem[:1].isupper() and whole != stem else whole


NEGATION_IN = Probe("negation put in", '"not" is put after the first auxiliary of an English sentence.', with_negation)
NEGATION_OUT = Probe("negation taken out", 'The first "not", "never" or "n\'t" is taken out.', without_negation)
