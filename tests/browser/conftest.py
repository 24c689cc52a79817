"""One browser, and one server on one workspace, for all files of this folder that a process runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from concepts.demo.collection import demo_collection
from concepts.report.class_report import ClassReport
from tests.support.browser import chromium, free_port, need_chromium, server
from tests.support.made_up_report import made_up_report
from tests.support.made_up_results import write_results
from tests.support.text_reports import bag_of_words
from tests.support.tiny import FACTORY, write_photos


class House(NamedTuple):
    """An app that shows the demo, its collection with a picture a class, and the report `first`.

    It offers the tiny model and its photos for a new analysis, and opens a bag of words again. metrics: the port of its
    figures.
    """

    address: str
    workspace: Path
    metrics: int

    def save(self, report: ClassReport, id: str) -> str:
        """The address of a report that the app shows from now on."""
        report.save(self.workspace / "reports" / id)
        return f"{self.address}/report?id={id}"


@pytest.fixture(scope="package")
def browser() -> Iterator:
    """A headless Chromium; the test is skipped where there is none."""
    need_chromium()
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def tab(browser) -> Iterator:
    """One page for all visits of a file: its scripts are compiled once."""
    found = browser.new_page(viewport={"width": 1280, "height": 1000})
    yield found
    found.close()


@pytest.fixture(scope="package")
def report() -> ClassReport:
    return made_up_report(n=40)


@pytest.fixture(scope="package")
def house(report, tmp_path_factory) -> Iterator[House]:
    need_chromium()
    workspace = tmp_path_factory.mktemp("house")
    demo_collection(workspace / "collections", workspace / "store", n=1)
    write_results(workspace)
    report.save(workspace / "reports" / "first")
    metrics = free_port()
    with server(
        workspace, photos=str(write_photos(workspace / "photos", n=30)), models=f"{FACTORY};{bag_of_words()}",
        metrics=metrics,
    ) as address:  # fmt: skip
        yield House(address, workspace, metrics)


@pytest.fixture(scope="package")
def address(house) -> str:
    return house.address
