"""What a class report speaks of: concepts, their weight, strategies, suspicion."""

from concepts.glossary.entry import Entry
from concepts.laboratory.measure import HOLISTIC

ROOM = "Concepts and strategies"

OF_REPORTS = (
    Entry(
        "concept",
        "A direction in the model's own activations that many photos share: a pattern that the model has a number for. "
        "Its crops show where it is strongest. It has no name until somebody who looks at the crops gives it one.",
        "v_j, row j of V (k, p)",
        f"{HOLISTIC}, eq. 1; Kim et al. 2018",
        also=("concepts",),
        see=("dictionary", "code", "importance"),
        room=ROOM,
    ),
    Entry(
        "activation",
        "What a layer of the model gives for a photo: at every place a list of numbers, one a channel.",
        "A = g(x), (n, T, p)",
        f"{HOLISTIC}, section 3",
        also=("activations",),
        see=("layer", "concept"),
        room=ROOM,
    ),
    Entry(
        "layer",
        "The place in the model where it is cut in two: what comes before makes activations of a photo, what comes "
        "after, the head, makes the answer of them.",
        "f = h ∘ g",
        f"{HOLISTIC}, section 3",
        also=("head",),
        see=("activation", "split check"),
        room=ROOM,
    ),
    Entry(
        "dictionary",
        "All concepts of a report together: few directions of which every activation is made, as exactly as so few "
        "can.",
        "A ≈ U V",
        f"{HOLISTIC}, eq. 1-2",
        see=("concept", "code", "relative ℓ2"),
        room=ROOM,
    ),
    Entry(
        "code",
        "How much of a concept there is at one place of a photo. 0: it is absent there. Laid over the photo, the codes "
        "of one concept are its map.",
        "U (n, T, k) in A ≈ U V",
        f"{HOLISTIC}, eq. 1-2",
        also=("codes", "concept map"),
        see=("dictionary", "sparsity"),
        room=ROOM,
    ),
    Entry(
        "crop",
        "The place of one photo where a concept is strongest, its surroundings dimmed: the connected region above half "
        "of the peak.",
        "region of u_j ≥ ½ max u_j around its largest place",
        "CRAFT (Fel et al. 2023), prototypes",
        also=("crops", "prototype"),
        see=("concept", "code"),
        room=ROOM,
    ),
    Entry(
        "importance",
        "How much one concept adds to the score of the class in one photo. Below 0 it speaks against the class.",
        "φ_j(u) of F_c(u) = h_c(u V), baseline u = 0",
        f"{HOLISTIC}, section 3.2",
        also=("mean importance here", "difference (logits)"),
        see=("share of the evidence", "gradient_input", "completeness gap"),
        room=ROOM,
    ),
    Entry(
        "logit",
        "The number that the model gives a class before it is turned into a probability. One logit more makes a class "
        "about 2.7 times as likely beside any other.",
        "p_c = exp(f_c) / Σ exp(f_c′)",
        "the model's last layer",
        also=("logits", "score", "probability"),
        see=("importance",),
        room=ROOM,
    ),
    Entry(
        "share of the evidence",
        "A concept's part of all importance, for and against, over all photos. All concepts together have 100%.",
        "Σ_i |φ_ij| / Σ_ij |φ_ij|",
        "this program; intervals by bootstrap over photos",
        also=("evidence", "share"),
        see=("importance", "bootstrap interval"),
        room=ROOM,
    ),
    Entry(
        "strategy",
        "A group of photos that the model recognises for the same reason. A class with three looks may have three.",
        "groups of images by the peaks of their concepts and local patterns",
        f"{HOLISTIC}, section 5, where φ is embedded and clustered; here the evidence itself is split at valleys",
        also=("strategies", "rests on"),
        see=("prevalence", "reliability", "outlier", "UMAP"),
        room=ROOM,
    ),
    Entry(
        "prevalence",
        "How common it is: the share of all photos that belong to a strategy; of a concept, the share of photos in "
        "which it is the most important one.",
        "n_s / n; of a concept: #{i : j = argmax φ_i} / n",
        f"{HOLISTIC}, section 5",
        also=("comes first in",),
        see=("reliability", "strategy"),
        room=ROOM,
    ),
    Entry(
        "reliability",
        "How far one can rely on it: of the photos of a strategy (or those in which a concept comes first), the share "
        "that the model gets right; recognised, where the photos' classes are not known.",
        "#{right in s} / n_s",
        f"{HOLISTIC}, section 5; interval by Wilson",
        also=("right", "recognised", "of these right"),
        see=("prevalence", "Wilson interval", "accuracy"),
        room=ROOM,
    ),
    Entry(
        "accuracy",
        "The share of the photos that the model gets right.",
        "#{i : argmax f(x_i) = class of i} / n",
        "interval by Wilson 1927",
        also=("right on", "recognised on"),
        see=("reliability", "Wilson interval"),
        room=ROOM,
    ),
    Entry(
        "outlier",
        "A photo that belongs to no strategy: the model recognises it, or misses it, for a reason of its own.",
        "label −1",
        "this program",
        also=("outliers",),
        see=("strategy",),
        room=ROOM,
    ),
    Entry(
        "suspicion",
        "How cleanly something that is added, present here and absent elsewhere, sets photos apart while nothing of "
        "the others is missing. A mark in a corner does that; so does an honest extra: a reason to look, not a proof.",
        "max clip((D − 3)/3, 0, 1) · max(0, 2 AUC − 1) · max over others (1 − lacking);  D: Ashman's",
        "this program; D: Ashman, Bird & Zepf 1994",
        also=("shortcut suspicion", "is there a shortcut?", "shortcut"),
        see=("strategy", "without the concept"),
        room=ROOM,
    ),
    Entry(
        "without the concept",
        "The model is asked again with one concept taken out of its layer, everything else as it was. How much worse "
        "it gets is how much hangs on that concept.",
        "A′ = A − u_j v_j",
        f"{HOLISTIC}, section 3.2 (occlusion)",
        also=("taken out",),
        see=("dose", "occlusion"),
        room=ROOM,
    ),
    Entry(
        "dose",
        "A concept's codes times a number: 0 takes it out, 1 leaves it, 2 doubles it. What the model says beyond what "
        "it was trained on tells how it computes, not what a photo like that would do.",
        "A′_t = A_t + Σ_j (s_j − 1) u_tj v_j",
        "this program",
        also=("doses", "what if"),
        see=("without the concept", "code"),
        room=ROOM,
    ),
    Entry(
        "sub-concept",
        "What a concept is made of at an earlier layer, found by the same method where the concept is present. Its "
        "effect is the fall of the score when that part alone is taken out.",
        "share: Σ u_j / Σ u;  effect: mean of F(A) − F(A − u_j v_j)",
        "CRAFT (Fel et al. 2023), section 3.2",
        also=("sub-concepts", "part"),
        see=("concept", "without the concept"),
        room=ROOM,
    ),
    Entry(
        "UMAP",
        "How the graph is laid out: photos with like evidence lie near each other. Only for drawing: distances between "
        "islands mean little, and groups are found without it.",
        "",
        "McInnes, Healy & Melville 2018",
        also=("layout of the graph", "embedding"),
        see=("strategy",),
        room=ROOM,
    ),
    Entry(
        "crossing links",
        "A line between two strategies is as wide as the share of their photos' nearest neighbours that belong to the "
        "other one.",
        "crossing nearest-neighbour links / links that leave the two strategies",
        f"{HOLISTIC}, section 5 (strategic cluster graph)",
        also=("links",),
        see=("strategy", "UMAP"),
        room=ROOM,
    ),
)
