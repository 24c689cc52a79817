"""Sentences of a report, the same on the page, in the graph and in the HTML file."""

import re
from collections.abc import Sequence
from dataclasses import fields

from attribution.methods import IMPORTANCES
from concepts.data.nouns import PHOTO, TEXT
from concepts.numerics.counted import counted
from concepts.numerics.written import at_most, with_sign
from concepts.report.class_names import PHRASES
from concepts.report.names import NUMBERS, Names, concept_number, joined_names
from concepts.report.rendering.follows import follows_sentence
from concepts.report.rendering.verdict_wordings import verdict_wording
from concepts.report.rows import ConceptRow, ImageRow, MistakeRow, PresenceRow, StrategyRow, SubConceptRow
from concepts.report.schema import LayerSummary, Repeated, ReportData
from concepts.report.settings import ReportSettings

NO_UNIT = "no unit"
OF_PHOTOS = ("sub_concepts", "split_concepts", "depth")  # settings
NAMES_OF_TEXTS = {"photos": "texts", "n_crops": "n excerpts"}


def part_name(path: Sequence[int]) -> str:
    """The name of a sub-concept by its path in the tree: part 4.1.2 is part 2 of part 1 of concept 4."""
    return "Part " + ".".join(str(concept_number(index)) for index in path)


def part_sentence(row: SubConceptRow, data: ReportData) -> str:
    """Explanation of the figures of one part."""
    direction = "lowers" if row.effect >= 0 else "raises"
    return (
        f"{percent(row.share)} of what its parent is made of at layer {row.layer}. Taken out alone, it {direction} the "
        f"score of “{data.target.label}” by {abs(row.effect):.2f} {score_unit(data)} on average (95% interval "
        f"{with_sign(row.low)} to {with_sign(row.high)}, {row.n_photos:,} {data.noun}s)."
    )


def split_sentence(layer: LayerSummary) -> str:
    """How far splitting and joining the model moves its logits."""
    return f"largest change of a logit: {f'at most {at_most(layer.check)}' if layer.check else 'none'}"


def importance_unit(data: ReportData) -> str:
    """The unit of this report's importances."""
    unit = IMPORTANCES[data.settings.importance].unit or NO_UNIT
    return unit.replace("logits", score_unit(data))


def score_unit(data: ReportData) -> str:
    """The unit of the target's score."""
    return "units of the output" if data.model.output == "regression" else "logits"


def amount(importance: float, unit: str) -> str:
    """An importance with its sign, and its unit if it has one."""
    return f"{with_sign(importance)}" if unit == NO_UNIT else f"{with_sign(importance)} {unit}"


def percent(share: float | None) -> str:
    """A share as text: one decimal below 1%, "unknown" for None."""
    if share is None:
        return "unknown"
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"


def interval_text(low: float | None, high: float | None) -> str:
    """A 95% interval of a share as text; empty if there is none."""
    return "" if low is None or high is None else f"{percent(low)} to {percent(high)}"


def chosen(settings: ReportSettings, noun: str = PHOTO) -> list[tuple[str, str]]:
    """The settings with their names in words. noun: of one item; those that a text does not have are left out."""
    names = {part.name: part.name.replace("_", " ") for part in fields(settings)}
    if noun == TEXT:
        names = {name: said for name, said in names.items() if name not in OF_PHOTOS} | NAMES_OF_TEXTS
    return [(said, str(getattr(settings, name))) for name, said in names.items()]


def good_word(data: ReportData) -> str:
    """The word for what reliability counts: "right" if the items' classes are known, else "recognised"."""
    return "right" if data.dataset.labels_known else "recognised"


def strategy_title(row: StrategyRow, data: ReportData, names: Names = NUMBERS) -> str:
    """The title of a strategy, for example "Strategy B · 46% · 98% right": share of the photos, share of these that
    the model gets right."""
    reliability = "" if row.reliability is None else f" · {percent(row.reliability)} {good_word(data)}"
    return f"{names.strategy(row.label)} · {percent(row.prevalence)}{reliability}"


def is_wrong(row: ImageRow) -> bool:
    """True if the prediction is wrong (if classes are not known: if the photo is not recognised)."""
    return not (row.recognised if row.right is None else row.right)


def answer(row: ImageRow) -> str:
    """The prediction and whether it is right, as one phrase."""
    said = f"model says {row.predicted}" + ("" if row.probability is None else f" ({percent(row.probability)})")
    if row.right is None:
        return said
    return f"{said}, right" if row.right else f"{said}, wrong: it is {row.label}"


