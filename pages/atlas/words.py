"""A concept of the atlas in words: its class, its share of the evidence, what a verdict says of it, what is like it."""

from concepts.report.rendering.sentences import interval_text, percent
from concepts.report.rendering.verdict_sentences import SIGNS
from concepts.report.verdict import LEANS
from pages.atlas.spaces import Atlas


def title(atlas: Atlas, row: int) -> str:
    """The concept and its class."""
    return f"{atlas.name(row)} of {atlas.members[atlas.owner(row)].label}"


def share(atlas: Atlas, row: int) -> str:
    """Its share of the evidence with the interval."""
    member, j = atlas.placed.space.nodes[row]
    found = member.report.data.concepts[j]
    against = ", speaks against" if found.importance < 0 else ""
    return f"{percent(found.share)} of the evidence ({interval_text(found.share_low, found.share_high)}){against}"


def finding(atlas: Atlas, row: int) -> str:
    """What the verdict of its report says of it; "" where nothing."""
    kind = atlas.placed.named.get(row)
    if kind is None:
        return ""
    said = "the model leans on it" if kind == LEANS else "only some photos show it; not proved"
    return f"{SIGNS[kind]} {said}"


def likest(atlas: Atlas, row: int) -> str:
    """The concept of another report that is most like it, where that is more than chance."""
    other, cosine = next(iter(atlas.placed.near[row]), (row, 0.0))
    return f"like {title(atlas, other)} (cosine {cosine:.2f})" if atlas.placed.is_shared(cosine) else ""
