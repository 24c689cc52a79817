"""Files of texts as a set: one text a file, or one a line."""

from concepts.data.dataset import Skipped
from concepts.data.documents.checking import sifted, text_problem
from concepts.data.documents.delimited import LINE_ENDS
from concepts.data.documents.encoding import decoded
from concepts.data.documents.files import TextFiles
from concepts.data.documents.limits import TextLimits, check_number
from concepts.data.documents.raw_table import listed
from concepts.data.documents.textset import TextSet, first_skipped


def texts_of_files(files: TextFiles, encoding: str | None, limits: TextLimits) -> TextSet:
    """One text a file, named by its path, of the class of its folder; line ends at its end are left out.

    Files that cannot be read or used are left out and named, tables too. Raises ValueError where no text is left.
    """
    beside = (Skipped(name, "a table beside texts: give it by itself, or as --metadata") for name in files.tables)
    texts: dict[str, str] = {}
    skipped = [*files.skipped, *beside]
    for name in files.texts:
        try:
            text = decoded(files.read(name), encoding=encoding).rstrip("\r\n")
            problem = text_problem(text, limits)
        except ValueError as error:
            problem = str(error)
        if problem is None:
            texts[name] = text
        else:
            skipped.append(Skipped(name, problem))
    if not texts:
        raise ValueError(f"no text is left in {files.title}{first_skipped(skipped)}")
    return TextSet(
        tuple(texts.values()), tuple(texts), files.root_name, in_folders=True, skipped=listed(skipped), limits=limits
    )


def texts_of_lines(text: str, title: str, source_name: str, limits: TextLimits) -> TextSet:
    """One text a line, called "line 1", "line 2"; lines without a visible character are no texts.

    Other lines that cannot be used are left out and named. Raises ValueError where no text is left, and over limits.
    """
    lines = {f"line {number}": line for number, line in enumerate(LINE_ENDS.split(text), 1) if line.strip()}
    check_number(len(lines), title, limits)
    kept, problems = sifted(list(lines.values()), limits)
    names, texts = list(lines), list(lines.values())
    skipped = listed([Skipped(names[i], problem) for i, problem in problems.items()])
    if not kept:
        raise ValueError(f"no text is in {title}: write one a line{first_skipped(skipped)}")
    return TextSet(
        tuple(texts[i] for i in kept), tuple(names[i] for i in kept), source_name, skipped=skipped, limits=limits
    )
