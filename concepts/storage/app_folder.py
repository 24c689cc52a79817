"""Paths of the program's own files: the app with its pages, styles and scripts, and the built-in demo.

In a checkout they are beside the package. A wheel has them inside the package, in `_app`, so that an installation adds
no `app`, `pages` or `assets` to the names that other programs import.
"""

from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("concepts"))).resolve()
INSTALLED = (PACKAGE / "_app").is_dir()
APP = PACKAGE / "_app" if INSTALLED else PACKAGE.parent  # the folder with app.py
ASSETS = APP / "assets"
DEMO = ASSETS / "demo"


def default_workspace() -> Path:
    """The app's default workspace: beside app.py in a checkout, else in the working folder."""
    return (Path.cwd() if INSTALLED else APP) / "workspace"
