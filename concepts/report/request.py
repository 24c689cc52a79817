"""What a user asks for, in words and numbers only: the same for the terminal and the browser."""

import os
import shlex
from dataclasses import dataclass, field
from typing import ClassVar

from concepts.report.settings import ReportSettings
from concepts.store import key_of
from concepts.typed_json import NO_OTHERS, Count, to_json


@dataclass(frozen=True)
class Request:
    """A model, photos, a target, a layer (None: a good default is chosen) and the settings of the report."""

    __pydantic_config__: ClassVar = NO_OTHERS  # also for the settings

    model: str
    images: str
    target: str = ""
    weights: str | None = None
    layer: str | None = None
    classes: str | None = None  # a file of class names
    n_classes: Count | None = None
    resize: Count | None = None
    crop: Count | None = None
    device: str = "cpu"
    settings: ReportSettings = field(default_factory=ReportSettings)

    @property
    def key(self) -> str:
        """Equal requests have equal keys: the name under which a job is found again."""
        return key_of(**to_json(self))


def command_again(request: Request, *, method: str, layer: str) -> str:
    """The command line that makes the report of a request again, every choice spelled out.

    method, layer: as the report has them, where the request left them to the program. Paths stand as they were given,
    from the working folder on where they lie in it.
    """
    asked = request.settings
    paths = {name: _from_here(getattr(request, name) or "") for name in ("model", "weights", "classes", "images")}
    numbers = {"n-classes": request.n_classes, "resize": request.resize, "crop": request.crop}
    options: dict[str, str | int | None] = paths | numbers | {
        "method": method, "layer": layer, "device": request.device, "target": request.target, "photos": asked.photos,
        "concepts": asked.n_concepts, "importance": asked.importance, "sample": asked.sample, "seed": asked.seed,
        "batch-size": asked.batch_size, "sub-concepts": asked.sub_concepts, "split-concepts": asked.split_concepts,
        "depth": asked.depth, "out": "report-again",
    }  # fmt: skip
    words = [f"--{name}={value}" for name, value in options.items() if value not in (None, "")]
    return shlex.join(["python", "-m", "concepts", "report", *words])


def _from_here(path: str) -> str:
    """A path inside the working folder without that folder; every other text as it is."""
    return path.removeprefix(os.path.join(os.getcwd(), ""))
