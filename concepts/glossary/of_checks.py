"""How far a figure can be trusted: the measures of an evaluation, the checks of a report, intervals."""

from itertools import groupby

from concepts.glossary.entry import Entry
from concepts.laboratory.measure import Measure
from concepts.laboratory.measures import MEASURES

ROOM = "Checks and measures"


def measure_entry(measures: list[Measure]) -> Entry:
    """The entry of the measures of one term, in the words of the first."""
    first, names = measures[0], [measure.name for measure in measures if measure.name != measures[0].term]
    return Entry(
        first.term, first.sentence, first.formula, first.source, also=(*names, *first.also), see=first.see, room=ROOM
    )


OF_MEASURES = tuple(measure_entry(list(each)) for _, each in groupby(MEASURES.values(), lambda measure: measure.term))

OF_CHECKS = (
    Entry(
        "split check",
        "Cut at the layer and joined again, does the model still give the same logits? The largest change that was "
        "measured.",
        "max |h(g(x)) − f(x)|",
        "measured at every split",
        see=("layer",),
        room=ROOM,
    ),
    Entry(
        "agreement of strategies",
        "Found again on photos drawn anew, is it the same grouping? 1 is the same, 0 is chance.",
        "adjusted Rand index with groupings of random nine tenths of the images",
        "Hubert & Arabie 1985",
        also=("agreement", "adjusted Rand index"),
        see=("strategy", "silhouette"),
        room=ROOM,
    ),
    Entry(
        "silhouette",
        "How far apart the strategies lie. 1 is far, 0 is touching, below 0 mixed.",
        "mean (b − a) / max(a, b): a, b the mean distances to its own and to the nearest other group",
        "Rousseeuw 1987",
        see=("strategy", "agreement of strategies"),
        room=ROOM,
    ),
    Entry(
        "matching",
        "Concepts of two dictionaries paired one to one, so that together they are as alike as can be.",
        "Hungarian method on cos(v_i, w_j)",
        "Kuhn 1955",
        also=("similarity of concepts",),
        see=("stability", "cosine"),
        room=ROOM,
    ),
    Entry(
        "control",
        "What chance, or something that knows nothing, gives for the same figure. A figure means something only beside "
        "it.",
        "",
        "random directions, random orders, shuffled photos; named beside each figure",
        also=("random directions", "shuffled", "permuted, 95%", "by chance"),
        see=("bootstrap interval",),
        room=ROOM,
    ),
    Entry(
        "bootstrap interval",
        "Had other photos of this kind been taken, the figure would likely end within it: 95 times of 100.",
        "2.5% to 97.5% of the figure over 1,000 resamples of images",
        "Efron 1979",
        also=("95% interval", "bootstrap", "interval"),
        see=("Wilson interval", "control"),
        room=ROOM,
    ),
    Entry(
        "Wilson interval",
        "The same for a share. It is never of width zero: 40 of 40 right is not a proof of 100%.",
        "(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z = 1.96",
        "Wilson 1927",
        also=("Wilson",),
        see=("bootstrap interval", "reliability"),
        room=ROOM,
    ),
)
