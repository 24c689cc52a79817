"""Turns of threads at something that only so many can do at a time: fair among people, and so many of each at most."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from concepts.engine.fair_order import Waiting, fair_order

MOST_REMEMBERED = 1_000  # people whose last turn is remembered


@dataclass(frozen=True)
class Ahead:
    """What one who waits is told. own: whether they have as many turns under way as one may."""

    place: int  # 1 for the next
    own: bool


class Turns:
    """Turns for threads of one process. slots: at a time; most: of one person at a time.

    The next turn is that of the person who had one the longest ago (`fair_order`). Whoever waits therefore waits for
    the turns under way and for one turn of each other person who waits, however much these ask for.
    """

    def __init__(self, slots: int, *, most: int = 1) -> None:
        self.slots, self.most = slots, most
        self._changed = threading.Condition()
        self._waiting: set[Waiting] = set()
        self._held: Counter[str] = Counter()  # person → turns under way
        self._served: dict[str, float] = {}  # person → number of the last turn
        self._numbers = itertools.count()

    @contextmanager
    def turn(self, person: str, each_look: Callable[[Ahead], None], *, every: float = 1.0) -> Iterator[None]:
        """Waits for the person's turn, which lasts as long as the block.

        each_look: called at once where the person has to wait, and every so many seconds then; what it raises ends the
        waiting.
        """
        self._wait(person, each_look, every)
        try:
            yield
        finally:
            with self._changed:
                self._held[person] -= 1
                self._held += Counter()  # without those who have none
                self._changed.notify_all()

    def _wait(self, person: str, each_look: Callable[[Ahead], None], every: float) -> None:
        wish = Waiting(next(self._numbers), "", person)
        with self._changed:
            self._waiting.add(wish)
        try:
            while (ahead := self._taken(wish)) is not None:
                each_look(ahead)
                with self._changed:
                    self._changed.wait_for(lambda: self._is_next(wish), every)
        except BaseException:
            with self._changed:
                self._waiting.discard(wish)
                self._changed.notify_all()
            raise

    def _taken(self, wish: Waiting) -> Ahead | None:
        """Takes the turn if it has come; else what is ahead."""
        with self._changed:
            if not self._is_next(wish):
                return Ahead(self._order().index(wish) + 1, own=self._held[wish.owner] >= self.most)
            self._waiting.remove(wish)
            self._held[wish.owner] += 1
            self._note_served(wish.owner)
            self._changed.notify_all()  # there may be another slot
            return None

    def _is_next(self, wish: Waiting) -> bool:
        free = self._held.total() < self.slots and self._held[wish.owner] < self.most
        return free and self._order()[0] == wish

    def _order(self) -> list[Waiting]:
        return fair_order(self._waiting, self._served, holding=self._held, most=self.most)

    def _note_served(self, person: str) -> None:
        self._served.pop(person, None)
        self._served[person] = next(self._numbers)
        if len(self._served) > MOST_REMEMBERED:
            del self._served[next(iter(self._served))]  # the longest ago
