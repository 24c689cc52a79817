"""Models of texts that visitors uploaded as a zip: the files that are read of them, in a folder, kept or deleted."""

from pathlib import Path

from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.engine.upload_quotas import uploading
from concepts.engine.uploaded_files import UploadedFile, sweep_beside
from concepts.models.encoders.model_zip import LIMITS, ModelLimits, unpack_model, unpacked_bytes
from concepts.storage.store import new_folder

USES = ("head:", "ask:")  # before the folder in a request's model


def keep_model(
    upload: UploadedFile,
    data: bytes,
    limits: ModelLimits = LIMITS,
    *,
    owner: str = "",
    quotas: Quotas = NO_QUOTAS,
) -> None:
    """Unpacks the model, whole or not at all, unless it is there.

    owner: who uploads it, "" for nobody. Raises QuotaError before anything is written, RefusedModelError as
    `unpack_model`, and ValueError where the disk does not take it.
    """
    title = f"{upload.name}.zip"
    with uploading(upload, len(data), lambda: unpacked_bytes(data, title, limits), owner=owner, quotas=quotas):
        if upload.kept:
            return
        sweep_beside(upload)
        with new_folder(upload.file, keep=True) as part:
            unpack_model(data, part, title, limits)


def folder_in(model: str) -> str:
    """The folder in a request's model, without what it is used for; any other model unchanged."""
    return model.removeprefix(next((use for use in USES if model.startswith(use)), ""))


def is_uploaded(model: str, workspace: Path) -> bool:
    """Whether a request's model is a folder that `keep_model` filled in this workspace."""
    uploads, folder = (workspace / "uploads" / "models").resolve(), Path(folder_in(model)).resolve()
    return folder.is_relative_to(uploads) and folder.parent.parent == uploads
