"""A server with a login, as visitors meet it: who comes in, what each sees, what lies behind an address of its own."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import claim
from concepts.report.class_report import ClassReport
from tests.support.browser import free_port, server, settle
from tests.support.login import basic, nginx, oidc_variables, provider, status

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # each starts a server and a provider, or a proxy
ROLES = "anna@lab.example analyst\nada@lab.example admin\nvera@lab.example reader\n"
SECRET = "a long secret of the proxy"


class Lab(NamedTuple):
    """app: the server itself; door: where visitors come in."""

    app: str
    door: str


@pytest.fixture(scope="module")
def workspace(report: ClassReport, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    report.save(folder / "reports" / "first")
    claim(OwnedResult(folder / "reports" / "first"), "anna@lab.example")
    (folder / "roles").write_text(ROLES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def with_oidc(workspace) -> Iterator[Lab]:
    port = free_port()
    with provider() as found:
        more = oidc_variables(workspace, found, port) | {"CONCEPTS_ROLES": str(workspace / "roles")}
        more |= {"CONCEPTS_PERSON_MEMORY": "0.002"}
        with server(workspace, port=port, more=more):
            yield Lab(f"http://localhost:{port}", f"http://localhost:{port}")


@pytest.fixture(scope="module")
def behind_nginx(workspace) -> Iterator[Lab]:
    more = {"CONCEPTS_LOGIN": "proxy", "CONCEPTS_ROLES": str(workspace / "roles"), "CONCEPTS_PROXY_SECRET": SECRET}
    people = [f"{name}@lab.example" for name in ("anna", "ada", "vera", "eve")]
    with server(workspace, more=more) as app, nginx(app, dict.fromkeys(people, ""), secret=SECRET) as door:
        yield Lab(app, door)


def log_in(page, lab: Lab, name: str) -> None:
    page.goto(lab.door)
    settle(page, ".st-key-log_in button")
    page.locator(".st-key-log_in button").click()
    page.wait_for_selector("input[name=sub]", timeout=60_000)
    page.fill("input[name=sub]", name)
    page.get_by_role("button", name="Authorize", exact=True).click()


@pytest.fixture
def visitor(browser) -> Iterator:
    """Pages of visitors who share no cookie."""
    contexts = []

    def come(**options):
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 900}, **options))
        return contexts[-1].new_page()

    yield come
    for context in contexts:
        context.close()


def test_who_has_not_logged_in_sees_the_door_alone(with_oidc, visitor):
    page = visitor()
    for path in ("", "/report?id=first", "/analysis", "/record"):
        page.goto(with_oidc.door + path)
        settle(page, ".st-key-log_in button")
        said = page.locator("[data-testid=stMain]").inner_text()
        assert "This server is for those who have a login here." in said
        assert page.locator("[data-testid=stTopNav], .cx-card").count() == 0
    assert status(f"{with_oidc.app}/media/anything.png") == 401
    assert status(f"{with_oidc.app}/_stcore/metrics") == 401
    assert status(f"{with_oidc.app}/healthz") == 200


def test_an_analyst_comes_in_and_goes(with_oidc, visitor):
    page = visitor()
    log_in(page, with_oidc, "Anna@lab.example")
    settle(page, ".st-key-account button")
    assert "anna@lab.example" in page.locator(".st-key-account").inner_text()
    page.goto(f"{with_oidc.door}/report?id=first")
    settle(page, ".st-key-account button")
    address = the_download(page)
    assert page.request.get(address).status == 200, "with the cookie"
    assert status(address) == 401, "without one"
    assert status(address, x_concepts_identity="anna@lab.example", x_concepts_until="1e12") == 401, "forged"
    assert status(address, cookie="_streamlit_user=anna@lab.example") == 401, "forged"
    elsewhere = visitor()
    elsewhere.context.add_cookies(page.context.cookies())
    elsewhere.goto(with_oidc.door)
    settle(elsewhere, ".st-key-account button")
    assert elsewhere.request.get(address).status == 200, "with a copy of the cookie"
    page.locator(".st-key-account button").first.click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/oauth2/end_session**", timeout=60_000)  # the provider asks whether it should forget as well
    page.goto(with_oidc.door)
    settle(page, ".st-key-log_in button")
    assert page.request.get(address).status == 401
    assert elsewhere.request.get(address).status == 401, "the copy of the cookie is worth nothing"
    elsewhere.locator("a[href*=analysis], button", has_text="New analysis").first.click()
    settle(elsewhere, ".st-key-log_in button")
    elsewhere.goto(f"{with_oidc.door}/report?id=first")
    settle(elsewhere, ".st-key-log_in button")
    assert elsewhere.locator("[data-testid=stTopNav], .cx-card").count() == 0
    log_in(page, with_oidc, "anna@lab.example")
    settle(page, ".st-key-account button")
    assert page.request.get(address).status != 401, "who logs in anew has a session of their own"


def logged_in(visitor, lab: Lab, name: str, path: str):
    """The page at an address, once somebody has logged in."""
    page = visitor()
    log_in(page, lab, name)
    settle(page, ".st-key-account button")
    page.goto(f"{lab.door}/{path}")
    settle(page, ".st-key-account button")
    return page


def the_download(page) -> str:
    """The address of the report's first download."""
    with page.expect_request(lambda request: "/media/" in request.url, timeout=60_000) as asked:
        downloads(page).first.click()
    return asked.value.url


