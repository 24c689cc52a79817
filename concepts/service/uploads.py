"""Files that persons upload, and their deletion."""

from concepts.access import Act, Person
from concepts.engine import jobs
from concepts.engine.upload_deletion import delete_upload
from concepts.engine.upload_owners import owners_of, owns
from concepts.engine.upload_quotas import join_owners
from concepts.engine.uploaded_files import UploadedFile, keep_file
from concepts.engine.uploaded_models import keep_model
from concepts.engine.uploads import Files, Upload, receive
from concepts.service.acting import acting
from concepts.service.workplace import Workplace


def receive_photos(place: Workplace, person: Person, upload: Upload, files: Files) -> None:
    """Writes uploaded photos for the job that decodes them.

    Raises NotAllowed, and ValueError as the engine's `receive`; QueueFullError before anything is written where that
    job may not wait.
    """
    with acting(place, person, Act.UPLOAD, of=_id(upload)):
        jobs.check_queue(
            place.workspace, "photos", place.executor, place.most_waiting, owner=person.name, quotas=place.quotas
        )
        receive(upload, files, owner=person.name, quotas=place.quotas)


def keep(place: Workplace, person: Person, upload: UploadedFile, data: bytes) -> None:
    """Keeps a single file; nothing where it is kept, and theirs, already.

    Raises NotAllowed, and ValueError where the disk does not take it.
    """
    if _is_theirs(person, upload):
        return
    with acting(place, person, Act.UPLOAD, of=_id(upload)):
        keep_file(upload, data, owner=person.name, quotas=place.quotas)


def receive_model(place: Workplace, person: Person, upload: UploadedFile, data: bytes) -> None:
    """Unpacks a model of texts. Raises NotAllowed, and ValueError as the engine's `keep_model`."""
    with acting(place, person, Act.UPLOAD, of=_id(upload)):
        keep_model(upload, data, owner=person.name, quotas=place.quotas)


def own_too(place: Workplace, person: Person, upload: Upload | UploadedFile, n_bytes: int) -> None:
    """Makes what somebody else has uploaded the person's as well, who gives the same files; nothing where it is theirs.

    It is there, or waits to be read. n_bytes: of the files as they come. Raises NotAllowed, and QuotaError where it
    would be too much for the person.
    """
    if not person.is_known or owns(upload, person.name):
        return
    with acting(place, person, Act.UPLOAD, of=_id(upload)):
        join_owners(upload, n_bytes, owner=person.name, quotas=place.quotas)


def delete(place: Workplace, person: Person, upload: Upload | UploadedFile) -> None:
    """Deletes an upload; where others have uploaded the same, it is theirs from then on, unless an admin deletes it.

    Raises NotAllowed where it is others' alone and the person is no admin, and ValueError while a job reads it.
    """
    owner = owner_for(person, upload)
    with acting(place, person, Act.REMOVE, of=_id(upload), owner=owner):
        delete_upload(upload, place.executor, owner=person.name if owner == person.name else "")


def owner_for(person: Person, upload: Upload | UploadedFile) -> str:
    """The person themselves where the upload is theirs, too; else one of its owners, "" where nobody is known."""
    owners = owners_of(upload)
    return person.name if person.name in owners else next(iter(owners), "")


def _is_theirs(person: Person, upload: UploadedFile) -> bool:
    return upload.kept and (not person.is_known or owns(upload, person.name))


def _id(upload: Upload | UploadedFile) -> str:
    return f"{'photos' if isinstance(upload, Upload) else upload.kind}/{upload.digest}"
