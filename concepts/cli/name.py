"""`name`: words for the concepts of a report on photos."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.shared import add_model, photos_alone, request_of, show_progress, store_of
from concepts.engine.analysis import load_split, open_request_photos
from concepts.lexicon.naming.names import IN_REPORT
from concepts.report.class_report import ClassReport
from concepts.report.names import concept_number

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.lexicon import Lexicon
    from concepts.lexicon.alignment import Bridge
    from concepts.lexicon.naming import ConceptName
    from concepts.models import Split
    from concepts.models.encoders import TextEncoder

CLASSES = "classes"
TEXTS = "all-MiniLM-L6-v2"


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--report", required=True, type=Path, metavar="FOLDER", help="the report whose concepts are named")
    add_model(parser)
    option("--images", required=True, help="the photos that the report was made from")
    option("--out", type=Path, metavar="FILE", help="a .json file (default: in the report, whose page then shows them)")
    words = parser.add_mutually_exclusive_group()
    words.add_argument(
        "--lexicon", default=CLASSES, metavar="classes|FILE", help="the model's classes, or a .txt of words, one a line"
    )
    words.add_argument("--captions", metavar="FILE", help="take the words from captions near the concepts, one a line")
    option("--encoder", default=TEXTS, metavar="NAME", help="of words and captions (default: %(default)s)")
    option("--bridge", type=Path, metavar="FILE", help="from the layer to the text encoder, as Bridge.save wrote it")
    option(
        "--capacity", type=int, default=1, metavar="N", help="concepts that one word may name (default: %(default)s)"
    )
    option("--prototypes", type=int, default=10, metavar="N", help="places a concept (default: %(default)s)")
    option("--seed", type=int, default=0, help="of the shuffled controls (default: %(default)s)")
    option("--store", type=Path, metavar="FOLDER", help="where activations are kept (default: .concepts-store)")
    photos_alone(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Names the concepts, prints the names and writes them."""
    from concepts.lexicon.naming.report_tokens import report_places

    options.out = options.out or options.report / IN_REPORT
    if options.out.suffix != ".json":
        raise ValueError(f"--out {options.out}: give the name of a .json file")
    report, store, texts = ClassReport.load(options.report), store_of(options), _texts(options)
    if report.data.kind == "texts":
        raise ValueError(
            f"{options.report} is a report on texts, which has words already; name is for reports on photos"
        )
    request = request_of(options)
    photos = open_request_photos(request, store)  # a wrong path is reported before a model is loaded
    split, progress = load_split(request, report.data.layer.path), show_progress()
    tokens, codes = report_places(
        report, split, photos, store, seed=options.seed, progress=lambda share: progress("activations", share)
    )
    given = _words(options, split, tokens, codes, texts)
    _write(options, report, given, _named(given, codes, options))
    return 0


@dataclass(frozen=True)
class Texts:
    """Words or captions, one per line, and the bridge to the space of their encoder."""

    lines: tuple[str, ...]
    bridge: "Bridge"


def _texts(options: argparse.Namespace) -> Texts | None:
    """The requested texts; None for the model's own classes. Raises ValueError for texts without a bridge."""
    from concepts.lexicon.alignment import load_bridge
    from concepts.lexicon.naming.captions import read_captions
    from concepts.models.classifiers.name_files import texts_in_file

    if options.captions is None and options.lexicon == CLASSES:
        return None
    if options.captions is not None:
        lines = read_captions(options.captions)
    else:
        lines = tuple(dict.fromkeys(filter(None, texts_in_file(Path(options.lexicon)))))
    if options.bridge is None:
        raise ValueError("words of a text encoder need --bridge FILE, from this layer's channels to that encoder")
    return Texts(lines, load_bridge(options.bridge))


@dataclass(frozen=True)
class Words:
    """The words, the tokens (n, T, p) in their space, and the encoder of texts that gave them; None for classes."""

    lexicon: "Lexicon"
    tokens: "Tensor"
    encoder: "TextEncoder | None"


def _words(
    options: argparse.Namespace, split: "Split", tokens: "Tensor", codes: "Tensor", texts: Texts | None
) -> Words:
    """The requested words. Raises ValueError where the bridge maps to another space."""
    from concepts.lexicon import Lexicon, class_lexicon
    from concepts.lexicon.collections.recording import space_of
    from concepts.lexicon.naming.captions import caption_lexicon
    from concepts.lexicon.naming.scores import token_directions
    from concepts.models.encoders import open_text_encoder

    if texts is None:
        return Words(class_lexicon(split), tokens, None)
    encoder = open_text_encoder(options.encoder, device=options.device)
    if texts.bridge.space not in ("", encoder.fingerprint):
        raise ValueError(f"{options.bridge} leads to another text encoder than {options.encoder}: name that one")
    texts.bridge.check_source(space_of(split.card.fingerprint, split.layer))
    tokens = texts.bridge.apply(tokens)
    if options.captions is None:
        name, vectors = Path(options.lexicon).name, encoder.embed(texts.lines)
        return Words(Lexicon(texts.lines, vectors, name=name, space=encoder.fingerprint), tokens, encoder)
    directions = token_directions(tokens, codes, n_prototypes=options.prototypes)
    return Words(caption_lexicon(directions, texts.lines, encoder), tokens, encoder)


def _named(given: Words, codes: "Tensor", options: argparse.Namespace) -> "tuple[ConceptName, ...]":
    """The names: better than on shuffled codes and, for words of a text encoder, than every unrelated word."""
    from concepts.lexicon.naming import name_concepts
    from concepts.lexicon.naming.scores import shuffled_thresholds, word_scores
    from concepts.lexicon.naming.unrelated import unrelated_thresholds

    n = options.prototypes
    scores = word_scores(given.tokens, codes, given.lexicon, n_prototypes=n)
    limits = shuffled_thresholds(given.tokens, codes, given.lexicon, n_prototypes=n, seed=options.seed).cpu()
    if given.encoder is not None:
        words = given.lexicon.words
        control = unrelated_thresholds(given.tokens, codes, given.encoder, but=words, n_prototypes=n)
        limits = limits.maximum(control.cpu())
    return name_concepts(scores.cpu().numpy(), given.lexicon.words, threshold=limits.numpy(), capacity=options.capacity)


def _write(options: argparse.Namespace, report: ClassReport, given: Words, names: "tuple[ConceptName, ...]") -> None:
    from concepts.lexicon.naming import write_names
    from concepts.lexicon.naming.unrelated import unrelated_words

    lexicon, control = given.lexicon, 0 if given.encoder is None else len(unrelated_words())
    about = {"report": report.data.title, "lexicon": lexicon.name, "words": len(lexicon), "unrelated_words": control}
    settings = {"prototypes": options.prototypes, "capacity": options.capacity, "seed": options.seed}
    write_names(options.out, names, about | settings)
    print(f"\n{report.data.title}: {len(names)} concepts, {len(lexicon):,} words ({lexicon.name})")
    if control:
        print(f"a name is better than each of {control} words that no photo shows")
    for name in names:
        print(f"  concept {concept_number(name.concept)}: {name.sentence}")
    print(f"wrote {options.out}")
