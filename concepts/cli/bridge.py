"""`bridge`: a map from a model's layer to a text encoder, fitted on labelled photos and evaluated on unseen words."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.shared import add_model, photos_alone, request_of, show_progress, store_of

if TYPE_CHECKING:
    from concepts.activations.collect import Activations
    from concepts.data.dataset import Dataset
    from concepts.lexicon import Lexicon
    from concepts.lexicon.alignment import Judgement, LabelledPhotos

TEXTS, PROMPT = "all-MiniLM-L6-v2", "a photo of a {}"
METHODS = ("ridge", "procrustes", "assignment")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    add_model(parser)
    option("--layer", help="module path of the split; a good one is chosen when left out")
    option("--images", required=True, help="class folders, whose names are the words; or any, with --labels")
    option("--labels", metavar="FILE", help="a word for each photo, in their order: one a line, or a JSON list")
    option("--encoder", default=TEXTS, metavar="NAME", help="of the words (default: %(default)s)")
    option("--prompt", default=PROMPT, help="how a word is put to it (default: %(default)r)")
    option("--method", choices=METHODS, default=METHODS[0], help="default: %(default)s")
    option("--folds", type=int, default=5, metavar="N", help="words are held out in N parts (default: %(default)s)")
    option("--seed", type=int, default=0, help="of the folds and the random control (default: %(default)s)")
    option("--out", type=Path, required=True, metavar="FILE", help="a .safetensors file, for `tokens` and `name`")
    option("--store", type=Path, metavar="FOLDER", help="where activations are kept (default: .concepts-store)")
    photos_alone(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fits the bridge on all photos, evaluates the same fit on held-out words, prints and writes both."""
    from concepts.activations.collect import collect_activations
    from concepts.engine.analysis import load_split, open_request_photos
    from concepts.lexicon import Lexicon
    from concepts.lexicon.alignment import fit_bridge, judge_on_words
    from concepts.lexicon.collections import space_of
    from concepts.models.encoders import open_text_encoder

    if options.out.suffix != ".safetensors":
        raise ValueError(f"--out {options.out}: give the name of a .safetensors file")
    if "{}" not in options.prompt:
        raise ValueError(f"--prompt {options.prompt!r}: write {{}} where the word goes")
    store, request = store_of(options), request_of(options)
    photos = open_request_photos(request, store)
    labels = _labels(options, photos)
    split, encoder, progress = load_split(request, options.layer), open_text_encoder(options.encoder), show_progress()
    found = collect_activations(split, photos, store, progress=lambda share: progress("activations", share))
    words = tuple(dict.fromkeys(labels))
    lexicon = Lexicon(words, encoder.embed([options.prompt.format(word) for word in words]), space=encoder.fingerprint)
    given = _given(found, [words.index(labels[i]) for i in found.indices], lexicon, split.card.class_names)
    judged = judge_on_words(given, lexicon, methods=(options.method,), folds=options.folds, seed=options.seed)
    bridge = fit_bridge(
        options.method,
        given.photos,
        lexicon.vectors[given.labels],
        seed=options.seed,
        trained_on=f"{len(given):,} photos of {len(words):,} words, {photos.source_name}",
        source=space_of(split.card.fingerprint, split.layer),
        space=encoder.fingerprint,
    )
    replace(bridge, figures=bridge.figures | _figures(judged, options.method)).save(options.out)
    _print(judged)
    print(f"wrote {options.out}: {bridge.trained_on}")
    return 0


def _labels(options: argparse.Namespace, photos: "Dataset[object]") -> list[str]:
    """One word per photo. Raises ValueError where a photo has none."""
    from concepts.models.classifiers.name_files import texts_in_file

    if options.labels:
        words = list(texts_in_file(Path(options.labels)))
        if len(words) != len(photos):
            raise ValueError(f"--labels {options.labels}: {len(words)} words for {len(photos)} photos, one for each")
    else:
        words = [(group or "").replace("_", " ") for group in photos.groups]
    if "" in words:
        raise ValueError(f"{words.count('')} photos have no word: put them in folders named by it, or give --labels")
    return words


def _given(
    found: "Activations", labels: list[int], lexicon: "Lexicon", classes: tuple[str, ...] | None
) -> "LabelledPhotos":
    """Each photo as the mean of its tokens, with the model's probabilities where its classes are these words."""
    import torch

    from concepts.lexicon.alignment import LabelledPhotos

    means = [batch.flatten(1, -2).mean(dim=1) if batch.ndim > 2 else batch for batch in found.batches(64)]
    places = {name.casefold(): row for row, name in enumerate(classes or ())}
    rows = [places.get(word.casefold(), -1) for word in lexicon.words]
    known = None if -1 in rows else torch.from_numpy(found.logits)[:, rows].softmax(dim=1)
    return LabelledPhotos(torch.cat(means), torch.tensor(labels), known)


def _figures(judged: "list[Judgement]", method: str) -> dict[str, float]:
    return {
        f"recall at {k}, {each.setting}": float(recall)
        for each in judged
        if each.method == method
        for k, recall in each.recall.items()
    }


def _print(judged: "list[Judgement]") -> None:
    for setting in dict.fromkeys(each.setting for each in judged):
        rows = [each for each in judged if each.setting == setting]
        print(f"\n{setting}: {len(rows[0].ranks):,} photos, {rows[0].n_words:,} words to choose from")
        print(f"  {'':<12}" + "".join(f"{f'recall at {k}':>24}" for k in rows[0].recall) + f"{'median rank':>14}")
        for each in rows:
            recalls = "".join(f"{r:>8.3f} [{r.low:.3f}, {r.high:.3f}]" for r in each.recall.values())
            print(f"  {each.method:<12}{recalls}{each.median_rank:>14.1f}")
    print("random: maps drawn by chance; conse: the mean of the words that the model itself finds likely")
