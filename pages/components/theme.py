"""Charts follow the theme when a reader, or the system at dusk, changes it on an open page."""

from pages.components.scripts import script

KEY = "theme_shown"


def follow_theme() -> None:
    """Runs the page again when its theme is another one: Streamlit itself only changes its own colours."""
    script("theme")(data={}, key=KEY, default={"background": ""}, on_background_change=lambda: None)
