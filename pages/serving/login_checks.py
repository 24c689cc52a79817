"""What a login needs, looked at when the server starts: a login that cannot work must not look like one that does."""

import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

from pages.serving.access import is_local
from pages.state.login import Login

NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
SHORTEST_COOKIE_SECRET = 32
SECTION = "the section [auth] of .streamlit/secrets.toml"


def check_login(login: Login, address: str | None) -> None:
    """Raises ValueError, with one line, where the login is not set up, or stands there and is not asked for.

    address: where the server listens, None for all addresses.
    """
    section = _section()
    if login.way == "oidc":
        _check_oidc(section)
    elif section is not None:
        raise ValueError(f"{SECTION} is there, and no login is asked for: set CONCEPTS_LOGIN=oidc, or take it away")
    if login.way == "proxy" and not login.secret and not is_local(address):
        raise ValueError(
            "whoever reaches this machine could say who they are: set CONCEPTS_PROXY_SECRET, and have the proxy send "
            "it as X-Concepts-Proxy-Secret; or listen on 127.0.0.1 alone"
        )
    if login.is_asked and st.get_option("server.enableAgentApi"):
        raise ValueError("server.enableAgentApi lets programs in beside the login: turn it off")
    login.known()  # raises ValueError


def _check_oidc(section: Mapping[str, object] | None) -> None:
    missing = [name for name in NEEDED if not (section or {}).get(name)]
    if missing:
        raise ValueError(f"CONCEPTS_LOGIN=oidc: {SECTION} lacks {', '.join(missing)}")
    if section is not None and len(str(section["cookie_secret"])) < SHORTEST_COOKIE_SECRET:
        raise ValueError(
            f"the cookie_secret in {SECTION} has fewer than {SHORTEST_COOKIE_SECRET} characters: take a long random one"
        )
    if find_spec("authlib") is None:
        raise ValueError("CONCEPTS_LOGIN=oidc needs `pip install -r requirements-login.txt`")


def _check_toml() -> None:
    """Raises ValueError, with one line, for a file of secrets that is no TOML: Streamlit takes it for none."""
    for file in map(Path, st.get_option("secrets.files")):
        if file.is_file():
            try:
                tomllib.loads(file.read_text("utf-8"))
            except ValueError as error:
                raise ValueError(f"{file} is no TOML: {error}") from error


def _section() -> Mapping[str, object] | None:
    """The section, None where there is none. Raises ValueError where a file that may have it cannot be read."""
    try:
        _check_toml()
        if not st.secrets.load_if_toml_exists():
            return None
    except OSError as error:
        raise ValueError(
            f"{error.filename} cannot be read ({error.strerror}): let the user who runs the app read this file, and no "
            "others"
        ) from error
    found = st.secrets.get("auth")
    return found if isinstance(found, Mapping) else None
