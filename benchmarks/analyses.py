"""Two analyses that run beside visitors, as the page New analysis starts them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from concepts.engine.jobs import cancel, list_jobs, submit, under_way
from concepts.report import ReportSettings
from concepts.report.request import Request
from tests.support.places import SHARED

PATIENCE = 60  # seconds until both have begun, and until both have ended


@contextmanager
def analyses(workspace: Path) -> Iterator[None]:
    """SqueezeNet on the 1,000 ImageNet photos, twice with other seeds, from their forward passes on; cancelled at the
    end: Shapley values take longer than any visit. Raises RuntimeError where they do not begin."""
    for seed in (0, 1):
        submit(
            Request(
                model="squeezenet1_0", weights=str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors"),
                images=str(SHARED / "data" / "imagenet_sample"), target="151-268", layer="features",
                settings=ReportSettings(n_concepts=25, photos="all", importance="shapley", seed=seed),
            ),
            workspace,
        )  # fmt: skip
    end = time.time() + PATIENCE
    while not all(job.state.stage == "activations" for job in list_jobs(workspace)):
        if time.time() > end:
            raise RuntimeError(f"the analyses have not begun: {[job.state for job in list_jobs(workspace)]}")
        time.sleep(0.5)
    try:
        yield
        print(f"  (the analyses, at the end: {', '.join(job.state.stage for job in list_jobs(workspace))})")
    finally:
        for job in list_jobs(workspace):
            cancel(job)
        end = time.time() + PATIENCE
        while time.time() < end and any(under_way(job) for job in list_jobs(workspace)):
            time.sleep(0.5)
