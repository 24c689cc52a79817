"""What every test file shares: generators over several seeds, and the real model and photos where they lie."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.places import SHARED

if TYPE_CHECKING:
    import torch  # loaded by what needs it: the process that hands out the tests does not

os.environ.setdefault("CONCEPTS_DRAWINGS", "0")  # jobs of tests draw nothing after their report


@pytest.hookimpl(optionalhook=True)  # plain pytest knows no such hook
def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: a test of a browser or of a job waits for other processes most of its time."""
    return (os.cpu_count() or 1) + 1


DEAR = ("browser", "shared", "slow", "training")  # marks of what `make quick` leaves out, those that take longest first


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Dear files first, then those of most tests: a file goes to a process, the next one to whichever is free first.

    The first case of each test that is not dear is marked quick.
    """
    n_tests, dear, met = Counter(item.path for item in items), {}, set()
    for item in items:
        rank, name = dearness(item), (item.path, getattr(item, "originalname", item.name))
        dear[item.path] = min(rank, dear.get(item.path, rank))
        if rank == len(DEAR) and name not in met:
            item.add_marker("quick")
        met.add(name)
    items.sort(key=lambda item: (dear[item.path], -n_tests[item.path]))


def dearness(item: pytest.Item) -> int:
    """The place of a test's first mark among the dear ones; after all of them where it has none."""
    return next((i for i, name in enumerate(DEAR) if item.get_closest_marker(name)), len(DEAR))


@pytest.fixture(params=[0, 1], ids="seed{}".format)
def rng(request) -> "torch.Generator":
    """A torch generator; every test that takes it runs under two seeds."""
    import torch

    return torch.Generator().manual_seed(request.param)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real model and photos; the test is skipped, and says so, where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared (real model and photos), which is not there")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def packages_searched_once() -> Iterator[None]:
    """Streamlit's tester reads the metadata of every installed package for each page that it opens: here once."""
    if "streamlit" not in sys.modules:  # no test of this run opens a page
        yield
        return
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield
