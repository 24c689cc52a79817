"""Imports of a user's file: it finds the Python files beside it, as if it were run from its folder.

The file is a module of a name of its own, of which its neighbours are submodules, so that two files whose neighbours
have the same names never meet. Import statements in the file and in its neighbours look there first, whenever they run:
also inside `forward`, long after the file was loaded. The import path is not changed. While the file is loaded and its
function runs, its neighbours have their plain names, too, for `importlib.import_module` and for unpickling.

Python's own modules and this program come before a neighbour of the same name; so does what the program has imported
from that very file. Loading a file again takes it and its neighbours anew, from their source.
"""

import builtins
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial
from hashlib import blake2b
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder, ModuleSpec
from importlib.machinery import SourceFileLoader as FromSource
from importlib.util import find_spec, module_from_spec, resolve_name, spec_from_file_location
from pathlib import Path
from threading import RLock
from types import CodeType, ModuleType

PREFIX = "operator_model_"
_VISIBLE: ContextVar[str] = ContextVar("the file whose neighbours have their plain names", default="")
_ONE_AT_A_TIME = RLock()  # plain names in sys.modules are those of the whole process


def module_name(path: Path) -> str:
    """The name of the module of a file, by its path and content."""
    return PREFIX + blake2b(str(path).encode() + path.read_bytes(), digest_size=8).hexdigest()


def load_file(path: Path) -> ModuleType:
    """The file as a module, run anew. Raises what its code raises; the module of an earlier load then stays."""
    name = module_name(path)
    before = _forget(name)
    parent = _package_folder(path.parent)
    folders = [str(path.parent), *([str(parent)] if parent != path.parent else [])]
    loader = _Loader(name, str(path))
    spec = spec_from_file_location(name, path, loader=loader, submodule_search_locations=folders)
    if spec is None:
        raise ImportError(f"{path} cannot be imported as Python")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look a class's module up there
    try:
        loader.exec_module(module)
    except BaseException:
        _forget(name)
        sys.modules.update(before)
        raise
    return module


@contextmanager
def plain_names(path: Path) -> Iterator[None]:
    """Inside the block, in this thread, the file's neighbours can be imported by their plain names from anywhere."""
    root = module_name(path)
    with _ONE_AT_A_TIME:
        token = _VISIBLE.set(root)
        try:
            yield
        finally:
            _VISIBLE.reset(token)
            for name in [name for name in sys.modules if name.startswith(f"{root}.")]:
                plain = name.removeprefix(f"{root}.")
                if sys.modules.get(plain) is sys.modules[name]:
                    del sys.modules[plain]


def _forget(root: str) -> dict[str, ModuleType]:
    """Takes a file and its neighbours out of the modules, and returns them."""
    _is_neighbour.cache_clear()
    names = [name for name in sys.modules if name == root or name.startswith(f"{root}.")]
    return {name: sys.modules.pop(name) for name in names}


def _package_folder(folder: Path) -> Path:
    """The folder that the outermost package around this folder lies in; the folder itself where it is no package."""
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


class _Loader(FromSource):
    """Runs a module with an import statement that knows its neighbours."""

    def get_code(self, fullname: str) -> CodeType:
        """Always from the source: an edit within the same second would leave stored bytecode valid."""
        return self.source_to_code(self.get_data(self.path), self.path)

    def exec_module(self, module: ModuleType) -> None:
        root = module.__name__.partition(".")[0]
        module.__dict__["__builtins__"] = vars(builtins) | {"__import__": partial(_import, root)}
        super().exec_module(module)


def _import(
    root: str,
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """The import statement of the modules of `root`, as `builtins.__import__`."""
    if level and globals is not None and globals.get("__name__") == root:
        name, level = _absolute(root, name, level), 0
    elif level or not _is_neighbour(root, name.partition(".")[0]):
        return builtins.__import__(name, globals, locals, fromlist or (), level)
    full = f"{root}.{name}".removesuffix(".")
    if fromlist:
        return builtins.__import__(full, globals, locals, fromlist, level)
    importlib.import_module(full)
    return sys.modules[f"{root}.{name.partition('.')[0]}"]


def _absolute(root: str, name: str, level: int) -> str:
    """A name that is relative to the file itself, from the folder of its outermost package on.

    Folders around it count as packages as far as the name needs them.
    """
    main = sys.modules[root]
    folder = Path(main.__path__[0])
    depth = len(folder.parts) - len(_package_folder(folder).parts)
    if depth == 0 and level == 1:
        return name
    parts = folder.parts[-max(depth, level) :]
    parent = str(folder.parents[len(parts) - 1])
    if parent not in main.__path__:
        main.__path__.append(parent)
    return resolve_name("." * level + name, ".".join(parts))


@lru_cache(maxsize=2**12)
def _is_neighbour(root: str, name: str) -> bool:
    """Whether a top-level name is that of a neighbour; a folder without __init__.py counts where no module has it."""
    if name in sys.stdlib_module_names or name == __name__.partition(".")[0]:
        return False
    spec = _spec(f"{root}.{name}", sys.modules[root].__path__)
    if spec is None or _same_place(spec, sys.modules.get(name)):
        return False
    return spec.loader is not None or not _is_elsewhere(name)


def _same_place(spec: ModuleSpec, loaded: ModuleType | None) -> bool:
    other = getattr(loaded, "__spec__", None)
    if other is None:
        return False
    if spec.origin:
        return bool(spec.origin == other.origin)
    return list(spec.submodule_search_locations or ()) == list(other.submodule_search_locations or ())


def _is_elsewhere(name: str) -> bool:
    token = _VISIBLE.set("")
    try:
        return name in sys.modules or find_spec(name) is not None
    finally:
        _VISIBLE.reset(token)


def _spec(name: str, folders: Sequence[str] | None) -> ModuleSpec | None:
    """How a module is loaded from the first folder that has it; a folder without __init__.py after all others."""
    loaders = (ExtensionFileLoader, EXTENSION_SUFFIXES), (_Loader, SOURCE_SUFFIXES)
    found = [spec for folder in folders or () if (spec := FileFinder(folder, *loaders).find_spec(name))]
    return min(found, key=lambda spec: spec.loader is None, default=None)


class _PlainName:
    """Loads the neighbour of a plain name."""

    def __init__(self, root: str) -> None:
        self.root = root

    def create_module(self, spec: ModuleSpec) -> None:
        """The usual module, which is then replaced."""

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = importlib.import_module(f"{self.root}.{module.__name__}")


class _Finder:
    """Finds neighbours: under the name of their file, and by their plain names where they are visible."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.startswith(PREFIX):
            return _spec(name, path)
        root = _VISIBLE.get()
        if root in sys.modules and _is_neighbour(root, name.partition(".")[0]):
            return ModuleSpec(name, _PlainName(root))  # type: ignore[arg-type]  # all that importlib needs
        return None


sys.meta_path.insert(0, _Finder)
