"""What the paper states beside what was measured, as HTML."""

from collections.abc import Sequence
from html import escape

from concepts.laboratory.findings import Finding

VERDICTS = {  # a sign each, so that colour is not the only cue
    True: ("✓", "holds", "cx-holds"),
    False: ("✗", "does not hold", "cx-fails"),
    None: ("?", "cannot be told", "cx-open"),
}


def findings_html(findings: Sequence[Finding]) -> str:
    """One card a statement: the claim, the verdict, the figures."""
    return f'<div class="cx-findings">{"".join(map(_card, findings))}</div>'


def _card(finding: Finding) -> str:
    sign, word, kind = VERDICTS[finding.holds]
    return (
        f'<section class="cx-finding"><h4>{escape(finding.claim)}</h4>'
        f'<p><span class="cx-verdict {kind}"><span aria-hidden="true">{sign}</span> {word}</span></p>'
        f"<p>{escape(finding.measured)}</p></section>"
    )
