"""Help texts on a report's figures and how to read them, the same on the page, in the HTML file and on a site."""

GRAPH_HELP = (
    "Each point is a photo; photos near each other are recognised for the same reason, and every group is a strategy. "
    "A disc marks a strategy, centred on its most typical photo: as large as its share of the photos, the strong arc "
    "around it as long as the share that the model gets right. Lines join strategies whose photos are neighbours."
)
CONCEPT_HELP = (
    "A concept is a pattern that the model's own activations fall into: the crops show where it is strongest."
)
BAR_HELP = "The bar is its share of all the evidence, the whisker the 95% interval"
INTERVAL_HELP = "had other photos of this kind been taken, the bar would likely end within it."
MAP_HELP = "the paler, the stronger; the white line runs at half of its peak"
SUSPICION_HELP = (
    "Most concepts are in every photo, more or less. These are in some and not in others: something was added there, "
    "or is a part that only some have. A mark lies at one place, sets its photos apart cleanly, and nothing of the "
    "others is missing beside it."
)
NO_SUSPICION = (
    "No concept has two populations of photos: each is there more or less everywhere. A mark on all photos would not "
    "show here: it cannot be told from the thing itself."
)
MISTAKES_HELP = (
    "A strategy misleads where its concepts are there and the answer is another class all the same. Beside each group: "
    "the concepts that speak for the class the photos were taken for, and those that they lack, against the photos of "
    "the same strategy that went well."
)
PROPERTY_HELP = (
    "ρ is Spearman's rank correlation with a concept's importance. r is the rank-biserial correlation with a group: 1 "
    "where every photo of the group has more of the property than every other, −1 where every one has less. η and V "
    "are the same for categories, without a sign. Chance is held down over all tests together: of the associations "
    "that are listed, 5% are expected to be false."
)
