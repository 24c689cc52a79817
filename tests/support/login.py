"""What stands beside a server with a login: an OpenID Connect provider, nginx as a proxy that asks for passwords."""

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.browser import free_port

PASSWORD = "of the lab"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONFIGURATION = """
daemon off;
worker_processes 1;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port};
    auth_basic "lab";
    auth_basic_user_file {folder}/passwords;
    location / {{
      proxy_pass {app};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-User $remote_user;
      proxy_set_header X-Concepts-Proxy-Secret "{secret}";
      proxy_set_header Authorization "";
    }}
  }}
}}
"""


def need(missing: str | None) -> None:
    """Skips the test where something is missing, with what it is; fails in CI."""
    if missing and os.environ.get("CI"):
        pytest.fail(f"tests of a login need {missing}")
    if missing:
        pytest.skip(f"needs {missing}")


@contextmanager
def provider() -> Iterator[str]:
    """The address of an OpenID Connect provider, at which anybody is who they say they are."""
    try:
        from oidc_provider_mock import run_server_in_thread
    except ImportError:
        need("the package oidc-provider-mock (requirements-test.txt)")
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


def oidc_variables(folder: Path, provider: str, port: int) -> dict[str, str]:
    """An operator's variables for an app on that port that asks the provider; its secrets lie in the folder."""
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        f'client_id = "concepts"\nclient_secret = "none"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    return {"CONCEPTS_LOGIN": "oidc", "STREAMLIT_SECRETS_FILES": str(secrets)}


@contextmanager
def nginx(app: str, people: Mapping[str, str], *, secret: str) -> Iterator[str]:
    """The address of a proxy in front of an app, which lets these people in with `PASSWORD`, and sends the secret."""
    need(None if Path(NGINX).is_file() else "Debian's package nginx-light")
    folder, port = Path(tempfile.mkdtemp(prefix="concepts-nginx-")), free_port()
    os.chmod(folder, 0o755)  # its worker is another user
    lines = [f"{name}:{_hash(PASSWORD)}" for name in people]
    (folder / "passwords").write_text("\n".join(lines), encoding="utf-8")
    (folder / "nginx.conf").write_text(
        CONFIGURATION.format(folder=folder, port=port, app=app, secret=secret), encoding="utf-8"
    )
    process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        _wait(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def status(address: str, **headers: str) -> int:
    """The status of an answer to a request of no browser's; "_" in a header's name stands for "-"."""
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def basic(name: str) -> str:
    """The header Authorization of a person."""
    return "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()


def _hash(password: str) -> str:
    return "{SHA}" + base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()


def _wait(address: str) -> None:
    end = time.time() + 20
    while time.time() < end:
        try:
            if status(address):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nginx does not answer")
