"""A Dask scheduler and workers on loopback, with TLS by a certificate that is made on the spot."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.places import ROOT

STARTED = 300.0  # seconds in which scheduler and workers must be there
VARIABLES = ROOT / "deploy" / "dask.env"  # of every process of a cluster, as the docs tell


@dataclass
class Cluster:
    """Processes that this object started. tls: Dask's configuration for those who take part."""

    folder: Path
    tls: dict[str, str]
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """The scheduler's file."""
        return self.folder / "scheduler.json"

    def start_scheduler(self, port: int = 0) -> None:
        options = ["--protocol", "tls", "--host", "127.0.0.1", "--port", str(port), "--scheduler-file", str(self.file)]
        self.scheduler = self._start("dask_scheduler", "--no-dashboard", *options)
        wait_until(lambda: self.file.is_file() and self.file.stat().st_size > 0)  # it is made empty, then written

    def start_worker(self, *, program: bool = True, gpu: bool = False) -> "subprocess.Popen[bytes]":
        """A worker; one without the program finds no module of it. gpu: whether it says that it has one."""
        options = ["--scheduler-file", str(self.file), "--nthreads", "1", "--local-directory", str(self.folder)]
        options += ["--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        options += ["--resources", "GPU=1"] if gpu else []
        found = self._start("dask_worker", *options, path=str(ROOT) if program else "")
        self.workers.append(found)
        return found

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.kill()
                process.wait()

    def _start(self, module: str, *options: str, path: str = str(ROOT)) -> "subprocess.Popen[bytes]":
        environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"} | variables() | environment_of(self.tls)
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", f"distributed.cli.{module}", *options],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip


def variables() -> dict[str, str]:
    """What every scheduler and worker has in its environment."""
    lines = VARIABLES.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def environment_of(tls: dict[str, str]) -> dict[str, str]:
    """The variables that Dask reads its configuration from."""
    return {f"DASK_{name.upper().replace('.', '__').replace('-', '_')}": value for name, value in tls.items()}


def certificate(folder: Path) -> dict[str, str]:
    """Dask's configuration for a certificate that vouches for itself, made by openssl; skips the test without it."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl, which makes the certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    made = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(
        [*made, "-days", "2", "-subj", "/CN=concepts-test", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    start = "distributed.comm.tls"
    parts = {f"{start}.{part}.{kind}": str(file) for part in ("scheduler", "worker", "client")
             for kind, file in (("cert", cert), ("key", key))}  # fmt: skip
    return parts | {f"{start}.ca-file": str(cert)}


@contextmanager
def cluster(folder: Path, *, n_workers: int) -> Iterator[Cluster]:
    """A scheduler with so many workers of one thread each, which end with the block; Dask is configured for it."""
    pytest.importorskip("distributed")  # first: what is configured before its defaults are there takes them away
    import dask

    folder.mkdir(parents=True, exist_ok=True)
    found = Cluster(folder, certificate(folder))
    try:
        found.start_scheduler()
        for _ in range(n_workers):
            found.start_worker()
        with dask.config.set(found.tls):
            yield found
    finally:
        found.close()


def wait_until(is_so, seconds: float = STARTED) -> None:
    """Returns when it is so. Raises AssertionError after these seconds."""
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < seconds, "it did not come about in time"
        time.sleep(0.05)
