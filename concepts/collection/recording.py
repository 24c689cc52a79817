"""From an encoder and photos to a collection; from a report that was just built to the collection of its photos."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.collection.collection import FILE, LEXICONS, Collection
from concepts.store import key_of, new_folder, write_json

if TYPE_CHECKING:
    from concepts.encoders import ImageEncoder
    from concepts.lexicon import Lexicon
    from concepts.photos import PhotoSet
    from concepts.report import ClassReport


def space_of(fingerprint: str, layer: str) -> str:
    """A name for a space of tokens: vectors of equal names may be compared."""
    return key_of(model=fingerprint, layer=layer)


def record_collection(
    encoder: "ImageEncoder",
    photos: "PhotoSet",
    folder: Path,
    *,
    store: Path,
    title: str | None = None,
    text: str | None = None,
    lexicons: Iterable["Lexicon"] = (),
    batch_size: int = 32,
    progress: Callable[[float], None] | None = None,
) -> Collection:
    """The collection of all readable photos, written to `folder`; their tokens go to the store, or come from it.

    text: the name, for `open_text_encoder`, of a text encoder whose texts live in the space of these tokens.
    Raises ValueError for an encoder whose tokens have no places, and as `collect_activations` does.
    """
    from concepts.activations import collect_activations

    if encoder.grid is None:
        raise ValueError(f"the tokens of {encoder.card.name} at {encoder.layer} have no places: choose another layer")
    found = collect_activations(encoder, photos, store, batch_size=batch_size, progress=progress)
    names = [photos.names[i] for i in found.indices]
    labels = [photos.folders[i][-1] if photos.folders[i] else None for i in found.indices]
    return _write(
        folder,
        store,
        title=title or f"{photos.source_name} · {encoder.card.name}",
        space=space_of(encoder.card.fingerprint, encoder.layer),
        encoder={"name": encoder.card.name, "weights": encoder.card.weights, "layer": encoder.layer, "text": text},
        source=photos.source_name,
        tokens=found.folder.name,
        names=names,
        labels=labels,
        lexicons=lexicons,
    )


def record_report(
    report: "ClassReport", root: Path, store: Path, lexicons: Iterable["Lexicon"] = ()
) -> Collection | None:
    """The collection of a report's photos in a folder of `root`; None where its layer has no grid of places.

    The report was built with this store: nothing is computed or copied.
    """
    data = report.data
    if data.layer.grid is None:
        return None
    tokens = data.dataset.tokens
    return _write(
        root / tokens,
        store,
        title=data.title,
        space=space_of(data.model.fingerprint, data.layer.path),
        encoder={"name": data.model.name, "weights": data.model.weights, "layer": data.layer.path},
        source=data.dataset.source,
        tokens=tokens,
        names=[row.name for row in data.images],
        labels=[row.label for row in data.images],
        lexicons=lexicons,
    )


def _write(folder: Path, store: Path, *, lexicons: Iterable["Lexicon"], **described: Any) -> Collection:
    from concepts.lexicon import save_lexicon
    from concepts.report.provenance import now

    collection = Collection(created=now(), folder=folder, store=store, **described)
    with new_folder(folder) as part:
        for lexicon in lexicons:
            save_lexicon(lexicon, part / LEXICONS / key_of(name=lexicon.name))
        write_json(part / FILE, collection.to_json())
    return Collection.load(folder, store)
