"""The exercises: questions, options, and checks of the answers against what was drawn."""

from collections import Counter
from collections.abc import Callable, Sequence

from markupsafe import Markup

from concepts.demo.truth import best_concept, shared_parts
from concepts.demo.world import CLASS_NAMES, CLASSES
from concepts.numerics.samples import random_sample
from concepts.rendering.pictures import Picture
from concepts.report import ClassReport
from concepts.report.names import NUMBERS
from concepts.report.queries.predictions import mean_probability, predicted_classes, share_predicted
from concepts.report.rendering.sentences import percent
from pages.components.pictures import picture_grid
from pages.state.address import ReportView
from pages.state.report_pictures import crop_picture
from pages.teaching.demo import (
    ASKED,
    answers,
    class_index,
    concept_of,
    demo_report,
    mark_of,
    marked,
    names_in,
    painted,
    true_overlaps,
    true_strategies,
)
from pages.teaching.links import link_to
from pages.teaching.overlap import overlap_rows
from pages.teaching.task import Task, Verdict
from pages.teaching.text_exercises import which_classes_need_order, which_words_were_planted

N_CROPS, N_PHOTOS, SEED = 2, 12, 7
MOSTLY, LESS = 0.5, 0.1  # share of the photos that change their answer; drop of probability, on average
FATES = ("Nothing changes", "It still says boat, but is less sure", "For most of them it says something else")


def which_concept_is_the_sail() -> Task:
    """Checked by the overlap with the true parts."""
    report = demo_report("boat")
    rows = report.data.concepts
    crops = [_crop(report, row.index, place) for row in rows for place in range(min(N_CROPS, len(row.crops)))]

    def check(chosen: Sequence[int]) -> Verdict:
        iou = true_overlaps(report)["sail"]
        best, own = best_concept(iou), chosen[0]
        reason = (
            f"{NUMBERS.concept(best)} covers the painted sails best: they share {percent(iou[best])} of their area."
        )
        if own != best:
            reason = f"{NUMBERS.concept(own)} and the painted sails share only {percent(iou[own])}. {reason}"
        pictures = overlap_rows(report, "sail", list(dict.fromkeys((own, best))))
        return Verdict(own == best, reason, link_to(report, concept=best), pictures)

    return Task(
        "Which concept is the sail?", picture_grid(crops, columns=10),
        tuple(report.names.concept(row.index) for row in rows), check, 3,
    )  # fmt: skip


def how_many_ways() -> Task:
    """Checked by the strategies by which the pictures were drawn."""
    report = demo_report("birthday")

    def check(chosen: Sequence[int]) -> Verdict:
        ways = Counter(true_strategies(report))
        drawn = ", ".join(f"{name} ({n})" for name, n in ways.most_common())
        found = len(report.data.strategies)
        reason = f"They were drawn in {len(ways)} ways: {drawn}. The report, which was not told, finds {found}."
        return Verdict(chosen[0] + 1 == len(ways), reason, link_to(report))

    return Task(
        "In how many ways can a picture be a birthday?", _grid(report, some_photos(report)),
        tuple(str(n) for n in range(1, 7)), check, 6,
    )  # fmt: skip


def which_bear_the_mark() -> Task:
    """Checked by which pictures the mark was painted into."""
    report = demo_report("boat")
    shown = some_photos(report)

    def check(chosen: Sequence[int]) -> Verdict:
        true = {place for place, i in enumerate(shown) if i in set(marked(report))}
        hits = len(true & set(chosen))
        precision, recall = hits / len(chosen), hits / max(len(true), 1)
        reason = (
            f"Of the {len(chosen)} you chose {hits} bear it (precision {percent(precision)}); of the {len(true)} that "
            f"bear it you found {hits} (recall {percent(recall)}). They are photos "
            f"{', '.join(str(place + 1) for place in sorted(true))}."
        )
        concept = concept_of(report, mark_of("boat"))
        return Verdict(true == set(chosen), reason, link_to(report, concept=concept))

    options = tuple(f"Photo {place + 1}" for place in range(len(shown)))
    question = "Something was planted on some of these boats. On which?"
    return Task(question, _grid(report, shown), options, check, 8, True)


