"""Help texts on a report's figures and how to read them, the same on the page, in the HTML file and on a site.

noun: what an item is called, "photo" or "text" (`ReportData.noun`).
"""

from concepts.data.nouns import PHOTO, TEXT

IN_SOME = {
    PHOTO: "something was added there, or is a part that only some have. A mark lies at one place, sets its photos "
    "apart cleanly, and nothing of the others is missing beside it.",
    TEXT: "they may be single words, the class's own or planted ones, or a kind of text. Single words set their texts "
    "apart cleanly, and nothing of the others is missing beside them.",
}


def graph_help(noun: str) -> str:
    """How the graph of strategies is read."""
    return (
        f"Each point is a {noun}; {noun}s near each other are recognised for the same reason, and every group is a "
        f"strategy. A disc marks a strategy, centred on its most typical {noun}: as large as its share of the {noun}s, "
        "the strong arc around it as long as the share that the model gets right. Lines join strategies whose "
        f"{noun}s are neighbours."
    )


def concept_help(noun: str) -> str:
    """What a concept is, and what shows it."""
    shown = "the excerpts show" if noun == TEXT else "the crops show"
    return f"A concept is a pattern that the model's own activations fall into: {shown} where it is strongest."


def interval_help(noun: str) -> str:
    """What a whisker means, after `BAR_HELP`."""
    taken = "collected" if noun == TEXT else "taken"
    return f"had other {noun}s of this kind been {taken}, the bar would likely end within it."


def suspicion_help(noun: str) -> str:
    """What concepts are that some items show and others do not."""
    return f"Most concepts are in every {noun}, more or less. These are in some and not in others: {IN_SOME[noun]}"


def no_suspicion(noun: str) -> str:
    """The text where there is no such concept."""
    everywhere = "Words in all texts" if noun == TEXT else "A mark on all photos"
    they = "they" if noun == TEXT else "it"
    return (
        f"No concept has two populations of {noun}s: each is there more or less everywhere. {everywhere} would not "
        f"show here: {they} cannot be told from the thing itself."
    )


def mistakes_help(noun: str) -> str:
    """How the groups of mistakes are read."""
    return (
        "A strategy misleads where its concepts are there and the answer is another class all the same. Beside each "
        f"group: the concepts that speak for the class the {noun}s were taken for, and those that they lack, against "
        f"the {noun}s of the same strategy that went well."
    )


def property_help(noun: str) -> str:
    """The measures of association, and how chance is held down."""
    return (
        "ρ is Spearman's rank correlation with a concept's importance. r is the rank-biserial correlation with a "
        f"group: 1 where every {noun} of the group has more of the property than every other, −1 where every one has "
        "less. η and V are the same for categories, without a sign. Chance is held down over all tests together: of "
        "the associations that are listed, 5% are expected to be false."
    )


BAR_HELP = "The bar is its share of all the evidence, the whisker the 95% interval"
MAP_HELP = "the paler, the stronger; the white line runs at half of its peak"
WORDS_HELP = (
    "the stronger a word is marked, the more the concept falls without it; words in the second colour raise it when "
    "they are taken out"
)
