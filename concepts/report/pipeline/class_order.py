"""Stage "class order": whether the class names stand in the order of the model's outputs.

A wrong order makes every figure wrong and fails nowhere. It shows in the table of the photos' classes × the model's
answers: another assignment of names to outputs is right much more often than the one that is used.
"""

import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from concepts.data.nouns import PHOTO, noun_of
from concepts.models.splitting.base import SplitModel
from concepts.models.target import Target
from concepts.numerics.samples import even_sample
from concepts.report.class_names import FROM_FOLDERS, ORDER, NamesFrom
from concepts.report.pipeline.known_answers import answers_on
from concepts.report.pipeline.labelled_photos import LabelledPhotos
from concepts.report.pipeline.selection import Selection
from concepts.report.rows import Check
from concepts.report.settings import ReportSettings

PER_CLASS, CLASSES = 8, 25  # photos of a class, and classes, that are asked: 200 photos at most
GAIN = 0.3  # of the photos, by which a much better order is right on more
MOSTLY = 0.5  # of the photos, and of those of each class that moves, on which it is right at least
SHUFFLES, P = 999, 0.01  # control: the same answers with the photos' classes shuffled
SHOWN = 12  # names that a message spells out


@dataclass(frozen=True)
class Assignment:
    """Names assigned to outputs one to one. outputs: class → the output that answers for it; hits: photos right."""

    outputs: dict[int, int]
    hits: int


@dataclass(frozen=True)
class OrderTrial:
    """The model's answers on labelled photos. labels: (m,) the classes of the photos; answers: (m,) largest output."""

    labels: np.ndarray
    answers: np.ndarray
    seed: int = 0

    @property
    def n_classes(self) -> int:
        """The number of classes that have photos."""
        return len(np.unique(self.labels))

    @property
    def hits(self) -> int:
        """The number of photos that the model gets right with the names as they are."""
        return int((self.labels == self.answers).sum())

    @cached_property
    def best(self) -> Assignment:
        """The assignment of classes to outputs with most photos right; as few classes as possible change theirs."""
        return best_assignment(self.labels, self.answers)

    @cached_property
    def p(self) -> float:
        """The share of shuffles of the photos' classes whose best assignment is right on as many photos: chance."""
        rng = np.random.default_rng(self.seed)
        found = [best_assignment(rng.permutation(self.labels), self.answers).hits for _ in range(SHUFFLES)]
        return (1 + sum(hits >= self.best.hits for hits in found)) / (1 + SHUFFLES)

    @cached_property
    def moved(self) -> dict[int, int]:
        """Class → output of those that would change theirs, and of whose photos half are answered by the new one."""
        changed = {label: output for label, output in self.best.outputs.items() if label != output}
        return {
            label: output
            for label, output in changed.items()
            if (self.answers[self.labels == label] == output).mean() >= MOSTLY
        }

    @property
    def much_better(self) -> bool:
        """True where another order is right on at least 30 points more, on half of the photos, and beyond chance.

        At least two classes change their outputs: a single class that is taken for another is the model's own mistake.
        """
        m, best = len(self.labels), self.best.hits
        return len(self.moved) > 1 and best - self.hits >= GAIN * m and best >= MOSTLY * m and self.p <= P

    def order(self, names: Sequence[str]) -> tuple[str, ...]:
        """The names in the best order; those of classes without photos stay where they can."""
        placed = {output: label for label, output in self.best.outputs.items()}
        rest = [label for label in range(len(names)) if label not in self.best.outputs]
        moving = [label for label in rest if label in placed]
        placed |= {label: label for label in rest if label not in placed}
        free = [output for output in range(len(names)) if output not in placed]
        placed |= dict(zip(free, moving, strict=True))
        return tuple(names[placed[output]] for output in range(len(names)))


def best_assignment(labels: np.ndarray, answers: np.ndarray) -> Assignment:
    """The one-to-one assignment of classes to outputs with most photos right (Hungarian method).

    labels, answers: (m,) indices. Of equally good ones, that in which most classes keep their own output.
    """
    from scipy.optimize import linear_sum_assignment

    classes, row = np.unique(labels, return_inverse=True)
    outputs = np.union1d(classes, answers)
    table = np.zeros((len(classes), len(outputs)))
    np.add.at(table, (row, np.searchsorted(outputs, answers)), 1)
    own = classes[:, None] == outputs[None, :]
    rows, columns = linear_sum_assignment(table + own / (2 * len(labels)), maximize=True)
    pairs = dict(zip(classes[rows].tolist(), outputs[columns].tolist(), strict=True))
    return Assignment(pairs, int(table[rows, columns].sum()))


