"""How many classes of a run are under way at a time."""


def window_of(slots: int) -> int:
    """How many classes are under way at a time where so many tasks run at a time: one more, so that none waits."""
    return max(1, slots) + 1
