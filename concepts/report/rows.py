"""The rows of a report's tables, as stored in `report.json`."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from concepts.report.text_rows import ClassEffectRow, MeaningsRow, Measured
from concepts.storage.typed_json import Correlation, Count, Finite, Label, Positive, Share, json_names

Corner = Share  # of the picture's width or height
LONGEST_TEXT = 4_000  # characters of a text that a report keeps


@dataclass(frozen=True)
class ImageRow:
    """One photo: its name and the model's prediction. right: None if the photo's class is not known.

    A model of quantities predicts a number, without a probability.
    """

    name: str
    label: str | None
    predicted: str
    probability: Share | None  # of the predicted class
    score: Finite  # the target's logit (log-sum-exp for a group)
    recognised: bool  # True if the model predicts the target
    right: bool | None
    strategy: Label  # -1: an outlier


@dataclass(frozen=True)
class TextRow(ImageRow):
    """One text, with what a photo's row has. text: its beginning, at most `LONGEST_TEXT` characters; cut: whether more
    follows."""

    text: str = ""
    cut: bool = False


@dataclass(frozen=True)
class CropRow:
    """A prototype: a place in a photo with one of a concept's largest codes."""

    file: str
    image: Count
    box: tuple[Corner, Corner, Corner, Corner]  # left, top, right, bottom, as shares of the picture
    value: Finite  # the code at the peak


@dataclass(frozen=True)
class ConceptRow:
    """One concept; rows are in order of importance. Intervals: 95%, bootstrap over images (Wilson for reliability)."""

    index: Count
    importance: Finite  # mean over images, in logits (saliency: logits per unit of code)
    low: Finite
    high: Finite
    share: Positive  # of the sum of |φ| over images and concepts
    share_low: Positive
    share_high: Positive
    prevalence: Share  # share of images in which it is the most important concept
    reliability: Share | None  # share of these that the model gets right
    reliability_low: Share | None
    reliability_high: Share | None
    dead: bool
    crops: tuple[CropRow, ...]


@dataclass(frozen=True)
class MarkedSpan:
    """Characters `start` to `stop` of a text. weight: how far the concept's code falls without them, in units of the
    code; below 0 where it rises."""

    start: Count
    stop: Count
    weight: Finite


@dataclass(frozen=True)
class ExcerptRow:
    """A text that shows a concept, with its code. spans: its words and their weights, in order; empty where they were
    not tried."""

    text: Count  # row of the text
    value: Finite
    spans: tuple[MarkedSpan, ...] = ()


@dataclass(frozen=True)
class WordRow:
    """A word or phrase of a concept. log_odds: of its odds in the texts that show the concept most beside other texts
    of the same lengths, with a 95% interval (Monroe et al. 2008). active, inactive: texts that hold it."""

    term: str
    log_odds: Finite
    low: Finite
    high: Finite
    z: Finite
    p_adjusted: Share
    active: Count
    inactive: Count


@dataclass(frozen=True)
class WordingRow:
    """A concept of texts in words: the texts with the largest codes, texts over the whole range of its activation, and
    its words.

    list_auroc: how well "holds one of its words" tells, on texts held out, that the concept is active: near 1 it is a
    list of words, 0.5 its words say nothing; None where there are too few texts. bag: R² of its codes, on texts held
    out, explained by all words in any order. coherence: mean cosine among its top texts, in the layer, minus that among
    random texts. Controls: the same for a random direction of the same length. speaks_for: the classes that its code
    moves most. All None or empty in older reports.
    """

    concept: Count
    excerpts: tuple[ExcerptRow, ...]
    deciles: tuple[ExcerptRow, ...]  # largest first
    words: tuple[WordRow, ...]
    list_auroc: Share | None
    list_low: Share | None
    list_high: Share | None
    list_control: Measured | None = None
    bag: Measured | None = None
    bag_control: Measured | None = None
    coherence: Measured | None = None
    coherence_control: Measured | None = None
    meanings: MeaningsRow | None = None
    meanings_control: MeaningsRow | None = None
    speaks_for: tuple[ClassEffectRow, ...] = ()


@dataclass(frozen=True)
class SubConceptRow:
    """A part of a concept, found at an earlier layer. Interval of the effect: 95%, bootstrap over images."""

    path: tuple[Count, ...]  # (3, 0, 1): part 1 of part 0 of concept 3; parts are numbered by their share
    layer: str
    share: Finite  # of the codes of its parent's parts
    effect: Finite  # mean fall of the target's score, in logits, when this part alone is removed from the layer
    low: Finite
    high: Finite
    n_photos: Count  # photos in which its parent is present, on which the part was found
    crops: tuple[CropRow, ...]


@dataclass(frozen=True)
class StrategyRow:
    """One strategy: images recognised for the same reason. Its label is its index; outliers belong to no strategy."""

    label: Count
    n: Count
    prevalence: Share
    reliability: Share | None
    reliability_low: Share | None
    reliability_high: Share | None
    concepts: tuple[Count, ...]  # most distinctive first
    medoid: Count  # image index
    suspicion: Share | None  # None if it is the only strategy


