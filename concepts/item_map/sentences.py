"""What a map can be read for, in words."""

from concepts.item_map.item_map import ItemMap
from concepts.item_map.kept import KeptNeighbours
from concepts.report.rendering.sentences import percent

MOST, SOME = 0.5, 0.2  # shares of neighbours kept, of those that chance does not keep


def kept_sentence(kept: KeptNeighbours, *, item: str = "photo") -> str:
    """The share of neighbours that a map keeps, beside that of a random plane, and what follows from it."""
    value, low, high = (percent(share) for share in (kept.value, kept.low, kept.high))
    return (
        f"Of the {kept.neighbours} {item}s nearest to a {item} in the model's space, {value} ({low} to {high}) are "
        f"among its {kept.neighbours} nearest on the map; on a plane drawn at random {percent(kept.at_random)}. "
        f"Measured on {kept.queries:,} {item}s. {reading(kept, item)}"
    )


def reading(kept: KeptNeighbours, item: str) -> str:
    """What nearness on the map means, by the share of neighbours kept beyond chance.

        (value − at_random) / (1 − at_random)

    Of few items chance alone keeps many: all of them where each is among the 15 nearest to each.
    """
    if kept.low <= kept.at_random:
        return "That is no more than chance: do not read anything into what lies close together."
    beyond = (kept.value - kept.at_random) / (1 - kept.at_random)
    if beyond >= MOST:
        return "What lies close together is mostly alike to the model."
    if beyond >= SOME:
        return "What lies close together is often alike; a neighbour that counts should be looked up."
    return f"The map shows large groups; for what is most like one {item}, ask for its nearest {item}s."


def made_sentence(mapped: ItemMap, *, item: str = "photo") -> str:
    """How the places came about."""
    if mapped.landmarks == mapped.items:
        return f"All {mapped.items:,} {item}s were laid out together by {mapped.laid_out_by}."
    return (
        f"{mapped.landmarks:,} of {mapped.items:,} {item}s, drawn at random, were laid out by {mapped.laid_out_by}; "
        "each other one lies among those of them that it is most like."
    )
