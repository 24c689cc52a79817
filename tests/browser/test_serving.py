"""The app as it is served: health, readiness and figures by HTTP, beside a visit."""

import json
import time
import urllib.error
import urllib.request

import pytest

from tests.support.browser import settle

pytestmark = pytest.mark.browser


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def ready(address: str) -> dict[str, object]:
    for _ in range(240):
        try:
            return json.loads(get(f"{address}/readyz"))
        except OSError:  # also one that answers with an error
            time.sleep(0.5)  # the server has just started
    raise AssertionError("not ready after two minutes")


def test_it_says_that_it_is_up_and_ready(house):
    assert get(f"{house.address}/healthz") == "ok"
    assert ready(house.address) == {"ready": True, "libraries": "ok", "database": "ok", "workspace": "ok"}


def test_a_visit_is_counted_and_not_named(house, browser):
    page = browser.new_page()
    page.goto(f"{house.address}/glossary?id=first")
    settle(page, ".stMain h1")
    text = get(f"http://127.0.0.1:{house.metrics}/metrics")
    page.close()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(figures["concepts_sessions"]) >= 1
    assert float(figures['concepts_requests_total{route="glossary",status="200"}']) >= 1
    assert "first" not in text
    assert str(house.workspace) not in text
