"""Names for the concepts of SqueezeNet's features, from its own 1,000 classes: are they sensible, and do they repeat?

Concepts: NMF on one half of the photos, dealt at random; names from that half. Judged on the other half, which
neither concepts nor names have seen: the classes of the ten photos in which a concept is strongest there, against its
name, by the cosine of their MiniLM embeddings; the control is the names of the other concepts. Then names are made
from that half alone: how many are the same, and the place of the first names among the 1,000 words there. Beside it:
how many names repeat when each concept takes its best word, and how many concepts get a name when codes are shuffled
(the threshold is set for 5%).

Then words of MiniLM, through a bridge fitted on the 1,000 photos, for ten concepts of the dogs: the 1,000 class names,
and the 40 commonest words of film reviews, which should name nothing; with and without the unrelated words that a name
must be better than.
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.bridge import batches
from benchmarks.measuring import machine, measure
from concepts.data.images import PhotoSet, open_photos
from concepts.extraction import make_extractor
from concepts.lexicon import Lexicon, class_lexicon
from concepts.lexicon.alignment import fit_bridge
from concepts.lexicon.naming import ConceptName, name_concepts
from concepts.lexicon.naming.captions import content_words
from concepts.lexicon.naming.prototypes import prototype_places
from concepts.lexicon.naming.scores import WordScorer, shuffled_thresholds, word_scores
from concepts.lexicon.naming.unrelated import unrelated_thresholds
from concepts.models import Split, load_model, split_model
from concepts.models.encoders import TextEncoder, open_text_encoder
from concepts.models.encoders.minilm import MINILM
from concepts.numerics.intervals import mean_estimate
from tests.support.places import SHARED

SHUFFLED = 20  # times all codes are shuffled
DOGS = slice(151, 269)
FILM_WORDS, FILM_LETTERS = 40, 4


@dataclass(frozen=True)
class Half:
    """Tokens (n, T, p), codes (n, T, k) and the classes' names of half of the photos."""

    tokens: Tensor
    codes: Tensor
    labels: list[str]


def tokens_of(split: Split, photos: PhotoSet) -> Tensor:
    """(n, T, p) of every photo."""
    with torch.inference_mode():
        parts = [
            split.encode(images.to(split.device)).flatten(1, 2).cpu() for images in batches(photos, split.card.prepare)
        ]
    return torch.cat(parts).clone()


def halves(tokens: Tensor, labels: list[str], n_concepts: int, seed: int) -> tuple[Half, Half]:
    """The photos dealt in two, with codes of a dictionary that is fitted on the first half."""
    order = torch.randperm(len(tokens), generator=torch.Generator().manual_seed(seed)).tensor_split(2)
    extractor = make_extractor("nmf", n_concepts, seed=seed).fit(tokens[order[0]].flatten(0, 1))

    def encoded(rows: Tensor) -> Half:
        codes = extractor.transform(tokens[rows].flatten(0, 1)).view(len(rows), -1, n_concepts)
        return Half(tokens[rows], codes, [labels[i] for i in rows.tolist()])

    return encoded(order[0]), encoded(order[1])


@dataclass(frozen=True)
class Named:
    """The names from one half of the photos, with all scores (k, L) and thresholds (k,)."""

    names: tuple[ConceptName, ...]
    scores: np.ndarray
    limits: np.ndarray


def names_from(half: Half, lexicon: Lexicon, seed: int) -> Named:
    scores = word_scores(half.tokens, half.codes, lexicon).numpy()
    limits = shuffled_thresholds(half.tokens, half.codes, lexicon, seed=seed).numpy()
    return Named(name_concepts(scores, lexicon.words, threshold=limits), scores, limits)


def false_names(half: Half, lexicon: Lexicon, limits: np.ndarray, seed: int) -> float:
    """The share of concepts that get a name though their codes were shuffled; the thresholds stay."""
    scorer, found = WordScorer(half.tokens, lexicon), []
    for i in range(SHUFFLED):
        scores = scorer.scores(prototype_places(shuffled(half, seed + i)))
        found += [name.word is not None for name in name_concepts(scores.numpy(), lexicon.words, threshold=limits)]
    return float(np.mean(found))


def shuffled(half: Half, seed: int) -> Tensor:
    """The codes (n, T, k), each concept's on other images, and in each image on other places."""
    generator, codes = torch.Generator().manual_seed(seed), half.codes
    images = torch.rand(codes.shape[0], 1, codes.shape[2], generator=generator).argsort(dim=0).expand_as(codes)
    places = torch.rand(codes.shape, generator=generator).argsort(dim=1)
    return codes.gather(0, images).gather(1, places)