@dataclass(frozen=True)
class NamesTrial:
    """Where the class names came from, and the trial of their order; None without photos of two known classes."""

    source: NamesFrom
    trial: OrderTrial | None


def try_names(
    split: SplitModel, selection: Selection, target: Target, source: NamesFrom, settings: ReportSettings
) -> NamesTrial:
    """The trial of the order of the class names on a sample of labelled photos; quantities have no order.

    Raises ValueError where another order is much better and the names were guessed from folders.
    """
    if split.outputs.kind == "regression":
        return NamesTrial(source, None)
    chosen = sample_of(selection.known.labels, target.indices)
    trial = _ask(split, selection.known, chosen, settings) if chosen else None
    if trial is None or trial.n_classes < 2:
        return NamesTrial(source, None)
    if trial.much_better and source in FROM_FOLDERS:
        raise ValueError(_refusal(trial, selection.class_names, noun_of(selection.photos.kind)))
    return NamesTrial(source, trial)


def sample_of(labels: Sequence[int | None], first: Sequence[int] = ()) -> list[int]:
    """Indices of at most 8 photos a class, evenly spaced; of more than 25 classes, the first ones and even ones.

    labels: None where the class is not known. Empty where photos of at most one class are known.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        if label is not None:
            members[label].append(i)
    if len(members) < 2:
        return []
    chosen = [label for label in first if label in members][:CLASSES]
    others = sorted(set(members) - set(chosen))
    chosen += [others[i] for i in even_sample(len(others), CLASSES - len(chosen))]
    return sorted(members[label][i] for label in chosen for i in even_sample(len(members[label]), PER_CLASS))


def _ask(split: SplitModel, known: LabelledPhotos, chosen: Sequence[int], settings: ReportSettings) -> OrderTrial:
    """The model's answers on these photos; those that cannot be read, or have no finite output, are left out."""
    found = answers_on(split, known.photos, chosen, batch_size=settings.batch_size)
    pairs = [(known.labels[i], answer) for i, answer in zip(chosen, found, strict=True) if answer is not None]
    labels, answers = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return OrderTrial(labels, answers, settings.seed)


def order_checks(trial: OrderTrial | None, names: Sequence[str], noun: str = PHOTO) -> list[Check]:
    """The check of the order of the class names, if it could be tried."""
    if trial is None:
        return []
    n, best = len(trial.labels), trial.best.hits
    found = f"With these class names, the model is right on {trial.hits} of {n} {noun}s of {trial.n_classes} classes"
    if trial.much_better:
        sentence = f"{found}; in another order, on {best}: {_said(trial, names)}. The names may be in the wrong order."
    else:
        sentence = f"{found}; no other order of the names is much better (the best: {best})."
    return [Check(ORDER, trial.hits / n, sentence, control=best / n, control_name="best order")]


def _refusal(trial: OrderTrial, names: Sequence[str], noun: str) -> str:
    n, order = len(trial.labels), trial.order(names)
    found = (
        f"class names were taken from the folders or labels of the {noun}s, and the model is right on "
        f"{trial.hits} of {n} {noun}s with them in that order, on {trial.best.hits} in another ({_said(trial, names)})"
    )
    if len(names) > SHOWN or any("," in name or '"' in name for name in names):
        return f"{found}: give the names in the order of the model's outputs (--classes FILE, one name a line)"
    better, kept = (shlex.quote(", ".join(each)) for each in (order, names))
    return f"{found}: give the model's own order (--classes {better}), or insist on this one (--classes {kept})"


def _said(trial: OrderTrial, names: Sequence[str]) -> str:
    """Which output stands for which class, for those that change."""
    moved = sorted((output, label) for label, output in trial.moved.items())
    shown = ", ".join(f"output {output} for “{names[label]}”" for output, label in moved[:SHOWN])
    return shown + (f" and {len(moved) - SHOWN} more" if len(moved) > SHOWN else "")
