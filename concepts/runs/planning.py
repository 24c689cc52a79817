"""What a run will do, before it starts: its classes, their photos, its key. Written to its folder as run.json."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.data.dataset import group_names
from concepts.data.images.photoset import PhotoSet
from concepts.data.nouns import noun_of
from concepts.data.others import WithOthers
from concepts.engine.analysis import load_model_of, open_extras, open_request_items
from concepts.models.target import Target, resolve_target
from concepts.report.pipeline.selection import choose_photos, names_of_classes
from concepts.report.request import Request, report_id
from concepts.runs.paths import absolute
from concepts.runs.program import all_versions
from concepts.runs.run import FILE, FORMAT, PART, RUN, WORK, Home, Run, RunClass, RunFolder
from concepts.runs.signature import signature
from concepts.runs.targets import Targets, lines_of
from concepts.storage.output_folder import check_output_folder
from concepts.storage.store import key_of, slug

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset
    from concepts.models.splitting.base import SplitModel

LOOKED = 2_048  # photos that a task looks at


class OtherRunError(ValueError):
    """The folder holds another run."""


class Planned:
    """A run with what its planning has opened: the photos or texts, the model, its class names."""

    def __init__(self, request: Request, targets: Targets, out: Path, store: Path, home: Home | None = None) -> None:
        """Raises ValueError, one line, for wrong input, before anything is computed."""
        place = check_output_folder(out, RUN, store=store)
        _check_request(request)
        self.request, self.targets, self.home = absolute(request), targets, home
        self.lines = lines_of(targets)
        within = None if home is None else [Path(folder) for folder in home.within]
        self.items: Dataset[Any] = open_request_items(self.request, store, within=within)
        open_extras(self.request, self.items)
        self.split: SplitModel = load_model_of(replace(self.request, device="cpu"), self.items)
        if self.split.outputs.kind == "regression":
            raise ValueError("no photo belongs to a quantity: a model of quantities has one report (`report`)")
        self.names = names_of_classes(self.split, self.items)
        self.labels = _own_labels(self.items, self.names)
        self.folder = RunFolder(place)
        self.answered = self._is_answered()
        self._begin(store.expanduser().resolve())

    def add_classes(self, labels: Sequence[int | None]) -> Run:
        """Writes the classes to run.json. labels: of all photos of the run, or the model's answers on them."""
        counts = Counter(label for label in labels if label is not None and label >= 0)
        targets = [self._target(index) for index in sorted(counts)] if self.lines is None else self._named()
        classes = tuple(self._class(words, target, counts) for words, target in targets)
        run = replace(self.folder.run, classes=classes)
        self.folder.write(run)
        self.folder = RunFolder(self.folder.path)
        return run

    def _is_answered(self) -> bool:
        """Whether photos go to classes by the model's answers: no folder names a class, and there is one at most.

        Where each report is on all photos, the answers only tell which classes there are, and folders do not matter.
        Raises ValueError where several folders name none, and for what has no list of files.
        """
        shares = self.request.settings.photos == "all"
        if any(label is not None for label in self.labels) or (shares and self.lines is not None):
            return False
        if (len(group_names(self.items)) > 1 and not shares) or self.items.kind == "texts":
            choose_photos(self.items, resolve_target(0, self.names, self.split.n_classes), self.names,
                          replace(self.request.settings, n_concepts=1))  # fmt: skip
            raise ValueError(
                f"none of the {noun_of(self.items.kind)}s has a label: name the column of labels (--label-column), or "
                "sort them into folders of their classes"
            )
        own = self.items.own if isinstance(self.items, WithOthers) else self.items
        if self.split.outputs.kind != "classes":
            raise ValueError(
                "no folder names a class, and the model's answer decides only among classes that exclude each other: "
                "sort the photos into folders of their classes"
            )
        if not isinstance(own, PhotoSet) or (own.path(0) is None and own.zip_file is None):
            raise ValueError(
                "no folder names a class, and the model's answer decides only for photos that are files or in a zip: "
                "write them as files, or sort them into folders of their classes"
            )
        return True

    def _begin(self, store: Path) -> None:
        """Writes run.json, or takes that of the same run. Raises ValueError where the folder holds another run."""
        run = Run(
            FORMAT,
            self.request,
            str(store),
            key=self._key(),
            answered=self.answered,
            part=_part(self.request.settings.batch_size, self.split),
            n_items=len(self.items),
            looked=LOOKED if self._is_looked_at() else 0,
            versions=all_versions(),
            home=self.home,
        )
        before = self.folder.run if (self.folder.path / FILE).is_file() else replace(run, classes=())
        if before.key != run.key:
            raise OtherRunError(
                f"{self.folder.path} holds a run over other photos, or with another model or other options: choose "
                "another folder (--out)"
            )
        self.folder = RunFolder(self.folder.path)
        (self.folder.path / WORK).mkdir(parents=True, exist_ok=True)
        self.folder.write(replace(run, classes=before.classes))  # which another command may be at work on
        self.folder.reports.mkdir(parents=True, exist_ok=True)

    def _is_looked_at(self) -> bool:
        """Whether each report asks what all photos are: then one look at them serves all of them."""
        is_asked = self.request.settings.evidence == "on" or self.request.others is not None
        return self.answered or (is_asked and self.items.kind == "images")

    def _key(self) -> str:
        return key_of(
            format=FORMAT,
            request=self.request.key,
            items=signature(self.items),
            model=self.split.card.fingerprint,
            layer=self.split.layer,
            answered=self.answered,
        )

    def _named(self) -> list[tuple[str, Target]]:
        """The targets of the file, each once. Raises ValueError, naming the line, for one that is no class."""
        found: dict[tuple[int, ...], tuple[str, Target]] = {}
        for number, line in self.lines or ():
            try:
                target = resolve_target(line, self.names, self.split.n_classes)
            except ValueError as error:
                where = f"{self.targets}, line" if isinstance(self.targets, str) else "class"
                raise ValueError(f"{where} {number}: {error}") from error
            found.setdefault(target.indices, (line, target))
        return list(found.values())

    def _target(self, index: int) -> tuple[str, Target]:
        name = self.names[index]
        words = name if self.names.index(name) == index else str(index)  # two classes may have one name
        return words, resolve_target(index, self.names, self.split.n_classes)

    def _class(self, words: str, target: Target, counts: Counter[int]) -> RunClass:
        shares = self.request.settings.photos == "all"
        n_items = len(self.items) if shares else sum(counts[index] for index in target.indices)
        return RunClass(self._id(words, target), target.label, words, target.indices, n_items)

    def _id(self, words: str, target: Target) -> str:
        """The folder of a class's report; in a home, where others lie, that of the report that a job makes of it."""
        if self.home is not None:
            others = self.request.others or (self.request.images if self.answered else None)
            return report_id(replace(self.request, target=words, others=others), target.label, self.split.layer)
        end = key_of(indices=target.indices)[:8] if target.is_group else str(target.indices[0])
        return f"{slug(target.label)}-{end}".lstrip("-")


def _check_request(request: Request) -> None:
    if request.settings.photos == "all" and request.others is not None:
        raise ValueError(
            "--photos all and --others were given: which photos of other classes there are differs by class, and a run "
            "makes one dictionary for all classes: put all photos into one folder, and leave --others out"
        )


def _own_labels(items: "Dataset[Any]", names: Sequence[str]) -> list[int | None]:
    """The class of each photo of the run; None for those of other classes, and where it is not known."""
    labels = items.labels(names)
    n = len(items.own) if isinstance(items, WithOthers) else len(items)
    return [label if i < n else None for i, label in enumerate(labels)]


def _part(batch_size: int, split: "SplitModel") -> int:
    """Photos of a part: whole batches, so that these are the same as in one pass."""
    step = batch_size * getattr(split, "read_together", 1)
    return max(1, -(-PART // step)) * step
