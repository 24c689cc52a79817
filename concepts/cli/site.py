"""`site`: reports as a static site."""

import argparse
import os
from pathlib import Path

from concepts.annotations import NoteStore
from concepts.cli.notes import IN_WORKSPACE
from concepts.cli.shared import show_progress
from concepts.publishing.site.build import TITLE, SiteSummary, build_site


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    option = parser.add_argument
    option("--reports", required=True, nargs="+", type=Path, metavar="FOLDER", help="reports, or folders of reports")
    option("--out", required=True, type=Path, metavar="FOLDER", help="where the site goes")
    option("--title", default=TITLE, help="default: %(default)s")
    option(
        "--database",
        default=os.environ.get("CONCEPTS_NOTES") or IN_WORKSPACE,
        metavar="URL",
        help="where people's names for concepts are, as `notes` takes it (default: CONCEPTS_NOTES, else notes.sqlite "
        "in ./workspace; numbers alone where there is none)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes the changed files."""
    progress = show_progress()
    print_summary(
        build_site(
            options.reports, options.out, title=options.title, note_store=NoteStore(options.database), progress=progress
        )
    )
    return 0


def print_summary(built: SiteSummary) -> None:
    """Prints what was left out and what was written."""
    for text in built.left_out:
        print(f"  left out {text}")
    done = built.written
    classes = "1 class" if built.n_classes == 1 else f"{built.n_classes} classes"
    print(f"{classes}, {built.n_concepts} concepts")
    print(f"  {done.new} files new, {done.changed} changed, {done.unchanged} as they were, {done.removed} removed")
    print(f"wrote {built.folder} (open {built.folder / 'index.html'} in a browser)")
