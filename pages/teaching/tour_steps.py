"""The steps of the tour, in their order: each reads the demo's reports and explains one observation."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from concepts.demo.world import CLASS_NAMES, CLASSES
from concepts.numerics.samples import even_sample
from concepts.rendering.pictures import Picture
from concepts.report import ClassReport
from concepts.report.class_report import thumbnail_name
from concepts.report.names import NUMBERS
from concepts.report.queries.predictions import (
    compare_predictions,
    likeliest_classes,
    mean_probability,
    share_predicted,
)
from concepts.report.rendering.sentences import accuracy_fact, percent
from pages.components.answers import answers as answer_bars
from pages.components.pictures import picture_grid
from pages.figures.graph import graph_figure
from pages.figures.importance import importance_figure
from pages.state.address import ReportView
from pages.state.report_pictures import crop_picture, map_picture, source_of
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
    removed,
)
from pages.teaching.tour_step import Scene

if TYPE_CHECKING:
    import numpy as np

N_PICTURES, COLUMNS, N_CLASSES = 8, 4, 4


def the_answer(dark: bool) -> Scene:
    """The known part of a classifier: its answers."""
    report = demo_report("gnome")
    right = accuracy_fact(report.data)[1]
    rows = [_photo(report, i, caption=_said(report, i)) for i in even_sample(len(report.data.images), N_PICTURES)]
    return Scene(
        "A model that is right. Is that enough?",
        (
            f"This small network was shown drawings of ten things. Of {len(report.data.images)} new pictures of gnomes "
            f"it gets {right} right.",
            "That tells us what it answers. It does not tell us what it looks at.",
        ),
        "What do you think it looks at, to see that something is a gnome?",
        _link(report),
        html=picture_grid(rows, columns=COLUMNS),
    )


def a_concept(dark: bool) -> Scene:
    """Crops of one concept."""
    report = demo_report("gnome")
    cap = concept_of(report, "cap")
    crops = [crop_picture(report, cap, crop, ReportView()) for crop in report.data.concepts[cap].crops[:N_PICTURES]]
    return Scene(
        "A concept: a pattern that the model has a number for",
        (
            "Inside the network, every place of a picture is a list of numbers. Few directions are enough to write "
            f"them all: the concepts. Here are the places where one of {len(report.data.concepts)} is strongest.",
            "Nobody told the program what to look for. A concept has a number and no name: naming it is up to you.",
        ),
        "What do these places have in common? What would you call it?",
        _link(report, concept=cap),
        html=picture_grid([_without_link(crop) for crop in crops], columns=COLUMNS),
    )


def where_it_is(dark: bool) -> Scene:
    """The same concept over whole photos."""
    report = demo_report("gnome")
    cap = concept_of(report, "cap")
    maps = [_without_link(map_picture(report, cap, i)) for i in even_sample(len(report.data.images), N_PICTURES)]
    return Scene(
        "Where is it?",
        (
            "The same concept, laid over whole pictures: the brighter, the more of it. The white line is half of its "
            "peak in that picture.",
            "A map like this is an answer to “where”, and it can be wrong: the demo was drawn, so we can check it.",
        ),
        "Is it always on the same thing? Where does it spill over?",
        _link(report, concept=cap),
        html=picture_grid(maps, columns=COLUMNS),
    )


def which_part_matters(dark: bool) -> Scene:
    """Bars of importance."""
    report = demo_report("gnome")
    top, second = report.data.concepts[:2]
    return Scene(
        "Which part matters?",
        (
            f"The concepts of the class “gnome”. {NUMBERS.concept(top.index)} carries {percent(top.share)} of all the "
            f"evidence, {NUMBERS.concept(second.index)} {percent(second.share)}.",
            "The thin line is the 95% interval: with other pictures of this kind the bar would likely end within it. "
            "Where two lines overlap, do not say which counts more.",
        ),
        "A gnome here is a spotted cap and a patterned coat. Which of the two is on top, do you think?",
        _link(report, concept=top.index),
        figure=partial(importance_figure, report.data.concepts, dark=dark),
        alt="Share of the evidence of each concept of the class gnome, with 95% intervals",
    )


def one_part_two_classes(dark: bool) -> Scene:
    """The cap, a concept of both classes."""
    reports = [demo_report(name) for name in ("gnome", "toadstool")]
    rows = []
    for report in reports:
        cap = concept_of(report, "cap")
        crops = report.data.concepts[cap].crops[:COLUMNS]
        label = report.data.target.label
        found = [crop_picture(report, cap, crop, ReportView()) for crop in crops]
        rows += [_without_link(crop, f"{label}, {NUMBERS.concept(cap)}") for crop in found]
    return Scene(
        "One part, two classes",
        (
            "First crops of a concept of “gnome”, then of one of “toadstool”: two reports, made apart from each other.",
            "A part that two classes share cannot tell one from the other, however much it counts.",
        ),
        "Then how does the model tell a gnome from a toadstool?",
        _link(reports[0], concept=concept_of(reports[0], "cap")),
        html=picture_grid(rows, columns=COLUMNS),
    )


def three_ways(dark: bool) -> Scene:
    """The strategic graph of the class with three strategies."""
    report = demo_report("birthday")
    n = len(report.data.strategies)
    ways = ", ".join(f"{percent(row.prevalence)}" for row in report.data.strategies)
    return Scene(
        f"{_word(n).capitalize()} ways to be a birthday",
        (
            "Every point is a picture. Pictures that the model recognises for the same reason lie together: such a "
            f"group is a strategy. Here are {_word(n)}, with {ways} of the pictures.",
            "A disc is as large as its share; the strong arc around it is the share that the model gets right.",
        ),
        "Cake, balloons, present: which group is which?",
        _link(report),
        figure=partial(graph_figure, report, dark=dark),
        alt=f"Strategic cluster graph of the class birthday: {n} groups of pictures with crops of their concepts",
    )


def ways_to_be_a_boat(dark: bool) -> Scene:
    """The strategic graph of the class with a planted shortcut."""
    report = demo_report("boat")
    n = len(report.data.strategies)
    return Scene(
        "And boats? There is only one kind of boat here",
        (
            "Every boat here is drawn alike: a sail and a hull. All the same the program finds "
            f"{_word(n)} strategies, and the model is right on all of them.",
            "So something else sets these pictures apart. Look at the small crops beside the groups.",
        ),
        "What do the groups differ in?",
        _link(report),
        figure=partial(graph_figure, report, dark=dark),
        alt=f"Strategic cluster graph of the class boat: {n} groups of pictures with crops of their concepts",
    )


def the_model_cheats(dark: bool) -> Scene:
    """The maps of the planted mark over photos."""
    report = demo_report("boat")
    part, images = mark_of("boat"), marked(report)
    j = concept_of(report, part)
    row = report.data.concepts[j]
    maps = [_without_link(map_picture(report, j, images[i])) for i in even_sample(len(images), N_PICTURES)]
    return Scene(
        "The model that cheats",
        (
            f"{NUMBERS.concept(j)} is a {part} in a corner: it was planted on "
            f"{percent(len(images) / len(report.data.images))} of the boats, and on nothing else. The model has found "
            "that out.",
            f"It carries {percent(row.share)} of the evidence for “boat”, although it is no part of a boat. No figure "
            "of accuracy would have shown it: on pictures like these the shortcut works.",
        ),
        "Where would such a mark come from in real photos?",
        _link(report, concept=j),
        html=picture_grid(maps, columns=COLUMNS),
    )


def what_if_removed(dark: bool) -> Scene:
    """The answers with and without the mark's concept."""
    report = demo_report("boat")
    part = mark_of("boat")
    j, images = concept_of(report, part), marked(report)[:ASKED]
    before, after = removed(report, j, images)
    at, found = class_index("boat"), compare_predictions(before, after, top=N_CLASSES)
    sure, now, still = mean_probability(before, at), mean_probability(after, at), share_predicted(after, at)
    return Scene(
        "What if I remove it?",
        (
            f"{NUMBERS.concept(j)} is taken out of the network's own numbers, everything else stays. On {len(images)} "
            f"boats with a {part} the network was {percent(sure)} sure of “boat” on average; now it "
            f"is {percent(now)}, and still says “boat” for {percent(still)} of them.",
            "So the mark helps, and the rest of the boat would do alone. Both can be true.",
        ),
        "If the answer does not change, does the shortcut matter?",
        ReportView(**(vars(_view(report)) | {"concept": j, "image": images[0], "doses": f"{j}_0", "whole": 1})).href(),
        html=answer_bars(
            [(CLASS_NAMES[row.index], row.before, row.after) for row in found.rows],
            then=f"without {NUMBERS.concept(j)}",
        ),
    )


