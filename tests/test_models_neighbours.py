"""A factory finds the Python files beside it, its own and not another's, whenever its code runs."""

import importlib
import sys

import pytest
import torch

from concepts.models import card_of, load_model, split_model
from concepts.models.classifiers.factory import call_factory
from concepts.models.classifiers.neighbours import PREFIX, module_name

BLOCK = """
from torch import nn
FACTOR = {factor}
class Block(nn.Module):
    def forward(self, x):
        return x * FACTOR
"""
MODEL = """
from torch import nn
{imports}
def build():
    return nn.Sequential(Block(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
"""


def write(folder, files):
    """Writes files by their names, folders included; the name of the factory in model.py, the last of them."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return f"{folder / next(name for name in files if name.endswith('model.py'))}:build"


def answer(model):
    """The model's first output for an image of ones: the factor of its block."""
    return float(model(torch.ones(1, 3, 8, 8))[0, 0])


WAYS = {
    "a file": ("from layers import Block", {"layers.py": BLOCK}),
    "a module": ("import layers\nBlock = layers.Block", {"layers.py": BLOCK}),
    "a package": ("from layers.block import Block", {"layers/__init__.py": "", "layers/block.py": BLOCK}),
    "a package's name": (
        "from layers import Block",
        {"layers/__init__.py": "from .b import Block", "layers/b.py": BLOCK},
    ),
    "a submodule as": ("import layers.b as b\nBlock = b.Block", {"layers/__init__.py": "", "layers/b.py": BLOCK}),
    "a submodule": ("import layers.b\nBlock = layers.b.Block", {"layers/__init__.py": "", "layers/b.py": BLOCK}),
    "a folder without __init__": ("from own.deep.block import Block", {"own/deep/block.py": BLOCK}),
    "two steps": ("from a import Block", {"a.py": "from b import Block", "b.py": BLOCK}),
    "a neighbour's relative import": ("from a import Block", {"a.py": "from .b import Block", "b.py": BLOCK}),
    "relative": ("from .layers import Block", {"layers.py": BLOCK}),
    "relative, the module": ("from . import layers\nBlock = layers.Block", {"layers.py": BLOCK}),
    "in the function": ("def Block():\n    from layers import Block\n    return Block()", {"layers.py": BLOCK}),
    "by importlib": (
        "import importlib\ndef Block():\n    return importlib.import_module('layers.block').Block()",
        {"layers/__init__.py": "", "layers/block.py": BLOCK},
    ),
    "its own path": (
        "import sys, os\nsys.path.insert(0, os.path.dirname(__file__))\nfrom layers import Block\nsys.path.pop(0)",
        {"layers.py": BLOCK},
    ),
    "a name of this program": ("from tests.layers import Block", {"tests/__init__.py": "", "tests/layers.py": BLOCK}),
}


@pytest.mark.parametrize(("imports", "files"), WAYS.values(), ids=WAYS.keys())
def test_a_factory_imports_its_neighbours_and_each_its_own(imports, files, tmp_path):
    """Two folders alike but for a number, in one process; nothing of them stays on the path or under a plain name."""
    path, modules = list(sys.path), set(sys.modules)
    names = [
        write(
            tmp_path / folder,
            {name: text.replace("{factor}", factor) for name, text in files.items()}
            | {"model.py": MODEL.format(imports=imports)},
        )
        for folder, factor in (("one", "2"), ("two", "3"))
    ]
    models = [load_model(name) for name in names]
    assert [answer(model) for model in models] == [2, 3]
    assert answer(load_model(names[0])) == 2
    assert sys.path == path
    assert all(name.startswith(PREFIX) for name in set(sys.modules) - modules)


