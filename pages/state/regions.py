"""The region that was drawn on a chart, as an address has it."""

from typing import TYPE_CHECKING

from pages.state.address import corners_text

if TYPE_CHECKING:
    from streamlit.typing import PlotlyState


def drawn(event: "PlotlyState") -> str | None:
    """The corners of the last region on a chart, in the format of an address."""
    boxes, lassos = (event["selection"].get(kind) or [] for kind in ("box", "lasso"))
    if lassos:
        return corners_text(lassos[-1]["x"], lassos[-1]["y"])
    if boxes:
        (left, right), (low, high) = boxes[-1]["x"], boxes[-1]["y"]
        return corners_text([left, right, right, left], [low, low, high, high])
    return None
