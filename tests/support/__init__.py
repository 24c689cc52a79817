"""What several test files share, and benchmarks too: made-up reports, tiny models, servers and browsers."""
