"""Helpers shared by tests and benchmarks: made-up reports, tiny models, servers and browsers."""
