"""Numerics that every package may use: intervals, matching."""
