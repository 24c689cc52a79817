"""The names under which the demo's networks, pictures and encoders are opened."""

PREFIX = "demo/"
SHAPES, DIGITS, PAIR = "demo/shapes", "demo/digits", "demo/pair"
DEMO_SOURCES = (SHAPES, DIGITS)  # networks, and as `images` the pictures that they are for