def signed_answer(row: ImageRow) -> str:
    """The prediction after a sign for right or wrong; a quantity is neither."""
    sign = "" if row.probability is None else "✗ " if is_wrong(row) else "✓ "
    return sign + answer(row)


def accuracy_fact(data: ReportData) -> tuple[str, str, str]:
    """The accuracy as a name, a value and a note; a model of quantities has none."""
    accuracy = data.accuracy
    if accuracy is None:
        return "accuracy", "–", "quantities, not classes"
    return f"{good_word(data)} on", percent(accuracy.value), interval_text(accuracy.low, accuracy.high)


def accuracy_sentence(data: ReportData) -> str:
    """The accuracy, its interval and what it counts."""
    accuracy = data.accuracy
    if accuracy is None:
        return "none: the model gives quantities, not classes"
    return f"{percent(accuracy.value)} ({interval_text(accuracy.low, accuracy.high)}): {accuracy.means}"


def model_line(data: ReportData) -> str:
    """The model and what its outputs are."""
    model = data.model
    n, word = model.n_classes, {"regression": "quantity", "multilabel": "label"}.get(model.output, "class")
    many = {"quantity": "quantities", "class": "classes"}.get(word, f"{word}s")
    line = f"{model_name(model.name)}, {n} {word if n == 1 else many}"
    return f"{line}. {model.conversion}" if model.conversion else line


def model_name(name: str) -> str:
    """The display name of a model: for a file, the file and its factory without the folders."""
    return re.split(r"[/\\]", name)[-1]


def names_origin(data: ReportData) -> str | None:
    """Where the class names came from, as a phrase; None in older reports, which do not say it."""
    if data.model.names_from is None:
        return None
    return PHRASES[data.model.names_from].replace("photos'", f"{data.noun}s'")


def photos_line(data: ReportData) -> str:
    """The source of the photos, how many were used, and where their classes come from."""
    photos = data.dataset
    classes = f"; their classes from {photos.labels_from}" if photos.labels_from else ""
    return f"{photos.source}: {photos.n_used:,} of {photos.n_photos:,} used{classes}"


def notes_of_source(data: ReportData) -> list[tuple[str, str]]:
    """What was decided about the source, and which items stand in it more than once, each with a name."""
    found = data.dataset.duplicates
    notes = [("how they were read", "; ".join(data.dataset.notes))] if data.dataset.notes else []
    return notes + ([(f"{data.noun}s that repeat others", repeated_sentence(found))] if found else [])


def repeated_sentence(found: Repeated) -> str:
    """How many items repeat others of the source, exactly and nearly, and in how many groups of several classes."""
    if not found.exact and not found.near:
        return f"none of {found.among:,}, exactly or nearly"
    exact = f"{found.exact:,} exactly (but for case and white space){_across(found.exact_across)}"
    return f"of {found.among:,}, {exact}; {found.near:,} nearly{_across(found.near_across)}"


def _across(groups: int) -> str:
    return f", {counted(groups, 'group')} of them in several classes" if groups else ""


def others_sentence(data: ReportData) -> str | None:
    """The photos of other classes that were given, as a phrase; None without."""
    others = data.dataset.others
    if others is None:
        return None
    used = f"{others.n_used:,} of them used" if others.n_used else "asked for the order of class names alone"
    return f"{others.source}: {others.n_photos:,}, {used}"


def concept_sentence(row: ConceptRow, data: ReportData) -> str:
    """Explanation of the figures of one concept."""
    dead = " It is never among the strongest anywhere: a dead concept." if row.dead else ""
    follows = f" {follows_sentence(data, 'concept', row.index)}".rstrip()
    if row.share_high == 0:
        return f"It does not count for “{data.target.label}” in any {data.noun}.{dead}{follows}"
    direction = "speaks for" if row.importance >= 0 else "speaks against"
    text = (
        f"It {direction} “{data.target.label}” and carries {percent(row.share)} of the evidence "
        f"(95% interval {interval_text(row.share_low, row.share_high)}). "
        f"In {percent(row.prevalence)} of the {data.noun}s it is the most important concept"
    )
    if row.reliability is not None:
        text += f"; {percent(row.reliability)} of these are {good_word(data)}"
    return f"{text}.{dead}{follows}"


