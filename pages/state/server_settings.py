"""Settings of the server's operator, read from environment variables in this one place.

CONCEPTS_WORKSPACE: the folder for reports, jobs and stored stages (default: workspace/ beside app.py in a
checkout, in the working folder of an installation).
CONCEPTS_PHOTOS: folders or zip files that the pages may read photos from, separated as in PATH.
CONCEPTS_TEXTS: folders or files that the pages may read texts from, separated as in PATH; those of CONCEPTS_PHOTOS are
looked through for files of texts, too.
CONCEPTS_DEVICE: where analyses run: cpu (default), cuda, cuda:1 …
CONCEPTS_JOB_MEMORY, CONCEPTS_JOB_MINUTES: main memory in GB, and minutes of work, that one job may take (default: no
limit).
CONCEPTS_JOBS_WAITING: jobs of a kind that may wait for a free slot (default: 20).
CONCEPTS_PERSON_RUNNING, CONCEPTS_PERSON_WAITING, CONCEPTS_PERSON_MINUTES, CONCEPTS_PERSON_DISK, CONCEPTS_PERSON_UPLOAD,
CONCEPTS_PERSON_DAYS: what each person may use (`concepts.engine.quotas`; default: no limit); read by jobs, too.
CONCEPTS_DRAWINGS: concepts of a report that are drawn after its job (default: 3); read here so that a wrong value is
refused before any job starts, and by the job itself.
CONCEPTS_STORE_DISK: GB that stored stages may take (default: 50); read here and by jobs as CONCEPTS_DRAWINGS is.
CONCEPTS_METRICS: the port of 127.0.0.1 where figures for Prometheus are served (default: none).
CONCEPTS_NOTES: the database of names and notes, a URL (default: the SQLite file notes.sqlite in the workspace).
CONCEPTS_TRANSLATIONS: ImageNet's classes in other languages, a JSON of language code → [class indices, names], as in
Babel-ImageNet; a babel_languages.json beside it (code → name) names the languages.
CONCEPTS_MODELS: models that the pages offer, separated by ";" or a new line ("file.py:factory" holds a colon); for
texts also folders of Hugging Face models.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from concepts.engine.data_folders import photo_folders, text_folders
from concepts.engine.drawings_wanted import MOST, n_drawings
from concepts.engine.executors.limits import WAITING
from concepts.engine.operator_limits import count_given, number_given
from concepts.engine.quotas import NO_QUOTAS, Quotas
from concepts.engine.store_bound import GB, USUAL, store_bytes
from concepts.storage.app_folder import DEMO, default_workspace
from concepts.storage.database import database_of

if TYPE_CHECKING:
    from concepts.engine.jobs import Executor


@dataclass(frozen=True)
class ServerSettings:
    """The operator's settings."""

    workspace: Path
    photos: tuple[Path, ...] = ()
    texts: tuple[Path, ...] = ()
    models: tuple[str, ...] = ()
    device: str = "cpu"
    notes_url: str = ""
    translations: Path | None = None
    job_memory: float | None = None
    job_minutes: float | None = None
    jobs_waiting: int = WAITING
    quotas: Quotas = NO_QUOTAS
    drawings: int = MOST
    store_bytes: int = USUAL * GB
    metrics_port: int | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The settings in environment variables, with defaults for those not set.

        Raises ValueError for a limit that is not a number above 0, for drawings that are not a whole number, and for a
        port that is none.
        """
        translations = environment.get("CONCEPTS_TRANSLATIONS")
        models = [part.strip() for part in re.split(r"[;\n]", environment.get("CONCEPTS_MODELS", ""))]
        return cls(
            workspace=Path(environment.get("CONCEPTS_WORKSPACE") or default_workspace()).expanduser().resolve(),
            photos=photo_folders(environment),
            texts=text_folders(environment),
            models=tuple(part for part in models if part),
            device=environment.get("CONCEPTS_DEVICE") or "cpu",
            notes_url=environment.get("CONCEPTS_NOTES") or "",
            translations=Path(translations).expanduser() if translations else None,
            job_memory=number_given(environment, "CONCEPTS_JOB_MEMORY", "GB"),
            job_minutes=number_given(environment, "CONCEPTS_JOB_MINUTES", "minutes"),
            jobs_waiting=count_given(environment, "CONCEPTS_JOBS_WAITING", "jobs", nothing=str(WAITING)) or WAITING,
            quotas=Quotas.of(environment),
            drawings=n_drawings(environment),
            store_bytes=store_bytes(environment),
            metrics_port=_port(environment, "CONCEPTS_METRICS"),
        )

    @property
    def executor(self) -> "Executor":
        """The executor of analyses that pages start."""
        from concepts.engine.executors.limits import JobLimits
        from concepts.engine.jobs import Processes

        return Processes(JobLimits(self.job_memory, self.job_minutes))

    @property
    def demo(self) -> Path:
        """Folder of the built-in demo."""
        return DEMO

    @property
    def reports(self) -> tuple[Path, ...]:
        """Folders of reports: the workspace's own, then the built-in demo's."""
        return self.workspace / "reports", DEMO / "reports"

    @property
    def store(self) -> Path:
        """Folder of finished stages and of the tokens of photos."""
        return self.workspace / "store"

    @property
    def collections(self) -> tuple[Path, ...]:
        """Folders of collections, which are photos with stored tokens."""
        return (self.workspace / "collections",)

    @property
    def notes(self) -> str:
        """The URL of the database of names."""
        return database_of(self.workspace, self.notes_url)

    def results(self, kind: str) -> tuple[Path, ...]:
        """Folders of results of a kind, such as "evaluations": the workspace's own, then the built-in demo's."""
        return self.workspace / kind, DEMO / kind


def server_settings() -> ServerSettings:
    """The settings of this process."""
    return ServerSettings.of(os.environ)


def _port(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "").strip()
    if text and not (re.fullmatch("[0-9]{1,5}", text) and 0 < int(text) < 2**16):
        raise ValueError(f"{name} is {text!r}: expected a free port of this machine, 1 to 65535, or nothing for none")
    return int(text) if text else None
