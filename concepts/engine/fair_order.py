"""Who is next where people wait for a few slots: round robin by owner, first come first served within one."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Waiting:
    """A wish for a slot. since: when it came, on a clock that all wishes share; name: tells it from others."""

    since: float
    name: str
    owner: str = ""


def fair_order(
    waiting: Iterable[Waiting],
    served: Mapping[str, float],
    *,
    holding: Mapping[str, int] | None = None,
    most: int | None = None,
) -> list[Waiting]:
    """The wishes in the order in which slots are given to them if nobody else comes.

    The next slot goes to the owner who was served the longest ago, those never served first, and among these to the
    longest waiting. So between two slots of an owner who waits, each other one gets at most one; one owner alone is
    served in the order of arrival. served: owner → when the last slot was given, on any clock of its own. holding:
    owner → slots held now; an owner with `most` of them or more comes after those who have fewer.
    """
    turns = _Turns(waiting, served, holding or {}, most)
    return [turns.take() for _ in range(turns.n)]


class _Turns:
    """The queue of each owner, when each was served last, and how many slots each holds."""

    def __init__(
        self, waiting: Iterable[Waiting], served: Mapping[str, float], holding: Mapping[str, int], most: int | None
    ) -> None:
        self.queues: dict[str, deque[Waiting]] = {}
        for wish in sorted(waiting):
            self.queues.setdefault(wish.owner, deque()).append(wish)
        self.n, self.taken, self.most = sum(map(len, self.queues.values())), 0, most
        self.last = {owner: (1, served[owner]) if owner in served else (0, 0.0) for owner in self.queues}
        self.holding = {owner: holding.get(owner, 0) for owner in self.queues}

    def take(self) -> Waiting:
        """The next wish, which then has its slot."""
        owner = min(self.queues, key=self._rank)
        wish = self.queues[owner].popleft()
        self.taken += 1
        self.last[owner] = (2, float(self.taken))  # later than all who were served before
        self.holding[owner] += 1
        if not self.queues[owner]:
            del self.queues[owner]
        return wish

    def _rank(self, owner: str) -> tuple[bool, tuple[int, float], Waiting]:
        full = self.most is not None and self.holding[owner] >= self.most
        return full, self.last[owner], self.queues[owner][0]
