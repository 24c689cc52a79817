"""Settings of an evaluation: extraction methods, importances, numbers of concepts, repetitions."""

import re
from dataclasses import dataclass
from typing import Annotated, NamedTuple, Self

from attribution.methods import IMPORTANCES
from concepts.extraction.methods import EXTRACTIONS
from concepts.options import Option
from concepts.report.settings import CHOICE_OF_PHOTOS, ReportSettings
from concepts.storage.typed_json import Count

ALL = "all"


class DictionaryName(NamedTuple):
    """Name of a dictionary in an evaluation; as text METHOD-K-SEED, used for its folder and in addresses."""

    method: str
    n_concepts: int
    seed: int

    def __str__(self) -> str:
        return f"{self.method}-{self.n_concepts}-{self.seed}"

    @property
    def words(self) -> str:
        """The name as displayed."""
        return f"{self.method}, {self.n_concepts} concepts, seed {self.seed}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The name from METHOD-K-SEED; None for any other text."""
        parts = re.fullmatch(r"(.+)-([0-9]+)-([0-9]+)", text)
        return cls(parts[1], int(parts[2]), int(parts[3])) if parts else None


@dataclass(frozen=True)
class LabSettings:
    """The grid of an evaluation: every extraction × number of concepts × seed, and every importance on each of them.

    methods, importances: names, or ("all",); without importances only the dictionaries are measured. n_concepts: one
    or more. n_seeds: fits of each, with seeds seed, seed + 1, …; stability over seeds is measured on them. folds: parts
    of the images for stability over folds, 0 for none. images: number of images, drawn with the seed, on which the
    importances and the share of the model that is kept are measured. photos, sample, batch_size: as in
    `ReportSettings`. Raises ValueError for an unknown name or a number out of range.
    """

    methods: Annotated[tuple[str, ...], Option("all, or some of {names}", names=EXTRACTIONS)] = ("nmf", "kmeans", "pca")
    importances: Annotated[tuple[str, ...], Option("all, or some of {names}", names=IMPORTANCES)] = (
        "gradient_input",
        "integrated_gradients",
        "occlusion",
        "saliency",
    )
    n_concepts: Annotated[
        tuple[Count, ...], Option("how many, one or several (default: %(default)s)", name="concepts", metavar="K,K")
    ] = (10,)
    n_seeds: Annotated[Count, Option("fits of each (default: %(default)s)", name="seeds", metavar="N")] = 3
    folds: Annotated[Count, Option("for stability, 0: none (default: %(default)s)", metavar="N")] = 3
    images: Annotated[Count, Option("photos measured on (default: %(default)s)", name="measured", metavar="N")] = 64
    photos: Annotated[str, CHOICE_OF_PHOTOS] = "class"
    sample: Annotated[Count, Option("positions to fit on (default: %(default)s)", metavar="M")] = 20_000
    seed: Annotated[Count, Option("the first (default: %(default)s)")] = 0
    batch_size: Annotated[Count, Option("images at a time", metavar="N")] = 32

    def __post_init__(self) -> None:
        for name, known in (("methods", EXTRACTIONS), ("importances", IMPORTANCES)):
            given = getattr(self, name)
            given = (given,) if isinstance(given, str) else tuple(given)
            chosen = tuple(known if ALL in given else dict.fromkeys(given))
            object.__setattr__(self, name, chosen)
            if unknown := [each for each in chosen if each not in known]:
                raise ValueError(f"unknown {name}: {', '.join(unknown)}; choose from {', '.join(known)}, or all")
        object.__setattr__(self, "n_concepts", tuple(dict.fromkeys(self.n_concepts)))
        if not self.methods or not self.n_concepts or min(self.n_concepts) < 2:
            raise ValueError(f"{self.methods} with {self.n_concepts} concepts: name a method and at least 2 concepts")
        if self.n_seeds < 1 or self.images < 2 or self.folds < 0 or self.folds == 1:
            raise ValueError(
                f"{self.n_seeds} seeds, {self.images} images, {self.folds} folds: give at least 1 seed, 2 images, "
                "and 0 or at least 2 folds"
            )
        self.report_settings(self.methods[0], max(self.n_concepts), self.seed)  # checks the rest
        self.report_settings(self.methods[0], 2, self.seeds[-1])

    def report_settings(self, method: str, k: int, seed: int) -> ReportSettings:
        """The same settings for one dictionary."""
        return ReportSettings(
            method=method, n_concepts=k, seed=seed, photos=self.photos, sample=self.sample, batch_size=self.batch_size
        )

    @property
    def seeds(self) -> range:
        """Seeds of the fits of each method and number of concepts."""
        return range(self.seed, self.seed + self.n_seeds)

    @property
    def dictionaries(self) -> list[DictionaryName]:
        """One name per fit, in the order of the fits."""
        return [
            DictionaryName(method, k, seed) for method in self.methods for k in self.n_concepts for seed in self.seeds
        ]
