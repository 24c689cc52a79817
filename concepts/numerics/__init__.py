"""Arithmetic that every room may use: intervals, matching."""
