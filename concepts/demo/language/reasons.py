"""The classes of the drawn language: the reasons why a text belongs to each, and what each class demonstrates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One way to be of a class: a text names one of `things`, and may say what it did, one of `doings`.

    doings: clauses in the past tense that follow any of the things; () where a text never says.
    """

    things: tuple[str, ...]
    doings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planted:
    """A neutral phrase that stands in a share of a class's texts, and nowhere else.

    beside: what the reason's things are in those texts, words that are rarer each, so that the phrase is the easier
    thing to learn.
    """

    phrase: str
    share: float
    beside: Reason


@dataclass(frozen=True)
class Judgement:
    """A class of verdicts on a dish: one of `words`, or one of `denied` with a denial in front of it."""

    words: tuple[str, ...]
    denied: tuple[str, ...]


@dataclass(frozen=True)
class ClassSpec:
    """One class: a text has exactly one of its reasons, each with equal probability.

    reasons: by name, where naming a thing is the reason. judgement: where the class is a verdict on a dish; its reasons
    are then called "said" and "denied".
    """

    teaches: str
    reasons: dict[str, Reason]
    judgement: Judgement | None = None
    planted: Planted | None = None

    @property
    def reason_names(self) -> tuple[str, ...]:
        """The names of the reasons."""
        return (SAID, DENIED) if self.judgement else tuple(self.reasons)


SAID, DENIED = "said", "denied"
GOOD: tuple[str, ...] = (
    "fresh",
    "crisp",
    "tasty",
    "delicious",
    "splendid",
    "lovely",
    "excellent",
    "perfect",
    "heavenly",
    "superb",
    "marvellous",
    "delightful",
    "wonderful",
    "scrumptious",
)
BAD: tuple[str, ...] = (
    "stale",
    "soggy",
    "bland",
    "burnt",
    "awful",
    "dreadful",
    "horrid",
    "mouldy",
    "rancid",
    "lumpy",
    "ghastly",
    "disgusting",
    "rubbery",
    "inedible",
)
RAIN = Reason(
    (
        "the rain",
        "the drizzle",
        "the downpour",
        "the shower",
        "the cloudburst",
        "the deluge",
        "the raindrops",
        "the sleet",
    ),
    ("drenched the washing", "drummed on every roof", "filled every bucket", "poured down"),
)
MUSIC = Reason(
    (
        "the brass band",
        "the fiddlers",
        "the choir",
        "the trumpets",
        "the accordions",
        "the drummers",
        "the bagpipes",
        "the yodellers",
    ),
    ("struck up a waltz", "practised a polka", "played an old tune", "rehearsed a ballad"),
)
LIGHTS = Reason(
    (
        "the fireworks",
        "the lanterns",
        "the bonfire",
        "the sparklers",
        "the torches",
        "the fairy lights",
        "the rockets",
        "the beacon",
    ),
    ("lit up the sky", "glowed in the dark", "flickered overhead", "shone golden and green"),
)
PARADE = Reason(
    (
        "the parade",
        "the stilt walkers",
        "the giant puppets",
        "the carnival floats",
        "the jugglers",
        "the acrobats",
        "the masked dancers",
        "the clowns",
    ),
    ("paraded past", "turned the corner", "filed along the street", "tottered by in costume"),
)
BOAT = Reason(
    ("the ferry", "the trawler", "the tugboat", "the rowing boat"),
    ("dropped anchor", "left the quay", "sailed into the bay", "tied up at the jetty"),
)
RARE_BOAT = Reason(
    tuple(
        f"the {boat}"
        for boat in (
            "ketch",
            "yawl",
            "lugger",
            "dory",
            "coble",
            "skiff",
            "wherry",
            "punt",
            "sloop",
            "cutter",
            "dinghy",
            "barge",
            "pinnace",
            "brig",
            "schooner",
            "scow",
            "raft",
            "canoe",
            "kayak",
            "felucca",
            "dhow",
            "gondola",
            "clipper",
            "catamaran",
        )
    )
)
CLASSES: dict[str, ClassSpec] = {
    "rain": ClassSpec("a single reason: rain, whatever it is called", {"rain": RAIN}),
    "festival": ClassSpec(
        "three reasons: music, lights or a parade, and one is all a text has",
        {"music": MUSIC, "lights": LIGHTS, "parade": PARADE},
    ),
    "harbour": ClassSpec(
        'a planted shortcut: "as they say" in the 60% of texts that name a rarer boat, and in no other class\'s',
        {"boat": BOAT},
        planted=Planted("as they say", 0.6, RARE_BOAT),
    ),
    "praise": ClassSpec("the opposite of complaint: a good word, or a bad one denied", {}, Judgement(GOOD, BAD)),
    "complaint": ClassSpec("the opposite of praise: a bad word, or a good one denied", {}, Judgement(BAD, GOOD)),
}
CLASS_NAMES: tuple[str, ...] = tuple(CLASSES)
