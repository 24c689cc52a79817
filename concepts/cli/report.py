"""`report`: the report of a class."""

import argparse
from pathlib import Path

from concepts.cli.shared import add_model, add_photos, print_times, request_of, show_progress, store_of
from concepts.engine.analysis import analyse
from concepts.engine.store_bound import prune_store
from concepts.numerics.counted import counted
from concepts.options import add_options, with_options
from concepts.report.class_names import ORDER
from concepts.report.class_report import ClassReport
from concepts.report.folder import REPORT
from concepts.report.names import concept_number, strategy_letter
from concepts.report.rendering.artefact_sentences import artefact_sentences
from concepts.report.rendering.follows import follows_sentence
from concepts.report.rendering.probe_sentences import probe_sentences
from concepts.report.rendering.property_sentences import properties_sentence, strongest_found
from concepts.report.rendering.sentences import (
    accuracy_sentence,
    model_line,
    names_origin,
    notes_of_source,
    others_sentence,
)
from concepts.report.rendering.trust import trust_sentence
from concepts.report.rendering.verdict_sentences import suspect_sentence, verdict_sentence, words_of_verdict
from concepts.report.rendering.wording_sentences import words_sentence
from concepts.report.request import TABLE, TEXTS, Request
from concepts.report.rows import FINDINGS, TABLE_ROWS
from concepts.report.settings import ReportSettings
from concepts.storage.output_folder import check_output_folder


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    add_model(parser)
    add_photos(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="where the report goes")
    add_options(parser, ReportSettings)
    add_options(parser, Request, TABLE)
    add_options(parser, Request, TEXTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Builds the report and writes it."""
    store = store_of(options)
    check_output_folder(options.out, REPORT, store=store)  # first: fails before computing anything
    request = request_of(options, with_options(ReportSettings(), options))
    report = analyse(request, store, show_progress())
    report.save(options.out)
    prune_store(store)
    print_summary(report, options.out)
    return 0


def print_summary(report: ClassReport, folder: Path) -> None:
    """Prints the findings, the verdict, the files written, and each stage's duration relative to the forward pass."""
    data = report.data
    print(f"\n{data.title}: {counted(len(data.items), data.noun)}, layer {data.layer.path}, {data.settings.method}")
    print(f"  model: {model_line(data)}")
    print(f"  accuracy: {accuracy_sentence(data)}")
    print(f"  class names: {names_origin(data)}")
    for check in (check for check in data.checks if check.name in (ORDER, TABLE_ROWS, *FINDINGS)):
        print(f"  {check.name}: {check.sentence}")
    if data.dataset.others is not None:
        print(f"  {data.noun}s of other classes: {others_sentence(data)}")
    for concept in data.concepts[:5]:
        between = f"{concept.share_low:.0%} to {concept.share_high:.0%}"
        print(f"  concept {concept_number(concept.index)}: {concept.share:.0%} of importance ({between})")
    for strategy in data.strategies:
        reliability = "" if strategy.reliability is None else f", {strategy.reliability:.0%} right"
        concepts = ", ".join(str(concept_number(j)) for j in strategy.concepts[:3]) or "none"
        said = f"{strategy.prevalence:.0%} of {data.noun}s{reliability}; concepts {concepts}"
        print(f"  strategy {strategy_letter(strategy.label)}: {said}")
    for row in data.wordings[:5]:
        print(f"  words of concept {concept_number(row.concept)}: {words_sentence(row, 5)}")
    for name, said in notes_of_source(data):
        print(f"  {name}: {said}")
    _print_verdict(report)
    _print_properties(report)
    for sentence in probe_sentences(data):
        print(f"  probes: {sentence}")
    for entry in data.dataset.skipped:
        print(f"  skipped {entry.name}: {entry.reason}")
    print_times(data.seconds, data.reused, data.noun)
    print(f"wrote {folder} (open {folder / 'report.html'} in a browser)")


def _print_properties(report: ClassReport) -> None:
    """Prints which properties of whole photos were tested, which concepts and strategies follow one, and what else
    goes with one."""
    data = report.data
    if data.properties:
        print(f"  properties: {properties_sentence(data)}")
    said = [(report.names.strategy(i), follows_sentence(data, "strategy", i)) for i in range(len(data.strategies))]
    said += [(report.names.concept(j), follows_sentence(data, "concept", j)) for j in range(len(data.concepts))]
    for name, follows in said:
        if follows:
            print(f"    {name}: {follows}")
    for line in strongest_found(data, report.names):
        print(f"    {line}")


def _print_verdict(report: ClassReport) -> None:
    """Prints the verdict, what was tested for it, and the artefacts that turn other photos into the class."""
    data = report.data
    print(f"  {trust_sentence(data)}")
    print(f"  verdict: {words_of_verdict(data)}. {verdict_sentence(data)}")
    for suspect in data.verdict.suspects if data.verdict else ():
        numbers = ", ".join(str(concept_number(j)) for j in suspect.concepts)
        print(f"    concept {numbers}: {suspect_sentence(suspect, data)}")
    for sentence in artefact_sentences(data):
        print(f"  artefacts: {sentence}")
