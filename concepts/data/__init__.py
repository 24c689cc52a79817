"""Datasets and their sources."""
