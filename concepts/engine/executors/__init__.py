"""Executors that run jobs: processes on this machine."""
