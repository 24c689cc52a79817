"""open_photos on what people have in Python: datasets of torch, arrays, tensors, lists, tables of Hugging Face's."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import ConcatDataset, DataLoader, Dataset, IterableDataset, Subset, TensorDataset
from torchvision.datasets import CIFAR10, FakeData, ImageFolder
from torchvision.transforms.v2 import Normalize, RandomHorizontalFlip

from concepts.data.images import Limits, UnreadablePhoto, decode, open_photos
from tests.test_images_opening import put, refusal

N, H, W = 5, 6, 8
CLASSES = ["cat", "T-shirt/top", "ant"]


def pictures(seed=0) -> np.ndarray:
    """(5, 6, 8, 3) uint8."""
    return np.random.default_rng(seed).integers(0, 256, (N, H, W, 3), dtype=np.uint8)


def drawn(photos) -> np.ndarray:
    """All photos as read, (n, H, W, 3)."""
    return np.stack([np.asarray(photos.open(i)) for i in range(len(photos))])


class Own(Dataset):
    """A dataset of one's own, as the items are given."""

    def __init__(self, items, **attributes):
        self.items = items
        self.__dict__.update(attributes)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        item = self.items[i]
        return item() if callable(item) else item


AS = {
    "array": lambda a: a,
    "tensor": lambda a: torch.from_numpy(a).permute(0, 3, 1, 2),
    "channels last": lambda a: torch.from_numpy(a),
    "array, channels first": lambda a: a.transpose(0, 3, 1, 2),
    "floats": lambda a: (a / 255).astype(np.float32),
    "tensor of floats": lambda a: torch.from_numpy(a).permute(0, 3, 1, 2) / 255,
    "half": lambda a: (torch.from_numpy(a).permute(0, 3, 1, 2) / 255).half(),
    "int64": lambda a: a.astype(np.int64),
    "uint16": lambda a: a.astype(np.uint16) * 257,
    "list of arrays": list,
    "tuple of tensors": lambda a: tuple(torch.from_numpy(a).permute(0, 3, 1, 2)),
    "list of PIL": lambda a: [Image.fromarray(each) for each in a],
    "TensorDataset": lambda a: TensorDataset(torch.from_numpy(a).permute(0, 3, 1, 2)),
    "own": lambda a: Own([Image.fromarray(each) for each in a]),
    "opaque": lambda a: np.concatenate([a, np.full((N, H, W, 1), 255, np.uint8)], axis=-1),
}


@pytest.mark.parametrize("kind", AS)
def test_pictures_come_back_exactly_from_whatever_holds_them(kind):
    source = AS[kind](pictures())
    photos = open_photos(source)
    assert photos.names == tuple(f"{i:06d}.png" for i in range(N))
    assert (photos.groups, photos.skipped) == ((None,) * N, ())
    np.testing.assert_array_equal(drawn(photos), pictures())
    assert photos.subset([3, 0]).names == ("000003.png", "000000.png")


def test_bfloat16_is_read_within_its_precision():
    photos = open_photos((torch.from_numpy(pictures()).permute(0, 3, 1, 2) / 255).bfloat16())
    assert np.abs(drawn(photos).astype(int) - pictures()).max() <= 1


@pytest.mark.parametrize("channel", [None, 1, -1])
def test_grey_has_three_equal_channels(channel):
    grey = pictures()[..., 0]
    photos = open_photos(grey if channel is None else np.expand_dims(grey, channel))
    np.testing.assert_array_equal(drawn(photos), grey[..., None].repeat(3, axis=-1))


def test_black_and_white_and_12_bits_have_their_white():
    mask = pictures()[..., 0] > 127
    np.testing.assert_array_equal(drawn(open_photos(mask))[..., 1], mask * 255)
    deep = np.linspace(0, 4095, H * W).round().astype(np.int32).reshape(1, H, W)
    np.testing.assert_array_equal(drawn(open_photos(deep))[..., 0], np.rint(deep * (255 / 4095)))


