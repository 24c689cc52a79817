"""The measures of an importance in an evaluation (Holistic, section 4.2), in the order of the columns."""

from concepts.evaluation.measure import DICTIONARY, HIGHER, HOLISTIC, IMPORTANCE, LOWER, Measure

BOOTSTRAP = "bootstrap over images"
RANDOM_ORDER = "a random order"

IMPORTANCE_MEASURES = (
    Measure(
        name="C-Deletion",
        better=LOWER,
        meaning="mean score while concepts are removed, most important first, in logits",
        of=(IMPORTANCE,),
        term="C-Deletion",
        sentence="Concepts are taken away, the most important first. A good importance makes the score fall at once: "
        "lower is better.",
        formula="area under mean F(u without the first m concepts) over m/k",
        source=f"{HOLISTIC}, section 4.2",
        unit="logits",
        interval=BOOTSTRAP,
        control=RANDOM_ORDER,
        see=("C-Insertion", "C-μFidelity"),
    ),
    Measure(
        name="C-Insertion",
        better=HIGHER,
        meaning="mean score while concepts are added, most important first, in logits",
        of=(IMPORTANCE,),
        term="C-Insertion",
        sentence="Concepts are added to nothing, the most important first. A good importance makes the score rise at "
        "once: higher is better.",
        formula="area under mean F(the first m concepts of u) over m/k",
        source=f"{HOLISTIC}, section 4.2",
        unit="logits",
        interval=BOOTSTRAP,
        control=RANDOM_ORDER,
        see=("C-Deletion", "C-μFidelity"),
    ),
    Measure(
        name="C-μFidelity",
        better=HIGHER,
        meaning="correlation of importances with what removing random concepts does",
        of=(IMPORTANCE,),
        term="C-μFidelity",
        sentence="Random halves of the concepts are taken out. Does the score fall by what their importances say? 1: "
        "always in proportion; 0: no relation.",
        formula="corr_S(Σ_{j∈S} φ_j, F(u) − F(u with S at 0)), 128 subsets of k // 2",
        source=f"{HOLISTIC}, section 4.2, after Bhatt et al. 2020",
        lowest=-1,
        highest=1,
        interval=BOOTSTRAP,
        control="random importances",
        also=("C-MuFidelity",),
        see=("C-Deletion", "C-Insertion"),
    ),
    Measure(
        name="completeness gap",
        better=LOWER,
        meaning="by how much importances miss the score that they should add up to",
        of=(IMPORTANCE,),
        term="completeness gap",
        sentence="The importances of all concepts should add up to what the concepts together do to the score. This is "
        "by how much they miss it.",
        formula="|Σ_j φ_ij − (F(u_i) − F(0))| / mean |F(u) − F(0)|",
        source="Sundararajan et al. 2017 (completeness)",
        lowest=0,
        see=("importance", "integrated_gradients"),
    ),
    Measure(
        name="sampling error",
        better=LOWER,
        meaning="standard error of a sampled importance, as a share of its mean size",
        of=(IMPORTANCE,),
        term="sampling error",
        sentence="Some importances are estimated from random draws. This is their standard error as a share of their "
        "mean size.",
        formula="mean standard error of φ / mean |φ|",
        source="independent groups of draws; jackknife for RISE, Sobol and HSIC",
        lowest=0,
        see=("rise", "sobol", "hsic", "shapley"),
    ),
    Measure(
        name="head passes",
        better=LOWER,
        meaning="forward and backward runs of the head an image",
        of=(IMPORTANCE,),
        term="head passes",
        sentence="How often the part of the model behind the layer was run for one photo, forwards and backwards.",
        source="counted as they happen",
        unit="runs an image",
        lowest=0,
        see=("seconds", "layer"),
    ),
    Measure(
        name="seconds",
        better=LOWER,
        meaning="time: fit and encoding of a dictionary, or importance for the photos measured",
        of=(DICTIONARY, IMPORTANCE),
        term="seconds",
        sentence="Time taken, beside one pass of the model over the same photos.",
        source="measured",
        unit="s",
        lowest=0,
        also=("time", "of the forward pass"),
        see=("head passes",),
    ),
)
