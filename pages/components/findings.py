"""The claims of the paper beside the measured figures."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.evaluation.findings import Finding
from pages.components.macros import macro

VERDICTS = {  # one sign each, so that colour is not the only cue
    True: ("✓", "holds", "cx-holds"),
    False: ("✗", "does not hold", "cx-fails"),
    None: ("?", "cannot be told", "cx-open"),
}


def findings(found: Sequence[Finding]) -> Markup:
    """One card per claim, with its verdict and its figures."""
    return macro("findings.findings")([(each, *VERDICTS[each.holds]) for each in found])
