"""The facts of every extraction method, one object each, read by settings, pages, tables and glossary."""

from concepts.extraction.extraction_method import ExtractionMethod

AUTO = "auto"  # not a method: chooses one by the sign of the activations
AUTO_CHOICE = "auto: NMF where activations are ≥ 0, else semi-NMF"
ENCODER = ("components", "encoder", "bias")  # the fitted tensors of a sparse autoencoder

_ALL = (
    ExtractionMethod(
        name="nmf",
        label="NMF",
        choice="NMF: parts that add up",
        sentence="The usual way to find concepts: activations are written as sums of parts that are never negative, so "
        "that a part can be there or not, but cannot take another away.",
        constraint="U ≥ 0, V ≥ 0",
        solver="HALS of our own with inner sweeps (Cichocki & Phan 2009; Gillis & Glineur 2012)",
        source="Lee & Seung 1999; ICE (Zhang et al. 2021), CRAFT (Fel et al. 2023)",
        implementation="concepts.extraction.nmf:NMFExtractor",
        signed_input=False,
    ),
    ExtractionMethod(
        name="semi_nmf",
        label="semi-NMF",
        choice="semi-NMF: for signed activations",
        sentence="NMF for activations that may be negative: how much there is of a concept is never negative, the "
        "concept itself may be.",
        constraint="U ≥ 0",
        solver="exact least squares for V, coordinate descent for U",
        source="Ding, Li & Jordan 2010",
        implementation="concepts.extraction.semi_nmf:SemiNMFExtractor",
        see=("NMF", "dictionary"),
    ),
    ExtractionMethod(
        name="convex_nmf",
        label="convex NMF",
        choice="convex NMF: atoms are mixtures of activations",
        sentence="Semi-NMF whose concepts are mixtures of activations that were really there.",
        constraint="U ≥ 0, V = W A, W ≥ 0",
        solver="multiplicative steps for W on the Gram matrix of 2,000 seeded rows, coordinate descent for U, k-means "
        "start",
        source="Ding, Li & Jordan 2010",
        implementation="concepts.extraction.convex_nmf:ConvexNMFExtractor",
        see=("semi-NMF", "dictionary"),
    ),
    ExtractionMethod(
        name="kmeans",
        label="k-means",
        choice="k-means: one concept a place",
        sentence="Every place has one concept alone: the nearest of k cluster centres.",
        constraint="rows of U one-hot",
        solver="scikit-learn, k-means++ start",
        source="ACE (Ghorbani et al. 2019)",
        implementation="concepts.extraction.kmeans:KMeansExtractor",
        see=("dictionary", "sparsity"),
    ),
    ExtractionMethod(
        name="pca",
        label="PCA",
        choice="PCA: directions of most variance",
        sentence="Directions at right angles that hold most of the activations: no other k copy them more exactly. "
        "Codes may be negative, so that concepts can take each other away.",
        constraint="V Vᵀ = I, signed codes, not centred",
        solver="eigenvectors of the second moments of all rows",
        source="Pearson 1901",
        implementation="concepts.extraction.pca:PCAExtractor",
        independent=True,
        signed_codes=True,
        streams=True,
        see=("dictionary", "relative ℓ2"),
    ),
    ExtractionMethod(
        name="ica",
        label="ICA",
        choice="ICA: independent directions",
        sentence="The space of PCA, turned until how much there is of one concept tells nothing of another.",
        constraint="independent signed codes, in the subspace of PCA",
        solver="scikit-learn's FastICA turns it on centred data; the mean stays in the codes, which leaves them "
        "independent, so ‖A − UV‖ is that of PCA",
        source="Hyvärinen & Oja 2000",
        implementation="concepts.extraction.ica:ICAExtractor",
        independent=True,
        signed_codes=True,
        see=("PCA", "dictionary"),
    ),
    ExtractionMethod(
        name="topk_sae",
        label="TopK sparse autoencoder",
        choice="TopK sparse autoencoder",
        sentence="A small network that is trained to copy activations with few concepts at a time: at every place only "
        "the strongest are kept.",
        constraint="U = TopK(relu(A W + b))",
        solver="Adam on mini-batches of all rows; no decoder bias; dead atoms are moved to badly reconstructed rows",
        source="Gao et al. 2024",
        implementation="concepts.extraction.topk_sae:TopKSAEExtractor",
        streams=True,
        state=ENCODER,
        see=("dictionary", "sparsity"),
    ),
    ExtractionMethod(
        name="batchtopk_sae",
        label="BatchTopK sparse autoencoder",
        choice="BatchTopK sparse autoencoder",
        sentence="A TopK sparse autoencoder in which the strongest of many places together are kept: a rich place may "
        "use more concepts than a plain one.",
        constraint="the m · k_active largest codes of a batch while training, a stored threshold afterwards",
        solver="as `topk_sae`",
        source="Bussmann et al. 2024",
        implementation="concepts.extraction.batchtopk_sae:BatchTopKSAEExtractor",
        streams=True,
        state=(*ENCODER, "threshold"),
        see=("TopK sparse autoencoder", "sparsity"),
    ),
    ExtractionMethod(
        name="archetypal_sae",
        label="archetypal sparse autoencoder",
        choice="archetypal sparse autoencoder: atoms among the data",
        sentence="A TopK sparse autoencoder whose concepts are mixtures of typical activations, which keeps them alike "
        "from one start to another.",
        constraint="U = TopK(relu(A W + b)); V = S C, rows of S on the simplex, C the k-means centres of the data; "
        "relaxation > 0 adds Λ of at most that length",
        solver="as `topk_sae`, S and Λ projected after every step",
        source="Fel et al. 2025",
        implementation="concepts.extraction.archetypal_sae:ArchetypalSAEExtractor",
        streams=True,
        state=ENCODER,
        see=("TopK sparse autoencoder", "stability"),
    ),
    ExtractionMethod(
        name="neurons",
        label="neurons",
        choice="neurons: the strongest channels (a control)",
        sentence="Nothing is learned: each concept is one channel of the layer, the strongest first.",
        constraint="V = rows of the identity: the k channels with most energy",
        solver="none: a control",
        source="this program",
        implementation="concepts.extraction.neurons:NeuronsExtractor",
        independent=True,
        signed_codes=True,  # where the activations are
        streams=True,
        control=True,
        see=("control", "activation"),
    ),
    ExtractionMethod(
        name="random",
        label="random",
        choice="random directions (a control)",
        sentence="Nothing is learned: directions drawn at random, with the best codes that they allow. Every method "
        "must beat them.",
        constraint="V random unit directions, ≥ 0 where the data are; non-negative (else ordinary) least squares",
        solver="none: the control that every method must beat",
        source="this program",
        implementation="concepts.extraction.random:RandomExtractor",
        signed_codes=True,  # where the activations are
        streams=True,
        control=True,
        see=("control", "dictionary"),
    ),
)
EXTRACTIONS: dict[str, ExtractionMethod] = {method.name: method for method in _ALL}  # in the order of choice lists

CLASSIFIER_AWARE_NMF = ExtractionMethod(  # made by `classifier_aware_nmf`, not by its name alone
    name="classifier_aware_nmf",
    label="classifier-aware NMF",
    choice="classifier-aware NMF: keeps the model's answers",
    sentence="NMF whose copies of the activations must also make the model answer as before.",
    constraint="U, V ≥ 0; + weight · mean KL(softmax h(A_i) ‖ softmax h(Â_i))",
    solver="from `nmf`, HALS towards proximal targets, backtracking on the true objective; weight 0 is `nmf` exactly",
    source="after FACE",
    implementation="concepts.extraction.face:ClassifierAwareNMF",
    signed_input=False,
    state=("components", "energy"),
    needs_head=True,
    see=("NMF", "kept answers"),
)


def has_signed_codes(method: str) -> bool:
    """True where the codes of this method may be negative. False for an unknown name."""
    return method in EXTRACTIONS and EXTRACTIONS[method].signed_codes


def suited(method: str, *, signed: bool) -> str:
    """The method's name; for `AUTO` the method that suits the sign of the activations."""
    if method != AUTO:
        return method
    return "semi_nmf" if signed else "nmf"
