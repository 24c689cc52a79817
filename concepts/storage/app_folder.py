"""Where the program's own files lie: the app with its pages, styles and scripts, and the built-in demo.

In a checkout they lie beside the package. A wheel brings them inside it, in `_app`: an installation then adds no
`app`, `pages` or `assets` to the names that other programs import.
"""

from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("concepts"))).resolve()
INSTALLED = (PACKAGE / "_app").is_dir()
APP = PACKAGE / "_app" if INSTALLED else PACKAGE.parent  # the folder with app.py
ASSETS = APP / "assets"
DEMO = ASSETS / "demo"


def default_workspace() -> Path:
    """The app's workspace where none is named: beside app.py in a checkout, else in the working folder."""
    return (Path.cwd() if INSTALLED else APP) / "workspace"
