"""The verdict in words: one sentence for the finding, one for every suspect, the same on the page and in files."""

from collections.abc import Callable, Sequence

from concepts.data.nouns import PHOTO, TEXT
from concepts.data.texts import one_line
from concepts.numerics.counted import counted
from concepts.numerics.written import minus, with_sign, written
from concepts.report.names import NUMBERS, Names, in_line, joined_names
from concepts.report.rendering.sentences import percent, score_unit
from concepts.report.rendering.verdict_wordings import verdict_wording
from concepts.report.schema import ReportData
from concepts.report.verdict import (
    DIFFERS,
    LEANS,
    LEAST_EVIDENCE,
    CounterProof,
    Kind,
    Suspect,
    Verdict,
    whole_phrases,
)

NOT_TESTED = "not tested"
LONGEST_PHRASE = 80  # characters of words that were put in
LONGEST_IN_BADGE = 30
JUDGED_BY = "“Part of the thing” or “Should not matter”"  # the buttons by which a person judges words
ON_PAGE, BELOW = "on the report's page", "below"  # where these buttons are: elsewhere, or under the sentence
WORDS: dict[Kind | None, str] = {LEANS: "leans on it", DIFFERS: "looks differ", "one way": "one way", None: NOT_TESTED}
SIGNS: dict[Kind | None, str] = {LEANS: "▲", DIFFERS: "◆", "one way": "●", None: "○"}  # a shape each, not only a colour
ORDER: tuple[Kind | None, ...] = (LEANS, DIFFERS, "one way", None)  # what needs a look first
PUT_ON = {
    "pixels": ("cut out and pasted on", "the same piece of photos without it"),
    "activations": ("added to the activations of", "another concept of the same size"),
    "words": ("put into", "as many other words"),
}
PUT_ON_THEM = {"pixels": ("Pasting", "on"), "activations": ("Adding", "on")}


def badge_class(kind: Kind | None) -> str:
    """The badge's class in a style sheet."""
    return "untested" if kind is None else kind.replace(" ", "-")


def verdict_words(kind: Kind | None, phrase: str = "") -> str:
    """The verdict in a few words. phrase: the words that it leans on, of a text (`Verdict.phrase`)."""
    if kind != LEANS or not phrase:
        return WORDS[kind]
    return f"leans on “{in_line(one_line(phrase, LONGEST_IN_BADGE))}”"


def words_of_verdict(data: ReportData) -> str:
    """A report's verdict in a few words."""
    return verdict_words(None) if data.verdict is None else verdict_words(data.verdict.kind, data.verdict.phrase)


def verdict_sentence(data: ReportData, names: Names = NUMBERS, *, judged: str = ON_PAGE) -> str:
    """The finding: what the model leans on and how that is known, or why nothing is said.

    judged: where a person says whether words belong to the class, seen from where the sentence stands.
    """
    verdict = data.verdict
    if verdict is None:
        return (
            f"Whether the model leans on {verdict_wording(data.noun).leaned_on} was not tested: the report was made "
            "without it, or before it could be."
        )
    if (suspect := verdict.suspect) is not None:
        named = NAMED[data.noun](suspect, data, names)
        return f"{named} {_asks_a_person(data, judged)}" if data.noun == TEXT else named
    return _nothing_proved(verdict, data.noun)


def suspect_sentence(suspect: Suspect, data: ReportData, names: Names = NUMBERS) -> str:
    """All that was tested of one suspect, and what it fails."""
    unit = score_unit(data)
    text = (
        f"{counted(suspect.n, data.noun)} ({percent(suspect.share)}) {'shows' if suspect.n == 1 else 'show'} "
        f"{_it(suspect)}, the others do not. There it carries {percent(suspect.evidence)} of the evidence and moves "
        f"the score by {with_sign(suspect.effect)} {unit} (95% interval {with_sign(suspect.effect_low)} to "
        f"{with_sign(suspect.effect_high)}). Without it {_loss(suspect, data)}."
    )
    proofs = " ".join(proof_sentence(proof, data) for proof in suspect.counterproof)
    return " ".join(part for part in (text, proofs, use_sentence(suspect, data), _why(suspect, data, names)) if part)