def test_an_array_on_disk_is_read_a_picture_at_a_time(tmp_path):
    np.save(tmp_path / "a.npy", pictures())
    photos = open_photos(np.load(tmp_path / "a.npy", mmap_mode="r"))
    np.testing.assert_array_equal(drawn(photos), pictures())


LABELLED = {
    "pairs": lambda a, y: [(each, label) for each, label in zip(a, y, strict=True)],
    "own": lambda a, y: Own([(Image.fromarray(each), label) for each, label in zip(a, y, strict=True)]),
    "tensor labels": lambda a, y: Own([(each, torch.tensor(label)) for each, label in zip(a, y, strict=True)]),
    "NumPy labels": lambda a, y: Own([(each, np.int64(label)) for each, label in zip(a, y, strict=True)]),
    "TensorDataset": lambda a, y: TensorDataset(torch.from_numpy(a).permute(0, 3, 1, 2), torch.tensor(y)),
    "labels of shape (1,)": lambda a, y: Own([(p, np.array([label])) for p, label in zip(a, y, strict=True)]),
    "rows": lambda a, y: Own([{"image": each, "label": label} for each, label in zip(a, y, strict=True)]),
    "part": lambda a, y: Subset(
        Own([(each, label) for each, label in zip(a[::-1], y[::-1], strict=True)]), range(4, -1, -1)
    ),
    "several": lambda a, y: ConcatDataset([LABELLED["own"](a[:2], y[:2]), LABELLED["pairs"](a[2:], y[2:])]),
}


@pytest.mark.parametrize("kind", LABELLED)
def test_whole_numbers_are_indices_of_classes(kind):
    photos = open_photos(LABELLED[kind](pictures(), [2, 0, 1, 1, 2]))
    assert photos.groups == ("2", "0", "1", "1", "2")
    assert photos.names[0] == "2/000000.png"
    assert photos.labels(CLASSES) == [2, 0, 1, 1, 2]
    assert photos.label_source(CLASSES) == "the dataset's numbers"
    assert photos.subset([4, 1]).labels(CLASSES) == [2, 0]
    np.testing.assert_array_equal(drawn(photos), pictures())


@pytest.mark.parametrize(
    "attributes",
    [
        {"classes": CLASSES},
        {"classes": [(name, "a synonym") for name in CLASSES]},
        {"class_to_idx": {"ant": 2, "cat": 0, "T-shirt/top": 1}},
    ],
    ids=["classes", "synonyms", "class_to_idx"],
)
@pytest.mark.parametrize("wrap", [lambda d: d, lambda d: Subset(d, range(N)), lambda d: ConcatDataset([d])])
def test_classes_of_a_dataset_name_its_labels(attributes, wrap):
    items = [(each, label) for each, label in zip(pictures(), [2, 0, 1, 1, 7], strict=True)]
    photos = open_photos(wrap(Own(items, **attributes)))
    assert photos.groups == ("ant", "cat", "T-shirt/top", "T-shirt/top", None)
    assert photos.names[2:] == ("T-shirt_top/000002.png", "T-shirt_top/000003.png", "000004.png")
    assert photos.folder_names() == photos.class_order == ("cat", "T-shirt/top", "ant")  # not by the alphabet
    assert photos.labels(["Ant", "cat"]) == [0, 1, None, None, None]
    assert photos.label_source(["Ant", "cat"]) == "the dataset's labels"
    assert photos.labels(["x", "y", "z"]) == [2, 0, 1, 1, None]  # no name fits, the number of classes does
    assert photos.label_source(["x", "y", "z"]) == "the dataset's numbers"
    assert photos.labels(["x", "y"]) == [None] * N


def test_texts_as_labels_are_names():
    photos = open_photos(
        [(each, name) for each, name in zip(pictures(), ["cat", "ant", "cat", None, "cat"], strict=True)]
    )
    assert photos.labels(CLASSES) == [0, 2, 0, None, 0]


