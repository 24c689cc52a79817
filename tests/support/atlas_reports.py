"""Reports of one made-up model whose first two concepts are the same in all, and the verdict that names two of one."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from concepts.report import ClassReport
from concepts.report.verdict import CounterProof, Suspect, verdict_of
from tests.support.made_up_report import K, made_up_report, renamed

PROOF = CounterProof("pixels", 120, 2.0, 0.2, 1.5, 2.1, 10.0, 31, 0)
NAMED = (2, 4)  # of the concepts
SUSPECT = Suspect(NAMED, 1, 0.9, 6, 0.4, 0.2, 1.5, 1.1, 1.9, 0.12, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), tuple(range(6)))


def directions(seed: int, k: int = K) -> np.ndarray:
    """(k, 16): the first two are those of every other seed."""
    shared, own = np.random.default_rng(99), np.random.default_rng(seed)
    return np.concatenate([shared.normal(size=(2, 16)), own.normal(size=(k - 2, 16))]).astype(np.float32)


def atlas_report(label: str, seed: int, *, leaned_on: bool = False) -> ClassReport:
    """A report with these directions, in memory."""
    report = made_up_report(n=10, seed=seed, label=label)
    report._arrays["components"] = directions(seed)
    verdict = verdict_of((SUSPECT,), n_strategies=3, others=120) if leaned_on else None
    return renamed(report, verdict=verdict)


def save_atlas(workspace: Path) -> Path:
    """Two classes of one model, the first of which it leans on something for, and one of another model."""
    reports = workspace / "reports"
    atlas_report("boat <b>", 1, leaned_on=True).save(reports / "boat")
    atlas_report("gnome", 2).save(reports / "gnome")
    other = atlas_report("seven", 3)
    renamed(other, model=replace(other.data.model, name="other", fingerprint="ee")).save(reports / "seven")
    return workspace
