"""The words of the page: a recorded lexicon, its translation, and words that a reader has added."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from concepts.lexicon import Lexicon, babel_languages, babel_names, translated, with_mixture
from concepts.lexicon.typed_words import TypedWords, by_lower_case
from concepts.report.rendering.sentences import percent
from pages.components.safe_text import paragraph, plain, shortened
from pages.similarity.controls import question
from pages.state.collections import is_of_classes
from pages.state.messages import told
from pages.state.reports import stamp
from pages.state.selection import choose, sync_widget
from pages.state.server_settings import server_settings

ENGLISH = "EN"
IMAGENET = 1_000, ("tench", "goldfish")  # number of classes, and the first of them
LANGUAGES = "babel_languages.json"
MOST, LONGEST = 20, 60  # added words, at most; characters of one, at most
WORD = re.compile(r"[^;=|,+<>]+")


@dataclass(frozen=True)
class Vocabulary:
    """recorded: the lexicon as stored. lexicon: the same rows in the chosen language, followed by the added words."""

    recorded: Lexicon
    lexicon: Lexicon

    @property
    def added(self) -> Lexicon | None:
        """The added words alone; None if there are none."""
        n, words, bias = len(self.recorded), self.lexicon.words, self.lexicon.bias
        if len(words) == n:
            return None
        added = None if bias is None else bias[n:]
        return replace(self.lexicon, words=words[n:], vectors=self.lexicon.vectors[n:], bias=added)

    def in_recorded(self, word: str) -> str | None:
        """The word's name in the recorded lexicon; None for an added one."""
        row = self.lexicon.row(word)
        return self.recorded.words[row] if row < len(self.recorded) else None


def choose_vocabulary(recorded: Lexicon) -> Vocabulary:
    """The recorded lexicon with the words added in the address, in the language chosen there."""
    grown, problems = with_added(recorded, question().added or "")
    found = Vocabulary(recorded, _choose_language(recorded, grown))
    _form(found, grown, problems)
    return found


# ---------------------------------------------------------------------------------------------------- languages


def _choose_language(recorded: Lexicon, grown: Lexicon) -> Lexicon:
    file = server_settings().translations
    if file is None or not has_imagenet_names(recorded):
        return grown
    try:
        languages = _languages(file, stamp(file))
        wanted = question().language or ENGLISH
        code = wanted if wanted in languages else ENGLISH
        shown = in_language(grown, code)
    except (OSError, ValueError) as error:
        st.warning(f"The translations cannot be read, so words stay in English: {told(error)}")
        return grown
    if wanted not in languages:
        st.warning(f"There is no language {plain(shortened(wanted))} among the translations of this server.")
    sync_widget("language", code)
    st.selectbox(
        "Language", list(languages), format_func=languages.__getitem__, key="language",
        on_change=lambda: _change_language(grown, shown, st.session_state["language"]),
    )  # fmt: skip
    if code != ENGLISH:
        share = len(names_in(code)) / len(recorded)
        paragraph(
            f"{percent(share)} of the words have a name in {languages[code]}; the others stay in English.", "cx-note"
        )
    return shown


def _change_language(grown: Lexicon, before: Lexicon, code: str) -> None:
    """Changes the language, and keeps the words of the query under their names in the new language."""
    try:
        after = in_language(grown, code)
    except ValueError:  # the next run reports it
        after = before
    words = [after.words[before.row(word)] for word in question().word_list if word.casefold() in before.places]
    choose(language=None if code == ENGLISH else code, words="|".join(words) or None)


def has_imagenet_names(lexicon: Lexicon) -> bool:
    """True where the words are ImageNet's thousand classes in their order."""
    n, first = IMAGENET
    return (
        is_of_classes(lexicon)
        and len(lexicon) == n
        and all(word.casefold().startswith(name) for word, name in zip(lexicon.words, first, strict=False))
    )


def in_language(lexicon: Lexicon, code: str) -> Lexicon:
    """A lexicon of ImageNet's classes, followed by any other words, in a language. Raises ValueError as `names_in`.

    English is the model's own class names.
    """
    return lexicon if code == ENGLISH else translated(lexicon, names_in(code))