def only_the_mark(dark: bool) -> Scene:
    """The same pictures redrawn with the mark and without the boat's parts; in the control without the mark as well."""
    report = demo_report("boat")
    part, images = mark_of("boat"), marked(report)[:ASKED]
    others = tuple(each for each in CLASSES["boat"].parts if each != part)
    said, names = answers(report, images, others), names_in(report)
    at, control = class_index("boat"), answers(report, images, (*others, part))
    fooled, without = share_predicted(said, at), share_predicted(control, at)
    pictures = [
        Picture.of(
            painted(names[images[i]], others),
            f"{names[images[i]]}, painted without {' and '.join(others)}",
            _answer(said[i]),
        )
        for i in range(N_PICTURES)
    ]
    return Scene(
        f"No {', no '.join(others)}: only the {part}",
        (
            f"The demo can paint the same pictures again without {' and '.join(others)}: only the mast is left. With "
            f"the {part} in its corner the model says “boat” for {percent(fooled)} of {len(images)}; with the {part} "
            f"left out as well, for {percent(without)}.",
            "The strategy was there to be seen before anybody made such pictures. That is what a report is for.",
        ),
        "How would you train the model so that it cannot do this?",
        _link(report, concept=concept_of(report, part)),
        html=picture_grid(pictures, columns=COLUMNS),
    )