def use_sentence(suspect: Suspect, data: ReportData) -> str:
    """Where the words that were put in stand already, for whoever judges them; "" where that is not known."""
    use = next((proof.use for proof in suspect.counterproof if proof.use is not None), None)
    if use is None:
        return ""
    held = f"{use.elsewhere:,} of {counted(use.n_elsewhere, data.noun)} of other classes hold these words"
    beside = [f"“{in_line(one_line(word, LONGEST_PHRASE))}”" for word in use.beside]
    come = "comes" if len(beside) < 2 else "come"
    with_them = f"{joined_names(beside)} {come} with them most" if beside else f"no other word {come} with them"
    return f"{held}; in “{data.target.label}” {with_them}{'' if beside else ' beyond chance'}."


def proof_sentence(proof: CounterProof, data: ReportData) -> str:
    """One counter-proof with its control."""
    how, control = PUT_ON[proof.by]
    unit, others = score_unit(data), counted(proof.others, data.noun)
    start = f"{quoted_phrases(proof.phrases)}, {how}" if proof.phrases else _capital(how)
    return (
        f"{start} {others} of other classes, {_moves(proof)} “{data.target.label}” by "
        f"{with_sign(proof.rise, 1)} {unit} and turns {proof.turned:,} of them into it; {control}: "
        f"{with_sign(proof.control_rise, 1)}, and {proof.control_turned:,}. (95% interval of the difference "
        f"{with_sign(proof.low, 1)} to {with_sign(proof.high, 1)}; the class usually leads by {proof.lead:.1f}.)"
    )


def finding_facts(suspect: Suspect, data: ReportData) -> list[tuple[str, str, str]]:
    """The three numbers of a finding, each a name, a value and a note: what it raises, costs, and does elsewhere."""
    unit, proof = score_unit(data), next(iter(suspect.counterproof), None)
    rows = [
        ("where it is, it raises the score by", f"{written(suspect.effect)} {unit}",
         f"{written(suspect.effect_low)} to {written(suspect.effect_high)}; {percent(suspect.evidence)} of the "
         "evidence"),
        ("without it, the class loses", *_fall(suspect, data)),
    ]  # fmt: skip
    if proof is not None:
        rows.append((
            f"{PUT_ON[proof.by][0]} {proof.others:,} {data.noun}s of other classes",
            f"{with_sign(proof.rise, 1)} {unit}",
            f"{proof.turned:,} become “{data.target.label}”; {PUT_ON[proof.by][1]}: "
            f"{with_sign(proof.control_rise, 1)}, and {proof.control_turned:,}",
        ))  # fmt: skip
    return rows


def _fall(suspect: Suspect, data: ReportData) -> tuple[str, str]:
    """What is lost without it, and its interval."""
    if data.model.output == "regression":
        return written(suspect.loss), f"{written(suspect.loss_low)} to {written(suspect.loss_high)}"
    lost = f"; {percent(suspect.lost)} of the answers" if suspect.lost_low > 0 else ""
    low, high = 100 * suspect.loss_low, 100 * suspect.loss_high
    return f"{written(100 * suspect.loss)} points of probability", f"{written(low)} to {written(high)}{lost}"


def _named_on_photos(suspect: Suspect, data: ReportData, names: Names) -> str:
    """The sentence for a suspect that the model leans on, or that could not be tried on other photos."""
    leaned_on = f"{verdict_wording(data.noun).leaned_on}: {_where(suspect, data, names)}."
    if suspect.works is None:
        return f"The model may lean on {leaned_on} {_unproved(data)}"
    proof = suspect.counterproof[0]
    putting, on = PUT_ON_THEM[proof.by]
    return (
        f"The model leans on {leaned_on} {putting} {_them(suspect)} {on} {proof.others:,} {data.noun}s of other "
        f"classes raises “{data.target.label}” by {proof.rise:.1f} {score_unit(data)}, and {proof.turned:,} of these "
        "become it."
    )


def _named_on_texts(suspect: Suspect, data: ReportData, names: Names) -> str:
    """The same on texts: the words, how many texts hold them, and what they do in others."""
    leaned_on = f"{verdict_wording(data.noun).leaned_on}: {_where(suspect, data, names)}."
    if suspect.works is None:
        return f"The model may lean on {leaned_on} {_unproved(data)}"
    proof = suspect.counterproof[0]
    words = quoted_phrases(proof.phrases)
    if words:
        leaned_on = f"{words} ({_concepts(suspect, names)}): {_held(suspect, proof, data)}."
    done = f"Put into {proof.others:,}" if words else f"Added to the activations of {proof.others:,}"
    control = "as many other words" if words else PUT_ON["activations"][1]
    return (
        f"The model leans on {leaned_on} {done} texts of other classes, {'these words' if words else _them(suspect)} "
        f"{'raise' if words or len(suspect.concepts) > 1 else 'raises'} “{data.target.label}” by {proof.rise:.1f} "
        f"{score_unit(data)}, and {proof.turned:,} of the texts become it ({control}: {proof.control_turned:,})."
    )


