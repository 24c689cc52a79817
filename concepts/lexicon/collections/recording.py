"""Recording of collections: from an encoder and photos, or from a report just built."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.lexicon.collections.collection import FILE, LEXICONS, Collection, EncoderSummary
from concepts.lexicon.collections.kept_parts import keep_parts
from concepts.report.pipeline.provenance import now
from concepts.storage.reading import MOST_BYTES
from concepts.storage.store import key_of, new_folder
from concepts.storage.typed_json import write_typed

if TYPE_CHECKING:
    from PIL import Image

    from concepts.data.dataset import Dataset
    from concepts.lexicon import Lexicon
    from concepts.models.encoders import ImageEncoder
    from concepts.report import ClassReport


AROUND = 4  # bytes beside a text in a list


def space_of(fingerprint: str, layer: str) -> str:
    """The name of a token space: vectors of equal names are comparable."""
    return key_of(model=fingerprint, layer=layer)


def record_collection(
    encoder: "ImageEncoder",
    photos: "Dataset[Image.Image]",
    folder: Path,
    *,
    store: Path,
    title: str | None = None,
    text: str | None = None,
    lexicons: Iterable["Lexicon"] = (),
    batch_size: int = 32,
    progress: Callable[[float], None] | None = None,
) -> Collection:
    """The collection of all readable photos, written to `folder`; their tokens are kept in the store, or read from it.

    text: the name, for `open_text_encoder`, of a text encoder that shares the space of these tokens.
    Raises ValueError for an encoder whose tokens have no places, for more photos than a collection lists, and as
    `collect_activations` does.
    """
    from concepts.activations.collect import collect_activations

    if encoder.grid is None:
        raise ValueError(f"the tokens of {encoder.card.name} at {encoder.layer} have no places: choose another layer")
    card, groups = encoder.card, photos.groups
    _check_list(photos.names, groups)
    found = collect_activations(encoder, photos, store, batch_size=batch_size, progress=progress)
    collection = Collection(
        title=title or f"{photos.source_name} · {card.name}",
        created=now(),
        space=space_of(card.fingerprint, encoder.layer),
        encoder=EncoderSummary(card.name, card.weights, encoder.layer, text),
        source=photos.source_name,
        tokens=found.folder.name,
        names=tuple(photos.names[i] for i in found.indices),
        labels=tuple(groups[i] for i in found.indices),
    )
    return _write(collection, lexicons, folder, store)


def record_report(
    report: "ClassReport", root: Path, store: Path, lexicons: Iterable["Lexicon"] = ()
) -> Collection | None:
    """The collection of a report's photos in a folder of `root`, or None if its layer has no grid of places.

    The report must have been built with this store: nothing is computed or copied.
    """
    data = report.data
    if data.layer.grid is None:
        return None
    collection = Collection(
        title=data.title,
        created=now(),
        space=space_of(data.model.fingerprint, data.layer.path),
        encoder=EncoderSummary(data.model.name, data.model.weights, data.layer.path),
        source=data.dataset.source,
        tokens=data.dataset.tokens,
        names=tuple(row.name for row in data.items),
        labels=tuple(row.label for row in data.items),
    )
    return _write(collection, lexicons, root / collection.tokens, store)


def _check_list(names: Sequence[str], labels: Sequence[str | None]) -> None:
    """Raises ValueError where the file that lists the photos would be larger than is read: before hours of work."""
    texts = (json.dumps(each, ensure_ascii=False) for each in (*names, *labels))
    n_bytes = sum(len(text.encode("utf-8", "replace")) + AROUND for text in texts)
    if n_bytes > MOST_BYTES:
        raise ValueError(
            f"the names of {len(names):,} photos are {n_bytes / 2**20:,.0f} MB, and a collection lists at most "
            f"{MOST_BYTES / 2**20:,.0f} MB: record them in parts, each a .txt list of files"
        )


def _write(collection: Collection, lexicons: Iterable["Lexicon"], folder: Path, store: Path) -> Collection:
    """Writes the collection; of an earlier one in the folder with the same tokens, index and map stay."""
    from concepts.lexicon import save_lexicon

    with new_folder(folder) as part:
        for lexicon in lexicons:
            save_lexicon(lexicon, part / LEXICONS / key_of(name=lexicon.name))
        write_typed(part / FILE, collection)
        keep_parts(collection, folder, part)
    return Collection.load(folder, store)
