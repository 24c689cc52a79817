"""Photos from a folder, a list or a zip: found, named, labelled by their folders, decoded to RGB. No torch here."""

from concepts.data.dataset import Skipped
from concepts.data.images.decoding import decode
from concepts.data.images.labels import folder_class, normal_name
from concepts.data.images.names import PICTURE_TYPES
from concepts.data.images.opening import open_photos
from concepts.data.images.photo import DEFAULT_LIMITS, Limits, Photo, UnreadablePhoto
from concepts.data.images.photoset import PhotoSet
from concepts.data.images.upload import check_upload, count_uploads, store_uploads, unpacked_bytes

__all__ = [
    "DEFAULT_LIMITS",
    "PICTURE_TYPES",
    "Limits",
    "Photo",
    "PhotoSet",
    "Skipped",
    "UnreadablePhoto",
    "check_upload",
    "count_uploads",
    "decode",
    "folder_class",
    "normal_name",
    "open_photos",
    "store_uploads",
    "unpacked_bytes",
]
