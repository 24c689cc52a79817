"""Class names of ImageNet in many languages, on unchanged vectors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from concepts.lexicon.lexicon import Lexicon
from concepts.storage.store import read_json


def babel_languages(path: str | Path) -> dict[str, str]:
    """Language code → name of the language, from a JSON like {"DE": "German"}. Raises ValueError for any other file."""
    content = read_json(Path(path))
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content.values()):
        raise ValueError(f"{Path(path).name}: expected codes and names of languages, such as {{'DE': 'German'}}")
    return content


def babel_names(path: str | Path, language: str, *, languages: Mapping[str, str] | None = None) -> dict[int, str]:
    """Class index → its name in a language; classes without a name are missing.

    path: a JSON of language code → [class indices, names], the format of Babel-ImageNet (Geigle et al., 2024).
    language: a code, or with `languages` (code → name) a name, in any case. Raises ValueError for a file of another
    shape, and for a language that is not in the file, with the nearest available ones.
    """
    content = read_json(Path(path))
    if not isinstance(content, dict):
        raise ValueError(f"{Path(path).name}: expected languages with class indices and names")
    code = _code(language, list(content), languages or {})
    try:
        indices, names = content[code]
        found = {int(index): " ".join(str(name).split()) for index, name in zip(indices, names, strict=True)}
    except (TypeError, ValueError) as error:
        raise ValueError(f"{Path(path).name}: {code} is not a list of indices and one of as many names") from error
    return {index: name for index, name in found.items() if name}


def translated(lexicon: Lexicon, names: Mapping[int, str], *, name: str | None = None) -> Lexicon:
    """The same vectors with the words of another language; a row without a word in that language keeps its own.

    names: row → word. Words that occur twice in that language get the old word in brackets. `name`: of the new lexicon.
    Raises ValueError for a row outside the lexicon.
    """
    beyond = [row for row in names if not 0 <= row < len(lexicon)]
    if beyond:
        raise ValueError(f"names for row {beyond[0]}, the lexicon {lexicon.name} has rows 0 to {len(lexicon) - 1}")
    words = [names.get(row, word) for row, word in enumerate(lexicon.words)]
    return replace(lexicon, words=distinct(words, lexicon.words), name=name or lexicon.name)


def distinct(words: Sequence[str], besides: Sequence[str]) -> tuple[str, ...]:
    """The words; those that occur more than once, ignoring case, get the word at their position in `besides` appended.

    "crane" twice becomes "crane (bird)" and "crane (machine)"; words that are still equal are numbered.
    """
    often = Counter(word.casefold() for word in words)
    named = [
        f"{word} ({other})" if often[word.casefold()] > 1 and other.casefold() != word.casefold() else word
        for word, other in zip(words, besides, strict=True)
    ]
    taken: set[str] = set()
    found = []
    for word in named:
        number, free = 1, word
        while free.casefold() in taken:
            number += 1
            free = f"{word} {number}"
        taken.add(free.casefold())
        found.append(free)
    return tuple(found)


def _code(language: str, there: list[str], languages: Mapping[str, str]) -> str:
    wanted = language.strip().casefold()
    known = {code.casefold(): code for code in there}
    known |= {
        name.casefold(): code for code, name in languages.items() if code in there and name.casefold() not in known
    }
    if wanted in known:
        return known[wanted]
    near = [known[each] for each in get_close_matches(wanted, known, n=3)]
    hint = f"near it are {', '.join(near)}" if near else f"there are {len(there)}, such as {', '.join(there[:5])}"
    raise ValueError(f"no language {language!r} in the file; {hint}")
