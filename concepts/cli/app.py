"""`app`: the pages in the browser."""

import argparse
import os
import sys

from concepts.storage.app_folder import APP

PORT = 8501


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("--port", type=int, default=PORT, help="where the server listens (default: %(default)s)")
    parser.add_argument(
        "more",
        nargs="*",
        metavar="-- OPTION",
        help="options of `streamlit run`, such as `-- --server.address 127.0.0.1`",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replaces the process by the server, so that signals reach it; does not return."""
    print(f"The app is at http://localhost:{options.port}", flush=True)
    os.execv(sys.executable, server_command(options))


def server_command(options: argparse.Namespace) -> list[str]:
    """The command that serves the app, from any working folder; app.py's own folder holds its settings.

    -P: no module is imported from the working folder.
    """
    streamlit = [sys.executable, "-P", "-m", "streamlit", "run", str(APP / "app.py")]
    return [*streamlit, "--server.port", str(options.port), "--server.headless", "true", *options.more]