def strategy_sentence(row: StrategyRow, data: ReportData, names: Names = NUMBERS) -> str:
    """Explanation of the figures of one strategy."""
    leading = [names.concept(j) for j in row.concepts[:3]]
    by = f"mainly by {joined_names(leading)}" if leading else "by none of the concepts"
    text = f"{row.n:,} of {len(data.items):,} {data.noun}s ({percent(row.prevalence)}) are recognised {by}"
    follows = f" {follows_sentence(data, 'strategy', row.label)}".rstrip()
    if row.reliability is None:
        return f"{text}.{follows}"
    bounds = interval_text(row.reliability_low, row.reliability_high)
    return (
        f"{text}; the model gets {percent(row.reliability)} of them {good_word(data)} (95% interval {bounds}).{follows}"
    )


def mistake_title(row: MistakeRow, names: Names = NUMBERS, noun: str = PHOTO) -> str:
    """The title of a group of mistakes, for example "Strategy B: 3 photos taken for “shoes”". noun: of one item."""
    name = "Outliers" if row.strategy < 0 else names.strategy(row.strategy)
    return f"{name}: {counted(len(row.photos), noun)} taken for “{row.predicted}”"


def mistake_sentence(row: MistakeRow, data: ReportData, names: Names = NUMBERS) -> str:
    """The concepts that support the predicted class, and those that are lacking."""
    target = data.target.label
    for_it = [
        f"{names.concept(j)} ({with_sign(row.phi_predicted[j])}; for “{target}” {with_sign(row.phi_target[j])})"
        for j in most(row.phi_predicted)
    ]
    text = f"Of these concepts, what speaks for “{row.predicted}” in them, in logits: {', '.join(for_it) or 'nothing'}."
    if row.n_asked < len(row.photos):
        text += f" (Measured on {row.n_asked:,} of them.)"
    if not row.n_well:
        return f"{text} No {data.noun} of this group went well."
    lacking = [f"{names.concept(j)} ({row.deficit[j]:.2f} less)" for j in lacked(row)]
    return (
        f"{text} What they lack beside the {counted(row.n_well, data.noun)} of the same group that went well: "
        f"{', '.join(lacking) or 'nothing'}."
    )


def lacked(row: MistakeRow) -> list[int]:
    """The concepts with positive φ in the strategy's right photos and less φ in these, largest difference first."""
    return most([gap if gap + own > 0 else 0.0 for gap, own in zip(row.deficit, row.phi_target, strict=False)])


def no_mistakes(data: ReportData) -> str:
    """The text if no mistake is described."""
    wrong, n = sum(map(is_wrong, data.items)), len(data.items)
    if not wrong:
        return f"Nothing: all {n:,} {data.noun}s are {good_word(data)}."
    if not data.dataset.labels_known:
        return (
            f"Whether an answer is wrong is not known: the {data.noun}s' own classes are not given. {wrong:,} of {n:,} "
            f"{data.noun}s are not recognised as “{data.target.label}”. {_how_to_tell(data)}"
        )
    return (
        f"{wrong:,} of {n:,} {data.noun}s are not {good_word(data)}. This report was made before mistakes were looked "
        "into: run the same analysis again to see more."
    )


def _how_to_tell(data: ReportData) -> str:
    """Where classes can be given."""
    if data.kind == "texts":
        return "A column of labels tells (--label-column)."
    return "Photos in folders named like their classes tell."


def most(values: Sequence[float], n: int = 3) -> list[int]:
    """The indices of the n largest values above 0, largest first."""
    order = sorted(range(len(values)), key=lambda j: -values[j])
    return [j for j in order[:n] if values[j] > 0]


def presence_sentence(row: PresenceRow, good: str, unit: str, noun: str = PHOTO) -> str:
    """All figures, in words, of a concept present in some items and absent in others. unit: of the importances; noun:
    of one item."""
    effect = "raises the score by" if unit == "logits" else "differs in importance by"
    parts = [
        f"{row.n:,} {noun}s show it ({percent(row.share)}), the others do not. There it is {percent(row.evidence)} of "
        f"the evidence and {effect} {amount(row.effect, unit)} beside {noun}s without it."
    ]
    if row.location_share is not None:
        control = (
            "" if row.location_control is None else f" (other concepts, in the middle: {percent(row.location_control)})"
        )
        parts.append(
            f"In {percent(row.location_share)} of them it is strongest in one and the same small window{control}."
        )
    if row.accuracy_ablated is not None:
        parts.append(
            f"The model gets {percent(row.accuracy)} of these {good}; with the concept taken out of the layer "
            f"{percent(row.accuracy_ablated)} (95% interval "
            f"{interval_text(row.accuracy_ablated_low, row.accuracy_ablated_high)})."
        )
    parts.append(f"{verdict_wording(noun).cleanly}: {row.suspicion:.2f} of 1.")
    return " ".join(parts)
