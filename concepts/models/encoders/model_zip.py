"""A model of transformers in a zip: what is read of it, unpacked within bounds; nothing else of it is written.

Wanted are the files that the loaders here read (`load_pretrained`, `file_tokenizer`, `read_recipe`): settings, the
tokenizer's own file, weights as safetensors. Code and pickles stay in the zip, and settings that name code are refused.
"""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from concepts.data.images.names import is_hidden, safe_name
from concepts.data.images.zip_members import BROKEN_ZIP, member_name, unreadable_kind, visible_parts
from concepts.data.texts import one_line
from concepts.models.encoders.folders import PICKLES

TOKENIZER, INDEX = "tokenizer.json", "model.safetensors.index.json"
SETTINGS = (
    "config.json", TOKENIZER, "tokenizer_config.json", "special_tokens_map.json", "modules.json",
    "sentence_bert_config.json", INDEX,
)  # fmt: skip
WEIGHTS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}\.safetensors")
FOLDER = re.compile(r"[A-Za-z0-9_-]{1,40}")  # of a module of sentence-transformers, such as 1_Pooling
NAMES_CODE = "auto_map"  # in settings: which class of which .py is to be run
ELSEWHERE = ("attn_implementation", "experts_implementation")  # in settings: with a slash, code of the hub
MEMBER = b"PK\x01\x02"  # begins a file's entry in the directory of a zip
Members = dict[PurePosixPath, zipfile.ZipInfo]


class RefusedModelError(ValueError):
    """A zip that is not unpacked, with the reason in one line."""


@dataclass(frozen=True)
class ModelLimits:
    """Upper limits on a zip. max_bytes: of all wanted files together, unpacked. max_tokenizer_bytes: of tokenizer.json;
    max_setting_bytes: of each other file that is no weights. max_files: in the zip, wanted or not.
    """

    max_bytes: int = 500 * 2**20
    max_tokenizer_bytes: int = 64 * 2**20
    max_setting_bytes: int = 4 * 2**20
    max_files: int = 2_000


LIMITS = ModelLimits()


def unpack_model(data: bytes, folder: Path, title: str, limits: ModelLimits = LIMITS) -> None:
    """Writes the wanted files of a zip into a folder that is there; they may lie in a folder of the zip.

    Raises RefusedModelError, one line that begins with `title`, for a zip that cannot be read, is over the limits,
    lacks config.json, tokenizer.json or safetensors, or whose settings name code.
    """
    with _opened(data, title, limits) as archive:
        members = _wanted(archive, title)
        _check_sizes(members, title, limits)
        for name, member in members.items():
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            with archive.open(member) as packed, place.open("wb") as file:
                shutil.copyfileobj(packed, file, 2**20)
            if name.suffix == ".json" and name.name != TOKENIZER:  # its vocabulary may hold any word
                _check_setting(place.read_bytes(), name, title)


def unpacked_bytes(data: bytes, title: str, limits: ModelLimits = LIMITS) -> int:
    """The bytes that `unpack_model` would write at most, by the zip's directory. Raises RefusedModelError as that."""
    with _opened(data, title, limits) as archive:
        return sum(member.file_size for member in _wanted(archive, title).values())


@contextmanager
def _opened(data: bytes, title: str, limits: ModelLimits) -> Iterator[zipfile.ZipFile]:
    # Counted before zipfile makes an object of each: the number that a zip states may be wrong.
    if data.count(MEMBER) > limits.max_files:
        raise RefusedModelError(f"{title} holds more than {limits.max_files:,} files, the limit: pack one model alone")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except RefusedModelError:
        raise
    except OSError as error:
        if error.errno is not None:  # of the disk that is written to, not of the zip
            raise
        raise RefusedModelError(f"{title} cannot be unpacked ({one_line(error)}): pack it again") from error
    except BROKEN_ZIP as error:
        raise RefusedModelError(f"{title} is no readable zip ({one_line(error)}): pack it again") from error


def _wanted(archive: zipfile.ZipFile, title: str) -> Members:
    """The members that are read of a model, by their places in its folder; of two with one name the later."""
    inside = {PurePosixPath(name): member for name, member in _named(archive, title)}
    root = _root(list(inside), title)
    placed = {name.relative_to(root): each for name, each in inside.items() if name.is_relative_to(root)}
    members = {name: member for name, member in placed.items() if _is_wanted(name)}
    for name, member in members.items():
        if (problem := unreadable_kind(member, "file")) is not None:
            raise RefusedModelError(f"{title}: {name} is {problem}")
    _check_whole(placed, members, title)
    return members


