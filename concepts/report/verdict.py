"""The verdict of a report: whether the model leans on something added, or on single words, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from concepts.storage.typed_json import Count, Finite, Positive, Share

Kind = Literal["leans", "differs", "one way"]
LEANS: Kind = "leans"
DIFFERS: Kind = "differs"
ONE_WAY: Kind = "one way"
MOST_OTHERS = 120  # photos of other classes on which a counter-proof is made
MOST_WITH_ARTEFACTS = 60  # of them, to which artefacts are applied
LEAST_TURNED = 0.05  # of them, that an artefact surely turns into the class where it is named
LEAST_EVIDENCE = 0.05  # of the evidence in the photos that show it: less is nothing to lean on
LEAST_LOSS = 1e-4  # of a probability: less is rounding
OF_LEAD = 0.1  # of the class's usual lead, by which it raises the score of other photos at least


@dataclass(frozen=True)
class PastedPicture:
    """A photo of another class before and after: its picture, and what the model answers."""

    before: str  # file names
    after: str
    predicted: str
    predicted_after: str


@dataclass(frozen=True)
class PastedText:
    """A text of another class with a suspect's words in it, from `start` to `stop`; what the model answers before and
    after."""

    text: str
    start: Count
    stop: Count
    predicted: str
    predicted_after: str


@dataclass(frozen=True)
class PhraseUse:
    """In how many texts the words of a suspect stand as they are: of the class, and of other classes that were read.

    beside: words that come with them in the class more often than by chance. Shown to whoever judges the words, and
    never used: a word of the class is rare elsewhere, and so is a planted one.
    """

    own: Count
    n_own: Count
    elsewhere: Count
    n_elsewhere: Count
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class CounterProof:
    """What the score of the class does when the concepts are put on photos, or texts, of other classes.

    rise: its mean change, in logits; control_rise: the same with the same region of a photo of the class that does not
    show them, or with another concept of the same norm. low, high: 95% bootstrap interval of the paired difference
    rise − control_rise. lead: the median lead of the class over the runner-up on its own photos that are recognised, in
    logits; 0 where there are none. turned: those that become the class.
    """

    by: Literal["pixels", "activations", "words"]
    others: Count
    rise: Finite
    control_rise: Finite
    low: Finite
    high: Finite
    lead: Finite
    turned: Count
    control_turned: Count
    pictures: tuple[PastedPicture, ...] = ()
    texts: tuple[PastedText, ...] = ()
    phrases: tuple[str, ...] = ()  # the words that were put in, the commonest first
    use: PhraseUse | None = None  # of these words; None where none were, and in older reports

    @property
    def works(self) -> bool:
        """True where it raises the score by more than its control does, and by at least a tenth of the usual lead."""
        return self.low > 0 and self.rise > 0 and self.rise >= OF_LEAD * self.lead


@dataclass(frozen=True)
class Suspect:
    """Concepts that are present together in some photos and absent in the others, with what the model makes of them.

    Intervals: 95%, bootstrap over photos.
    """

    concepts: tuple[Count, ...]  # the one with most evidence first
    strategy: Count | None  # whose photos are these
    added: Share  # how cleanly they are something added, see `concepts.strategies.suspicion`
    n: Count  # photos that show them
    share: Share  # of all photos
    evidence: Positive  # their share of Σ |φ| in these photos
    effect: Finite  # mean φ where present minus mean φ where absent, in logits
    effect_low: Finite
    effect_high: Finite
    loss: Finite  # mean fall of the class's probability when they are removed; of a quantity, its fall
    loss_low: Finite
    loss_high: Finite
    lost: Finite  # share of these photos that are recognised with them alone, less the share only without
    lost_low: Finite
    lost_high: Finite
    counterproof: tuple[CounterProof, ...]  # the one that counts first; empty where it was not made
    photos: tuple[Count, ...]
    stand_in: Count | None = None  # a concept that other photos show in their place

    @property
    def raises(self) -> bool:
        """Condition (b): the effect's interval is above 0, and they carry at least 5% of the evidence."""
        return self.effect_low > 0 and self.evidence >= LEAST_EVIDENCE

    @property
    def costs(self) -> bool:
        """Condition (c): the interval of the loss, or of lost answers, is above 0."""
        return (self.loss_low > 0 and self.loss >= LEAST_LOSS) or self.lost_low > 0

    @property
    def works(self) -> bool | None:
        """Condition (d): they work where they do not belong; None where that could not be tested."""
        return self.counterproof[0].works if self.counterproof else None

    @property
    def likely(self) -> bool:
        """The conditions (a) to (c): they are added to what other photos show, raise the score, and cost something."""
        return self.stand_in is None and self.raises and self.costs

    @property
    def leaned_on(self) -> bool:
        """All conditions hold."""
        return self.likely and self.works is True


@dataclass(frozen=True)
class Verdict:
    """What a report says of the reason for which the model recognises the class.

    kind: "leans" on something added (on texts: on single words); "differs": photos are recognised for different
    reasons, none of which is proved to be that; "one way". The figures are those of the suspect that it leans on, or,
    where no photos of other classes were there for the counter-proof, of one that meets the other conditions; else
    None.
    others: the photos of other classes that were used. suspects: all that were tested, this one included.
    """

    kind: Kind
    concept: Count | None = None
    strategy: Count | None = None
    share: Share | None = None
    effect: Finite | None = None
    effect_low: Finite | None = None
    effect_high: Finite | None = None
    loss: Finite | None = None
    loss_low: Finite | None = None
    loss_high: Finite | None = None
    counterproof: tuple[CounterProof, ...] = ()
    others: Count = 0
    suspects: tuple[Suspect, ...] = ()

    @property
    def suspect(self) -> Suspect | None:
        """The suspect that the figures are of."""
        return next((each for each in self.suspects if each.concepts[0] == self.concept), None)

    @property
    def phrase(self) -> str:
        """The words that the model leans on, those found most often; "" on photos, and where it leans on none."""
        proofs = self.suspect.counterproof if self.kind == LEANS and self.suspect is not None else ()
        return next((whole_phrases(proof.phrases)[0] for proof in proofs if proof.phrases), "")


def whole_phrases(phrases: Sequence[str]) -> list[str]:
    """The phrases that hold no other one: “as they say” stands for “as they say, the”."""
    held = [each.casefold() for each in phrases]
    return [
        each for each in phrases if not any(other != each.casefold() and other in each.casefold() for other in held)
    ]


def verdict_of(suspects: tuple[Suspect, ...], n_strategies: int, others: int) -> Verdict:
    """The verdict from all tested suspects, the most likely first, and the number of strategies.

    Leaning needs all four conditions. Where the fourth could not be tested, the suspect is named, but not called so.
    """
    found = next((each for each in suspects if each.leaned_on), None)
    open_ = next((each for each in suspects if each.likely and each.works is None), None)
    named = found or (open_ if others == 0 else None)
    kind = LEANS if found else DIFFERS if n_strategies > 1 or named else ONE_WAY
    if named is None:
        return Verdict(kind, others=others, suspects=suspects)
    return Verdict(
        kind, named.concepts[0], named.strategy, named.share, named.effect, named.effect_low, named.effect_high,
        named.loss, named.loss_low, named.loss_high, named.counterproof, others, suspects,
    )  # fmt: skip
