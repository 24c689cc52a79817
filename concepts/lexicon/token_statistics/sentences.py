"""One plain sentence for the meaning of each figure of a language."""

import math
from collections.abc import Callable

from concepts.lexicon.token_statistics.zipf import ZipfFit
from concepts.numerics.intervals import Estimate

Sentence = Callable[[Estimate, Estimate, int], str]  # of the value, its control, the number of types used
SAME = 0.03  # share of the control: smaller differences are not reported
TEXT_EXPONENT = "about 1 in English"


def _entropy(value: Estimate, control: Estimate, n_used: int) -> str:
    most = math.log2(n_used)
    share = f"{value / most:.0%} of the most that {n_used:,} words allow" if n_used > 1 else "there is one word only"
    return f"The next token is as hard to guess as one of {2**value:,.1f} equally likely words: {share}."


def _within(value: Estimate, control: Estimate, n_used: int) -> str:
    alone = f"Within one photo a token is as hard to guess as one of {2**value:,.1f} words"
    if value > control.high:
        return f"{alone}: photos repeat their words less than if tokens were dealt out at random."
    if value >= (1 - SAME) * control:
        return f"{alone}: every photo uses the whole language."
    return f"{alone}, against {2**control:,.1f} if tokens were dealt out at random: photos keep to their own words."


def _neighbour(value: Estimate, control: Estimate, n_used: int) -> str:
    if value >= (1 - SAME) * control:
        return "Knowing the token to the left helps little: neighbours are nearly independent."
    return (
        f"Knowing the token to the left leaves one of {2**value:,.1f} words to guess, against {2**control:,.1f} when "
        "shuffled: neighbours tell much about each other."
    )


def _growth(value: Estimate, control: Estimate, n_used: int) -> str:
    if value < 0.05:
        return "Nothing new comes after the first photos: the whole vocabulary is in use at once."
    return f"Ten times as many tokens bring {10**value:,.1f} times as many words."


def _compression(value: Estimate, control: Estimate, n_used: int) -> str:
    saved = 1 - value / control
    if saved <= SAME:
        return (
            f"Compressed to {value:.0%} of their bytes, shuffled in {control:.0%}: the order of the tokens says little."
        )
    return f"Compressed to {value:.0%} of their bytes, shuffled to {control:.0%}: order alone saves {saved:.0%}."


SENTENCES: dict[str, Sentence] = {
    "entropy": _entropy,
    "entropy in a photo": _within,
    "entropy given the neighbour": _neighbour,
    "growth": _growth,
    "compression (zlib)": _compression,
    "compression (lzma)": _compression,
}
UNITS = {"entropy": "bits", "entropy in a photo": "bits", "entropy given the neighbour": "bits", "growth": "exponent"}


def zipf_sentence(fit: ZipfFit | None, length: int, control: Estimate | None) -> str:
    """The meaning of the slope, for words that are runs of `length` tokens."""
    if fit is None:
        return "Fewer than three words occur five times: there is no line to fit."
    s, word = float(fit.exponent), "token" if length == 1 else f"run of {length}"
    falls = (
        "nearly all are used alike" if s < 0.3 else "a few are used for most" if s > 1.5 else "some are used much more"
    )
    text = (
        f"The frequency of a {word} falls as 1 / rank to the power of {s:.2f} (95% interval {fit.exponent.low:.2f} to "
        f"{fit.exponent.high:.2f}; {TEXT_EXPONENT}): {falls}. A straight line explains {fit.r2:.0%} of it over "
        f"{fit.ranks:,} ranks; weighing every token alike, the power is {float(fit.likelihood):.2f}."
    )
    if length == 1 or control is None:
        return text + " Shuffling moves tokens and changes none, so that it cannot change how often each occurs."
    return f"{text} Shuffled tokens give {float(control):.2f}."
