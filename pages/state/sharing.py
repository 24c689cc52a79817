"""Downloads by which a result leaves the server: offered to whoever may share it, asked once more when one is made."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from concepts import service
from concepts.access import Act
from pages.components.safe_text import paragraph
from pages.state.server_settings import server_settings
from pages.state.visitor import Visitor, may, person_of, visitor, why_not
from pages.state.workplace import workplace

T = TypeVar("T")


def owner_of(folder: Path | None) -> str | None:
    """Whose a result is, for this visitor; None where it is the demo's, or in no folder."""
    found = visitor().person
    if folder is None or found is None:
        return None
    return service.owner_of_result(server_settings().workspace, found, folder)


def offered(owner: str | None) -> bool:
    """Whether this visitor may share what belongs to the owner; where not, one line says why."""
    if may(Act.SHARE, owner=owner):
        return True
    paragraph(why_not(Act.SHARE, owner=owner), "cx-note")
    return False


def shared(of: str, owner: str | None, content: Callable[[], T]) -> Callable[[], T]:
    """What makes a download when its button is pressed, for whoever may share it then; recorded each time.

    Streamlit makes downloads apart from any visit: the visitor is that of the run that offers it, with the role of the
    moment. of: such as "html of reports/ID".
    """
    return partial(_made, visitor(), of, owner, content)


def _made(found: Visitor, of: str, owner: str | None, content: Callable[[], T]) -> T:
    return service.share(workplace(), person_of(found.session), of, content, owner=owner)
