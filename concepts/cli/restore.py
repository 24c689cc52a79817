"""`restore`: a backup into an empty workspace."""

import argparse
import os
from pathlib import Path

from concepts.annotations import NoteStore
from concepts.backup import restore_backup
from concepts.backup.place import newest_backup
from concepts.cli.backup import DATABASE


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "place", type=Path, metavar="FOLDER", help="where `backup` wrote: the newest there; or the file"
    )
    parser.add_argument("--to", type=Path, required=True, metavar="WORKSPACE", help="a folder, missing or empty")
    parser.add_argument("--database", default=os.environ.get("CONCEPTS_NOTES") or "", metavar="URL", help=DATABASE)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Restores all or nothing, and prints what."""
    workspace = options.to.expanduser().resolve()
    notes = NoteStore(options.database) if options.database else None
    if notes is not None and notes.file == workspace / "notes.sqlite":
        notes = None
    summary = restore_backup(newest_backup(options.place.expanduser()), workspace, notes=notes)
    print(f"restored {workspace}: {summary.text}")
    return 0