PACKAGES = {
    "one up": (
        "from ..common import Block",
        {"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/common.py": BLOCK},
    ),
    "one up, no __init__": ("from ..common import Block", {"pkg/common.py": BLOCK}),
    "one up, a package": ("from ..common.b import Block", {"pkg/common/__init__.py": "", "pkg/common/b.py": BLOCK}),
    "beside, in a package": (
        "from .b import Block",
        {"pkg/sub/__init__.py": "from .b import Block", "pkg/sub/b.py": BLOCK},
    ),
    "the package's own name": (
        "from . import Block",
        {"pkg/sub/__init__.py": "from .b import Block", "pkg/sub/b.py": BLOCK},
    ),
    "absolute": (
        "from pkg.common import Block",
        {"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/common.py": BLOCK},
    ),
}


@pytest.mark.parametrize(("imports", "files"), PACKAGES.values(), ids=PACKAGES.keys())
def test_a_factory_in_a_package(imports, files, tmp_path):
    for folder, factor in (("one", "2"), ("two", "3")):
        texts = {name: text.replace("{factor}", factor) for name, text in files.items()}
        name = write(tmp_path / folder, texts | {"pkg/sub/model.py": MODEL.format(imports=imports)})
        assert answer(load_model(name)) == float(factor)


LATE = """
from torch import nn
class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 2)
    def forward(self, x):
        from late.factors import factor
        import other
        return self.head(x.mean((2, 3))) * factor() * other.TWO
def build():
    return Late()
"""


def test_imports_inside_forward_find_the_same_neighbours_later(tmp_path):
    """They have not run before the model does, when another factory with such neighbours was loaded meanwhile."""
    models = []
    for factor in (1.0, 5.0):
        files = {"late/factors.py": f"def factor():\n    return {factor}\n", "other.py": "TWO = 2\n"}
        name = write(tmp_path / str(factor), files | {"late_model.py": LATE})
        models.append(call_factory(name)[0].eval())
    models[1].load_state_dict(models[0].state_dict())
    torch.testing.assert_close(models[1](torch.ones(1, 3, 4, 4)), models[0](torch.ones(1, 3, 4, 4)) * 5)