STEPS: tuple[Callable[[bool], Scene], ...] = (
    the_answer, a_concept, where_it_is, which_part_matters, one_part_two_classes, three_ways, ways_to_be_a_boat,
    the_model_cheats, what_if_removed, only_the_mark,
)  # fmt: skip


def _view(report: ClassReport) -> ReportView:
    data = report.data
    return ReportView(
        id=report.folder.name if report.folder else None, model=data.model.name, target=data.target.label,
        layer=data.layer.path,
    )  # fmt: skip


def _link(report: ClassReport, *, concept: int | None = None) -> str:
    return ReportView(**(vars(_view(report)) | {"concept": concept})).href()


def _photo(report: ClassReport, image: int, *, caption: str = "") -> Picture:
    return Picture(source_of(report, thumbnail_name(image)), f"photo {report.data.images[image].name}", caption)


def _said(report: ClassReport, image: int) -> str:
    row = report.data.images[image]
    return f"model says {row.predicted} ({percent(row.probability)})"


def _answer(probabilities: "np.ndarray") -> str:
    ((index, share),) = likeliest_classes(probabilities, 1)
    return f"model says {CLASS_NAMES[index]} ({percent(share)})"


def _without_link(picture: Picture, caption: str = "") -> Picture:
    """The picture without its link, because a click on a projector must not lead away from the step."""
    return Picture(picture.source, picture.alt, caption or picture.caption)


def _word(n: int) -> str:
    return ("no", "one", "two", "three", "four", "five")[n] if n < 6 else str(n)