def _named(archive: zipfile.ZipFile, title: str) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The files with their names made safe, without hidden ones and those of an operating system."""
    for member in archive.infolist():
        name = member_name(member)
        if not name or member.is_dir() or any(map(is_hidden, visible_parts(name))):
            continue
        try:
            yield safe_name(name), member
        except ValueError as error:
            said = str(error).replace("photos", "files")
            raise RefusedModelError(f"{title} holds a file that is refused: {said}") from error


def _root(names: Sequence[PurePosixPath], title: str) -> PurePosixPath:
    """The folder of the model: the outermost with a config.json or, of sentence-transformers, a modules.json."""
    found = [name.parent for name in names if name.name in ("config.json", "modules.json")]
    if not found:
        raise RefusedModelError(
            f"{title} holds no config.json: pack the folder that model.save_pretrained(folder) and "
            "tokenizer.save_pretrained(folder) write"
        )
    depth = min(len(place.parts) for place in found)
    roots = sorted({place for place in found if len(place.parts) == depth})
    if len(roots) > 1:
        raise RefusedModelError(f"{title} holds {len(roots)} models ({roots[0]}, {roots[1]} …): pack one alone")
    return roots[0]


def _is_wanted(name: PurePosixPath) -> bool:
    """Whether a file, by its place in the model's folder or one folder below it, is read."""
    known = name.name in SETTINGS or WEIGHTS.fullmatch(name.name) is not None
    return known and len(name.parts) <= 2 and all(FOLDER.fullmatch(part) for part in name.parts[:-1])


def _check_whole(placed: Iterable[PurePosixPath], members: Members, title: str) -> None:
    names = {name.name for name in members}
    if not any(name.suffix == ".safetensors" for name in members):
        pickles = sorted({each.name for each in placed if any(fnmatch(each.name, kind) for kind in PICKLES)})
        if pickles:
            raise RefusedModelError(
                f"{title} holds its weights as {one_line(', '.join(pickles[:3]), 80)}, which can run code when read: "
                "convert them with model.save_pretrained(folder), which writes model.safetensors, and pack that"
            )
        raise RefusedModelError(f"{title} holds no weights: pack model.safetensors beside config.json")
    if "config.json" not in names:
        raise RefusedModelError(f"{title} holds no config.json: pack the whole folder of the model")
    if TOKENIZER not in names:
        raise RefusedModelError(
            f"{title} holds no tokenizer.json: write it with AutoTokenizer.from_pretrained(…).save_pretrained(folder), "
            "and pack it too"
        )


def _check_sizes(members: Members, title: str, limits: ModelLimits) -> None:
    """By the sizes that the zip states, beyond which nothing is unpacked."""
    if sum(member.file_size for member in members.values()) > limits.max_bytes:
        raise RefusedModelError(f"{title} has more than {limits.max_bytes / 2**20:,.0f} MB unpacked, the limit")
    for name, member in members.items():
        most = limits.max_tokenizer_bytes if name.name == TOKENIZER else limits.max_setting_bytes
        if name.suffix == ".json" and member.file_size > most:
            raise RefusedModelError(f"{title}: {name} has more than {most / 2**20:,.0f} MB, the limit for such a file")


def _check_setting(content: bytes, name: PurePosixPath, title: str) -> None:
    """Raises RefusedModelError for a file that is no JSON, and for settings that name code or files elsewhere."""
    try:
        value = json.loads(content.decode("utf-8"))
        named = code_named(value)
    except (ValueError, RecursionError) as error:
        raise RefusedModelError(f"{title}: {name} is no readable JSON ({one_line(error)}): pack it again") from error
    if named:
        raise RefusedModelError(
            f"{title}: {name} names code to be run ({named}), and code that comes with a model is never run here: "
            "choose a model of an architecture that transformers knows"
        )
    if name.name == INDEX and not all(WEIGHTS.fullmatch(each) for each in _parts_of(value)):
        raise RefusedModelError(f"{title}: {name} names other files than weights beside it: pack it again")


def _parts_of(index: object) -> set[str]:
    """The files of weights that an index names."""
    parts = index.get("weight_map") if isinstance(index, Mapping) else None
    return {str(part) for part in parts.values()} if isinstance(parts, Mapping) else set()


def code_named(value: object) -> str | None:
    """The first field of settings, at any depth, that names code of the folder or of the hub; None without one."""
    if isinstance(value, list):
        return next(filter(None, map(code_named, value)), None)
    if not isinstance(value, Mapping):
        return None
    for key, inner in value.items():
        if str(key) == NAMES_CODE or (str(key).lstrip("_").startswith(ELSEWHERE) and "/" in str(inner)):
            return str(key)
        if (found := code_named(inner)) is not None:
            return found
    return None
