"""The script before Streamlit's own: it is in every page that a browser opens, and in nothing else."""

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.serving.access import Access
from pages.serving.early_script import EarlyScript
from pages.serving.options import EARLY, middleware
from tests.support.places import ROOT

PAGE = "<!doctype html><html><head><title>ü</title></head><body>" + "x" * 2000 + "</body></html>"
BROWSER = {"accept": "text/html,application/xhtml+xml", "accept-encoding": "gzip"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    file = tmp_path_factory.mktemp("served") / "index.html"
    file.write_text(PAGE, encoding="utf-8")
    routes = [
        Route("/", lambda request: FileResponse(file)),
        Route("/made", lambda request: HTMLResponse(PAGE, 404)),
        Route("/text", lambda request: PlainTextResponse(PAGE)),
    ]
    app = EarlyScript(GZipMiddleware(Starlette(routes=routes)), script="early()")
    return TestClient(app)


def test_it_comes_first_in_the_head_of_a_page(client):
    for path, status in (("/", 200), ("/made", 404)):
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code == status
        assert answer.text == PAGE.replace("<head>", "<head><script>early()</script>")
        assert answer.headers["content-length"] == str(len(answer.content))
        assert "content-encoding" not in answer.headers


def test_a_page_kept_by_the_browser_is_not_taken_for_this_one(client):
    first = client.get("/", headers=BROWSER)
    assert not {"etag", "last-modified"} & set(first.headers)
    old = TestClient(client.app.__dict__["_app"]).get("/")  # as it was sent before there was a script
    again = client.get("/", headers=BROWSER | {"if-none-match": old.headers["etag"]})
    assert (again.status_code, again.text) == (200, first.text)


def test_what_is_no_page_stays_as_it_is(client):
    assert client.get("/text", headers=BROWSER).text == PAGE
    assert client.get("/", headers={"accept": "*/*"}).text == PAGE
    assert client.head("/", headers=BROWSER).content == b""


def test_the_app_has_its_scripts():
    page = Starlette(routes=[Route("/", lambda request: HTMLResponse(PAGE))], middleware=middleware(Access()))
    body = TestClient(page, base_url="http://localhost").get("/", headers=BROWSER).text
    script = body.partition("<head><script>")[2].partition("</script>")[0]
    assert script == "".join((ROOT / "assets" / name).read_text(encoding="utf-8") for name in EARLY)
