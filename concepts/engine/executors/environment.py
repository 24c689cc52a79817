"""What processes of ours inherit from the one that starts them."""

import os

from concepts.storage.app_folder import PACKAGE


def worker_environment() -> dict[str, str]:
    """This process's environment, with the package's folder on PYTHONPATH for the worker.

    The worker keeps the working folder, because paths in a request are relative to it, but imports no module from it
    (-P).
    """
    places = (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
