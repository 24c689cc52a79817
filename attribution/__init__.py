"""Importance in concept space: what each concept counts for a class."""
