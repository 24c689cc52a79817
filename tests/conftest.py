"""What every test file shares: generators over several seeds, and the real model and photos where they lie."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import torch

from tests.support.places import SHARED

LONGEST = ("browser", "shared")  # marks of the tests that take longest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, of a browser or of real photos: whole files go to a process each, as one becomes free."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in LONGEST))


@pytest.fixture(params=[0, 1, 2], ids="seed{}".format)
def rng(request) -> torch.Generator:
    """A torch generator; every test that takes it runs under three seeds."""
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
