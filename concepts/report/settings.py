"""The settings that a user chooses for a report; also part of the cache keys."""

from dataclasses import dataclass
from typing import Annotated

from attribution.methods import IMPORTANCES
from concepts.extraction.methods import AUTO, EXTRACTIONS
from concepts.options import Option
from concepts.storage.typed_json import Count

PHOTOS = ("class", "all")
EVIDENCE = ("on", "off")
METHODS = (AUTO, *EXTRACTIONS)
CLASS = "class"  # group of options that choose a class, its photos and a layer
CHOICE_OF_PHOTOS = Option("those of the class, or all (default: %(default)s)", CLASS, choices=PHOTOS)
SEEDS = 2**32  # number of seeds that every generator in use accepts


EXCERPTS = 6  # of a concept of texts, at most: each is run once more for each of its words


@dataclass(frozen=True)
class ReportSettings:
    """Settings for finding concepts of a target, measuring their importance and showing them.

    method: an extractor's name, or "auto": nmf for activations ≥ 0, semi_nmf for signed ones.
    photos: "class" uses those in the target's folders (all, if folders do not name classes), "all" uses all.
    sample: positions on which the dictionary is fitted; all positions are encoded.
    sub_concepts: number of parts into which each of the `split_concepts` most important concepts is split, and its
    parts again, `depth` levels in total; 0 for none.
    n_crops: of a concept; of texts as many excerpts, at most six.
    Raises ValueError for an unknown name or a number out of range.
    """

    method: Annotated[str, Option("{names} (default: %(default)s)", names=METHODS)] = "auto"
    n_concepts: Annotated[Count, Option("how many (default: %(default)s)", name="concepts", metavar="K")] = 10
    importance: Annotated[str, Option("{names} (default: %(default)s)", names=IMPORTANCES)] = "gradient_input"
    photos: Annotated[str, CHOICE_OF_PHOTOS] = "class"
    sample: Annotated[Count, Option("positions to fit on (default: %(default)s)", metavar="M")] = 20_000
    n_crops: Count = 8  # set in Python only
    sub_concepts: Annotated[Count, Option("take the top concepts apart into so many parts", metavar="N")] = 0
    split_concepts: Annotated[Count, Option("how many of them (default: %(default)s)", metavar="N")] = 3
    depth: Annotated[Count, Option("and their parts again (default: %(default)s)", metavar="N")] = 1
    evidence: Annotated[
        str,
        Option("whether to test on photos, or texts, of other classes what the model leans on (default: %(default)s)",
               choices=EVIDENCE),
    ] = "on"  # fmt: skip
    seed: Annotated[Count, Option("default: %(default)s")] = 0
    batch_size: Annotated[Count, Option("images at a time (default: %(default)s)", metavar="N")] = 32

    @property
    def n_excerpts(self) -> int:
        """Of a concept of texts."""
        return min(self.n_crops, EXCERPTS)

    def __post_init__(self) -> None:
        if self.n_concepts < 1:
            raise ValueError(f"{self.n_concepts} concepts were asked for: at least 1 is needed")
        for name, known in (
            ("method", METHODS),
            ("importance", IMPORTANCES),
            ("photos", PHOTOS),
            ("evidence", EVIDENCE),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}: choose one of {', '.join(known)}")
        if self.sample < self.n_concepts:
            raise ValueError(f"sample is {self.sample} positions: at least one a concept is needed ({self.n_concepts})")
        if self.batch_size < 1:
            raise ValueError(f"batch size is {self.batch_size}: at least 1 is needed")
        if self.n_crops < 0:
            raise ValueError(f"n_crops is {self.n_crops}: give 0 or more")
        if not 0 <= self.seed < SEEDS:
            raise ValueError(f"seed is {self.seed}: give 0 or more, below {SEEDS}")
        if self.sub_concepts < 0 or self.sub_concepts == 1 or self.split_concepts < 1 or self.depth < 1:
            raise ValueError(
                f"sub-concepts: {self.sub_concepts} parts of {self.split_concepts} concepts, {self.depth} deep; "
                "give 0 parts (none) or at least 2, of at least 1 concept, at least 1 deep"
            )