def judged(names: tuple[ConceptName, ...], other: Half, embed: dict[str, Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """(named,) mean cosine of a name with the classes of its concept's photos in the other half; (named,) the same for
    the names of all other concepts."""
    places = prototype_places(other.codes)
    named = [name for name in names if name.word is not None and len(places[name.concept])]
    words = torch.stack([embed[name.word] for name in named if name.word is not None])
    shown = [torch.div(places[name.concept], other.codes.shape[1], rounding_mode="floor").tolist() for name in named]
    classes = torch.stack([torch.stack([embed[other.labels[i]] for i in images]).mean(dim=0) for images in shown])
    cosine = (words @ classes.T).numpy()  # (names, concepts)
    own = np.diag(cosine)
    return own, (cosine.sum(axis=0) - own) / (len(own) - 1)


def report(title: str, half: Half, other: Half, lexicon: Lexicon, embed: dict[str, Tensor], seed: int) -> None:
    with measure() as cost:
        first = names_from(half, lexicon, seed)
    print(f"\n{title}: {len(half.labels)} photos to name from, {len(first.names)} concepts, {cost.seconds:.1f} s")
    places = prototype_places(other.codes)
    for name in first.names:
        seen = Counter(other.labels[i] for i in (places[name.concept] // other.codes.shape[1]).tolist())
        elsewhere = ", ".join(label for label, _ in seen.most_common(4))
        print(f"  {name.concept:>3} {name.sentence:<66} elsewhere: {elsewhere}")
    best = {lexicon.words[i] for i in first.scores.argmax(axis=1)}
    given = [name.word for name in first.names if name.word is not None]
    print(f"  each its best word: {len(best)} different words for {len(first.names)} concepts")
    print(f"  by transport: {len(set(given))} different words for the {len(given)} concepts that have one")
    own, control = judged(first.names, other, embed)
    print(f"  cosine of a name with its classes in the other half: {mean_estimate(own)}")
    print(f"  of the names of other concepts: {mean_estimate(control)}; nearer than those {np.mean(own > control):.0%}")
    again = names_from(other, lexicon, seed)
    same = np.mean([a.word == b.word for a, b in zip(first.names, again.names, strict=True)])
    rows = [(n.concept, lexicon.row(n.word)) for n in first.names if n.word is not None]
    ranks = [1 + int((again.scores[j] > again.scores[j, row]).sum()) for j, row in rows]
    print(f"  same name from the other half: {same:.0%}; median place there {np.median(ranks):.0f} of {len(lexicon)}")
    wrong = false_names(half, lexicon, first.limits, seed)
    print(f"  codes shuffled {SHUFFLED} times: {wrong:.1%} of the concepts get a name")


def bridged(tokens: Tensor, labels: list[str], encoder: TextEncoder) -> tuple[Tensor, Lexicon]:
    """The tokens (n, T, d) in the encoder's space, and the words of the labels there."""
    words = tuple(dict.fromkeys(labels))
    lexicon = Lexicon(words, encoder.embed(words), name="class names")
    rows = torch.tensor([words.index(label) for label in labels])
    bridge = fit_bridge("assignment", tokens.mean(dim=1), lexicon.vectors[rows])
    return bridge.apply(tokens), lexicon


def film_words(encoder: TextEncoder) -> Lexicon:
    """The 40 commonest words of film reviews, stop words left out."""
    files = (SHARED / "data" / "text" / f"rt-polarity.{kind}.txt" for kind in ("neg", "pos"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
    counts = Counter(word for line in lines for word in content_words(line) if len(word) >= FILM_LETTERS)
    words = tuple(word for word, _ in counts.most_common(FILM_WORDS))
    return Lexicon(words, encoder.embed(words), name="film reviews")


def report_unrelated(tokens: Tensor, labels: list[str], seed: int) -> None:
    encoder = open_text_encoder(MINILM)
    read, classes = bridged(tokens, labels, encoder)
    tokens, read, shown = tokens[DOGS], read[DOGS], labels[DOGS]
    extractor = make_extractor("nmf", 10, seed=seed).fit(tokens.flatten(0, 1))
    codes = extractor.transform(tokens.flatten(0, 1)).view(len(tokens), -1, 10)
    places = prototype_places(codes)
    for lexicon in (classes, film_words(encoder)):
        first = names_from(Half(read, codes, shown), lexicon, seed)
        control = unrelated_thresholds(read, codes, encoder, but=lexicon.words).numpy()
        kept = name_concepts(first.scores, lexicon.words, threshold=np.maximum(first.limits, control))
        print(f"\ndogs, {len(lexicon):,} words of {lexicon.name} through a bridge")
        for before, after in zip(first.names, kept, strict=True):
            there = Counter(shown[i] for i in (places[after.concept] // codes.shape[1]).tolist())
            seen = ", ".join(label for label, _ in there.most_common(4))
            print(f"  {after.concept:>3} {before.word!s:<24} now {after.sentence:<72} photos: {seen}")
        for when, found in (("before", first.names), ("now", kept)):
            print(f"  {when}: {sum(name.word is not None for name in found)} of {len(found)} concepts are named")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concepts", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights, the photos and their names)")
    print(f"{machine()}; {options.device}")
    names = SHARED / "data" / "imagenet_labels.json"
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    model = load_model("squeezenet1_0", weights=weights, class_names=names, device=options.device)
    split = split_model(model, layer="features")
    lexicon = class_lexicon(split)
    labels = json.loads(names.read_text(encoding="utf-8"))
    imagenet, clothing = (open_photos(str(SHARED / "data" / name)) for name in ("imagenet_sample", "clothing"))
    folders = [Path(name).parent.name for name in clothing.names]
    words = tuple(dict.fromkeys((*lexicon.words, *labels, *folders)))
    embed = dict(zip(words, torch.nn.functional.normalize(open_text_encoder(MINILM).embed(words), dim=1), strict=True))
    tokens = tokens_of(split, imagenet)
    for title, found, classes in (("ImageNet", tokens, labels), ("clothing", tokens_of(split, clothing), folders)):
        half, other = halves(found, classes, options.concepts, options.seed)
        report(title, half, other, lexicon, embed, options.seed)
    report_unrelated(tokens, labels, options.seed)


if __name__ == "__main__":
    main()