@pytest.mark.parametrize("second", [np.zeros(3), {"boxes": []}, 0.5, -1, torch.zeros(4)])
def test_what_is_no_label_gives_none(second):
    photos = open_photos([(each, second) for each in pictures()])
    assert photos.labels(CLASSES) == [None] * N
    assert photos.names[0] == "000000.png"


def test_labels_that_are_stored_are_not_read_from_pictures():
    read, targets = [], [i % 3 for i in range(40)]
    items = [lambda i=i: read.append(i) or (pictures()[0], i % 3) for i in range(40)]
    assert open_photos(Own(items, targets=torch.tensor(targets))).labels(CLASSES) == targets
    assert set(read) == {0, 5, 10, 15, 20, 25, 30, 35}


@pytest.mark.parametrize("attributes", [{"targets": [2, 0, 1, 1, 2]}, {"labels": ["cat"] * N}, {"labels": np.ones(N)}])
def test_labels_of_items_count_where_others_are_stored(attributes):
    items = [(each, label) for each, label in zip(pictures(), [0, 0, 2, 2, 0], strict=True)]
    assert open_photos(Own(items, **attributes)).labels(CLASSES) == [0, 0, 2, 2, 0]
    changed = Own(items, targets=[0, 0, 2, 2, 0], target_transform=lambda label: label)
    assert open_photos(changed).labels(CLASSES) == [0, 0, 2, 2, 0]


@pytest.mark.parametrize("names", [["1", "2", "3"], ["2", "0", "1"], ["0", "1", "2"]])
def test_numbers_of_a_dataset_are_no_names_of_classes(names):
    photos = open_photos([(each, label) for each, label in zip(pictures(), [2, 0, 1, 1, 2], strict=True)])
    assert photos.labels(names) == [2, 0, 1, 1, 2]
    beyond = open_photos([(each, label) for each, label in zip(pictures(), [3, 1, 2, 2, 3], strict=True)])
    assert beyond.labels(["1", "2", "3"]) == [2, 0, 1, 1, 2]


def test_an_image_folder_gives_what_the_folder_gives(tmp_path):
    for i, name in enumerate(("cat/a.png", "cat/b.png", "ant/c.png")):
        buffer = io.BytesIO()
        Image.fromarray(pictures(i)[0]).save(buffer, "PNG")
        put(tmp_path, name, buffer.getvalue())
    photos, files = open_photos(ImageFolder(tmp_path)), open_photos(tmp_path)
    assert photos.groups == files.groups == ("ant", "cat", "cat")
    np.testing.assert_array_equal(drawn(photos), drawn(files))
    assert photos.names == ("ant/000000.png", "cat/000001.png", "cat/000002.png")


def test_cifar_keeps_its_classes_and_its_pictures():
    dataset = CIFAR10.__new__(CIFAR10)  # its files are not here
    dataset.__dict__.update(
        data=pictures(), targets=[1, 0, 1, 1, 0], classes=["airplane", "automobile"], transform=None,
        target_transform=None,
    )  # fmt: skip
    photos = open_photos(Subset(dataset, [4, 2]))
    assert photos.groups == ("airplane", "automobile")
    np.testing.assert_array_equal(drawn(photos), pictures()[[4, 2]])


def test_fake_data_is_opened():
    photos = open_photos(FakeData(size=4, image_size=(3, H, W), num_classes=3))
    assert drawn(photos).shape == (4, H, W, 3)
    assert None not in photos.labels(CLASSES)


def test_the_fingerprint_follows_the_contents():
    first = open_photos(pictures()).fingerprint()
    assert open_photos(list(pictures())).fingerprint() == first
    changed = pictures()
    changed[2, 3, 3, 1] ^= 1
    assert open_photos(changed).fingerprint() != first
    labelled = {open_photos([(p, y) for p in pictures()]).fingerprint() for y in (0, 1)}
    assert len(labelled | {first}) == 3


def test_photos_that_pillow_has_opened_are_turned_as_files_are_and_stay_unloaded(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pictures()[0]).save(tmp_path / "a.jpg", exif=exif)
    opened = Image.open(tmp_path / "a.jpg")
    photos = open_photos([opened])
    assert opened.tile
    assert photos.read_bytes(0) == (tmp_path / "a.jpg").read_bytes()
    opened.load()
    np.testing.assert_array_equal(np.asarray(photos.open(0)), np.asarray(decode(tmp_path / "a.jpg")))


