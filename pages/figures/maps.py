"""The legend of the concept maps that are laid over photos."""

from concepts.report.overlay import ANCHORS


def scale_html(top: float, *, line: bool = True) -> str:
    """The legend of the scale: its colours, its ends, its line where one is drawn."""
    half = '<span class="cx-line">white line: half of the peak in this photo</span>' if line else ""
    stops = ", ".join(ANCHORS[2:])
    return (
        '<div class="cx-scale"><span>absent</span>'
        f'<span class="cx-ramp" style="background:linear-gradient(90deg, {stops})" role="img" '
        'aria-label="colour scale from dark violet to pale yellow"></span>'
        f"<span>{_number(top)}: its largest code in these photos</span>"
        f"{half}</div>"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"
