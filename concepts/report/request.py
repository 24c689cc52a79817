"""A user's request as texts and numbers only, the same for the terminal and the browser."""

import os
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, ClassVar

from concepts.data.dataset import ItemKind
from concepts.models.outputs import KINDS, Kind
from concepts.options import Option, words_of
from concepts.report.settings import CLASS, ReportSettings
from concepts.storage.store import key_of, slug
from concepts.storage.typed_json import NO_OTHERS, Count, to_json

MODEL = "model"  # group of options that choose a model
TABLE = "table"  # group of options of the report of a class alone
TEXTS = "texts"  # group of options of a report on texts
LATER = (  # fields, None by default, that the first jobs on disk lack
    "others", "output", "metadata",
    "texts", "text_column", "label_column", "id_column", "encoding", "question", "answers", "pairs",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """A model, photos or texts, a target, a layer (None: a good default is chosen) and the settings of the report.

    Raises ValueError where both photos and texts are named.
    """

    __pydantic_config__: ClassVar = NO_OTHERS  # applies to the settings, too

    model: Annotated[str, Option("a torchvision classifier, or your own: path/to/file.py:factory", MODEL)]
    images: Annotated[str, Option("a folder (of class folders), a .zip, or a .txt or .csv list of files", CLASS)] = ""
    target: Annotated[
        str, Option("a class name or index, or a group: 151-268 or 'tabby, tiger cat'", CLASS, required=True)
    ] = ""
    weights: Annotated[
        str | None, Option("a file of safetensors or torch.save, a torchvision weights name, or DEFAULT", MODEL)
    ] = None
    others: Annotated[
        str | None,
        Option(
            "photos, or texts, of other classes, opened alike: for the order of class names, and for --photos all",
            CLASS,
        ),
    ] = None
    metadata: Annotated[
        str | None,
        Option("a table about the photos or texts (.csv, .tsv, .parquet) with a column of their names: its other "
               "columns are tested against class, answers, strategies and concepts", TABLE, metavar="TABLE"),
    ] = None  # fmt: skip
    layer: Annotated[str | None, Option("module path of the split; a good one is chosen when left out", CLASS)] = None
    classes: Annotated[
        str | None,
        Option("class names in the order of the outputs: a file (one a line, CSV or JSON), or 'cat, dog'", MODEL),
    ] = None
    n_classes: Annotated[
        Count | None, Option("number of classes, where the weights do not tell", MODEL, metavar="N")
    ] = None
    resize: Annotated[Count | None, Option("short side, instead of the weights' own", MODEL, metavar="PIXELS")] = None
    crop: Annotated[Count | None, Option("centre crop, instead of the weights' own", MODEL, metavar="PIXELS")] = None
    output: Annotated[
        Kind | None,
        Option("what the model's outputs are, where they do not tell: classes (one is true), multilabel (each is true "
               "or not), binary (one output, yes or no), regression (quantities)", MODEL, choices=KINDS),
    ] = None  # fmt: skip
    device: Annotated[str, Option("cpu, cuda, cuda:1 …", MODEL)] = "cpu"
    texts: Annotated[
        str | None,
        Option("texts in place of photos: a table (.csv, .tsv, .parquet, .jsonl), a folder or a .zip of class folders "
               "with .txt files, or a .txt with one text a line", TEXTS),
    ] = None  # fmt: skip
    text_column: Annotated[str | None, Option("the column of texts", TEXTS, metavar="NAME")] = None
    label_column: Annotated[str | None, Option("the column of labels", TEXTS, metavar="NAME")] = None
    id_column: Annotated[str | None, Option("the column of the texts' names", TEXTS, metavar="NAME")] = None
    encoding: Annotated[str | None, Option("of the texts' files, where not UTF-8", TEXTS, metavar="NAME")] = None
    question: Annotated[
        str | None, Option("for a language model: the prompt, with {text} in it", TEXTS, metavar="PROMPT")
    ] = None
    answers: Annotated[
        str | None, Option("for a language model: the answers to tell apart, 'yes, no'", TEXTS, metavar="LIST")
    ] = None
    pairs: Annotated[
        str | None,
        Option("a file of pairs of words, one a line (movie, film), that a probe swaps in the texts", TEXTS,
               metavar="FILE"),
    ] = None  # fmt: skip
    settings: ReportSettings = field(default_factory=ReportSettings)

    def __post_init__(self) -> None:
        if self.images and self.texts is not None:
            raise ValueError("photos and texts were given: a report is on one of them, give --images or --texts")

    @property
    def kind(self) -> ItemKind:
        """What the report is on: "images" or "texts"."""
        return "images" if self.texts is None else "texts"

    @property
    def key(self) -> str:
        """The name under which a job is found again; equal requests have equal keys.

        A field that came later is part of it where it is given, so that the keys of jobs on disk stay as they are.
        """
        later = {name for name in LATER if getattr(self, name) is None}
        given = {name: value for name, value in to_json(self).items() if name not in later}
        if self.settings.evidence == ReportSettings.evidence:
            del given["settings"]["evidence"]
        return key_of(**given)


def short_model(model: str) -> str:
    """The name of a request's model without folders, functions and endings: "head MiniLM" of "head:hf:org/MiniLM"."""
    kind, _, rest = model.partition(":")
    if kind in ("head", "ask"):
        return f"{kind} {short_model(rest)}"
    if kind == "hf":
        return rest.rpartition("/")[2]
    path = Path(model.rpartition(":")[0] or model)
    return path.stem if path.suffix == ".py" else path.name


def report_id(request: Request, target: str, layer: str) -> str:
    """The folder name of a report: readable, URL-safe, unique per request."""
    return f"{slug(f'{target} {short_model(request.model)} {layer}')}-{request.key[:8]}"


def command_again(request: Request, *, method: str, layer: str) -> str:
    """The command line that makes the report of a request again, with every choice written out.

    method, layer: as in the report, since the request may leave them to the program. Paths are as they were given;
    those inside the working folder are relative to it.
    """
    asked = replace(
        request,
        model=_from_here(request.model),
        images=_from_here(request.images),
        others=request.others and _from_here(request.others),
        metadata=request.metadata and _from_here(request.metadata),
        texts=request.texts and _from_here(request.texts),
        pairs=request.pairs and _from_here(request.pairs),
        weights=request.weights and _from_here(request.weights),
        classes=request.classes and _from_here(request.classes),
        layer=layer,
    )
    words = [*words_of(asked), *words_of(replace(request.settings, method=method)), "--out=report-again"]
    return shlex.join(["python", "-m", "concepts", "report", *words])


def _from_here(path: str) -> str:
    """A path inside the working folder, relative to it, also behind head: or ask:; any other text unchanged."""
    kind, colon, inner = path.rpartition(":") if path.startswith(("head:", "ask:")) else ("", "", path)
    return f"{kind}{colon}{inner.removeprefix(os.path.join(os.getcwd(), ''))}"
