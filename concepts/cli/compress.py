"""`compress`: how small tokens may be, by bytes, by recall, and by what becomes of a report."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.shared import show_progress
from concepts.evaluation.compression.notes import about_sentence, how_sentences
from concepts.evaluation.compression.sentences import header_of, lines_of
from concepts.evaluation.compression.words import FEWEST
from concepts.evaluation.compression.writing import RESULT, write_compression
from concepts.numerics.counted import counted
from concepts.storage.output_folder import check_output_folder
from concepts.token_search.codes import CODES

if TYPE_CHECKING:
    from concepts.evaluation.compression.comparison import Compression
    from concepts.lexicon import Lexicon
    from concepts.lexicon.collections import Collection
    from concepts.report.class_report import ClassReport

OF = ("tokens", "words")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--collection", metavar="NAME", help="a collection of the workspace, or its folder: its tokens,"
                      " and the words of its largest lexicon")  # fmt: skip
    what.add_argument("--report", type=Path, metavar="FOLDER", help="a report, which is made again under each code")
    parser.add_argument(
        "--words", metavar="NAME", help="with --report: a collection of its layer, by whose largest lexicon, of 20 or"
        " more words, concepts are named (default: the model's classes, where they are words of the layer)",
    )  # fmt: skip
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="where the tables go")
    parser.add_argument("--codes", default=",".join(CODES), help="of tokens and of words (default: %(default)s)")
    parser.add_argument("--workspace", type=Path, default=Path("workspace"), help="of the app (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of samples, centres and rotations (default: 0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compares the codes, prints the table and writes it."""
    place = check_output_folder(options.out, RESULT)
    names = tuple(name.strip() for name in options.codes.split(",") if name.strip())
    found = _of_collection(options, names) if options.collection else _of_report(options, names)
    write_compression(found, place)
    print(f"{found.title}: {about_sentence(found)}")
    for of in OF:
        print_table((of, *header_of(found, of)[1:]), lines_of(found, of))
    for sentence in how_sentences(found):
        print(f"  {sentence}")
    print(f"wrote {place}: compression.json, table.csv")
    return 0


def print_table(header: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    """Prints lines in columns under a header; nothing where there are none."""
    if not lines:
        return
    every = [header, *lines]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    for line in every:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _of_collection(options: argparse.Namespace, names: tuple[str, ...]) -> "Compression":
    from concepts.engine.compressions import compare_collection_codes

    if options.words:
        raise ValueError("--words with --collection: its own words are compared; --words is for --report")
    return compare_collection_codes(_collection(options.collection, options), names=names, seed=options.seed)


def _of_report(options: argparse.Namespace, names: tuple[str, ...]) -> "Compression":
    from concepts.engine.compressions import compare_report_codes, request_again
    from concepts.report.class_report import ClassReport

    report, store = ClassReport.load(options.report), options.workspace / "store"
    lexicon = _lexicon(report, options) if options.words else None
    request = request_again(report.data)
    return compare_report_codes(request, store, show_progress(), names=names, seed=options.seed, lexicon=lexicon)


def _lexicon(report: "ClassReport", options: argparse.Namespace) -> "Lexicon":
    """The words of the collection that --words names. Raises ValueError where they are no words for the report."""
    from concepts.engine.compressions import largest_lexicon
    from concepts.lexicon.collections import is_space_of

    collection, words = _collection(options.words, options), f"--words {options.words}"
    if report.data.kind == "texts" or not is_space_of(collection, report):
        raise ValueError(f"{words}: its tokens are of another model or layer than the report's")
    if (found := largest_lexicon(collection)) is None:
        width = f" of {collection.n_channels} channels, as its tokens have" if collection.lexicons() else ""
        raise ValueError(f"{words}: it was recorded without words{width}")
    if len(found) < FEWEST:
        raise ValueError(f"{words}: it has {counted(len(found), 'word')}, fewer than {FEWEST}: name another collection")
    return found


def _collection(name: str, options: argparse.Namespace) -> "Collection":
    from concepts.lexicon.collections import Collection

    named = Path(name)
    folder = named if named.is_dir() else options.workspace / "collections" / name
    if not folder.is_dir():
        raise ValueError(f"{name}: there is no such collection in {folder.parent}")
    return Collection.load(folder, options.workspace / "store")
