"""Photos uploaded by a visitor: checked before they are stored, and stored under generated names."""

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from concepts.data.dataset import Skipped
from concepts.data.images.decoding import decode, picture_format, picture_size
from concepts.data.images.names import safe_folder, safe_name, suffix, valid_text
from concepts.data.images.photo import DEFAULT_LIMITS, Limits, UnreadablePhoto
from concepts.data.images.photoset import DIGEST_BYTES
from concepts.data.images.source import size_problem
from concepts.data.images.zipped import ZipSource

SUFFIX_OF = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "DIB": ".bmp"}  # the others are named after their format
DEEPEST = 4  # number of innermost class folders that are kept
MEMBER = b"PK\x01\x02"  # begins a file's entry in the directory of a zip
OTHERS = 4  # files, of a zip or uploaded, for each photo that the limits allow; macOS packs two
SkipReport = Callable[[Skipped], None]


def check_upload(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
    """Check that an upload is acceptable: a photo that decodes completely, or a zip within the limits.

    A photo is judged by its content, not its extension. For a zip, the listing is checked; `store_uploads` checks each
    of its photos. Raises ValueError with the file's name, the problem and what to do.
    """
    if suffix(name) == ".zip":
        _open_zip(name, data, limits)
        return
    try:
        safe_name(name)
        problem = size_problem(len(data), limits)
        if problem is not None:
            raise UnreadablePhoto(problem)
        decode(data, max_pixels=limits.max_pixels)
    except ValueError as error:
        raise UnreadablePhoto(f"{error}; upload a whole JPEG, PNG or WebP", name=valid_text(name)) from error


def store_uploads(
    files: Iterable[tuple[str, bytes]],
    folder: str | Path,
    limits: Limits = DEFAULT_LIMITS,
    *,
    on_skip: SkipReport | None = None,
    on_photo: Callable[[int], None] | None = None,
) -> Path:
    """The folder with all uploaded photos, those of uploaded zips included, ready for `open_photos`.

    files: (name, content); folders in a name are kept as class folders (the innermost four, made safe). A photo's new
    name is the BLAKE2b of its content, with the extension of its real format, so that duplicates are stored once.
    Each photo is checked, written to a hidden folder beside, and moved into place when all are good, so that a refused
    upload leaves no files. limits.max_photos and max_bytes include the photos already in the folder.
    limits.max_total_pixels counts every photo of this upload before it is decoded.

    on_photo is called ahead of each photo with the number of those before it. on_skip is called with each photo that is
    left out; without it, the first such photo makes the whole upload fail.
    Raises ValueError for that, for an upload over the limits, and when no photo is left.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder.parent) as staging:
        photos = _photos(_counted(_unpacked(files, limits, on_skip), on_photo), limits, on_skip)
        kept = _stage(photos, Path(staging), folder, limits)
        if not kept:
            raise ValueError(
                "the upload has no photo that can be kept: upload JPEG, PNG or WebP files, or a zip of them"
            )
        for name in (name for name, is_new in kept.items() if is_new):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(staging, name), folder / name)
    return folder


def count_uploads(files: Iterable[tuple[str, bytes]], limits: Limits = DEFAULT_LIMITS) -> int:
    """The number of files and members of zips that `store_uploads` would decode; here only headers are read.

    Raises ValueError when their pixels together exceed limits.max_total_pixels, for far more files than
    limits.max_photos, and for a zip over the limits.
    """
    return sum(1 for _ in _within_budget(_unpacked(files, limits, lambda skipped: None), limits))


def unpacked_bytes(files: Iterable[tuple[str, bytes]], limits: Limits = DEFAULT_LIMITS) -> int:
    """The bytes that `store_uploads` would write at most: of zips those of their photos, by the directories alone.

    A zip that it would refuse counts as it comes, and so do zips beyond the number of files that it takes.
    """
    total, n_members = 0, 0
    for name, data in files:
        n_members += data.count(MEMBER) if suffix(name) == ".zip" else 0
        total += len(data) if n_members > OTHERS * limits.max_photos else _bytes_in(name, data, limits)
    return total


def _bytes_in(name: str, data: bytes, limits: Limits) -> int:
    if suffix(name) == ".zip":
        with suppress(ValueError):
            return _open_zip(name, data, limits).n_bytes
    return len(data)


def _counted(
    photos: Iterable[tuple[str, bytes]], on_photo: Callable[[int], None] | None
) -> Iterator[tuple[str, bytes]]:
    for number, photo in enumerate(photos):
        if on_photo is not None:
            on_photo(number)
        yield photo


def _photos(
    photos: Iterable[tuple[str, bytes]], limits: Limits, on_skip: SkipReport | None
) -> Iterator[tuple[str, bytes]]:
    """The photos that pass `check_upload`; the others are passed to on_skip."""
    for name, data in _within_budget(photos, limits):
        try:
            check_upload(name, data, limits)
        except UnreadablePhoto as error:
            _leave_out(Skipped(error.name, error.reason), on_skip)
        else:
            yield name, data


def _within_budget(photos: Iterable[tuple[str, bytes]], limits: Limits) -> Iterator[tuple[str, bytes]]:
    """The photos one by one. Raises ValueError before the one with which they are too many, or have too many pixels."""
    total, most = 0, OTHERS * limits.max_photos
    for number, (name, data) in enumerate(photos):
        if number == most:
            raise ValueError(f"the upload has more than {most:,} files, the limit: upload photos only, each once")
        total += _pixels(data, limits)
        if total > limits.max_total_pixels:
            raise ValueError(
                f"the photos have more than {limits.max_total_pixels / 1e6:,.0f} megapixels together, the limit: "
                "upload fewer or smaller ones"
            )
        yield name, data


def _pixels(data: bytes, limits: Limits) -> int:
    """The pixels that decoding the photo will make; 0 for one that is refused before."""
    try:
        width, height = picture_size(data)
    except UnreadablePhoto:
        return 0
    return width * height if width * height <= limits.max_pixels else 0


def _unpacked(
    files: Iterable[tuple[str, bytes]], limits: Limits, on_skip: SkipReport | None
) -> Iterator[tuple[str, bytes]]:
    for name, data in files:
        if suffix(name) != ".zip":
            yield name, data
            continue
        packed = _open_zip(name, data, limits)
        for skipped in packed.skipped:
            _leave_out(skipped, on_skip)
        for position, member in enumerate(packed.names):
            try:
                yield member, packed.read(position)
            except UnreadablePhoto as error:
                _leave_out(Skipped(member, error.reason), on_skip)


def _open_zip(name: str, data: bytes, limits: Limits) -> ZipSource:
    # Counted before zipfile makes an object of each: the number that a zip states may be wrong.
    if data.count(MEMBER) > OTHERS * limits.max_photos:
        raise ValueError(
            f"{valid_text(name)} holds more than {OTHERS * limits.max_photos:,} files, the limit: pack photos only"
        )
    packed = ZipSource(lambda: zipfile.ZipFile(io.BytesIO(data)), valid_text(name), PurePosixPath(name).stem, limits)
    if not packed.names:
        raise ValueError(f"{packed.title} holds no photo: pack JPEG, PNG or WebP files")
    return packed


def _leave_out(skipped: Skipped, on_skip: SkipReport | None) -> None:
    if on_skip is None:
        raise UnreadablePhoto(skipped.reason, name=skipped.name)
    on_skip(skipped)


def _stage(photos: Iterable[tuple[str, bytes]], staging: Path, folder: Path, limits: Limits) -> dict[Path, bool]:
    """Writes the photos missing in `folder` below `staging`; returns each photo's relative name and whether it is new.

    Raises ValueError when the limits are exceeded.
    """
    n_bytes, n_photos = _held(folder)
    kept: dict[Path, bool] = {}
    for name, data in photos:
        stored = _stored_name(name, data)
        if stored in kept:
            continue
        kept[stored] = not (folder / stored).exists()
        if not kept[stored]:
            continue
        n_bytes, n_photos = n_bytes + len(data), n_photos + 1
        _check_held(n_bytes, n_photos, limits)
        (staging / stored).parent.mkdir(parents=True, exist_ok=True)
        (staging / stored).write_bytes(data)
    return kept


def _stored_name(name: str, data: bytes) -> Path:
    folders = PurePosixPath(safe_name(name)).parent.parts[-DEEPEST:]
    kind = picture_format(data)
    digest = hashlib.blake2b(data, digest_size=DIGEST_BYTES).hexdigest()
    return Path(*map(safe_folder, folders), digest + SUFFIX_OF.get(kind, f".{kind.lower()}"))


def _held(folder: Path) -> tuple[int, int]:
    """Total bytes and number of the files in the folder; (0, 0) when it does not exist yet."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)


def _check_held(n_bytes: int, n_photos: int, limits: Limits) -> None:
    if n_photos > limits.max_photos:
        raise ValueError(f"the upload has more than {limits.max_photos:,} photos, the limit: upload fewer")
    if n_bytes > limits.max_bytes:
        raise ValueError(
            f"the upload has more than {limits.max_bytes:,} bytes of photos, the limit: upload fewer or smaller"
        )
