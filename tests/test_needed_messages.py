"""What a browser may ask over the websocket: nothing that a page does not need, on servers of every kind."""

import pytest
import streamlit as st
from starlette.middleware import Middleware
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg

from pages.serving.needed_messages import NEEDED, OPERATIONS, NeededMessages, is_needed
from pages.state.login import Login
from tests.support.streamlit_server import heartbeat, streamlit_server
from tests.test_gate import SECRET, claims, cookie, proxied, roles, served, with_cookie

__all__ = ["roles"]
UNWANTED = {"clear_cache", "set_run_on_save", "load_git_info", "debug_disconnect_websocket", "debug_shutdown_runtime"}
UNWANTED_OPERATIONS = {"install_skills", "dismiss_skills_nudge"}


def message(kind: str) -> bytes:
    asked = BackMsg()
    if kind in OPERATIONS | UNWANTED_OPERATIONS:
        getattr(asked.backend_operation_request, kind).SetInParent()
    elif asked.DESCRIPTOR.fields_by_name[kind].message_type is None:
        setattr(asked, kind, True)
    else:
        getattr(asked, kind).SetInParent()
    return asked.SerializeToString()


WANTED = [message(kind) for kind in sorted(NEEDED - {"backend_operation_request"} | OPERATIONS)]
DROPPED = [message(kind) for kind in sorted(UNWANTED | UNWANTED_OPERATIONS | {"backend_operation_request"})]


def test_each_message_of_streamlit_is_known():
    """A new one in another version: does a page need it, and what does it change for others?"""
    for kind, name, known in (
        (BackMsg, "type", NEEDED | UNWANTED),
        (BackendOperationRequest, "payload", OPERATIONS | UNWANTED_OPERATIONS),
    ):
        assert {field.name for field in kind.DESCRIPTOR.oneofs_by_name[name].fields} == known


def test_what_pages_need_passes_and_nothing_else_that_can_be_read():
    assert all(map(is_needed, WANTED))
    assert not any(map(is_needed, DROPPED))
    assert not is_needed(b""), "a message without a type"
    assert not is_needed(bytes([0x98, 0x06, 0x01])), "field 99, of a version to come"
    assert is_needed(b"no message")
    assert is_needed(None), "a text, at which Streamlit ends the connection"
    both = BackMsg(app_heartbeat=True).SerializeToString() + BackMsg(clear_cache=True).SerializeToString()
    assert not is_needed(both), "the last one counts, as for Streamlit"


@pytest.mark.parametrize("way", ["none", "oidc", "proxy"])
def test_on_every_server_and_for_everybody(roles, way):
    login = Login(way, roles=None if way == "none" else roles, secret=SECRET if way == "proxy" else "")
    clients = {
        "none": lambda: [served(login)],
        "oidc": lambda: [with_cookie(login, cookie(claims())), served(login)],
        "proxy": lambda: [proxied(login, **{"x-concepts-proxy-secret": SECRET})],
    }[way]()
    for client in clients:
        with client.websocket_connect("/_stcore/stream") as socket:
            socket.receive_json()
            for data in (*DROPPED, message("app_heartbeat")):
                socket.send_bytes(data)
            assert socket.receive_bytes() == message("app_heartbeat"), "of all these it alone has come through"


@pytest.mark.parametrize(
    ("middleware", "n_made"), [([], 2), ([Middleware(NeededMessages)], 1)], ids=["without", "with"]
)
def test_nobody_empties_the_caches_of_others(middleware, n_made):
    """Streamlit does it for whoever has the websocket open, as the page that asks for a login has."""
    made = []

    @st.cache_data(show_spinner=False)
    def page(of: int) -> None:
        made.append(of)

    with streamlit_server(*middleware) as server, server.tab() as (_, socket):
        page(n_made)
        socket.send_bytes(message("clear_cache"))
        heartbeat(socket)
        page(n_made)
    assert len(made) == n_made
