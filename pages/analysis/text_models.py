"""The choice of a model of texts: named by the operator, built in, or of files that cannot run code."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from concepts.data.sources import DATA_SOURCES
from concepts.demo.names import DEMO_TEXTS, REVIEWS, VILLAGE
from concepts.models.encoders.minilm import MINILM, minilm_folder
from concepts.models.text.sources import TEXT_MODELS
from concepts.options import names_in
from concepts.report.request import short_model
from concepts.service import ON_HUB
from pages.analysis.model_options import OUTPUT_WORDS, ModelChoice, choose_output, with_class_names
from pages.analysis.model_zips import uploaded_model
from pages.analysis.short_names import distinct_names
from pages.state.server_settings import ServerSettings

CLASSIFIER, FITTED, ASKED = "a classifier", "an encoder, its head fitted to these labels", "a language model, asked"
WAYS = (CLASSIFIER, FITTED, ASKED)
A_ZIP, ON_THE_HUB = "my own, uploaded as a zip", "another, by its name on Hugging Face"
DEMO_MODELS = {VILLAGE: "demo/village (built in)", REVIEWS: "demo/reviews (built in)"}
FITTED_HEAD = "head:"  # before the name of an encoder
UNSTATED = "what its files say"
HUB_HELP = """\
Of a model with safetensors, such as org/name. It is fetched where there is a network, and kept. Code that comes with \
it is never run."""
QUESTION_HELP = """\
The prompt, with {text} where the text stands. Left empty, the answers are what may follow the text itself."""
ANSWERS_HELP = "Two or more, with commas. They are the classes, told apart by their first tokens."


def choose_text_model(server: ServerSettings) -> ModelChoice | None:
    """The chosen model; None while its name, or the answers of a language model, are missing."""
    way = st.radio("The model is", WAYS, key="text_model", horizontal=True, bind="query-params")
    if way == FITTED:
        name = choose_encoder(server)
        st.caption("A linear head is fitted to the texts' labels, and judged on texts held out.")
        return ModelChoice(f"{FITTED_HEAD}{name}") if name else None
    if way == ASKED:
        names = [*_folders(server), *_factories(server)]
        return _asked(_named(server, "Language model", "language_model", names))
    name = _named(server, "Classifier", "classifier", _classifiers(server))
    if name is None or name in DEMO_TEXTS:
        return ModelChoice(name) if name else None
    return with_class_names(ModelChoice(name, output=choose_output(UNSTATED)), server, names_of="texts' labels")


def choose_encoder(server: ServerSettings) -> str | None:
    """The name of an encoder; None while there is none."""
    return _named(server, "Encoder", "encoder", _encoders(server))


def choose_classifiers(server: ServerSettings, *, key: str) -> tuple[str, ...]:
    """The names of several models: classifiers, and encoders whose heads are fitted to the texts' labels."""
    names, fitted = _classifiers(server), {f"{FITTED_HEAD}{name}": name for name in _encoders(server)}
    labels = DEMO_MODELS | _labels(names)
    labels |= {head: f"{_labels([name]).get(name, name)}, its head fitted" for head, name in fitted.items()}
    return tuple(
        st.multiselect(
            "Models", [*names, *fitted], key=key, format_func=lambda name: labels.get(name, name), bind="query-params"
        )
    )


def text_model_said(chosen: ModelChoice) -> str:
    """The chosen model in one line."""
    parts = [DEMO_MODELS.get(chosen.model) or short_model(chosen.model)]
    parts += [OUTPUT_WORDS[chosen.output]] if chosen.output else []
    parts += ["with your class names"] if chosen.classes else []
    return ", ".join([*parts, *([f"answers {chosen.answers}"] if chosen.answers else [])])


def _named(server: ServerSettings, label: str, key: str, names: Sequence[str]) -> str | None:
    """A model of those names, an uploaded one, or one of Hugging Face by its typed name; None while there is none."""
    labels = DEMO_MODELS | _labels(names)
    name = st.selectbox(
        label,
        [*names, ON_THE_HUB, A_ZIP],
        key=key,
        format_func=lambda name: labels.get(name, name),
        bind="query-params",
    )
    if name == A_ZIP:
        return uploaded_model(server, key=f"{key}_zip")
    if name != ON_THE_HUB:
        return str(name)
    typed = st.text_input(
        "Name on Hugging Face", key=f"{key}_hub", placeholder="org/name", help=HUB_HELP, bind="query-params",
        max_chars=200,
    )  # fmt: skip
    return _on_hub((typed or "").strip())


def _on_hub(typed: str) -> str | None:
    """hf:org/name; None, with a message on the page, for another name."""
    name = f"hf:{typed.removeprefix('hf:')}"
    if typed and not ON_HUB.fullmatch(name):
        st.warning("This is no name of a model: expected two parts with a slash between them, as in org/name.")
    return name if ON_HUB.fullmatch(name) else None


def _labels(names: Sequence[str]) -> dict[str, str]:
    """What models that the operator named are called in the list: short, but each in its own way."""
    named = [name for name in names if name not in (MINILM, *DEMO_TEXTS)]
    parts = [name.rpartition(":") if is_factory(name) else (name, "", "") for name in named]
    short = distinct_names([Path(place) for place, _, _ in parts])
    return {
        name: f"{text}{colon}{function} (named by the operator)"
        for name, text, (_, colon, function) in zip(named, short, parts, strict=True)
    }


def is_factory(name: str) -> bool:
    """Whether the name is that of a Python file with a function."""
    return name.endswith(".py") or ".py:" in name


def _classifiers(server: ServerSettings) -> list[str]:
    demo = [name for name in DEMO_TEXTS if TEXT_MODELS.opener(name) and DATA_SOURCES.opener(name)]
    return [*_factories(server), *_folders(server), *demo]


def _encoders(server: ServerSettings) -> list[str]:
    return [*([MINILM] if minilm_folder() else []), *_folders(server)]


def _factories(server: ServerSettings) -> list[str]:
    return [name for name in server.models if is_factory(name)]


def _folders(server: ServerSettings) -> list[str]:
    """The folders, and names on Hugging Face, that the operator named, without what they are to be used for."""
    named = (name.removeprefix("head:").removeprefix("ask:") for name in server.models if not is_factory(name))
    return list(dict.fromkeys(named))


def _asked(name: str | None) -> ModelChoice | None:
    """The language model with its question; None while there are fewer than two answers."""
    question = st.text_area(
        "Question (optional)", key="question", help=QUESTION_HELP, height=80, max_chars=2_000,
        placeholder="{text}\nIs this a complaint? Answer:", bind="query-params",
    )  # fmt: skip
    answers = st.text_input(
        "Answers", key="answers", help=ANSWERS_HELP, placeholder="yes, no", bind="query-params", max_chars=500
    )
    if name is None or len(names_in(answers or "")) < 2:
        return None
    asked = name if is_factory(name) else f"ask:{name}"
    return ModelChoice(asked, question=question or None, answers=answers)
