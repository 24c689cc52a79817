"""Texts in a CSV, which a spreadsheet must take for texts."""

import re

BREAK = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
FORMULA = re.compile(r"^(?=[^\S\n]*[=+\-@\t＝＋－＠])", re.MULTILINE)  # also the wide signs


def csv_text(text: str) -> str:
    """The text with "\\n" for any line break, and an apostrophe before each line that would start a formula.

    Python's `csv` puts no quotes round a carriage return, behind which a spreadsheet starts a new cell.
    """
    return FORMULA.sub("'", BREAK.sub("\n", text))
