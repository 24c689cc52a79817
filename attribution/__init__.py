"""Importance in concept space: how much each concept contributes to a class."""
