"""`backup`: all results of a workspace and the database of names, as one file."""

import argparse
import os
from pathlib import Path

from concepts.annotations import NoteStore
from concepts.backup import write_backup
from concepts.backup.place import new_backup
from concepts.storage.app_folder import default_workspace

DATABASE = "the database of names and the record, a URL (default: CONCEPTS_NOTES, else notes.sqlite in the workspace)"


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "place", type=Path, metavar="FOLDER", help="where it is written, named by the time; or a new .zip"
    )
    parser.add_argument("--uploads", action="store_true", help="with the photos, texts and models that were uploaded")
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path(os.environ.get("CONCEPTS_WORKSPACE") or default_workspace()),
        metavar="FOLDER",
        help="where the app keeps its files (default: CONCEPTS_WORKSPACE, else as the app's)",
    )
    parser.add_argument("--database", default=os.environ.get("CONCEPTS_NOTES") or "", metavar="URL", help=DATABASE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes the file, and prints what it holds and what was left out."""
    workspace, out = options.workspace.expanduser().resolve(), new_backup(options.place.expanduser().resolve())
    notes = NoteStore(options.database or f"sqlite:///{workspace / 'notes.sqlite'}")
    summary = write_backup(workspace, out, notes=notes, uploads=options.uploads)
    print(f"wrote {out}: {summary.text}")
    for left_out in summary.left_out:
        print(f"left out: {left_out.text}")
    return 0
