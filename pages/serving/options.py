"""What `st.App` is told: what is done before the first visit, who is answered, what every answer carries."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from concepts.storage.app_folder import ASSETS
from pages.serving.access import Access
from pages.serving.early_script import EarlyScript
from pages.serving.headers import SafeHeaders
from pages.state.libraries import libraries
from pages.state.server_settings import ServerSettings

EARLY = ("history.js", "menu.js")  # scripts of assets/ that run before Streamlit's own


def checked_access() -> Access:
    """What the operator allows.

    Ends the process, with one line, where the server listens where it may not, or a setting is not valid.
    """
    try:
        ServerSettings.of(os.environ)
        access = Access.of(os.environ)
        access.check_address(st.get_option("server.address"))
    except ValueError as error:
        _refuse(error)
    return access


def _refuse(error: ValueError) -> NoReturn:
    raise SystemExit(str(error))


def middleware(access: Access) -> list[Middleware]:
    """Outermost first: headers on every answer, also on that to a wrong name; the check of the name; the scripts
    that run before Streamlit's.

    The check covers the websocket too. A site that gives its own name this machine's address (DNS rebinding) is not
    answered.
    """
    return [
        Middleware(SafeHeaders, frames=access.frames),
        Middleware(TrustedHostMiddleware, allowed_hosts=access.answers_to, www_redirect=False),
        Middleware(EarlyScript, script="".join((ASSETS / name).read_text(encoding="utf-8") for name in EARLY)),
    ]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Loads the libraries of the pages in a thread, and says what it means if the server is open."""
    libraries.begin()
    address = st.get_option("server.address")
    if warning := Access.of(os.environ).warning(address):
        print(warning, file=sys.stderr, flush=True)
    yield