def downloads(page):
    button = page.locator("[data-testid=stDownloadButton] button")
    if not button.first.is_visible():
        page.locator("[data-testid=stPopover] button", has_text="Share").first.click()
        button.first.wait_for(timeout=60_000)
    return button


def test_files_beyond_what_one_person_may_have_in_memory_are_refused(with_oidc, visitor):
    page = logged_in(visitor, with_oidc, "anna@lab.example", "analysis?photos=an+upload")
    assert [chosen(page, *file) for file in (("a", 1_500_000), ("b", 1_500_000), ("c", 300_000))] == [204, 413, 204]
    page.reload()
    settle(page, ".st-key-account button")
    assert chosen(page, "d", 1_500_000) == 204, "what the page held before makes room"
    assert chosen(page, "e", 1_500_000) == 413, "the server's memory has room for 2 MB of hers"


def chosen(page, name: str, n_bytes: int) -> int:
    """The status with which the server answers when a photo is chosen for a new analysis."""
    chooser = page.locator("[data-testid=stFileUploader] input[type=file]").first
    chooser.wait_for(state="attached", timeout=60_000)
    if not page.locator("[data-testid=stFileUploader]").first.is_visible():
        page.get_by_role("button", name="Go to photos").click()
        page.locator("[data-testid=stFileUploader]").first.wait_for()
    with page.expect_response(lambda answer: answer.request.method == "PUT", timeout=60_000) as sent:
        chooser.set_input_files([{"name": f"{name}.png", "mimeType": "image/png", "buffer": bytes(n_bytes)}])
    page.get_by_text(f"{name}.png").first.wait_for()
    return sent.value.status


def test_a_reader_sees_why_there_is_nothing_to_start(with_oidc, visitor):
    page = logged_in(visitor, with_oidc, "vera@lab.example", "analysis")
    said = page.locator("[data-testid=stMain]").inner_text()
    assert "As reader you cannot start analyses" in said
    assert page.locator("[data-testid=stFileUploader], .st-key-next_1").count() == 0
    assert "Record" not in page.locator("[data-testid=stTopNav]").inner_text()
    page.goto(f"{with_oidc.door}/report?id=first")
    settle(page, ".st-key-account button")
    page.locator("[data-testid=stPopover] button", has_text="Share").first.click()
    page.get_by_text("As reader you cannot share this").wait_for(timeout=60_000)
    assert page.locator("[data-testid=stDownloadButton]").count() == 0


def test_who_has_no_role_is_told_so(with_oidc, visitor):
    page = visitor()
    log_in(page, with_oidc, "eve@lab.example")
    settle(page, ".st-key-log_out button")
    assert "eve@lab.example, who has no role on this server" in page.locator("[data-testid=stMain]").inner_text()


def test_a_login_ends_for_pages_that_are_open(workspace, with_oidc, visitor):
    page = visitor()
    log_in(page, with_oidc, "ada@lab.example")
    settle(page, ".st-key-account button")
    (workspace / "roles").write_text(ROLES.replace("ada@lab.example admin\n", ""), encoding="utf-8")
    try:
        page.locator("a[href*=analysis], button", has_text="New analysis").first.click()
        settle(page, ".st-key-log_out button")
        assert "who has no role on this server" in page.locator("[data-testid=stMain]").inner_text()
    finally:
        (workspace / "roles").write_text(ROLES, encoding="utf-8")


def test_a_proxy_says_who_comes(behind_nginx, visitor):
    credentials = {"username": "ada@lab.example", "password": "of the lab"}
    page = visitor(http_credentials=credentials, extra_http_headers={"X-Forwarded-User": "anna@lab.example"})
    page.goto(behind_nginx.door)
    settle(page, ".st-key-account button")
    assert "ada@lab.example" in page.locator(".st-key-account").inner_text(), "not who the client says"
    page.goto(f"{behind_nginx.door}/record")
    settle(page, ".st-key-account button")
    assert "Who did what, when" in page.locator("[data-testid=stMain]").inner_text()


def test_only_the_proxy_says_who_comes(behind_nginx):
    app, door = behind_nginx
    assert status(door) == 401
    assert status(door, authorization=basic("anna@lab.example")) == 200
    assert status(door, authorization=basic("eve@lab.example")) == 403, "a password, and no role"
    for path in ("/", "/report", "/media/a.png", "/_stcore/health"):
        assert status(app + path) == 401
        assert status(app + path, x_forwarded_user="ada@lab.example") == 401
        assert status(app + path, x_forwarded_user="ada@lab.example", x_concepts_proxy_secret="guessed") == 401
    assert status(f"{app}/healthz") == 200
