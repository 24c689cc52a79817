"""Measured claims: `python -m benchmarks.report`, `.truth`, `.extraction`."""
