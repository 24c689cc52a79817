"""The exercises on texts: which words were planted, and where the order of words matters."""

from collections.abc import Sequence

from concepts.demo.language import PHRASE
from concepts.demo.texts.counting import WordsCounted
from concepts.demo.texts.overlap import mean_share
from concepts.demo.texts.word_order import ClassOrder
from concepts.numerics.samples import random_sample
from concepts.rendering.excerpts import Excerpt, excerpt
from concepts.report.names import NUMBERS
from concepts.report.rendering.sentences import percent
from pages.components.pictures import picture_grid
from pages.state.address import PROBES
from pages.teaching.demo import counted_words, demo_report, suspect_of, word_order
from pages.teaching.links import link_to
from pages.teaching.task import Task, Verdict
from pages.teaching.text_overlap import overlap_rows, overlaps_with_phrase

N_TEXTS, SEED, COLUMNS = 8, 7, 2
ASIDES = ("rumour has it that", "once again", PHRASE, "just as usual", "and nobody asked the goat")
KEPT = 0.9  # of a class's sentences that are still right: below it, order matters


def which_words_were_planted() -> Task:
    """Checked by how many sentences of each class have the words."""
    report = demo_report("harbour", world="village")
    rows = [report.data.texts[i] for i in random_sample(len(report.data.texts), N_TEXTS, seed=SEED)]

    def check(chosen: Sequence[int]) -> Verdict:
        own, concept = ASIDES[chosen[0]], suspect_of(report).concepts[0]
        counted = {row.words: _counted(row) for row in counted_words(ASIDES, "harbour")}
        found = overlaps_with_phrase(report, concept)
        reason = (
            f"{' '.join(counted[words] for words in dict.fromkeys((own, PHRASE)))} The report was not told, and finds "
            f"them as {NUMBERS.concept(concept)}: its strongest words and the planted ones share "
            f"{percent(mean_share(found))} in the {len(found)} sentences that show it most."
        )
        return Verdict(own == PHRASE, reason, link_to(report, concept=concept), overlap_rows(found))

    return Task(
        "Some words were planted in most of these sentences about the harbour. Which?",
        picture_grid([excerpt(row.text, row.name) for row in rows], columns=COLUMNS),
        tuple(f"“{words}”" for words in ASIDES), check, 11,
    )  # fmt: skip


def which_classes_need_order() -> Task:
    """Checked by the network's stored answers to sentences in order and shuffled."""
    report, order = demo_report("harbour", world="village"), word_order()
    names = tuple(row.class_name for row in order.classes)

    def check(chosen: Sequence[int]) -> Verdict:
        true = {place for place, row in enumerate(order.classes) if row.kept < KEPT}
        kept = ", ".join(f"{row.class_name} {row.network.shuffled} of {row.n}" for row in order.classes)
        reason = (
            f"Right with their words shuffled: {kept}. One word names the rain or a boat, wherever it stands; a "
            "verdict turns with what a “not” stands before."
        )
        return Verdict(true == set(chosen), reason, link_to(report, tab=PROBES))

    shown = [tile for row in order.classes for tile in _in_two_orders(row)]
    return Task(
        "The words of all sentences are shuffled. In which classes is more than one answer in ten then wrong?",
        picture_grid(shown, columns=COLUMNS), names, check, 12, True,
    )  # fmt: skip


def _counted(row: WordsCounted) -> str:
    others = f"{row.found_in_others or 'none'} of {row.n_others} others"
    return f"“{row.words}” stands in {row.found} of {row.n} sentences about the harbour and in {others}."


def _in_two_orders(row: ClassOrder) -> tuple[Excerpt, Excerpt]:
    name = row.class_name
    return excerpt(row.example.text, name, caption=name), excerpt(row.example.shuffled, name, caption="shuffled")