def of_16_bits() -> bytes:
    """A PPM of 12-bit colours, of which Pillow keeps the high byte as it loads."""
    ramp = np.linspace(0, 4095, H * W * 3).round().astype(">u2")
    return f"P6 {W} {H} 4095\n".encode() + ramp.tobytes()


FILES = {
    "bytes": lambda path: path.read_bytes(),
    "path": lambda path: path,
    "text": str,
    "pair": lambda path: (str(path), 0),
    "undecoded": lambda path: {"bytes": path.read_bytes(), "path": None},
    "undecoded, by path": lambda path: {"bytes": None, "path": str(path)},
    "opened": Image.open,
    "opened in memory": lambda path: Image.open(io.BytesIO(path.read_bytes())),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_in_a_dataset_are_read_as_files(tmp_path, kind):
    put(tmp_path, "a.ppm", of_16_bits())
    photos = open_photos(Own([FILES[kind](tmp_path / "a.ppm")]))
    assert photos.read_bytes(0) == photos.read_bytes(0) == of_16_bits()
    expected = np.linspace(0, 255, H * W * 3).reshape(H, W, 3)
    assert np.abs(np.asarray(photos.open(0)) - expected).max() < 1


@pytest.mark.parametrize("kind", ["PPM", "PNG", "TIFF", "GIF", "JPEG"])
def test_a_loaded_picture_of_any_format_is_read(kind):
    buffer = io.BytesIO()
    Image.fromarray(pictures()[0]).save(buffer, kind)
    opened = Image.open(buffer)
    opened.load()
    np.testing.assert_array_equal(np.asarray(open_photos([opened]).open(0)), np.asarray(opened.convert("RGB")))


@pytest.mark.parametrize("mode", ["CMYK", "P", "LA", "RGBA", "F", "I;16", "1"])
def test_pictures_of_any_mode_are_rgb(mode):
    image = Image.fromarray(pictures()[0]).convert("L" if mode in ("F", "I;16") else "RGB").convert(mode)
    image = Image.fromarray(np.asarray(image) / 255) if mode == "F" else image
    photo = open_photos([image]).open(0)
    assert (photo.mode, photo.size) == ("RGB", (W, H))


class Feature:
    def __init__(self, names=None):
        self.names = names


class ClassLabel(Feature):
    pass


class Value(Feature):
    pass


class HFImage(Feature):
    pass


HFImage.__name__ = "Image"


class HFColumn:
    def __init__(self, source, column_name):
        self.source, self.column_name = source, column_name

    def __len__(self):
        return len(self.source)

    def __getitem__(self, i):
        return self.source.columns[self.column_name][i]


class HFDataset:
    """What Hugging Face's Dataset offers of itself: rows by number, columns by name."""

    def __init__(self, features, **columns):
        self.features, self.columns = features, columns

    @property
    def column_names(self):
        return list(self.columns)

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, key):
        return HFColumn(self, key) if isinstance(key, str) else {name: self.columns[name][key] for name in self.columns}


def table(**changes):
    columns = {
        "id": list(range(N)),
        "pic": [Image.fromarray(p) for p in pictures()],
        "sort": [2, 0, 1, -1, 2],
    } | changes
    features = {"id": Value(), "pic": HFImage(), "sort": ClassLabel(CLASSES)}
    return HFDataset({name: features.get(name, Value()) for name in columns}, **columns)


@pytest.mark.parametrize("take", [lambda t: t, lambda t: t["pic"]], ids=["table", "column"])
def test_a_table_gives_its_pictures_and_class_labels(take):
    photos = open_photos(take(table()))
    assert photos.groups == ("ant", "cat", "T-shirt/top", None, "ant")
    assert photos.folder_names() == tuple(CLASSES)
    np.testing.assert_array_equal(drawn(photos), pictures())


