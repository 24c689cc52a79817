"""Files of open pages in the server's memory: bounded by person, over all their visits, also for many at once."""

from collections import defaultdict
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

from pages.serving.held_files import HoldFiles
from pages.state.visitor import IDENTITY
from tests.support.streamlit_server import StreamlitServer, streamlit_server

MOST = 100  # bytes


class Server:
    """Keeps the sizes of files by visit, as Streamlit keeps files, behind the middleware.

    open: visits with a tab. kept: those whose tab has gone, to which a browser may come back.
    """

    def __init__(self) -> None:
        self.open, self.kept, self.files = {"one", "two", "three"}, set(), defaultdict(dict)
        self.meanwhile = lambda: None
        routes = [Route("/{path:path}", self.answer, methods=["PUT", "GET", "DELETE"])]
        held = Middleware(HoldFiles, most=MOST, visits=self)
        self.client = TestClient(Starlette(routes=routes, middleware=[held]))

    async def answer(self, request: Request) -> Response:
        visit, file = request.url.path.split("/")[-2:]
        if request.method != "PUT":
            return Response(status_code=204)
        if not self.is_open(visit):
            return Response(status_code=400)
        data = await request.body()
        self.meanwhile()
        self.files[visit][file] = len(data)
        return Response(status_code=204)

    def is_open(self, visit: str) -> bool:
        return visit in self.open

    def n_bytes(self, visit: str) -> int:
        return sum(self.files.get(visit, {}).values())

    def drop(self, visit: str, file: str) -> None:
        self.files.get(visit, {}).pop(file, None)

    def end(self, visit: str) -> None:
        self.kept.discard(visit)
        self.files.pop(visit, None)

    def close(self, visit: str) -> None:
        """Its tab is closed, or loaded anew."""
        self.open.remove(visit)
        self.kept.add(visit)

    def sizes(self) -> dict[str, list[int]]:
        return {visit: list(files.values()) for visit, files in self.files.items() if files}

    def send(self, visit: str, n_bytes: int, person: str = "ann", base: str = "") -> int:
        path = f"{base}/_stcore/upload_file/{visit}/{uuid4()}"
        headers = {IDENTITY: person} if person else {}
        return self.client.put(path, content=b"x" * n_bytes, headers=headers).status_code


@pytest.fixture
def server():
    return Server()


def test_the_files_of_all_visits_of_a_person_count_together(server):
    assert [server.send("one", 60), server.send("two", 30), server.send("two", 10)] == [204, 204, 204]
    assert server.send("two", 1, base="/report") == 413
    assert server.send("two", 1, person="Ann") == 413, "identities are compared without regard to capitals"
    assert server.sizes() == {"one": [60], "two": [30, 10]}, "what is refused is kept nowhere"
    assert server.send("three", MOST, person="ben") == 204, "others go on"


def test_what_is_taken_out_of_its_field_makes_room(server):
    assert [server.send("one", 60), server.send("two", 40), server.send("two", 30)] == [204, 204, 413]
    server.files["two"].clear()
    assert [server.send("two", 30), server.send("two", 20)] == [204, 413]


def test_a_tab_that_is_loaded_anew_does_not_double_what_its_person_may_have(server):
    for before, after in (("one", "two"), ("two", "three")):
        assert server.send(before, 70) == 204
        server.close(before)
        assert server.n_bytes(before) == 70
        assert server.send(after, 20) == 204, "beside what the last tab left"
        assert server.kept == {before}
        assert server.send(after, 70) == 204, "in place of it"
        assert (server.sizes(), server.kept) == ({after: [20, 70]}, set())
        server.files[after].clear()


def test_no_visit_with_a_tab_is_ended_for_room_and_none_of_another_person(server):
    server.send("one", 40, person="ben")
    server.close("one")
    assert [server.send("two", 60), server.send("three", 50)] == [204, 413]
    assert (server.sizes(), server.kept) == ({"one": [40], "two": [60]}, {"one"})


def test_what_a_visit_left_counts_until_the_server_has_forgotten_it(server):
    server.send("one", 60)
    server.close("one")
    server.kept.clear()  # given up, but not cleared yet
    assert server.send("two", 30) == 204
    assert server.send("two", 40) == 204
    assert server.sizes() == {"two": [30, 40]}


