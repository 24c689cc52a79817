"""Measured claims: `python -m benchmarks.report`, `python -m benchmarks.truth`."""
