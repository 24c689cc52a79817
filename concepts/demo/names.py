"""The names of the demo's networks, pictures and encoders."""

PREFIX = "demo/"
SHAPES, DIGITS, PAIR = "demo/shapes", "demo/digits", "demo/pair"
DEMO_SOURCES = (SHAPES, DIGITS)  # networks, and as `images` the pictures they are for
