"""The ways to weigh a concept."""

from concepts.glossary.entry import Entry

ROOM = "Ways to weigh a concept"
SIBLINGS = ("importance", "completeness gap")

OF_IMPORTANCES = (
    Entry(
        "saliency",
        "How steeply the score rises when there is a little more of the concept. A slope, not an amount.",
        "g_j = Σ_t ∂F/∂u_tj",
        "Simonyan et al. 2014",
        see=("gradient_input", "importance"),
        room=ROOM,
    ),
    Entry(
        "gradient_input",
        "The slope times the amount: what the concept adds if the score kept rising as it does here. Exact where the "
        "head is affine.",
        "Σ_t u_tj ∂F/∂u_tj",
        "Shrikumar et al. 2016",
        also=("gradient input", "gradient × input"),
        see=(*SIBLINGS, "integrated_gradients"),
        room=ROOM,
    ),
    Entry(
        "integrated_gradients",
        "The slope is followed from nothing to all there is, and summed on the way: the parts add up to the whole.",
        "Σ_t u_tj ∫₀¹ ∂F(αu)/∂u_tj dα",
        "Sundararajan et al. 2017",
        also=("integrated gradients",),
        see=SIBLINGS,
        room=ROOM,
    ),
    Entry(
        "smoothgrad",
        "The slope, averaged over a little noise on the codes, so that a kink next door does not rule.",
        "E[g_j] under noise on u",
        "Smilkov et al. 2017",
        also=("SmoothGrad",),
        see=("saliency", "squaregrad", "vargrad"),
        room=ROOM,
    ),
    Entry(
        "squaregrad",
        "The mean square of the slope under noise: how strongly the score reacts, in whichever direction.",
        "E[g_j²] under noise on u",
        "Hooker et al. 2019",
        also=("SquareGrad",),
        see=("smoothgrad", "vargrad"),
        room=ROOM,
    ),
    Entry(
        "vargrad",
        "How much the slope itself varies under noise.",
        "Var[g_j] under noise on u",
        "Adebayo et al. 2018",
        also=("VarGrad",),
        see=("smoothgrad", "squaregrad"),
        room=ROOM,
    ),
    Entry(
        "occlusion",
        "What the score loses when the concept alone is taken out.",
        "F(u) − F(u with u_j = 0)",
        "Zeiler & Fergus 2014",
        see=("without the concept", "shapley"),
        room=ROOM,
    ),
    Entry(
        "shapley",
        "What a concept adds on average, whatever order the concepts come in: a fair share of the score.",
        "mean over orders of F(those before and j) − F(those before)",
        "Shapley 1953; Štrumbelj & Kononenko 2014",
        also=("Shapley value",),
        see=(*SIBLINGS, "sampling error"),
        room=ROOM,
    ),
    Entry(
        "rise",
        "Concepts are switched off at random; the mean score of the draws in which this one stayed on. Only "
        "differences between concepts tell.",
        "Σ_m F(u ⊙ m) m_j / Σ_m m_j",
        "RISE (Petsiuk et al. 2018), eq. 6",
        also=("RISE",),
        see=("occlusion", "sampling error"),
        room=ROOM,
    ),
    Entry(
        "sobol",
        "How much of the score's variation under random doses involves this concept, alone or with others.",
        "S_Tj = ½ mean (f(A) − f(A_B^j))² / Var f",
        "Jansen 1999; Saltelli et al. 2010, table 2 (f); Fel et al. 2021",
        also=("Sobol",),
        see=("hsic", "sampling error"),
        room=ROOM,
    ),
    Entry(
        "hsic",
        "How far the score depends, in any way, on whether the concept is switched on. A little above 0 even for one "
        "that does nothing.",
        "tr(K H L H) / M² of m_j and F(u ⊙ m)",
        "Gretton et al. 2005; Novello et al. 2022",
        also=("HSIC",),
        see=("sobol", "sampling error"),
        room=ROOM,
    ),
    Entry(
        "tcav",
        "Does more of the concept raise the score? Its mean over photos is the share of photos in which it does.",
        "1 where g_j > 0",
        "TCAV (Kim et al. 2018), eq. 2",
        also=("TCAV",),
        see=("saliency",),
        room=ROOM,
    ),
)