def test_columns_are_found_by_name_where_features_say_nothing():
    plain = HFDataset(
        {"photo": Value(), "label": Value()},
        photo=[Image.fromarray(p) for p in pictures()], label=["ant", "cat", "ant", "cat", "ant"],
    )  # fmt: skip
    assert open_photos(plain).labels(CLASSES) == [2, 0, 2, 0, 2]


def test_undecoded_pictures_keep_their_files():
    files = []
    for each in pictures():
        buffer = io.BytesIO()
        Image.fromarray(each).save(buffer, "PNG")
        files.append({"bytes": buffer.getvalue(), "path": None})
    photos = open_photos(table(pic=files))
    assert photos.read_bytes(1) == files[1]["bytes"]


def test_a_table_without_pictures_is_refused():
    assert "none of the columns a, b holds pictures" in refusal(HFDataset({"a": Value(), "b": Value()}, a=[1], b=[2]))


class Endless(IterableDataset):
    def __iter__(self):
        return iter(pictures())


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (DataLoader(TensorDataset(torch.zeros(2, 3, 4, 4))), "a loader: give its .dataset"),
        ({"train": pictures(), "test": pictures()}, "several parts: give one of train, test"),
        (Image.new("RGB", (8, 6)), "one picture: give a list of it"),
        (Endless(), "items without numbers: give a list of them"),
        ((p for p in pictures()), "items without numbers: give a list of them"),
        (torch.nn.Linear(2, 2), "in Python also a dataset, an array or a list of pictures"),
        (pictures()[0], "looks like one picture: give a list of it"),
        (torch.zeros(3, 6, 8), "looks like one picture: give a list of it"),
        (np.array(["a.jpg", "b.jpg"]), "the ndarray of 2 things is no array of pictures: give a list of"),
        (np.zeros((2, 3)), "has the shape (2, 3), expected (n, H, W, 3)"),
        (np.zeros((0, 6, 8, 3), np.uint8), "has the shape (0, 6, 8, 3)"),
        (np.zeros((2, 5, 6, 7), np.uint8), "item 1 of the ndarray of 2 pictures has the shape (5, 6, 7)"),
        (pictures().astype(np.float32), "expected 0 to 1 for floats: undo a normalisation"),
        (pictures().astype(int) - 300, "expected 0 to 65535 for whole numbers"),
        (np.full((1, 6, 8), np.nan), "has values from nan to nan"),
        ([7, 8], "item 1 of the list of 2 items is of the type int, expected a PIL image"),
        (np.array([[["a"]]]), "looks like one picture"),
        (np.full((2, 6, 8), "a"), "holds values of the type <U1"),
        (Own([(Normalize([0.5] * 3, [0.2] * 3)(torch.rand(3, H, W)), 1)]), "undo a normalisation"),
        (Own([lambda: 1 / 0]), "item 0 of the Own of 1 items cannot be read: division by zero"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_opened_is_refused_with_a_line(source, line):
    assert line in refusal(source)


def test_items_that_change_from_read_to_read_are_refused():
    torch.manual_seed(0)
    flip = RandomHorizontalFlip()
    changing = Own([lambda: flip(Image.fromarray(pictures()[0]))])
    assert "changes from one read to the next: take random transforms out" in refusal(changing)


def test_an_item_that_cannot_be_read_is_unreadable_by_name():
    photos = open_photos(Own([lambda: 1 / 0, *pictures()[:2], lambda: None]))
    for i, line in ((0, "000000.png: cannot be read: division by zero"), (3, "000003.png: is of the type NoneType")):
        with pytest.raises(UnreadablePhoto, match=line):
            photos.open(i)
    assert photos.open(1).size == (W, H)
    assert len(photos.fingerprint()) == 32


def test_limits_hold_for_datasets():
    assert "has more than 4 photos" in refusal(pictures(), limits=Limits(max_photos=4))
    with pytest.raises(UnreadablePhoto, match="more than 47 pixels"):
        open_photos(pictures(), limits=Limits(max_pixels=47)).open(0)
