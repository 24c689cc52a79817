"""Files of open pages in the server's memory: bounded by person, over all their visits, also for many at once."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.serving.held_files import HoldFiles
from pages.state.visitor import IDENTITY

MOST = 100  # bytes


class Server:
    """Keeps the sizes of files by visit, as Streamlit keeps files, behind the middleware."""

    def __init__(self) -> None:
        self.visits: dict[str, list[int]] = {"one": [], "two": [], "three": []}
        self.meanwhile = lambda: None
        held = Middleware(HoldFiles, most=MOST, bytes_of=lambda visit: sum(self.visits[visit]) if visit in self.visits else None)  # fmt: skip
        routes = [Route("/{path:path}", self.answer, methods=["PUT", "GET", "DELETE"])]
        self.client = TestClient(Starlette(routes=routes, middleware=[held]))

    async def answer(self, request: Request) -> Response:
        data, visit = await request.body(), request.url.path.split("/")[-2]
        self.meanwhile()
        if request.method == "PUT" and visit in self.visits:
            self.visits[visit].append(len(data))
        return Response(status_code=204)

    def send(self, visit: str, n_bytes: int, person: str = "ann", base: str = "") -> int:
        path, headers = f"{base}/_stcore/upload_file/{visit}/f", {IDENTITY: person} if person else {}
        return self.client.put(path, content=b"x" * n_bytes, headers=headers).status_code


@pytest.fixture
def server():
    return Server()


def test_the_files_of_all_visits_of_a_person_count_together(server):
    assert [server.send("one", 60), server.send("two", 30), server.send("two", 10)] == [204, 204, 204]
    assert server.send("two", 1, base="/report") == 413
    assert server.visits == {"one": [60], "two": [30, 10], "three": []}, "what is refused is kept nowhere"
    assert server.send("three", MOST, person="ben") == 204, "others go on"


def test_what_is_taken_out_of_its_field_and_a_visit_that_ends_make_room(server):
    assert [server.send("one", 60), server.send("two", 40), server.send("two", 30)] == [204, 204, 413]
    server.visits["two"].clear()
    assert [server.send("two", 30), server.send("two", 20)] == [204, 413]
    del server.visits["one"]
    assert server.send("two", 70) == 204


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
    sent = server.client.put(path, content=iter([b"x"]), headers={IDENTITY: "ann"})
    assert (sent.status_code, server.visits["one"]) == (411, [])


def test_nobody_in_particular_has_no_bound_and_no_other_request_is_looked_at(server):
    assert server.send("one", 2 * MOST, person="") == 204
    for ask in (server.client.get, server.client.delete):
        assert ask("/_stcore/upload_file/one/f", headers={IDENTITY: "ann"}).status_code == 204
    content = {"content": b"x" * 2 * MOST, "headers": {IDENTITY: "ann"}}
    assert server.client.put("/report/elsewhere/one/f", **content).status_code == 204
