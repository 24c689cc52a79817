"""Made-up importances of images: known groups, gradual change, and one population of many shapes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator
Draw = Callable[[Rng, int, int], np.ndarray]


@dataclass(frozen=True)
class Groups:
    """Normal importances in which the first `concepts` are larger by `shift` standard deviations in a `share` of the
    images."""

    concepts: int
    shift: float
    share: float

    def inside(self, n: int) -> np.ndarray:
        """(n,) bool: the images of the smaller group."""
        return np.arange(n) < round(self.share * n)

    def draw(self, rng: Rng, n: int, k: int) -> np.ndarray:
        """(n, k) importances."""
        phi = rng.normal(size=(n, k))
        phi[self.inside(n), : self.concepts] += self.shift
        return phi


GROUPS = {
    "2 deviations in 5 concepts, 50%": Groups(5, 2.0, 0.5),
    "3 deviations in 3 concepts, 30%": Groups(3, 3.0, 0.3),
    "6 deviations in 1 concept, 10%": Groups(1, 6.0, 0.1),
}


def line_way(places: np.ndarray, k: int) -> np.ndarray:
    """Five concepts that grow together by four deviations. places: (m,) in [0, 1]. Returns (m, k)."""
    return 4 * places[:, None] * (np.arange(k) < 5)


def arc_way(places: np.ndarray, k: int) -> np.ndarray:
    """Half a circle of radius 8 in two concepts. places: (m,) in [0, 1]. Returns (m, k)."""
    angle, way = np.pi * places, np.zeros((len(places), k))
    way[:, 0], way[:, 1] = 8 * np.cos(angle), 8 * np.sin(angle)
    return way


def takeover_way(places: np.ndarray, k: int) -> np.ndarray:
    """Each concept takes over gradually from the one before it. places: (m,) in [0, 1]. Returns (m, k)."""
    return 8 * np.exp(-(((places[:, None] - np.linspace(0, 1, k)) / 0.2) ** 2) / 2)


@dataclass(frozen=True)
class Continuum:
    """Gradual change: a way through the evidence, evenly covered, and unit normal noise. place_first: of two draws."""

    way: Callable[[np.ndarray, int], np.ndarray]
    place_first: bool = True

    def __call__(self, rng: Rng, n: int, k: int) -> np.ndarray:
        """(n, k) importances."""
        if self.place_first:
            return self.way(rng.random(n), k) + rng.normal(size=(n, k))
        noise = rng.normal(size=(n, k))
        return noise + self.way(rng.random(n), k)


CONTINUA = {
    "line": Continuum(line_way, place_first=False),
    "arc": Continuum(arc_way),
    "takeover": Continuum(takeover_way),
}

ONE_POPULATION: dict[str, Draw] = {
    "normal": lambda rng, n, k: rng.normal(size=(n, k)),
    "uniform": lambda rng, n, k: rng.random((n, k)),
    "Student 3": lambda rng, n, k: rng.standard_t(3, size=(n, k)),
    "Cauchy": lambda rng, n, k: rng.standard_cauchy((n, k)),
    "log-normal": lambda rng, n, k: np.exp(rng.normal(size=(n, k))),
    "exponential": lambda rng, n, k: rng.exponential(size=(n, k)),
    "correlated": lambda rng, n, k: rng.normal(size=(n, k)) @ rng.normal(size=(k, k)),
    "skewed": lambda rng, n, k: rng.gamma(2, size=(n, k)) @ np.abs(rng.normal(size=(k, k))),
    "zero-inflated": lambda rng, n, k: rng.exponential(size=(n, k)) * (rng.random((n, k)) < 0.5),
    "Dirichlet": lambda rng, n, k: rng.dirichlet(np.ones(k), size=n),
}
