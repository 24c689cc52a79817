"""`tokens`: the tokens of photos, stored for queries on the pages Similarity and Words."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.collection_parts import COLLECTIONS, STORE, add_parts, existing_collection, is_trouble
from concepts.cli.shared import photos_alone, show_progress
from concepts.demo.names import PAIR

if TYPE_CHECKING:
    from concepts.lexicon import Lexicon
    from concepts.models.encoders import ImageEncoder

RECORDED = ("model", "images", "name")  # options that a new collection needs
OF = ("photos", "places")
FOR_EXISTING = {"collection", "workspace", "index", "map", "duplicates", "run"}  # those that one which exists takes


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--collection", metavar="ID", help="one that exists, whoever recorded it: gets --index, --map, --duplicates")
    option("--model", help="a classifier, path/to/file.py:factory, hf:org/name, a folder, open_clip:…")
    option("--weights", help="a file of safetensors or torch.save for a classifier")
    option("--classes", help="class names of a classifier: a file (one a line, CSV or JSON), or 'cat, dog'")
    option("--layer", help="module path of a classifier, or number of a hidden state")
    option("--head", type=int, help="one attention head of a vision transformer")
    option("--path", help="plain, value or tower, of CLIP and SigLIP")
    option("--prompt", help="what a multimodal model is asked beside the photo: <image> stands for it")
    option("--token", help="a token of a multimodal model to ask with, such as <SEG>")
    option("--tiles", type=int, default=1, metavar="N", help="high resolution: N inputs of the model a side, in tiles")
    option("--whole", type=float, default=0.0, metavar="SHARE", help="with --tiles: how much the whole photo counts")
    option("--images", help="a folder, a .zip, a .txt list of files, demo/shapes or demo/digits")
    option("--text", metavar="NAME", help="a text encoder of the same space: its own name for CLIP, SigLIP, demo/pair")
    option("--words", type=Path, metavar="FILE", help="your word list (.txt, .csv), whose directions --text gives")
    option("--bridge", type=Path, metavar="FILE", help="from these tokens to --text, as `bridge` wrote it")
    option("--workspace", type=Path, default=Path("workspace"), help="the app's workspace (default: %(default)s)")
    option("--name", help="what the collection is called in addresses")
    option("--index", action="store_true", help="an index for millions of tokens too, with its measured recall (FAISS)")
    option("--map", nargs="*", choices=OF, help="a map of the photos (default), of all their places, or of both, each "
           "with the share of neighbours that it keeps")  # fmt: skip
    option("--duplicates", action="store_true", help="which photos are nearly the same, among all of them: none missed")
    option("--batch-size", type=int, default=32, metavar="N", help="photos at a time (default: %(default)s)")
    option("--device", default="cpu", help="cpu, cuda, cuda:1 …")
    photos_alone(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Records the collection with the lexicons that fit, or adds to one that exists; 1 where a part could not be made.

    Raises ValueError for options that do not go together.
    """
    from concepts.token_search.faiss_library import faiss_library

    _check(options)
    if options.index:
        faiss_library()  # before an hour of work
    return _record(options) if options.collection is None else _add_to(options)


def _check(options: argparse.Namespace) -> None:
    if options.collection is None:
        if missing := [f"--{name}" for name in RECORDED if getattr(options, name) is None]:
            raise ValueError(
                f"{', '.join(missing)} missing: a new collection needs --model, --images and --name; one that exists "
                "takes --collection with --index, --map or --duplicates"
            )
        return
    if not (options.index or options.map is not None or options.duplicates):
        raise ValueError(f"--collection {options.collection[:60]!r}: say what it gets: --index, --map, --duplicates")
    if others := _others_given(options):
        raise ValueError(
            f"{', '.join(others)} with --collection: its photos are recorded; it takes --index, --map, --duplicates"
        )


def _others_given(options: argparse.Namespace) -> list[str]:
    """The options given that a collection which exists does not take."""
    parser = argparse.ArgumentParser()
    add(parser)
    defaults = vars(parser.parse_args([]))
    given = (name for name, value in defaults.items() if name not in FOR_EXISTING and getattr(options, name) != value)
    return [f"--{name.replace('_', '-')}" for name in given]


