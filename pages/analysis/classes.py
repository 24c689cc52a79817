"""The classes that a new analysis is about: one, or several with a report each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from concepts.data.nouns import noun_of
from concepts.engine.inspection import Inspection
from concepts.models.target import Target, resolve_target
from concepts.numerics.counted import counted
from pages.components.safe_text import paragraph
from pages.state.messages import sentence_of
from pages.state.selection import renew_widget

Scope = Literal["one", "some", "all"]
SCOPES: dict[Scope, str] = {"one": "One class", "some": "These classes", "all": "All classes"}
NUMBERS_HELP = """\
Numbers of the model's outputs, from 0, a line each: 281, or 151-268, or 3, 7. Each class of a line gets a report of \
its own, unless you make a line one group."""
GROUP_HELP = "Then 151-268 is one report, on the photos or texts of all these classes together."
ANSWERED = """\
No folder bears the name of a class: a first pass over all photos asks the model, and each photo goes to the class \
that it answers with. An answer is not known to be right, so that these reports state no accuracy."""
UNLABELLED = "No text has a label that is a class: a run needs them. Give their column, or choose one class."


@dataclass(frozen=True)
class ClassChoice:
    """scope: how many reports. targets: as a request takes them; () for all classes. sizes: photos or texts of each;
    () where only the model's answers will tell. complete: whether a report can be asked for. said: in words."""

    scope: Scope
    targets: tuple[str, ...]
    sizes: tuple[int, ...]
    complete: bool
    said: str


def choose_classes(found: Inspection) -> ClassChoice:
    """Asks how many reports, and on which classes."""
    scope = st.segmented_control(
        "Reports on", list(SCOPES), key="scope", default="one", required=True, bind="query-params",
        format_func=lambda scope: SCOPES[scope],
    )  # fmt: skip
    if scope == "one":
        target = _one(found)
        return ClassChoice("one", (target,), (), bool(target), target or "no class")
    choice = _all(found) if scope == "all" else _some(found)
    if found.photos_per_class:
        return choice
    paragraph(ANSWERED if found.kind == "images" else UNLABELLED, "cx-note")
    return ClassChoice(choice.scope, choice.targets, (), choice.complete and found.kind == "images", choice.said)


def classes_of(found: Inspection, target: str) -> list[str]:
    """The names of the target's classes: one, or those of a group of indices."""
    indices = [int(part) for part in target.split(",") if part.strip().isdigit()]
    return [found.class_names[i] for i in indices] if indices and target not in found.photos_per_class else [target]


def _one(found: Inspection) -> str:
    """The one target, "" for none."""
    several = _chosen(found, "Class (several: a group)", "target", n_first=1)
    if not several:
        st.warning("Choose a class: the report is about it.")
    return several[0] if len(several) == 1 else ", ".join(str(found.class_names.index(name)) for name in several)


def _all(found: Inspection) -> ClassChoice:
    counts = found.photos_per_class
    if counts:
        noun = noun_of(found.kind)
        paragraph(f"{counted(len(counts), 'class')} with {noun}s: a report each.", "cx-note")
    return ClassChoice("all", (), tuple(counts.values()), True, "all classes")


def _some(found: Inspection) -> ClassChoice:
    names = _chosen(found, "Classes, a report each", "classes", n_first=0)
    typed = st.text_area(
        "Or by number", key="by_number", height=70, placeholder="151-268", help=NUMBERS_HELP, bind="query-params"
    )
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    grouped = bool(lines) and st.toggle("A line is one group", key="grouped", help=GROUP_HELP, bind="query-params")
    try:
        targets = targets_of(names, lines, found.class_names, grouped=grouped)
    except ValueError as error:
        st.error(sentence_of(error))
        targets = []
    if not targets and not lines:
        st.warning("Choose a class, or several: each gets a report.")
    sizes = [sum(found.photos_per_class.get(name, 0) for name in target.names) for target in targets]
    words = tuple(_words(target, found.class_names) for target in targets)
    return ClassChoice("some", words, tuple(sizes), bool(targets), counted(len(targets), "class"))


def targets_of(
    names: Sequence[str], lines: Sequence[str], class_names: Sequence[str], *, grouped: bool
) -> list[Target]:
    """The targets of names and of lines with numbers or ranges, each once, in this order.

    grouped: whether a line is one target. Raises ValueError for a line that is no class.
    """
    n = len(class_names)
    found = [resolve_target(class_names.index(name), class_names, n) for name in names]
    for line in lines:
        target = resolve_target(line, class_names, n)
        found += [target] if grouped else [resolve_target(index, class_names, n) for index in target.indices]
    return list({target.indices: target for target in found}.values())


def _words(target: Target, class_names: Sequence[str]) -> str:
    """The target as a request takes it: a name where it means that class alone, else numbers."""
    name = target.names[0]
    if not target.is_group and class_names.index(name) == target.indices[0]:
        return name
    return ", ".join(map(str, target.indices))


def _chosen(found: Inspection, label: str, key: str, *, n_first: int) -> list[str]:
    """The names chosen among the classes that have photos or texts. n_first: how many are chosen at first."""
    counts, noun = found.photos_per_class, noun_of(found.kind)
    names = [name for name in found.class_names if name in counts] or list(found.class_names)
    labels = {name: f"{name} ({counted(counts[name], noun)})" if name in counts else name for name in names}
    _forget_others(key, names)
    renew_widget(key, list(labels.values()))
    return st.multiselect(
        label, names, default=names[:n_first], key=key, bind="query-params",
        format_func=lambda name: labels.get(name, name),
    )  # fmt: skip


def _forget_others(key: str, names: list[str]) -> None:
    """Lets the first class be chosen again where those chosen before were another model's.

    The control alone would drop them, and be left empty as if a visitor had emptied it.
    """
    before = st.session_state.get(key)
    if before and not set(before) & set(names):
        del st.session_state[key]
