"""The names of the demo's networks, pictures, texts and encoders."""

PREFIX = "demo/"
SHAPES, DIGITS, PAIR = "demo/shapes", "demo/digits", "demo/pair"
DEMO_SOURCES = (SHAPES, DIGITS)  # networks, and as `images` the pictures they are for
VILLAGE, REVIEWS = "demo/village", "demo/reviews"
DEMO_TEXTS = (VILLAGE, REVIEWS)  # networks, and as `texts` what they are for
