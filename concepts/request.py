"""What a user asks for, in words and numbers only: the same for the terminal and the browser."""

import os
import shlex
import tempfile
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from concepts.report.class_report import ClassReport
from concepts.report.schema import ReportData
from concepts.report.settings import ReportSettings
from concepts.store import key_of

Progress = Callable[[str, float], None]
DEMO_SOURCES = ("demo/shapes", "demo/digits")  # as `images`: the demo's own pictures


@dataclass(frozen=True)
class Request:
    """A model, photos, a target, a layer (None: a good default is chosen) and the settings of the report."""

    model: str
    images: str
    target: str = ""
    weights: str | None = None
    layer: str | None = None
    classes: str | None = None  # a file of class names
    n_classes: int | None = None
    resize: int | None = None
    crop: int | None = None
    device: str = "cpu"
    settings: ReportSettings = field(default_factory=ReportSettings)

    @property
    def key(self) -> str:
        """Equal requests have equal keys: the name under which a job is found again."""
        return key_of(**self.to_json())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Raises ValueError when the value is not that of a request."""
        try:
            known = {f.name for f in fields(cls)}
            if unknown := set(value) - known:
                raise ValueError(f"a request has no field {', '.join(sorted(unknown))}")
            return cls(**(value | {"settings": ReportSettings(**value.get("settings", {}))}))
        except TypeError as error:
            raise ValueError(f"not a request: {error}") from error


def command_again(request: Request, data: ReportData) -> str:
    """The command line that makes this report of the request again, every choice spelled out.

    What was left to the program, the layer and the method, stands as it was chosen. Paths stand as they were given,
    from the working folder on where they lie in it.
    """
    asked, used = request.settings, {"method": data.settings.method, "layer": data.layer.path}
    paths = {name: _from_here(getattr(request, name) or "") for name in ("model", "weights", "classes", "images")}
    numbers = {"n-classes": request.n_classes, "resize": request.resize, "crop": request.crop}
    options: dict[str, Any] = paths | numbers | used | {
        "device": request.device, "target": request.target, "photos": asked.photos, "concepts": asked.n_concepts,
        "importance": asked.importance, "sample": asked.sample, "seed": asked.seed, "batch-size": asked.batch_size,
        "sub-concepts": asked.sub_concepts, "split-concepts": asked.split_concepts, "depth": asked.depth,
        "out": "report-again",
    }  # fmt: skip
    words = [f"--{name}={value}" for name, value in options.items() if value not in (None, "")]
    return shlex.join(["python", "-m", "concepts", "report", *words])


def _from_here(path: str) -> str:
    """A path inside the working folder without that folder; every other text as it is."""
    return path.removeprefix(os.path.join(os.getcwd(), ""))


def load_split(request: Request, layer: str | None) -> Any:
    """The request's model, split at a layer."""
    from concepts.models import load_model, split_model

    model = load_model(
        request.model,
        weights=request.weights,
        n_classes=request.n_classes,
        class_names=request.classes,
        device=request.device,
        resize=request.resize,
        crop=request.crop,
    )
    return split_model(model, layer=layer)


def open_request_photos(request: Request, store: Path | None, *, classes: Collection[str] | None = None) -> Any:
    """The request's photos; the demo's own are drawn into the store first, where given only those of some classes."""
    from concepts.photos import open_photos

    if request.images in DEMO_SOURCES:
        from concepts.demo.pictures import demo_pictures

        return open_photos(demo_pictures(request.images, store or Path(tempfile.gettempdir()), classes=classes))
    return open_photos(request.images)


def analyse(
    request: Request, store: Path | None, progress: Progress | None = None, *, collections: Path | None = None
) -> ClassReport:
    """The report that was asked for. Raises ValueError with one clear line for wrong input.

    collections: a folder in which the report's photos are recorded with their tokens, so that they can be asked.
    """
    from concepts.report import build_report

    progress = progress or (lambda stage, share: None)
    progress("model", 0.0)
    photos = open_request_photos(request, store)  # first: a wrong path is told before a model is loaded
    split = load_split(request, request.layer)
    progress("model", 1.0)
    report = build_report(split, photos, request.target, request.settings, store=store, progress=progress)
    told = replace(report.data, request=request.to_json(), command=command_again(request, report.data))
    report = report.with_data(told)
    if collections is not None and store is not None:
        _record(report, split, collections, store)
    return report


def _record(report: ClassReport, split: Any, collections: Path, store: Path) -> None:
    from concepts.collection import record_report
    from concepts.lexicon import class_lexicon

    try:
        lexicons = [class_lexicon(split)]
    except ValueError:  # the head does more than read the channels: its classes are no words here
        lexicons = []
    record_report(report, collections, store, lexicons)
