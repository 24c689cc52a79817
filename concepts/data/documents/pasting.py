"""Pasted lines as the file that they are kept in: a text a line, a label before a tab, or a table."""

import json

from concepts.data.documents.column_names import KNOWN, plain_name
from concepts.data.documents.delimited import LINE_ENDS


def pasted_file(text: str) -> tuple[str, bytes]:
    """The suffix and the content of the file, for `open_texts`.

    - .tsv where all lines have equally many tabs and more than one, or the first line has a usual name of a column:
      they were copied out of a spreadsheet;
    - .jsonl where a line has a tab: what stands before the first one is the label, without one there is none;
    - .txt otherwise, one text a line.
    """
    lines = [line for line in LINE_ENDS.split(text) if line.strip()]
    tabs = {line.count("\t") for line in lines}
    if len(tabs) == 1 and (max(tabs) > 1 or (tabs != {0} and _names_columns(lines[0]))):
        return ".tsv", _encoded("\n".join(lines))
    if max(tabs, default=0) == 0:
        return ".txt", _encoded("\n".join(lines))
    return ".jsonl", _encoded("\n".join(json.dumps(_row(line), ensure_ascii=False) for line in lines))


def _names_columns(line: str) -> bool:
    return any(plain_name(cell) in KNOWN for cell in line.split("\t"))


def _row(line: str) -> dict[str, str | None]:
    label, tab, text = line.partition("\t")
    return {"label": label.strip() or None, "text": text} if tab else {"label": None, "text": line}


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")  # half a surrogate pair is no character
