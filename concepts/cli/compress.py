"""`compress`: how small tokens may be, by bytes, by recall, and by what becomes of a report."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.cli.shared import show_progress
from concepts.evaluation.compression.sentences import about_sentence, header_of, how_sentences, lines_of
from concepts.evaluation.compression.writing import RESULT, write_compression
from concepts.storage.output_folder import check_output_folder
from concepts.token_search.codes import CODES

if TYPE_CHECKING:
    from concepts.evaluation.compression.comparison import Compression
    from concepts.lexicon.collections import Collection

OF = ("tokens", "words")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--collection", metavar="NAME", help="a collection of the workspace, or its folder")
    what.add_argument("--report", type=Path, metavar="FOLDER", help="a report, which is made again under each code")
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="where the tables go")
    parser.add_argument("--codes", default=",".join(CODES), help="of the tokens (default: %(default)s)")
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
    import torch

    from concepts.evaluation.compression.comparison import compare_codes
    from concepts.lexicon import load_lexicon
    from concepts.lexicon.collections import tokens_of

    found = _collection(options)
    lexicons = [load_lexicon(folder) for folder in found.lexicons()]
    return compare_codes(
        tokens_of(found), title=found.title, names=names, seed=options.seed,
        words=[word for lexicon in lexicons for word in lexicon.words],
        vectors=torch.cat([lexicon.vectors for lexicon in lexicons]) if lexicons else None,
    )  # fmt: skip


def _collection(options: argparse.Namespace) -> "Collection":
    from concepts.lexicon.collections import Collection

    named = Path(options.collection)
    folder = named if named.is_dir() else options.workspace / "collections" / options.collection
    if not folder.is_dir():
        raise ValueError(f"--collection {options.collection}: there is no such collection in {folder.parent}")
    return Collection.load(folder, options.workspace / "store")


def _of_report(options: argparse.Namespace, names: tuple[str, ...]) -> "Compression":
    from concepts.engine.compressions import compare_report_codes, request_again
    from concepts.report.class_report import ClassReport

    request = request_again(ClassReport.load(options.report).data)
    store = options.workspace / "store"
    return compare_report_codes(request, store, show_progress(), names=names, seed=options.seed)
