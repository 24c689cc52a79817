"""What the program reads, each kind with intact examples of it, for the fuzz test and the longer benchmark."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save
from torch import nn

from concepts.annotations.import_export import read_notes
from concepts.data.images import open_photos
from concepts.data.images.decoding import decode
from concepts.data.images.photo import UnreadablePhoto
from concepts.engine.jobs import list_jobs
from concepts.engine.jobs.job import Job
from concepts.evaluation import Evaluation, list_evaluations
from concepts.extraction import load_extractor
from concepts.lexicon import load_lexicon
from concepts.lexicon.alignment import load_bridge
from concepts.lexicon.collections import list_collections
from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.naming import read_names
from concepts.lexicon.word_list import read_word_list
from concepts.models.classifiers.fitting import read_fitting
from concepts.models.classifiers.name_files import names_in_file, texts_in_file
from concepts.models.classifiers.statedict import put_into
from concepts.publishing.site.writing import read_manifest
from concepts.report import ClassReport, list_cards
from pages.state.address import (
    CompareView,
    ExerciseView,
    LanguageView,
    PhotoMapView,
    PhotoQuestion,
    ReportView,
    TourView,
    doses_in,
)
from tests.support import heic
from tests.support.addresses import VISITS
from tests.support.fuzzing import Mutate, Reader, damaged_bytes, damaged_json, damaged_text
from tests.support.pictures import encoded, tiff
from tests.support.zips import zipped

OLD = Path(__file__).parents[1] / "old" / "682b8a8"
PHOTO_KINDS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WebP", "PPM")
MOST_PIXELS = 10**6  # of a photo that is decoded here


def readers(folder: Path) -> tuple[Reader, ...]:
    """One for each kind. folder: empty, for the files that are read."""
    return (*_photos(folder), *_weights(folder), *_stored(folder), *_texts(folder))


def _scene() -> Image.Image:
    values = np.add.outer(np.arange(24) * 5, np.arange(32) * 4).astype(np.uint8)
    return Image.merge(
        "RGB",
        [
            Image.fromarray(values),
            Image.fromarray(values.T.copy().repeat(1, 0)).resize((32, 24)),
            Image.fromarray(255 - values),
        ],
    )


# ------------------------------------------------------------------------------------------- photos and zips


def _photos(folder: Path) -> list[Reader]:
    scene = _scene()
    examples = {kind: [encoded(scene, kind)] for kind in PHOTO_KINDS} | {"HEIC": [heic.PLAIN, heic.TURNED, heic.ALPHA]}
    examples["JPEG"] += [encoded(scene, "JPEG", progressive=True), encoded(scene.convert("CMYK"), "JPEG")]
    examples["PNG"] += [encoded(scene.convert(mode), "PNG") for mode in ("P", "LA", "I;16", "1")]
    examples["TIFF"] += [
        encoded(scene, "TIFF", compression=each) for each in ("tiff_lzw", "tiff_adobe_deflate", "jpeg")
    ]
    examples["TIFF"] += [tiff((4, 4), 16, [bytes(96)], bands=3), tiff((4, 4), 12, [bytes(24)])]
    examples["GIF"] += [encoded(scene, "GIF", save_all=True, append_images=[scene.rotate(90)])]
    examples["PPM"] += [b"P2 2 2 4095\n0 1 2 4000\n", encoded(scene.convert("I;16"), "PPM")]

    def read(data: bytes) -> None:
        decode(data, max_pixels=MOST_PIXELS, short_side=8)

    made = [Reader(kind, tuple(each), read, damaged_bytes, (UnreadablePhoto,)) for kind, each in examples.items()]
    return [*made, Reader("zip", tuple(_zips(examples)), _photos_of(folder / "photos.zip"), damaged_bytes)]


def _zips(examples: dict[str, list[bytes]]) -> Iterable[bytes]:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        photos = ((f"class {i}/ä{i}.{kind.lower()}", examples[kind][0]) for i, kind in enumerate(("JPEG", "PNG")))
        yield zipped(*photos, ("a.txt", "text"), method=method)


def _photos_of(file: Path) -> Callable[[bytes], object]:
    def read(data: bytes) -> None:
        file.write_bytes(data)
        photos = open_photos(file)
        photos.labels(("class 0", "class 1"))
        for i in range(min(3, len(photos))):
            try:
                photos.open(i)
            except UnreadablePhoto:
                continue

    return read


# ------------------------------------------------------------------------------------------------- weights


def _net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 2, 2), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))


def _weights(folder: Path) -> list[Reader]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        state = _net().state_dict()
    content = {"state_dict": state, "optimizer": {"param_groups": [{"lr": 0.1}]}, "epoch": 3, "notes": ["a", (1, 2.5)]}
    examples = {
        "safetensors": [save(dict(state))],
        "torch zip": [_saved(content), _saved(dict(state))],
        "torch legacy": [_saved(content, legacy=True)],
    }
    file = folder / "weights"

    def read(data: bytes) -> None:
        file.write_bytes(data)
        model = _net()
        put_into(model, read_fitting(file, model).state, file)

    return [Reader(kind, tuple(each), read, damaged_bytes, (ValueError,)) for kind, each in examples.items()]


def _saved(content: object, *, legacy: bool = False) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=not legacy)
    return buffer.getvalue()


# -------------------------------------------------------------------------------------------- stored folders


def _stored(folder: Path) -> list[Reader]:
    work = folder / "old"
    shutil.copytree(OLD, work)
    tiny = "red-tiny-features-4fd71961"
    report, collection = work / "reports" / tiny, work / "collections" / "tiny"
    job = next(iter(work.glob(f"jobs/report-{tiny[-8:]}*")))
    inspection = next(iter(work.glob("jobs/inspect-*")))
    evaluation, lexicon = work / "evaluations" / "tiny", work / "lexicon"

    def listed(list_all: Callable[[], object]) -> None:
        """A list leaves damaged entries out."""
        try:
            list_all()
        except Exception as error:
            raise AssertionError(f"the list fails: {type(error).__name__}: {error}") from error

    def read_job(place: Path) -> object:
        listed(lambda: [each.state for each in list_jobs(work)])
        found = Job(place, _Nobody())
        return found.request, found.task, found.state

    def read_collection() -> object:
        listed(lambda: list_collections([work / "collections"], work / "store"))
        return Collection.load(collection, work / "store").lexicons

    def read_evaluation() -> object:
        listed(lambda: list_evaluations(work / "evaluations"))
        return Evaluation.load(evaluation)

    def cards() -> None:
        listed(lambda: list_cards([work / "reports"]))

    whole = (
        ("report", report / "report.json", lambda: ClassReport.load(report), damaged_json),
        ("report's card", report / "card.json", cards, damaged_json),
        ("names of concepts", report / "names.json", lambda: read_names(report / "names.json"), damaged_json),
        ("evaluation", evaluation / "evaluation.json", read_evaluation, damaged_json),
        ("job's request", job / "request.json", lambda: read_job(job), damaged_json),
        ("job's state", job / "state.json", lambda: read_job(job), damaged_json),
        ("inspection", inspection / "result.json", lambda: Job(inspection, _Nobody()).inspection, damaged_json),
        ("collection", collection / "collection.json", read_collection, damaged_json),
        ("lexicon", lexicon / "lexicon.json", lambda: load_lexicon(lexicon), damaged_json),
        ("lexicon's words", lexicon / "words.parquet", lambda: load_lexicon(lexicon), damaged_bytes),
        ("lexicon's vectors", lexicon / "vectors.safetensors", lambda: load_lexicon(lexicon), damaged_bytes),
        ("extractor", work / "nmf.safetensors", lambda: load_extractor(work / "nmf.safetensors"), damaged_bytes),
        ("bridge", work / "bridge.safetensors", lambda: load_bridge(work / "bridge.safetensors"), damaged_bytes),
        ("site", work / "site" / "site.json", lambda: read_manifest(work / "site"), damaged_json),
    )  # fmt: skip
    return [_file_reader(*each) for each in whole] + [
        Reader("notes", ((OLD / "notes.json").read_bytes(),), lambda data: read_notes(data.decode()), damaged_json)
    ]


def _file_reader(kind: str, file: Path, load: Callable[[], object], mutate: Mutate) -> Reader:
    """The whole folder is read with one damaged file, which is put right again."""
    intact = file.read_bytes()

    def read(data: bytes) -> None:
        file.write_bytes(data)
        try:
            load()
        finally:
            file.write_bytes(intact)

    return Reader(kind, (intact,), read, mutate)


class _Nobody:
    """An executor that runs nothing."""

    def start(self, job: Job) -> None: ...
    def stop(self, job: Job) -> None: ...
    def lost(self, job: Job, state: object) -> bool:
        return False


def encoder_configs(folder: Path) -> tuple[Reader, ...]:
    """The configs of encoders, whose libraries take seconds to import."""
    from concepts.models.encoders import open_image_encoder, open_text_encoder
    from tests.support.tiny_encoders import bert_folder, clip_folder, vision_folder

    made = (
        ("image encoder's config", vision_folder("ViT", folder / "vit"), open_image_encoder),
        ("CLIP's config", clip_folder(folder / "clip"), open_image_encoder),
        ("text encoder's config", bert_folder(folder / "bert"), open_text_encoder),
    )
    return tuple(
        _file_reader(kind, place / "config.json", partial(open_it, str(place)), damaged_json)
        for kind, place, open_it in made
    )


# --------------------------------------------------------------------------------------------------- texts

TABLE = b'word,synonyms,definition\ncake,gateau;tart,"sweet, baked"\nballoon,,a bag of air\n'
NAMES = {
    ".txt": [b"cat\ndog\nbird\n", b"0 cat\n1 dog\n2 bird", b"n01440764 tench, Tinca tinca\nn01443537 goldfish\n"],
    ".csv": [b"id,name\n0,cat\n1,dog\n", b"cat;0\ndog;1\n", b"label,class\n0,a\n1,b\n"],
    ".json": [b'["cat", "dog"]', b'{"0": "cat", "1": ["n1", "dog"]}', b'{"id2label": {"0": "a", "1": "b"}}',
              b'{"cat": 0, "dog": 1}'],
}  # fmt: skip
LISTS = {
    ".txt": [b"a.png\nb.png cat\n'c d.png', dog\n"],
    ".csv": [b"path,label\na.png,cat\nb.png,\n"],
    ".tsv": [b"a.png\tcat\n"],
}


def _texts(folder: Path) -> list[Reader]:
    (folder / "a.png").write_bytes(encoded(_scene(), "PNG"))
    made = [Reader("word list", (TABLE, b"cake\nballoon\n\n"), read_word_list, damaged_text)]
    for suffix, examples in NAMES.items():
        mutate = damaged_json if suffix == ".json" else damaged_text
        made.append(Reader(f"class names {suffix}", tuple(examples), _names_of(folder / f"names{suffix}"), mutate))
    for suffix, examples in LISTS.items():
        made.append(
            Reader(f"list of photos {suffix}", tuple(examples), _photos_of(folder / f"list{suffix}"), damaged_text)
        )
    return [*made, Reader("address", _addresses(), _read_address, damaged_text, ())]


def _names_of(file: Path) -> Callable[[bytes], object]:
    def read(data: bytes) -> None:
        file.write_bytes(data)
        texts_in_file(file)
        names_in_file(file)

    return read


def _addresses() -> tuple[bytes, ...]:
    more = (
        "report?id=a&strategy=-1&concept=3&image=7&wrong=1&predicted=cat&has=3.5&lacks=1&area=0.5_1_2_-3_4_4&doses=3_0.5~7_0&whole=1",
        "similarity?collection=a&image=1&second=2&ask=place&places=12.13.25&words=cake|balloons&token=2&centred=1&added=a=b|c;d=e",
        "photos?collection=a&part=-1.5_0_2_1e3&area=0_0_1_0_1_1&image=3&near=12&repeats=once&only=class:cat",
        "compare?show=dictionaries&first=a&second=b&pair=3", "exercises?task=2&answer=0.4.7", "language?id=a&concept=1",
    )  # fmt: skip
    return tuple(each.encode() for each in (*more, *(visit.address for visit in VISITS)))


def _read_address(data: bytes) -> None:
    try:
        params = dict(parse_qsl(urlsplit(data.decode("utf-8", "replace")).query, keep_blank_values=True))
    except ValueError:  # not what a browser sends
        return
    report = ReportView.of(params)
    report.wanted, report.href(), doses_in(report.doses), doses_in(report.doses, 3), report.params()
    question = PhotoQuestion.of(params)
    question.place_list, question.word_list, question.href("words")
    ExerciseView.of(params).chosen
    PhotoMapView.of(params).sides
    for view in (CompareView.of(params), LanguageView.of(params), PhotoMapView.of(params), TourView.of(params)):
        view.href()


def in_a_new_folder(use: Callable[[tuple[Reader, ...]], None]) -> None:
    """Calls the function with readers that use a folder of their own, which is removed."""
    with tempfile.TemporaryDirectory() as folder:
        use((*readers(Path(folder)), *encoder_configs(Path(folder))))
