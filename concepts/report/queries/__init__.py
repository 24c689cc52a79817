"""Queries that pages make on a stored report, computed here from NumPy arrays, so that pages only show the results."""
