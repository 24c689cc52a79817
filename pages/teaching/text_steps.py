"""The steps of the tour about texts: a planted phrase, and a bag of words at work."""

from concepts.demo.texts.overlap import strong_marks
from concepts.numerics.written import written
from concepts.probes.plain_changes import SHUFFLE
from concepts.rendering.excerpts import Excerpt, Tile, excerpt
from concepts.report import ClassReport
from concepts.report.names import NUMBERS, joined_names
from concepts.report.rendering.excerpts import pasted_excerpt
from concepts.report.rendering.sentences import percent
from concepts.report.rendering.verdict_sentences import SIGNS, words_of_verdict
from concepts.report.rendering.wording_sentences import wording_of
from concepts.report.verdict import LEANS, PastedText
from pages.components.answers import answers as answer_bars
from pages.components.pictures import picture_grid
from pages.state.address import PROBES
from pages.teaching.demo import demo_report, probe_of, suspect_of, word_order, words_proof
from pages.teaching.links import link_to
from pages.teaching.tour_step import Scene

COLUMNS = 2
NAMED, JUDGED = ("rain", "festival", "harbour"), ("praise", "complaint")


def the_same_in_words(dark: bool) -> Scene:
    """The verdict of a report on texts, and its counter-proof: the planted phrase in sentences of other classes."""
    report = demo_report("harbour", world="village")
    suspect, proof = suspect_of(report), words_proof(report)
    concepts = joined_names([NUMBERS.concept(j) for j in suspect.concepts])
    shown: list[Tile] = [*_own(report, suspect.concepts[0]), *(_put_in(each) for each in _shortest(proof.texts))]
    return Scene(
        "The same cheat, in words",
        (
            f"A second network tells what a sentence is about. {percent(suspect.share)} of those about the harbour "
            f"show {concepts}, its strongest words marked. The report's verdict: {SIGNS[LEANS]} "
            f"{words_of_verdict(report.data)}.",
            f"The proof: put into {proof.others:,} other sentences, “{proof.phrases[0]}” raises the score of “harbour” "
            f"by {written(proof.rise)} and turns {proof.turned:,} into harbour; as many other words, by "
            f"{written(proof.control_rise)} and {proof.control_turned or 'none'}.",
        ),
        "Where would such words come from in real texts?",
        link_to(report, concept=suspect.concepts[0]),
        html=picture_grid(shown, columns=COLUMNS),
    )


def a_bag_of_words(dark: bool) -> Scene:
    """The network's answers with the words in order and shuffled, and those of a bag of words."""
    report, order = demo_report("harbour", world="village"), word_order()
    probe = probe_of(report, SHUFFLE.name)
    turned = round(probe.turned.value * probe.n) if probe.turned else 0
    both, counted = order.right(*JUDGED), order.right(*JUDGED, counted=True)
    bars = [(", ".join(NAMED), *order.right(*NAMED)), *((name, *order.right(name)) for name in JUDGED)]
    return Scene(
        "Does it read, or does it count words?",
        (
            f"A probe of the report: with the words of {probe.n} harbour sentences shuffled, {turned or 'none'} of the "
            "answers turn. There, counting words is enough.",
            f"In praise and complaint a “not” turns the verdict, and order matters: {percent(both[0])} right, "
            f"{percent(both[1])} shuffled. A bag of words counts each word and sees no order: {percent(counted[0])}.",
        ),
        "How would you find out whether your model reads?",
        link_to(report, tab=PROBES),
        html=answer_bars([*bars, ("the last two, by a bag of words", *counted)], then="words shuffled"),
    )


def _own(report: ClassReport, concept: int) -> list[Excerpt]:
    """Short sentences of the class that show a concept, with its strong marks."""
    texts, wording, said = report.data.texts, wording_of(report.data, concept), f"“{report.data.target.label}”"
    rows = sorted(wording.excerpts if wording else (), key=lambda row: len(texts[row.text].text))[:COLUMNS]
    return [excerpt(texts[row.text].text, said, spans=strong_marks(row.spans), caption=said) for row in rows]


def _shortest(texts: tuple[PastedText, ...]) -> list[PastedText]:
    return sorted(texts, key=lambda each: len(each.text))[:COLUMNS]


def _put_in(put: PastedText) -> Excerpt:
    """A sentence of another class with the words put in, above the model's answers."""
    said = f"“{put.predicted}”, now “{put.predicted_after}”"
    return pasted_excerpt(put, said, caption=said)
