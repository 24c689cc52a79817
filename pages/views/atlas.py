"""Page: all concepts of all reports of a model on one plane."""

from pages.atlas import page
from pages.state.notes import warn_of_trouble

page.show()
warn_of_trouble()
