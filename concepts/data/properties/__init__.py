"""Measured properties of photos and columns of a user's table: what a whole photo is like, one value a photo."""