NAMED: dict[str, Callable[[Suspect, ReportData, Names], str]] = {PHOTO: _named_on_photos, TEXT: _named_on_texts}


def _where(suspect: Suspect, data: ReportData, names: Names) -> str:
    return f"{_concepts(suspect, names)}, in {percent(suspect.share)} of the {data.noun}s"


def _concepts(suspect: Suspect, names: Names) -> str:
    return joined_names([names.concept(j) for j in suspect.concepts[:3]])


def _them(suspect: Suspect) -> str:
    return "it" if len(suspect.concepts) == 1 else "them"


def _held(suspect: Suspect, proof: CounterProof, data: ReportData) -> str:
    """How many texts of the class hold the words; of the concept where they were not counted, in older reports."""
    if proof.use is None:
        return f"in {percent(suspect.share)} of the {data.noun}s"
    return f"{proof.use.own:,} of {counted(proof.use.n_own, data.noun)} hold these words"


def _asks_a_person(data: ReportData, judged: str) -> str:
    """That no figure tells a word of the class from a planted one; judged: where the buttons of a person are."""
    return f"Whether these words belong to “{data.target.label}”, no figure tells: say so {judged} ({JUDGED_BY})."


def _nothing_proved(verdict: Verdict, noun: str) -> str:
    if not verdict.suspects:
        return verdict_wording(noun).nothing
    if len(verdict.suspects) == 1:
        return verdict_wording(noun).one_failed
    return verdict_wording(noun).all_failed.format(n=len(verdict.suspects))


def _loss(suspect: Suspect, data: ReportData) -> str:
    """What is lost when the suspect is removed."""
    if data.model.output == "regression":
        return (
            f"the output falls by {written(suspect.loss)} (95% interval {written(suspect.loss_low)} to "
            f"{written(suspect.loss_high)})"
        )
    sign, word = (-1, "gains") if suspect.loss < 0 else (1, "loses")
    low, high = sorted((100 * sign * suspect.loss_low, 100 * sign * suspect.loss_high))
    answers = f", and {percent(suspect.lost)} of the answers" if suspect.lost_low > 0 else ""
    return (
        f"the class {word} {100 * abs(suspect.loss):.1f} points of probability (95% interval "
        f"{minus(f'{low:.1f}')} to {minus(f'{high:.1f}')}){answers}"
    )


def _why(suspect: Suspect, data: ReportData, names: Names) -> str:
    """What the suspect fails; empty where the model leans on it."""
    if suspect.leaned_on:
        return ""
    wording = verdict_wording(data.noun)
    if suspect.stand_in is not None:
        return f"The other {data.noun}s show {names.concept(suspect.stand_in)} in its place: {wording.stand_in}."
    if suspect.effect_low <= 0:
        return "It does not raise the score: the model does not lean on it."
    if not suspect.raises:
        return f"It carries less than {percent(LEAST_EVIDENCE)} of the evidence: too little to lean on."
    if not suspect.costs:
        return "Nothing is lost without it: the model does not lean on it."
    if suspect.works is None:
        return _unproved(data)
    return f"It does not work {wording.elsewhere}: nothing shows that “{data.target.label}” leans on it."


def _unproved(data: ReportData) -> str:
    """Why there is no counter-proof."""
    if data.model.output == "regression":
        return f"A quantity has no {data.noun}s of other classes to prove it on."
    if data.verdict is not None and data.verdict.others:
        return f"It was not put {_on(data)} other {data.noun}s: others, which carry more of the evidence, were."
    where = "a second file" if data.noun == TEXT else "a second folder"
    return f"There are no {data.noun}s of other classes to prove it on: give some (--others, or {where})."


def _on(data: ReportData) -> str:
    return "into" if data.noun == TEXT else "on"


def _moves(proof: CounterProof) -> str:
    if not proof.phrases:
        return "it moves"
    return "move" if len(whole_phrases(proof.phrases)) > 1 else "moves"


def quoted_phrases(phrases: Sequence[str]) -> str:
    """The words that were put in: “as they say”, “they said” or “so they say”; those that hold another are left out."""
    names = [f"“{in_line(one_line(phrase, LONGEST_PHRASE))}”" for phrase in whole_phrases(phrases)]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _it(suspect: Suspect) -> str:
    return "it" if len(suspect.concepts) == 1 else f"these {len(suspect.concepts)} concepts together"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