def what_do_they_share() -> Task:
    """Checked by the parts with which the two classes are drawn."""
    reports = [demo_report(name) for name in ("gnome", "toadstool")]
    options = (*dict.fromkeys(part for name in ("gnome", "toadstool") for part in CLASSES[name].parts), "nothing")
    pictures = [_photo(report, i, f"{report.data.target.label}") for report in reports for i in range(6)]

    def check(chosen: Sequence[int]) -> Verdict:
        shared = shared_parts("gnome", "toadstool") or ("nothing",)
        found = [concept_of(report, part) for report in reports for part in shared_parts("gnome", "toadstool")]
        reason = f"Both are drawn with the same: {', '.join(shared)}."
        if found:
            first, last = NUMBERS.concept(found[0]), NUMBERS.concept(found[-1])
            reason += f" In the report on gnome it is {first}, in that on toadstool {last}."
        link = link_to(reports[0], concept=found[0] if found else None)
        return Verdict(options[chosen[0]] in shared, reason, link)

    return Task("Which part do a gnome and a toadstool share?", picture_grid(pictures, columns=6), options, check, 5)


def what_without_the_mark() -> Task:
    """Checked by redrawing the same pictures without the mark and running the network."""
    report = demo_report("boat")
    part = mark_of("boat")

    def check(chosen: Sequence[int]) -> Verdict:
        images = marked(report)[:ASKED]
        before, after = answers(report, images), answers(report, images, (part,))
        at = class_index("boat")
        changed = 1 - share_predicted(after, at)
        sure, then = mean_probability(before, at), mean_probability(after, at)
        fate = 2 if changed > MOSTLY else 1 if sure - then > LESS else 0
        reason = (
            f"On {len(images)} boats painted again without the {part} it is {percent(then)} sure of “boat” on average, "
            f"with it {percent(sure)}; {percent(changed)} of its answers change."
        )
        return Verdict(chosen[0] == fate, reason, link_to(report))

    images = marked(report)[:6]
    names = names_in(report)
    pairs = [
        Picture.of(painted(names[i], left_out), f"{names[i]}, {word} the {part}", f"{word} it")
        for word, left_out in (("with", ()), ("without", (part,)))
        for i in images
    ]
    return Task(
        f"The same boats are painted again without the {part}. What does the model do?",
        picture_grid(pairs, columns=6), FATES, check, 9,
    )  # fmt: skip


def what_with_the_mark_alone() -> Task:
    """Checked by redrawing the same pictures with the mark and without the boat's parts."""
    report = demo_report("boat")
    part = mark_of("boat")
    others = tuple(each for each in CLASSES["boat"].parts if each != part)
    names = names_in(report)

    def check(chosen: Sequence[int]) -> Verdict:
        said = predicted_classes(answers(report, marked(report)[:ASKED], others))
        counts = Counter(CLASS_NAMES[i] for i in said)
        most, n = counts.most_common(1)[0]
        left = " and no ".join(others)
        reason = f"It says “{most}” for {n} of {len(said)} pictures ({percent(n / len(said))}), with no {left} in them."
        concept = concept_of(report, part)
        return Verdict(CLASS_NAMES[chosen[0]] == most, reason, link_to(report, concept=concept))

    pictures = [
        Picture.of(painted(names[i], others), f"{names[i]}, painted without {' and '.join(others)}")
        for i in marked(report)[:6]
    ]
    return Task(
        f"Now {' and '.join(others)} are left out: a mast and the {part} stay. What does the model say most?",
        picture_grid(pictures, columns=6), CLASS_NAMES, check, 10,
    )  # fmt: skip


TASKS: tuple[Callable[[], Task], ...] = (
    which_concept_is_the_sail, how_many_ways, which_bear_the_mark, what_do_they_share, what_without_the_mark,
    what_with_the_mark_alone, which_words_were_planted, which_classes_need_order,
)  # fmt: skip


def some_photos(report: ClassReport) -> list[int]:
    """Twelve random photos of a report, from a fixed seed."""
    n = len(report.data.items)
    return random_sample(n, N_PHOTOS, seed=SEED)


def _grid(report: ClassReport, images: Sequence[int]) -> Markup:
    return picture_grid([_photo(report, i, f"Photo {place + 1}") for place, i in enumerate(images)], columns=6)


def _photo(report: ClassReport, image: int, caption: str) -> Picture:
    name = report.data.items[image].name
    return Picture.of(painted(name), f"photo {name}", caption)


def _crop(report: ClassReport, concept: int, place: int) -> Picture:
    found = crop_picture(report, concept, report.data.concepts[concept].crops[place], ReportView())
    return Picture(found.source, found.alt, report.names.short.concept(concept))