def _add_to(options: argparse.Namespace) -> int:
    found = existing_collection(options.collection, options.workspace)
    print(f"{found.title}: {len(found):,} photos")
    return 1 if add_parts(found, options, show_progress()) else 0


def _record(options: argparse.Namespace) -> int:
    from concepts.engine.analysis import open_request_photos
    from concepts.lexicon.collections import record_collection
    from concepts.report.request import Request

    if not options.name.replace("-", "").isalnum():
        raise ValueError(f"--name {options.name!r}: letters, digits and hyphens only, since it stands in addresses")
    store = options.workspace / STORE
    photos = open_request_photos(Request(model=options.model, images=options.images), store)
    encoder = _encoder(options)
    progress = show_progress()
    found = record_collection(
        _tiled(encoder, options),
        photos,
        options.workspace / COLLECTIONS / options.name,
        store=store,
        text=None if options.bridge else options.text,
        lexicons=_lexicons(encoder, options),
        batch_size=options.batch_size,
        progress=lambda share: progress("tokens", share),
    )
    h, w = found.grid
    print(f"{found.title}: {len(found):,} photos, {h} × {w} places of {found.n_channels} channels")
    for lexicon in found.lexicons():
        print(f"  words: {lexicon}")
    failed = any(is_trouble(error) for error in add_parts(found, options, progress))
    pages = ", ".join(f"/{page}?collection={found.id}" for page in ("similarity", "photos", "words"))
    print(f"wrote {found.folder}; open {pages} in the app")
    return 1 if failed else 0


def _encoder(options: argparse.Namespace) -> "ImageEncoder":
    from concepts.models.encoders import open_image_encoder

    layer = int(options.layer) if options.layer and options.layer.lstrip("-").isdecimal() else options.layer
    if options.classes:
        from concepts.engine.analysis import load_split
        from concepts.report.request import Request

        request = Request(
            options.model, images="", weights=options.weights, classes=options.classes, device=options.device
        )
        return load_split(request, options.layer)
    given = {name: getattr(options, name) for name in ("head", "weights", "path", "prompt", "token", "device")}
    return open_image_encoder(options.model, layer=layer, **given)


def _tiled(encoder: "ImageEncoder", options: argparse.Namespace) -> "ImageEncoder":
    """The encoder, or its tiled version for larger photos."""
    from concepts.activations.tiling import TiledEncoder

    if options.tiles == 1 and options.whole:
        raise ValueError(
            f"--whole {options.whole:g} goes with --tiles 2 or more: without tiles the whole is all there is"
        )
    return encoder if options.tiles == 1 else TiledEncoder(encoder, options.tiles, options.whole)


def _lexicons(encoder: "ImageEncoder", options: argparse.Namespace) -> "list[Lexicon]":
    """The lexicons for a new collection: classes, the pair's own words, a vocabulary, the user's list."""
    from concepts.lexicon import Lexicon, class_lexicon, lexicon_of_words, read_word_list
    from concepts.lexicon.alignment import bridged_lexicon, load_bridge
    from concepts.lexicon.collections.recording import space_of
    from concepts.models import Split
    from concepts.models.encoders import open_text_encoder
    from concepts.models.encoders.multimodal import MultimodalEncoder

    found = []
    if options.words:
        if not options.text:
            raise ValueError("--words needs --text: the encoder that gives the words their directions")
        words = lexicon_of_words(read_word_list(options.words), open_text_encoder(options.text))
        if options.bridge:
            bridge = load_bridge(options.bridge)
            bridge.check_source(space_of(encoder.card.fingerprint, encoder.layer))
            words = bridged_lexicon(words, bridge)
        found.append(words)
    if options.model == PAIR:
        from concepts.demo.pair import pair_lexicon

        found.append(pair_lexicon())
    elif isinstance(encoder, MultimodalEncoder):
        found.append(Lexicon(*encoder.unembedding(), name=f"what {encoder.card.name} can say"))
    elif isinstance(encoder, Split):
        try:
            found.append(class_lexicon(encoder))
        except ValueError as error:
            print(f"without its classes as words: {error}")
    return found