def names_in(code: str) -> dict[int, str]:
    """Class → its name in the operator's file. Raises ValueError for a damaged file and for an unknown language."""
    file = server_settings().translations
    if file is None:
        raise ValueError("this server has no translations: whoever runs it sets CONCEPTS_TRANSLATIONS")
    return _names(file, stamp(file), code)


@st.cache_data(max_entries=16, show_spinner=False)
def _names(file: Path, stamp: int, code: str) -> dict[int, str]:
    return babel_names(file, code)


@st.cache_data(max_entries=2, show_spinner=False)
def _languages(file: Path, stamp: int) -> dict[str, str]:
    """Code → name of each language in the operator's file, English first, then by name. Raises ValueError."""
    from concepts.storage.store import read_json

    content = read_json(file)
    if not isinstance(content, dict):
        raise ValueError(f"{file.name}: expected languages with class indices and names")
    beside = file.with_name(LANGUAGES)
    names = babel_languages(beside) if beside.is_file() else {}
    codes = sorted(set(content) - {ENGLISH}, key=lambda code: names.get(code, code))
    return {ENGLISH: "English, as the model has them"} | {code: names.get(code, code) for code in codes}


# ---------------------------------------------------------------------------------------------------- added words


def with_added(lexicon: Lexicon, added: str) -> tuple[Lexicon, list[str]]:
    """The lexicon with words written as "birthday=cake|candle;…", and error messages for those that cannot be added.

    Added words are stored in the address, like all choices on these pages: a link restores them, nobody else sees them,
    and the lexicon on disk does not change.
    """
    problems = []
    for entry in [entry for entry in added.split(";") if entry][:MOST]:
        word, _, parts = entry.partition("=")
        found = TypedWords.of(parts.split("|")[:MOST], by_lower_case(lexicon.words))
        try:
            lexicon = with_mixture(lexicon, checked(word), found.known)
        except ValueError as error:
            problems.append(str(error))
        if found.sentence:
            problems.append(found.sentence)
    return lexicon, problems


def checked(word: str) -> str:
    """A new word, if it is valid in an address and a list. Raises ValueError if not."""
    if not WORD.fullmatch(word) or len(word) > LONGEST:
        raise ValueError(
            f"the new word {shortened(word)!r} cannot be added: give 1 to {LONGEST} characters, without ; = | , + < >"
        )
    return word


def _form(vocabulary: Vocabulary, grown: Lexicon, problems: list[str]) -> None:
    new = grown.words[len(vocabulary.recorded) :]
    problems = [*problems, *st.session_state.pop("word_problems", [])]
    with st.expander(f"Add a word ({len(new)} added)" if new else "Add a word", expanded=bool(problems)):
        paragraph("A new word is made of words of the lexicon: its direction is the mean of theirs. Nothing is fitted.")
        left, right, button = st.columns([3, 5, 2], vertical_alignment="bottom")
        left.text_input("New word", key="new_word", max_chars=LONGEST)
        right.text_input(
            "Made of (words of the lexicon, with commas)", key="new_parts", max_chars=LONGEST * 8,
            placeholder=", ".join(vocabulary.lexicon.words[:2]),
        )  # fmt: skip
        button.button("Add", key="add_word", on_click=lambda: _add(vocabulary.lexicon, grown), width="stretch")
        for problem in problems:
            st.warning(plain(problem))
        if new:
            paragraph(f"Added: {', '.join(new)}.")
        if new or problems:
            st.button("Take the added words away", key="forget_words", on_click=lambda: choose(added=None))


def _add(shown: Lexicon, grown: Lexicon) -> None:
    """Appends the typed word to those in the address, its known parts under their recorded names.

    Unknown parts are left out and told; where none is known, nothing is added.
    """
    word, parts = (" ".join(st.session_state[key].split()) for key in ("new_word", "new_parts"))
    found = TypedWords.of(re.split("[,+]", parts), by_lower_case(shown.words))
    names = [grown.words[shown.row(part)] for part in found.known]
    st.session_state["word_problems"] = [found.sentence] if found.sentence else []
    try:
        with_mixture(grown, checked(word), names)
    except ValueError as error:
        st.session_state["word_problems"].append(str(error))
        return
    kept = [entry for entry in (question().added or "").split(";") if entry]
    choose(added=";".join([*kept, f"{word}={'|'.join(names)}"]))
    st.session_state["new_word"] = st.session_state["new_parts"] = ""
