"""Rows of report.json that only reports on texts have: probes, and what gives the label away in the data."""

from dataclasses import dataclass

from concepts.storage.typed_json import Count, Finite, Positive, Share


@dataclass(frozen=True)
class Measured:
    """A figure with its 95% interval."""

    value: Finite
    low: Finite
    high: Finite


@dataclass(frozen=True)
class MeaningsRow:
    """Clusters among the texts that show a concept most. sizes: largest first. p: of a silhouette as large in texts of
    one meaning (`concepts.wordings.meanings`)."""

    sizes: tuple[Count, ...]
    p: Share

    @property
    def several(self) -> bool:
        """Whether one meaning can be excluded."""
        return self.p < 0.05


@dataclass(frozen=True)
class ClassEffectRow:
    """How far one unit of a concept's code moves a class's logit; where one class is true, beyond the mean of all."""

    name: str
    effect: Finite


@dataclass(frozen=True)
class MovedRow:
    """How far a concept's importance moves under a probe: mean over texts, in the unit of importance.

    p_adjusted: of no change on average, by Holm over the concepts of all probes of the report.
    """

    concept: Count
    change: Measured
    p_adjusted: Share

    @property
    def surely(self) -> bool:
        """Whether it moves beyond chance."""
        return self.p_adjusted < 0.05


@dataclass(frozen=True)
class FlippedRow:
    """A text whose answer turns. text: its row. changed: its beginning as the probe left it, at most 4,000 characters.
    away: it was recognised as the target before, and is not after; else the other way round."""

    text: Count
    changed: str
    away: bool


@dataclass(frozen=True)
class ProbeRow:
    """What a probe does to `n` of the texts; the others it leaves as they are.

    turned: the share of the n whose answer turns from the target or to it. turned_away: of the n_target recognised as
    the target before, the share that is not after. turned_into: of the rest, the share that is after. All with Wilson's
    interval; None where there are no texts. score: mean change of the target's score. moved: every concept, the largest
    change first. flips: texts that turn, the largest change of score first. is_control: words became others as
    frequent, whatever they mean; it stands last.
    """

    name: str
    sentence: str
    n: Count
    n_left_out: Count
    n_target: Count
    turned: Measured | None
    turned_away: Measured | None
    turned_into: Measured | None
    score: Measured | None
    moved: tuple[MovedRow, ...]
    flips: tuple[FlippedRow, ...]
    is_control: bool = False


@dataclass(frozen=True)
class LinkRow:
    """A concept whose code tells the texts with an artefact of the data, with AUROC `auroc`, beyond `control`: the best
    of as many random directions."""

    concept: Count
    auroc: Measured
    control: Share


@dataclass(frozen=True)
class WordArtefactRow:
    """A word that says by itself whether a text is of the class.

    n: texts that hold it. share: of them those of the class. z: the distance from the class's share of all texts in
    standard errors, below 0 where the word speaks for other classes. p: two-sided, by Bonferroni over all words.
    """

    word: str
    n: Count
    share: Measured
    z: Finite
    p: Share
    links: tuple[LinkRow, ...] = ()


@dataclass(frozen=True)
class LengthArtefactRow:
    """Lengths in words: medians of the class's texts and of others. auroc: the chance that a text of the class is the
    longer one; 0.5 where length says nothing."""

    median: Positive
    median_of_others: Positive
    auroc: Measured
    links: tuple[LinkRow, ...] = ()


@dataclass(frozen=True)
class CopiesArtefactRow:
    """Groups of texts that are nearly copies of each other, and those that hold texts of the class and of others."""

    groups: Count
    texts: Count
    groups_across: Count
    texts_across: Count
    links: tuple[LinkRow, ...] = ()


@dataclass(frozen=True)
class DataArtefacts:
    """What gives the class away in n labelled texts without a model. base: the class's share of them. n_words: words
    that were tested; words: those that are found, the largest |z| first."""

    n: Count
    base: Share
    n_words: Count
    words: tuple[WordArtefactRow, ...]
    length: LengthArtefactRow | None
    copies: CopiesArtefactRow | None
