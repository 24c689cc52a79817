"""The embedded demo: a picture world drawn by seeded code, handwritten digits, and a small network for each."""
