"""One thread for a while: what was set before comes back, however those who want it overlap."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from concepts.numerics.one_thread import one_thread


def threads() -> set[int]:
    """Threads of BLAS."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two():
    with threadpool_limits(2, user_api="blas"):
        yield


def test_who_leaves_first_does_not_matter():
    before = threads()
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert threads() == {1}
    second.__exit__(None, None, None)
    assert threads() == before != {1}
    with one_thread():
        assert threads() == {1}
    assert threads() == before


def test_an_error_leaves_nothing_behind():
    before = threads()
    with pytest.raises(ValueError, match="odd"), one_thread():
        raise ValueError("odd")
    assert threads() == before