@dataclass(frozen=True)
class PresenceRow:
    """A concept with two populations of photos: clearly present in some and absent in the others.

    Accuracies are over at most 500 of the photos in which it is present, with 95% Wilson intervals.
    """

    __pydantic_config__: ClassVar = json_names(
        accuracy_ablated="without", accuracy_ablated_low="without_low", accuracy_ablated_high="without_high",
        location_share="place", location_control="place_control",
    )  # fmt: skip

    concept: Count
    suspicion: Share  # how cleanly it is something added
    n: Count  # photos in which it is present
    share: Share  # of all photos
    effect: Finite  # mean φ where it is present minus mean φ where it is absent, in logits
    evidence: Positive  # its share of Σ |φ| in the photos in which it is present
    accuracy: Share | None
    accuracy_low: Share | None
    accuracy_high: Share | None
    accuracy_ablated: Share | None  # the same photos with the concept removed from the layer
    accuracy_ablated_low: Share | None
    accuracy_ablated_high: Share | None
    location_share: (
        Share | None
    )  # share of these photos whose peak lies in one window of 3 × 3 places; None without places
    location_control: Share | None  # the median of the other concepts in the same photos
    photos: tuple[Count, ...]


@dataclass(frozen=True)
class MistakeRow:
    """Photos of one strategy that were wrongly predicted as one class. Vectors have one entry per concept, the mean
    over photos, in logits (saliency: logits per unit of code)."""

    __pydantic_config__: ClassVar = json_names(
        predicted="taken", phi_predicted="toward", phi_target="own", deficit="lacking"
    )

    strategy: Label  # -1: outliers
    predicted: str  # the class that the model predicts
    photos: tuple[Count, ...]
    n_asked: Count  # of them, on which `phi_predicted` was measured
    phi_predicted: tuple[Finite, ...]  # φ for the predicted class
    phi_target: tuple[Finite, ...]  # φ for the target
    n_well: Count  # photos of the same strategy that are right
    deficit: tuple[Finite, ...]  # mean φ for the target in those minus `phi_target`; empty if there are none


@dataclass(frozen=True)
class ArtefactRow:
    """An artefact, such as blur, applied to photos of other classes that the model does not recognise as the class.

    turned: photos that become the class; turned_low, turned_high: 95% Wilson interval of their share. any_class: photos
    whose answer changes, to the class or to any other. named: whether turned_low is at least 5%.
    """

    artefact: str
    others: Count
    turned: Count
    turned_low: Share
    turned_high: Share
    any_class: Count
    named: bool


Of = Literal["class", "strategy", "concept", "answers"]
LEAST_ASSOCIATION, MOST_CHANCE = 0.3, 0.05  # of a row that is kept: its size, and its adjusted p-value
FOLLOWS, FOLLOWS_BEYOND = 0.6, 0.5  # |association|, and the end of its interval, of what is really a property


@dataclass(frozen=True)
class PropertyRow:
    """How strongly a property of whole photos, measured or of the user's table, goes with a part of the report.

    of: the photos of the class beside others, one strategy beside the rest, the importance of one concept, or right
    answers beside wrong ones. index: of the strategy or concept, else None. measure: Spearman's ρ (concepts),
    rank-biserial correlation r (groups); for categories, which have no sign, the correlation ratio η (concepts) and
    Cramér's V (groups). low, high: 95% interval. p_adjusted: Benjamini-Hochberg over all tests of the report.
    """

    property: str
    of: Of
    index: Count | None
    association: Correlation
    low: Correlation
    high: Correlation
    p_adjusted: Share
    measure: Literal["ρ", "r", "η", "V"]

    def found(self) -> bool:
        """True where it is hardly chance, and not weak."""
        return self.p_adjusted < MOST_CHANCE and abs(self.association) >= LEAST_ASSOCIATION

    def follows(self) -> bool:
        """True where the strategy or concept is hardly anything but the property."""
        beyond = self.low > FOLLOWS_BEYOND or self.high < -FOLLOWS_BEYOND
        return self.found() and abs(self.association) >= FOLLOWS and beyond


KEPT_ANSWERS, CARRIED, KEPT_R2 = "kept answers", "carried score", "kept score (R²)"  # names of the checks of trust
TABLE_ROWS = "rows of the table"  # name of the check of a user's table
NO_COUNT = "concepts that count"  # name of the check where none does
SAME_FOR_ALL = "variation of the layer"  # name of the check where it has none
FINDINGS = (NO_COUNT, SAME_FOR_ALL)


@dataclass(frozen=True)
class Check:
    """A figure with one sentence that explains it, and its interval and control if there are any.

    Checks named in `FINDINGS` are there only where there is something to say, which belongs into the summary.
    """

    name: str
    value: Finite | None
    sentence: str
    low: Finite | None = None
    high: Finite | None = None
    control: Finite | None = None
    control_name: str | None = None
