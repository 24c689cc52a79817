"""Photos without class folders: each goes to the class that the model answers with; a list of files a class."""

import csv
import io
from collections import defaultdict

from concepts.data.images.photoset import PhotoSet
from concepts.data.images.zip_listing import ZipListing, zip_listing_text
from concepts.data.others import WithOthers
from concepts.runs.looked import read_look
from concepts.runs.planning import Planned
from concepts.runs.run import Run, RunFolder
from concepts.storage.store import write_text


def add_answered_classes(planned: Planned) -> Run:
    """The run with the classes that the model answers with, and a list of photos for each in its folder, where reports
    are on these alone."""
    own = planned.items.own if isinstance(planned.items, WithOthers) else planned.items
    answers = answers_of(planned.folder)[: len(own)]
    run = planned.add_classes(answers)
    if run.shares:
        return run
    photos = defaultdict[int, list[int]](list)
    for i, answer in enumerate(answers):
        photos[answer].append(i)
    for each in run.classes:
        chosen = sorted(i for index in each.indices for i in photos[index])
        if chosen and isinstance(own, PhotoSet):
            write_text(planned.folder.list_of(each), list_of_photos(own, chosen))
    return run


def answers_of(folder: RunFolder) -> list[int]:
    """The model's answer on each photo, −1 where it has none."""
    return [answer for number in range(folder.run.n_looks) for answer in read_look(folder, number).answers]


def list_of_photos(photos: PhotoSet, chosen: list[int]) -> str:
    """A list that `open_photos` opens: a photo a line, without labels, since an answer is not known to be right."""
    if photos.zip_file is not None:
        return zip_listing_text(ZipListing(photos.zip_file, tuple(photos.names[i] for i in chosen)))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["path"], *([str(photos.path(i))] for i in chosen)])
    return text.getvalue()
