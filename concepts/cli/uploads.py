"""`uploads`: what visitors uploaded (photos, texts, weights, names, tables), listed and deleted by the operator."""

import argparse
import os
import time
from pathlib import Path

from concepts.engine.upload_deletion import StoredUpload, delete_upload, list_uploads
from concepts.engine.uploaded_files import UploadedFile
from concepts.numerics.counted import counted
from concepts.storage.app_folder import default_workspace


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--list", action="store_true", help="the uploads, oldest first")
    way.add_argument("--remove", metavar="ID", help="delete one upload; reports made with it stay")
    way.add_argument("--older", type=float, metavar="DAYS", help="delete those older than that many days")
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path(os.environ.get("CONCEPTS_WORKSPACE") or default_workspace()),
        metavar="FOLDER",
        help="where the app keeps its files (default: CONCEPTS_WORKSPACE, else as the app's)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Lists or deletes, a line for each upload; one that a job uses is kept. Raises ValueError for an unknown id."""
    found = list_uploads(options.workspace)
    if options.list:
        for stored in found:
            print(_line(stored))
        print(f"{counted(len(found), 'upload')} in {options.workspace}")
        return 0
    chosen = [stored for stored in found if _chosen(stored, options)]
    if options.remove is not None and not chosen:
        raise ValueError(f"no upload is called {options.remove!r}: --list shows which there are")
    deleted = [_deleted(stored) for stored in chosen]
    print(f"{counted(sum(deleted), 'upload')} deleted from {options.workspace}")
    return 0


def _deleted(stored: StoredUpload) -> bool:
    """Whether the upload could be deleted; prints it, or why it is kept."""
    try:
        delete_upload(stored.upload)
    except ValueError as error:
        print(f"kept    {_line(stored)}: {error}")
        return False
    print(f"deleted {_line(stored)}")
    return True


def _chosen(stored: StoredUpload, options: argparse.Namespace) -> bool:
    if options.remove is not None:
        return stored.upload.digest == options.remove
    return stored.days > options.older


def _line(stored: StoredUpload) -> str:
    day = time.strftime("%Y-%m-%d", time.localtime(stored.changed))
    upload = stored.upload
    content = upload.words if isinstance(upload, UploadedFile) else counted(stored.n_files, "photo")
    return f"{upload.digest}  {day}  {content}, {stored.n_bytes / 2**20:,.1f} MB  {upload.name}"
