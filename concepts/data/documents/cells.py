"""The cells of a table as labels and as metadata."""

import json
import math
from datetime import date


def cell_text(cell: object) -> str | None:
    """A cell as a text: whole numbers without a fraction, so that 1.0 and 1 are one label; None where it is empty.

    Lists and objects of JSON are written as JSON.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else str(cell)


def label_of(cell: object, classes: tuple[str, ...] = ()) -> str | None:
    """A cell as a label, None without one; a number below the number of classes is the name of that class.

    Lists and objects are no labels.
    """
    text = None if isinstance(cell, list | dict) else cell_text(cell)
    if text is None or not text.isascii() or not text.isdecimal():
        return text
    number = int(text[:9])
    return classes[number] if len(text) < 10 and number < len(classes) else text
