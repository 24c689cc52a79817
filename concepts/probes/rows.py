"""What a probe found."""

from dataclasses import dataclass

from concepts.numerics.intervals import Estimate


@dataclass(frozen=True)
class Mover:
    """How a concept's share of the score moves under a probe.

    change: mean over texts, with its interval: in logits, or in units of the code where no importance was given.
    p_adjusted: of no change on average, two-sided, by Holm over the concepts of all probes of one run.
    """

    concept: int
    change: Estimate
    p_adjusted: float


@dataclass(frozen=True)
class Flip:
    """A text whose answer turns. text: its index. changed: as the probe left it. away: it was the target before."""

    text: int
    changed: str
    away: bool


@dataclass(frozen=True)
class ProbeRow:
    """What one probe does to n of the texts; the others it leaves as they are.

    turned_away: of the n_target texts recognised as the target before, the share that is not after. turned_into: of all
    others, the share that is after. turned: both together. All with Wilson's interval; NaN where there are no texts.
    score: mean change of the target's logit, with its interval over texts. movers: every concept, the largest change
    first. flips: the texts that turn, the largest change of score first.
    """

    probe: str
    sentence: str
    n: int
    n_left_out: int
    n_target: int
    turned: Estimate
    turned_away: Estimate
    turned_into: Estimate
    score: Estimate
    movers: tuple[Mover, ...]
    flips: tuple[Flip, ...]

    @property
    def moved(self) -> tuple[Mover, ...]:
        """The concepts whose share surely moves."""
        return tuple(mover for mover in self.movers if mover.p_adjusted < 0.05)
