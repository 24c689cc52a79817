"""Keyboard control of the tour."""

from pages.components.scripts import script

KEY = "tour_keys"


def turning_keys(step: int) -> None:
    """Lets arrow and page keys press the buttons whose keys begin with tour_back, tour_next, tour_leave.

    A step that is another one than before is shown from its top.
    """
    script("keys")(data={"step": step}, key=KEY)
