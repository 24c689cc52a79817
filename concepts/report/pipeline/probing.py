"""Stage "probes": the report's texts, changed a little, put to the model again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from attribution.importance import concept_importance
from concepts.probes.control import equally_frequent
from concepts.probes.probe import Probe
from concepts.probes.registry import PROBES
from concepts.probes.rows import ProbeRow as Found
from concepts.probes.running import changed_by, run_probes
from concepts.probes.swaps import swaps
from concepts.report.pipeline.answers import recognised
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.item_texts import TOGETHER, activations_of_texts, codes_of_activations
from concepts.report.pipeline.importance import scores
from concepts.report.pipeline.stages import Stages
from concepts.report.pipeline.word_scores import measured
from concepts.report.rows import LONGEST_TEXT
from concepts.report.text_rows import FlippedRow, MovedRow, ProbeRow
from concepts.storage.store import key_of

FORMAT = 1  # raise when the answers to a text are computed in another way
MOST = 120  # texts of the report that are probed, as many as a counter-proof takes
LONGEST = 20_000  # characters of a text that is probed: each probe makes another of its size
MOST_FLIPS = 12  # that are kept of each probe
OWN = "your own pairs"
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Asked:
    """What the model answers to t different texts: logits (t, c), and each concept's importance phi (t, k)."""

    logits: np.ndarray
    phi: np.ndarray


def probe_rows(
    findings: Findings, stages: Stages, key: str, pairs: Pairs, progress: Callable[[float], None]
) -> tuple[ProbeRow, ...]:
    """A row for each probe that changes any text, the control last; none for a model of quantities.

    Probed are at most 120 of the report's texts of at most 20,000 characters, drawn by the seed. pairs: the user's own,
    swapped by a probe of their own. key: of the concepts and their importance. Passes: one for each different text, as
    it is and as each probe leaves it, at most eleven for a text and most of them fewer; these are stored.
    """
    if findings.split.outputs.kind == "regression":
        return ()
    drawn = dict(sorted(_drawn(findings)))
    rows, texts = list(drawn), list(drawn.values())
    if not texts:
        return ()
    probes = _probes(texts, pairs)
    seed = findings.settings.seed
    changed = (text for probe in probes for text in changed_by(probe, texts, seed=seed) if text is not None)
    asked = list(dict.fromkeys([*texts, *changed]))
    answers = stages.remembered(
        Asked, "probes",
        key_of(format=FORMAT, before=key, texts=asked),
        lambda: _ask(findings, asked, progress),
    )  # fmt: skip
    found = _run(findings, texts, probes, {text: i for i, text in enumerate(asked)}, answers)
    applied = ((each, probe) for each, probe in zip(found, probes, strict=True) if each.n)
    return tuple(_row(each, rows, is_control=probe.is_control) for each, probe in applied)


def _drawn(findings: Findings) -> Iterator[tuple[int, str]]:
    """The rows that are probed, each with its text."""
    order = np.random.default_rng(findings.settings.seed).permutation(len(findings.activations)).tolist()
    short = ((row, text) for row in order if len(text := findings.text(row)) <= LONGEST)
    return islice(short, MOST)


def _probes(texts: Sequence[str], pairs: Pairs) -> list[Probe]:
    own = [swaps(pairs, name=OWN)] if pairs else []
    return [*own, *PROBES.values(), *_control(texts)]


def _control(texts: Sequence[str]) -> list[Probe]:
    """The control; none where the texts have too few words to swap."""
    try:
        return [equally_frequent(texts)]
    except ValueError:
        return []


def _ask(findings: Findings, texts: Sequence[str], progress: Callable[[float], None]) -> Asked:
    """The answers, a few texts after the other, those of like length together."""
    split, settings, order = findings.split, findings.settings, np.argsort([len(text) for text in texts], kind="stable")
    logits = np.zeros((len(texts), split.n_classes), dtype=np.float32)
    phi = np.zeros((len(texts), len(findings.dictionary.components)), dtype=np.float32)
    for start in range(0, len(texts), TOGETHER):
        places = order[start : start + TOGETHER]
        A = activations_of_texts(findings, [texts[i] for i in places])
        with torch.inference_mode():
            logits[places] = split.head(A).float().cpu().numpy()
        codes = torch.from_numpy(codes_of_activations(findings, A)).to(A)
        V = torch.from_numpy(findings.dictionary.components).to(A)
        found = concept_importance(split.head, codes, V, findings.target.score, settings.importance, seed=settings.seed)
        phi[places] = found.detach().cpu().numpy()
        progress(min(1.0, (start + TOGETHER) / len(texts)))
    return Asked(logits, phi)


def _run(
    findings: Findings, texts: Sequence[str], probes: Sequence[Probe], place: dict[str, int], answers: Asked
) -> tuple[Found, ...]:
    """What the probes found, from answers that are known. place: of each text among them."""
    n_classes, score = findings.split.n_classes, scores(answers.logits, findings.target)
    with_score = np.column_stack([answers.logits, score])  # the target may be a group: its score is one more column

    def rows(values: np.ndarray, some: Sequence[str]) -> np.ndarray:
        return values[[place[text] for text in some]]

    return run_probes(
        texts,
        probes,
        logits=lambda some: rows(with_score, some),
        codes=lambda some: rows(answers.phi, some),
        target=n_classes,
        recognised=lambda logits: recognised(findings.split.outputs, logits[:, :n_classes], findings.target),
        control=False,
        seed=findings.settings.seed,
    )


def _row(found: Found, rows: Sequence[int], *, is_control: bool) -> ProbeRow:
    moved = ((mover, measured(mover.change)) for mover in found.movers)
    return ProbeRow(
        name=found.probe,
        sentence=found.sentence,
        n=found.n,
        n_left_out=found.n_left_out,
        n_target=found.n_target,
        turned=measured(found.turned),
        turned_away=measured(found.turned_away),
        turned_into=measured(found.turned_into),
        score=measured(found.score),
        moved=tuple(MovedRow(mover.concept, change, mover.p_adjusted) for mover, change in moved if change is not None),
        flips=tuple(
            FlippedRow(rows[flip.text], flip.changed[:LONGEST_TEXT], flip.away) for flip in found.flips[:MOST_FLIPS]
        ),
        is_control=is_control,
    )
