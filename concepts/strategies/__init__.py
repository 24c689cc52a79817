"""Strategies: groups of images recognised for the same reason (method.md, section 6)."""

from concepts.strategies.find import find_strategies
from concepts.strategies.summary import Interval, Strategies

__all__ = ["Interval", "Strategies", "find_strategies"]