def test_a_file_that_comes_after_its_tab_has_gone_is_kept_nowhere(server):
    server.meanwhile = lambda: server.close("one")
    assert server.send("one", 10) == 204
    assert server.sizes() == {}


def test_a_file_that_comes_after_its_tab_is_back_counts(server):
    def leave_and_come_back() -> None:
        server.meanwhile = lambda: None
        server.close("one")
        assert server.send("two", 10) == 204, "meanwhile, a visit without a tab and files is forgotten"
        server.open.add("one")

    server.meanwhile = leave_and_come_back
    assert server.send("one", 60) == 204
    assert server.send("two", 40) == 413


def test_files_that_come_at_once_do_not_pass_it_together(server):
    found = []

    def another() -> None:
        server.meanwhile = lambda: None
        found.append(server.send("two", 50))

    server.meanwhile = another
    assert (server.send("one", 60), found) == (204, [413])
    assert server.send("two", 40) == 204, "what is on its way counts until it is there"


def test_a_file_without_a_length_is_refused(server):
    path = "/_stcore/upload_file/one/f"
    for false in ({}, {"content-length": "1", "transfer-encoding": "chunked"}):
        sent = server.client.put(path, content=iter([b"x" * 2 * MOST]), headers={IDENTITY: "ann"} | false)
        assert (sent.status_code, server.sizes()) == (411, {}), false


def test_nobody_in_particular_has_no_bound_and_no_other_request_is_looked_at(server):
    assert server.send("one", 2 * MOST, person="") == 204
    for ask in (server.client.get, server.client.delete):
        assert ask("/_stcore/upload_file/one/f", headers={IDENTITY: "ann"}).status_code == 204
    content = {"content": b"x" * 2 * MOST, "headers": {IDENTITY: "ann"}}
    assert server.client.put("/report/elsewhere/one/f", **content).status_code == 204


KB = 1000  # files come with a few hundred bytes around them
WITH_STREAMLIT = Middleware(HoldFiles, most=MOST * KB)


def sent(server: StreamlitServer, visit: str, n_kb: int, file: str) -> int:
    return server.send(visit, n_kb * KB, file, **{IDENTITY: "ann"})


def held(server: StreamlitServer) -> dict[str, list[str]]:
    return {visit: list(files) for visit, files in server.files.file_storage.items()}


@pytest.mark.parametrize("seconds", [120, 0], ids=["it may come back", "given up, not cleared yet"])
def test_streamlit_keeps_the_files_of_a_tab_that_has_gone_and_they_count(seconds):
    with streamlit_server(WITH_STREAMLIT, seconds=seconds) as server:
        with server.tab() as (first, _):
            assert [sent(server, first, 60, "a"), sent(server, first, 60, "b")] == [204, 413]
        assert held(server) == {first: ["a"]}
        assert server.knows(first) == bool(seconds)
        with server.tab() as (second, _):
            assert sent(server, second, 30, "c") == 204
            assert held(server) == {first: ["a"], second: ["c"]}
            assert sent(server, second, 60, "d") == 204
            assert held(server) == {second: ["c", "d"]}
            assert not server.knows(first), "what its fields hold lies in memory, too"
            assert sent(server, first, 1, "e") == 400
            assert held(server) == {second: ["c", "d"]}
            assert sent(server, second, 30, "f") == 413


class Meanwhile:
    """A middleware: ends the visit while its file is read."""

    def __init__(self, app) -> None:
        self._app = app

    async def __call__(self, scope, receive, send) -> None:
        async def receive_late():
            if scope["type"] == "http":
                Runtime.instance().close_session(scope["path"].split("/")[-2])
            return await receive()

        await self._app(scope, receive_late, send)


@pytest.mark.parametrize(
    ("middleware", "n_left"),
    [([], 1), ([WITH_STREAMLIT], 0), ([Middleware(HoldFiles, most=None)], 0)],
    ids=["without", "with", "without a login"],
)
def test_no_file_is_left_of_a_visit_that_ended_while_it_came(middleware, n_left):
    with streamlit_server(*middleware, Middleware(Meanwhile)) as server, server.tab() as (visit, _):
        assert sent(server, visit, 10, "a") == 204
        assert len(held(server)) == n_left
