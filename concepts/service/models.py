"""Which models are used by whom: those that run no code of their makers' by analysts, others as the operator says."""

import re
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from concepts.access import Act, Person, check
from concepts.demo.names import DEMO_SOURCES, DEMO_TEXTS
from concepts.engine.uploaded_models import is_uploaded
from concepts.models.classifiers.catalogue import TORCHVISION_CLASSIFIERS
from concepts.models.encoders.minilm import MINILM
from concepts.service.acting import acting
from concepts.service.workplace import Workplace

ON_HUB = re.compile(r"hf:[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


def runs_no_other_code(model: str, workspace: Path, named: Iterable[str]) -> bool:
    """True where the model runs no code of its maker's, or the operator has named it.

    The former are built in, of torchvision, by their names on Hugging Face, or uploaded as a zip, of which no code is
    unpacked (these two as encoder or language model, too).
    """
    if model in (*DEMO_SOURCES, *DEMO_TEXTS) or model in TORCHVISION_CLASSIFIERS:
        return True
    inner = model.removeprefix("head:") if model.startswith("head:") else model.removeprefix("ask:")
    if ON_HUB.fullmatch(inner) or model == f"head:{MINILM}" or is_uploaded(model, workspace):
        return True
    return not {_whole(model), _whole(inner)}.isdisjoint(map(_whole, named))


def asking(place: Workplace, person: Person, what: str) -> AbstractContextManager[None]:
    """Lets the person ask a model within the block, as `acting`. what: the question, without a text, for the record."""
    return acting(place, person, Act.ASK, of=what)


def check_asking(person: Person) -> None:
    """Raises NotAllowed where the person may not have a model loaded and asked."""
    check(person, Act.ASK)


def act_of(models: Iterable[str], workspace: Path, named: Collection[str]) -> Act:
    """What it is to have a job run these models: code that the operator has not named is more than an analysis."""
    if all(not model or runs_no_other_code(model, workspace, named) for model in models):
        return Act.RUN
    return Act.RUN_CODE


def _whole(name: str) -> str:
    """The name with the whole path of its file or folder."""
    if ON_HUB.fullmatch(name):
        return name
    file, _, factory = name.rpartition(":")
    return f"{Path(file or factory).expanduser().resolve()}:{factory if file else ''}"