def test_an_edited_neighbour_is_taken_anew(tmp_path, monkeypatch):
    """Even within the same second and with the same size; no bytecode is left in the user's folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    files = {"layers.py": BLOCK.format(factor=2), "model.py": MODEL.format(imports="from layers import Block")}
    name = write(tmp_path, files)
    first = load_model(name)
    (tmp_path / "layers.py").write_text(BLOCK.format(factor=7))
    edited = load_model(name)
    assert (answer(first), answer(edited)) == (2, 7)
    assert card_of(first).fingerprint == card_of(edited).fingerprint  # the store tells them apart by what they do
    assert not list(tmp_path.rglob("*.pyc"))


def test_an_added_neighbour_is_seen(tmp_path):
    optional = "try:\n    from added import Block\nexcept ImportError:\n    from layers import Block"
    name = write(tmp_path, {"layers.py": BLOCK.format(factor=2), "model.py": MODEL.format(imports=optional)})
    assert answer(load_model(name)) == 2
    (tmp_path / "added.py").write_text(BLOCK.format(factor=9))
    assert answer(load_model(name)) == 9


def test_python_and_this_program_come_first(tmp_path):
    files = {
        "random.py": "raise RuntimeError('not this')",
        "concepts/__init__.py": "raise RuntimeError('not this')",
        "torch/readme.txt": "",
        "layers.py": "import random, concepts.models, torch.nn\n" + BLOCK.format(factor=4),
        "model.py": MODEL.format(imports="import random\nfrom torch import nn\nfrom layers import Block"),
    }
    assert answer(load_model(write(tmp_path, files))) == 4


def test_a_neighbour_that_the_program_has_imported_is_that_one(tmp_path, monkeypatch):
    """As where a notebook in the same folder gave its classes away already."""
    files = {"own_layers.py": BLOCK.format(factor=2), "model.py": MODEL.format(imports="from own_layers import Block")}
    name = write(tmp_path, files)
    monkeypatch.syspath_prepend(str(tmp_path))
    block = importlib.import_module("own_layers").Block
    try:
        assert isinstance(load_model(name)[0], block)
        other = write(tmp_path / "other", files | {"own_layers.py": BLOCK.format(factor=3)})
        assert answer(load_model(other)) == 3
        assert sys.modules["own_layers"].Block is block
    finally:
        del sys.modules["own_layers"]


def test_a_pickle_of_the_factorys_own_finds_its_classes(tmp_path):
    """As saved where layers.py was imported by its plain name."""
    files = {"own_layers.py": BLOCK.format(factor=2)}
    load = "def Block():\n    import pathlib, torch\n    file = pathlib.Path(__file__).parent / 'block.pt'\n"
    load += "    return torch.load(file, weights_only=False)"
    name = write(tmp_path, files | {"model.py": MODEL.format(imports=load)})
    sys.path.insert(0, str(tmp_path))
    try:
        torch.save(importlib.import_module("own_layers").Block(), tmp_path / "block.pt")
    finally:
        sys.path.pop(0)
        del sys.modules["own_layers"]
    assert answer(load_model(name)) == 2
    assert "own_layers" not in sys.modules


@pytest.mark.parametrize(
    ("imports", "files", "message"),
    [
        ("import nowhere_to_be_found", {}, r"model\.py', line 3: ModuleNotFoundError: No module named 'nowhere_to_be"),
        ("import layers.gone", {"layers/__init__.py": ""}, r"line 3: ModuleNotFoundError: .* 'layers\.gone'"),
        ("from layers import Gone", {"layers.py": ""}, r"line 3: ImportError: cannot import name 'Gone' from 'layers'"),
        ("import layers", {"layers.py": "1 / 0"}, r"line 3: ZeroDivisionError"),
        ("import layers", {"layers.py": "def f(:"}, r"line 3: SyntaxError"),
        ("from .gone import Block", {}, r"line 3: ModuleNotFoundError: No module named 'gone'"),
    ],
)
def test_what_fails_in_a_neighbour_is_told_at_the_line_that_imports_it(imports, files, message, tmp_path):
    name = write(tmp_path, files | {"model.py": MODEL.format(imports=imports)})
    with pytest.raises(ValueError, match=message) as caught:
        load_model(name)
    assert PREFIX not in str(caught.value)
    assert module_name(tmp_path / "model.py") not in sys.modules


def test_a_load_that_fails_leaves_the_earlier_model_working(tmp_path):
    files = {"late/factors.py": "def factor():\n    return 3.0\n", "other.py": "TWO = 2\n"}
    text = "import flag\n" + LATE
    name = write(tmp_path, files | {"flag.py": "", "late_model.py": text})
    model = call_factory(name)[0].eval()
    (tmp_path / "flag.py").write_text("1 / 0")
    with pytest.raises(ValueError, match="ZeroDivisionError"):
        load_model(name)
    assert model(torch.ones(1, 3, 4, 4)).shape == (1, 2)


def test_a_model_of_neighbours_can_be_split(tmp_path):
    """Tracing runs the neighbours' code, dataclasses look their modules up, and imports inside forward run there."""
    files = {
        "late/factors.py": "def factor():\n    return 3.0\n",
        "other.py": "TWO = 2\n",
        "config.py": "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass(frozen=True)\nclass Config:\n    width: int = 4\n",
        "parts.py": "from config import Config\nfrom torch import nn\n"
        "def stem():\n    return nn.Sequential(nn.Conv2d(3, Config().width, 8, 8), nn.ReLU())\n",
        "model.py": "from torch import nn\nfrom parts import stem\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.stem, self.head = stem(), nn.Linear(4, 2)\n"
        "    def forward(self, x):\n        from late.factors import factor\n"
        "        return self.head(self.stem(x).mean((2, 3))) * factor()\n"
        "def build():\n    return Net()\n",
    }
    model = load_model(write(tmp_path, files))
    split = split_model(model, layer="stem")
    x = torch.ones(2, 3, 224, 224)
    torch.testing.assert_close(split.head(split.encode(x)), model(x))
