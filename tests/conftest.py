"""What every test file shares: generators over several seeds, and the real model and photos where they lie."""

from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests first: whole files go to one process each, and the longest must not be left for the end."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


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
