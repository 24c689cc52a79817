"""The steps of the tour, in their order: each reads the demo's reports and explains one observation."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from concepts.demo.world import CLASS_NAMES, CLASSES
from concepts.numerics.samples import even_sample
from concepts.numerics.written import written
from concepts.rendering.pictures import Picture
from concepts.report import ClassReport
from concepts.report.class_report import thumbnail_name
from concepts.report.names import NUMBERS, joined_names
from concepts.report.queries.predictions import (
    compare_predictions,
    likeliest_classes,
    mean_probability,
    share_predicted,
)
from concepts.report.rendering.sentences import accuracy_fact, percent
from concepts.report.rendering.verdict_sentences import SIGNS, verdict_words
from concepts.report.verdict import DIFFERS, LEANS, ONE_WAY
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
    suspect_of,
)
from pages.teaching.links import link_to, report_view
from pages.teaching.text_steps import a_bag_of_words, the_same_in_words
from pages.teaching.tour_step import Scene

if TYPE_CHECKING:
    import numpy as np

N_PICTURES, COLUMNS, N_CLASSES, N_BARS = 6, 3, 4, 6


def the_answer(dark: bool) -> Scene:
    """The known part of a classifier: its answers."""
    report = demo_report("gnome")
    right = accuracy_fact(report.data)[1]
    rows = [_photo(report, i, caption=_said(report, i)) for i in even_sample(len(report.data.items), N_PICTURES)]
    return Scene(
        "A model that is right. Is that enough?",
        (
            f"This small network was shown drawings of ten things. Of {len(report.data.items)} new pictures of gnomes "
            f"it gets {right} right.",
            "Below each picture is the model's answer, and how sure it is. That does not tell us what it looks at.",
        ),
        "What do you think it looks at, to see that something is a gnome?",
        link_to(report),
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
        link_to(report, concept=cap),
        html=picture_grid([_without_link(crop) for crop in crops], columns=COLUMNS),
    )


def where_it_is(dark: bool) -> Scene:
    """The same concept over whole photos."""
    report = demo_report("gnome")
    cap = concept_of(report, "cap")
    maps = [_without_link(map_picture(report, cap, i)) for i in even_sample(len(report.data.items), N_PICTURES)]
    return Scene(
        "Where is it?",
        (
            "The same concept, laid over whole pictures: the brighter, the more of it. The white line is half of its "
            "peak in that picture.",
            "A map like this is an answer to “where”, and it can be wrong: the demo was drawn, so we can check it.",
        ),
        "Is it always on the same thing? Where does it spill over?",
        link_to(report, concept=cap),
        html=picture_grid(maps, columns=COLUMNS),
    )


def which_part_matters(dark: bool) -> Scene:
    """Bars of importance."""
    report = demo_report("gnome")
    top, second = report.data.concepts[:2]
    return Scene(
        "Which part matters?",
        (
            f"The {N_BARS} concepts that count most for “gnome”. {NUMBERS.concept(top.index)} carries "
            f"{percent(top.share)} of all the evidence, {NUMBERS.concept(second.index)} {percent(second.share)}.",
            "The thin line is the 95% interval: with other pictures of this kind the bar would likely end within it. "
            "Where two lines overlap, do not say which counts more.",
        ),
        "A gnome here is a spotted cap and a patterned coat. Which of the two is on top, do you think?",
        link_to(report, concept=top.index),
        figure=partial(importance_figure, report.data.concepts[:N_BARS], dark=dark),
        alt="Share of the evidence of each concept of the class gnome, with 95% intervals",
    )


def one_part_two_classes(dark: bool) -> Scene:
    """The cap, a concept of both classes."""
    reports = [demo_report(name) for name in ("gnome", "toadstool")]
    caps = [concept_of(report, "cap") for report in reports]
    rows = []
    for report, cap in zip(reports, caps, strict=True):
        crops = report.data.concepts[cap].crops[:COLUMNS]
        found = [crop_picture(report, cap, crop, ReportView()) for crop in crops]
        rows += [_without_link(crop, report.data.target.label) for crop in found]
    first, second = (NUMBERS.concept(cap) for cap in caps)
    return Scene(
        "One part, two classes",
        (
            f"First crops of {first} of “gnome”, then of {second} of “toadstool”: two reports, made apart from each "
            "other.",
            "A part that two classes share cannot tell one from the other, however much it counts.",
        ),
        "Then how does the model tell a gnome from a toadstool?",
        link_to(reports[0], concept=caps[0]),
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
        link_to(report),
        figure=partial(graph_figure, report, dark=dark),
        is_narrow=True,
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
        link_to(report),
        figure=partial(graph_figure, report, dark=dark),
        is_narrow=True,
        alt=f"Strategic cluster graph of the class boat: {n} groups of pictures with crops of their concepts",
    )


def the_model_cheats(dark: bool) -> Scene:
    """The verdict of the report, and its counter-proof: the planted mark on photos of other classes."""
    report = demo_report("boat")
    suspect, part = suspect_of(report), mark_of("boat")
    proof = suspect.counterproof[0]
    shown = proof.pictures[:COLUMNS]
    pictures = [_pasted(report, pair.before, f"“{pair.predicted}”") for pair in shown]
    pictures += [_pasted(report, pair.after, f"now “{pair.predicted_after}”") for pair in shown]
    return Scene(
        "The model that cheats",
        (
            f"{percent(suspect.share)} of the boats bear a {part}: "
            f"{joined_names([NUMBERS.concept(j) for j in suspect.concepts])}. The report's verdict: {SIGNS[LEANS]} "
            f"{verdict_words(LEANS)}.",
            f"The proof: pasted on {proof.others:,} other pictures it raises the score of “boat” by "
            f"{written(proof.rise)} and turns {proof.turned:,} into boats; pieces without it, by "
            f"{written(proof.control_rise)} and {proof.control_turned or 'none'}.",
            f"Other verdicts: {SIGNS[DIFFERS]} {verdict_words(DIFFERS)}, {SIGNS[ONE_WAY]} {verdict_words(ONE_WAY)}.",
        ),
        "Where would such a mark come from in real photos?",
        link_to(report, concept=suspect.concepts[0]),
        html=picture_grid(pictures, columns=COLUMNS),
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
        report_view(report).href(concept=j, image=images[0], doses=f"{j}_0", whole=1),
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
        link_to(report, concept=concept_of(report, part)),
        html=picture_grid(pictures, columns=COLUMNS),
    )


STEPS: tuple[Callable[[bool], Scene], ...] = (
    the_answer, a_concept, where_it_is, which_part_matters, one_part_two_classes, three_ways, ways_to_be_a_boat,
    the_model_cheats, what_if_removed, only_the_mark, the_same_in_words, a_bag_of_words,
)  # fmt: skip


def _photo(report: ClassReport, image: int, *, caption: str = "") -> Picture:
    return Picture(source_of(report, thumbnail_name(image)), f"photo {report.data.items[image].name}", caption)


def _said(report: ClassReport, image: int) -> str:
    row = report.data.items[image]
    return f"“{row.predicted}”, {percent(row.probability)}"


def _answer(probabilities: "np.ndarray") -> str:
    ((index, share),) = likeliest_classes(probabilities, 1)
    return f"“{CLASS_NAMES[index]}”, {percent(share)}"


def _pasted(report: ClassReport, file: str, said: str) -> Picture:
    """A picture of the counter-proof under the model's answer."""
    return Picture(source_of(report, file), f"photo of another class, the model says {said}", said)


def _without_link(picture: Picture, caption: str = "") -> Picture:
    """The picture without its link, because a click on a projector must not lead away from the step."""
    return Picture(picture.source, picture.alt, caption or picture.caption)


def _word(n: int) -> str:
    return ("no", "one", "two", "three", "four", "five")[n] if n < 6 else str(n)
