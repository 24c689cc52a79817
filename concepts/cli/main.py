"""The command line. Exit codes: 0 done, 1 something of it failed, 2 wrong input, 130 interrupted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from concepts.cli import (
    advise,
    app,
    backup,
    bridge,
    carry,
    compress,
    demo,
    ensemble,
    evaluate,
    layers,
    name,
    notes,
    permuted,
    pooling,
    report,
    reports,
    restore,
    site,
    tokens,
    uploads,
    word_states,
)

WRONG_INPUT, INTERRUPTED = 2, 130
COMMANDS = {
    "report": (report, "the report of a class"),
    "reports": (reports, "the reports of many classes in one run, then their site and atlas"),
    "app": (app, "the pages in the browser: reports, the demo, new analyses"),
    "site": (site, "reports as a static site: gallery, classes, concepts, a map of all"),
    "evaluate": (evaluate, "every extraction × importance × measure, as a table"),
    "pooling": (pooling, "the ways to make one vector of a text's tokens, compared on labelled texts"),
    "ensemble": (ensemble, "several models or columns of texts as one classifier: the share of each, text by text"),
    "permuted": (permuted, "do concepts hang on the token or on its context? a permuted vocabulary"),
    "word-states": (word_states, "bytes or pieces of a text as one state for each word"),
    "carry": (carry, "a lexicon in another tokenizer's pieces, and how faithful it is"),
    "compress": (compress, "how small tokens may be: bytes, recall, and what becomes of a report"),
    "advise": (advise, "how many concepts, and which layer: measured"),
    "tokens": (tokens, "the tokens of photos, stored to be asked for similarity and words"),
    "bridge": (bridge, "a map from a model's layer to a text encoder, and how far it can be trusted"),
    "name": (name, "words for the concepts of a report on photos"),
    "notes": (notes, "what people named in a report, exported and imported"),
    "uploads": (uploads, "photos, weights, class names and tables that visitors uploaded, listed and deleted"),
    "backup": (backup, "all results of a workspace and the names that people gave, as one file"),
    "restore": (restore, "a backup into an empty workspace"),
    "layers": (layers, "the layers that a model can be split at"),
    "demo": (demo, "(re)build the embedded demo from nothing"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
        return code
    except (ValueError, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("\ninterrupted: finished stages are kept, the same command goes on from there", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    prog = "concepts" if Path(sys.argv[0]).stem == "concepts" else "python -m concepts"  # as it was called
    parser = argparse.ArgumentParser(prog=prog, description="What has a classifier of photos or texts learned?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for word, (command, help_text) in COMMANDS.items():
        command.add(commands.add_parser(word, help=help_text))
    return parser
