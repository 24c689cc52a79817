"""What `st.App` is told: what is done before the first visit, who is answered, what every answer carries."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import NoReturn

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute

from concepts.engine.quotas import GB
from concepts.storage.app_folder import ASSETS
from pages.serving.access import Access
from pages.serving.early_script import EarlyScript
from pages.serving.gate import Door, Gate
from pages.serving.headers import SafeHeaders
from pages.serving.health import health_routes
from pages.serving.held_files import HoldFiles
from pages.serving.login_checks import check_login
from pages.serving.logins_told import LoginsTold
from pages.serving.metrics import Metrics, check_free
from pages.serving.needed_messages import NeededMessages
from pages.serving.requests_counted import CountRequests
from pages.serving.sessions import session_finder
from pages.state.libraries import libraries
from pages.state.logged_out import logged_out
from pages.state.login import Login, login_settings
from pages.state.server_settings import ServerSettings, server_settings

EARLY = ("history.js", "menu.js")  # scripts of assets/ that run before Streamlit's own


def checked_access() -> Access:
    """What the operator allows.

    Ends the process, with one line, where the server listens where it may not, a setting is not valid, the login cannot
    work, or the port of the figures is taken.
    """
    try:
        check_free(ServerSettings.of(os.environ).metrics_port)
        access, login, address = Access.of(os.environ), login_settings(), st.get_option("server.address")
        access.check_address(address, has_login=login.is_asked)
        check_login(login, address)
    except ValueError as error:
        _refuse(error)
    return access


def _refuse(error: ValueError) -> NoReturn:
    raise SystemExit(str(error))


def routes() -> list[BaseRoute]:
    """The addresses beside Streamlit's: /healthz and /readyz."""
    return health_routes(server_settings())


def metrics_of(settings: ServerSettings) -> Metrics | None:
    """What is counted of this process; None where the operator has named no port for it."""
    return None if settings.metrics_port is None else _metrics(settings.workspace, settings.jobs_waiting)


@cache
def _metrics(workspace: Path, most_waiting: int) -> Metrics:
    return Metrics(workspace, most_waiting=most_waiting)


def middleware(access: Access, settings: ServerSettings | None = None, login: Login | None = None) -> list[Middleware]:
    """Outermost first: the count of requests; headers on every answer, also on that to a wrong name; the check of the
    name; what a websocket may ask; where there is a login, the gate; what files lie in memory; the scripts that run
    before Streamlit's.

    The checks cover the websocket too. A site that gives its own name this machine's address (DNS rebinding) is not
    answered.
    """
    login = login or login_settings()
    settings = settings or server_settings()
    gate = [_gate(login)] if login.is_asked else []
    most = settings.quotas.memory * GB if login.is_asked else None
    metrics = metrics_of(settings)
    counted = [] if metrics is None else [Middleware(CountRequests, traffic=metrics)]
    return [
        *counted,
        Middleware(SafeHeaders, frames=access.frames),
        Middleware(TrustedHostMiddleware, allowed_hosts=access.answers_to, www_redirect=False),
        Middleware(NeededMessages),
        *gate,
        Middleware(HoldFiles, most=most),
        Middleware(EarlyScript, script="".join((ASSETS / name).read_text(encoding="utf-8") for name in EARLY)),
    ]


def _gate(login: Login) -> Middleware:
    gone = logged_out() if login.way == "oidc" else None
    return Middleware(Gate, door=Door(login, session_finder(login), gone), told=LoginsTold(login))


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Loads the libraries of the pages in a thread, says what it means if the server is open, serves its figures.

    Who has logged out is read before: one thread at a time imports libraries, and a database needs some.
    """
    if login_settings().way == "oidc":
        await run_in_threadpool(logged_out().look)
    libraries.begin()
    address = st.get_option("server.address")
    if warning := Access.of(os.environ).warning(address, has_login=login_settings().is_asked):
        print(warning, file=sys.stderr, flush=True)
    settings = server_settings()
    metrics, port = metrics_of(settings), settings.metrics_port
    with nullcontext() if metrics is None or port is None else metrics.served(port):
        yield
