"""How many classes of a run are under way at a time."""


def window_of(slots: int) -> int:
    """How many classes are under way at a time where so many tasks run at a time: as many, and one before any does.

    One more would save the milliseconds in which a worker waits for its next task, and wait itself behind the last one
    of a worker while another has nothing left to do.
    """
    return max(1, slots)
