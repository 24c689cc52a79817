"""Photos from a folder, a list or a zip: found, named, labelled by their folders, decoded to RGB. No torch here."""

from concepts.dataset import Skipped
from concepts.photos.decoding import decode
from concepts.photos.labels import normal_name
from concepts.photos.opening import open_photos
from concepts.photos.photo import DEFAULT_LIMITS, Limits, Photo, UnreadablePhoto
from concepts.photos.photoset import PhotoSet
from concepts.photos.upload import check_upload, store_uploads

__all__ = [
    "DEFAULT_LIMITS",
    "Limits",
    "Photo",
    "PhotoSet",
    "Skipped",
    "UnreadablePhoto",
    "check_upload",
    "decode",
    "normal_name",
    "open_photos",
    "store_uploads",
]
