"""The embedded demo: a picture world drawn by seeded code, the digits, and a small network for each."""
