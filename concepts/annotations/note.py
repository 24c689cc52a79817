"""One note: the name that one person gave to a concept, a strategy or a photo, and when."""

import re
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

KINDS = ("concept", "strategy")  # of a report
PHOTO = "photo"  # of a collection: its name is what it is flagged as
JUDGEMENTS = ("part of the thing", "should not matter")  # whether the model may rest on it, as a person says
FLAGS = ("polysemantic", "duplicate", "artefact", *JUDGEMENTS)
LONGEST = {"name": 120, "description": 2_000, "author": 80}  # characters
LARGEST = 10**9  # index
KEY, ID = re.compile(r"[0-9a-f]{24}"), re.compile(r"[0-9a-f]{32}")
REFUSED = ("Cc", "Cs", "Zl", "Zp")  # control characters, surrogates, line and paragraph separators


def now() -> str:
    """The current time, UTC, to the microsecond, as a text of fixed length, so that texts sort like times."""
    return stamp_of(datetime.now(UTC))


def stamp_of(time: datetime) -> str:
    """A time as a note stores it."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Note:
    """A person's note on a concept, a strategy or a photo. An empty name removes the name.

    subject: the key of the dictionary or grouping, from `note_subject`, or of a collection's photos. replaces: the id
    of the note that its author saw; None if there was none. created: a time from `now`. Raises ValueError for a text
    that is too long or cannot be shown, and for an unknown kind or flag.
    """

    subject: str
    kind: str
    index: int
    name: str = ""
    description: str = ""
    flags: tuple[str, ...] = ()
    author: str = ""
    created: str = field(default_factory=now)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    replaces: str | None = None

    def __post_init__(self) -> None:
        _check_text(self.name, "name")
        _check_text(self.description, "description", also="\n")
        _check_text(self.author, "author")
        if not self.author.strip():
            raise ValueError("a note needs its author: say who you are")
        if self.kind not in (*KINDS, PHOTO):
            raise ValueError(f"kind is {_short(self.kind)}, expected one of {', '.join((*KINDS, PHOTO))}")
        if not isinstance(self.index, int) or isinstance(self.index, bool) or not 0 <= self.index <= LARGEST:
            raise ValueError(f"index is {_short(self.index)}, expected the number of a {self.kind}")
        _check_flags(self.flags)
        _check_key(self.subject, KEY, "subject")
        _check_key(self.id, ID, "id")
        if self.replaces is not None:
            _check_key(self.replaces, ID, "replaces")
        _check_time(self.created)

    @property
    def judgement(self) -> str | None:
        """What its author says of it: one of `JUDGEMENTS`, or None."""
        return next((flag for flag in self.flags if flag in JUDGEMENTS), None)

    @property
    def place(self) -> tuple[str, int]:
        """The kind and index of the concept, strategy or photo within its subject."""
        return self.kind, self.index


def _check_text(text: object, what: str, *, also: str = "") -> None:
    if not isinstance(text, str):
        raise ValueError(f"the {what} is {_short(text)}, expected a text")
    if len(text) > LONGEST[what]:
        raise ValueError(f"the {what} has {len(text):,} characters, at most {LONGEST[what]:,} are kept: shorten it")
    for letter in text:
        if unicodedata.category(letter) in REFUSED and letter not in also:
            raise ValueError(f"the {what} holds the control character U+{ord(letter):04X}: take it out")


def _check_flags(flags: object) -> None:
    if not isinstance(flags, tuple) or not all(flag in FLAGS for flag in flags) or len(set(flags)) < len(flags):
        raise ValueError(f"flags are {_short(flags)}, expected some of {', '.join(FLAGS)}, each at most once")
    if set(JUDGEMENTS) <= set(flags):
        raise ValueError(f"the flags say both “{JUDGEMENTS[0]}” and “{JUDGEMENTS[1]}”: choose one of them")


def _check_key(text: object, pattern: re.Pattern[str], what: str) -> None:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError(f"the {what} of a note is {_short(text)}, which this program never writes")


def _check_time(text: object) -> None:
    try:
        good = isinstance(text, str) and stamp_of(datetime.fromisoformat(text)) == text
    except (ValueError, OverflowError):
        good = False
    if not good:
        raise ValueError(f"created is {_short(text)}, expected a time such as {now()}")


def _short(value: object) -> str:
    """A value for a message, cut to its start."""
    text = ascii(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
