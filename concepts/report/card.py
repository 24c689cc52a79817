"""A small card for each report, to list, search and sort many reports without reading them whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from concepts.data.dataset import ItemKind
from concepts.data.nouns import noun_of
from concepts.data.texts import one_line
from concepts.report.rows import WordingRow
from concepts.report.schema import ReportData
from concepts.report.verdict import Kind
from concepts.storage.listing import Listing, list_folders
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NOT_STORED, Count, Share, read_typed

CARD = "card.json"
N_CROPS = 4  # concepts that are shown
N_WORDS, LONGEST = 4, 90  # words of a concept of texts, and characters of what shows it
MOST_BYTES = 2**20  # of a card


@dataclass(frozen=True)
class ReportCard:
    """What a gallery shows of a report. folder: the report's folder; its name is the report's id in a URL."""

    title: str
    target: str
    model: str
    layer: str
    source: str
    created: str
    accuracy: Share | None
    n_images: Count
    n_concepts: Count
    n_strategies: Count
    suspicion: Share | None
    crops: tuple[str, ...]
    verdict: Kind | None = None  # None where it was not tested, and in older reports
    labels_known: bool | None = None  # whether the accuracy counts right answers; None in older reports
    kind: ItemKind = "images"
    phrase: str = ""  # the words that the model leans on, of a report on texts; "" in older ones
    words: tuple[str, ...] = ()  # of a report on texts: for each of the most important concepts, what shows it
    folder: Path = field(default=Path(), metadata=NOT_STORED)

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def noun(self) -> str:
        """What one of the report's items is called."""
        return noun_of(self.kind)

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """The card of a report; its crops, or words, are those of the most important concepts."""
        crops = [row.crops[0].file for row in data.concepts if row.crops][:N_CROPS]
        return cls(
            title=data.title,
            target=data.target.label,
            model=data.model.name,
            layer=data.layer.path,
            source=data.dataset.source,
            created=data.created,
            accuracy=None if data.accuracy is None else data.accuracy.value,
            n_images=len(data.items),
            n_concepts=len(data.concepts),
            n_strategies=len(data.strategies),
            suspicion=data.suspicion,
            crops=tuple(crops),
            verdict=None if data.verdict is None else data.verdict.kind,
            phrase="" if data.verdict is None else data.verdict.phrase[:LONGEST],
            labels_known=data.dataset.labels_known,
            kind=data.kind,
            words=tuple(filter(None, (_words(row, data) for row in data.wordings[:N_CROPS]))),
        )


def _words(row: WordingRow, data: ReportData) -> str:
    """The words of a concept of texts; where none sets its texts apart, the beginning of its first text, if any."""
    if row.words:
        said = ", ".join(each.term for each in row.words[:N_WORDS])
    else:
        said = next((data.texts[each.text].text for each in row.excerpts), "")
    return one_line(said, LONGEST) if said else ""


def read_cards(roots: Iterable[Path]) -> Listing[ReportCard]:
    """The cards of all finished reports in these folders, newest first, and the folders without a valid card."""
    listing = list_folders(roots, _read_card)
    return replace(listing, found=tuple(sorted(listing.found, key=lambda card: card.created, reverse=True)))


def list_cards(roots: Iterable[Path]) -> list[ReportCard]:
    """The cards of `read_cards`, without what was left out."""
    return list(read_cards(roots).found)


def _read_card(folder: Path) -> ReportCard:
    card = read_typed(ReportCard, file_inside(folder, CARD), most_bytes=MOST_BYTES)
    return replace(card, folder=folder)


def find_report(
    roots: Sequence[Path],
    *,
    id: str | None = None,
    model: str | None = None,
    target: str | None = None,
    layer: str | None = None,
) -> ReportCard | None:
    """The newest report that matches all given values; None if there is none. An id alone identifies a report."""
    for card in list_cards(roots):
        wanted = ((id, card.id), (model, card.model), (target, card.target), (layer, card.layer))
        if all(value is None or value == actual for value, actual in wanted):
            return card
    return None
