"""An exercise on the page: progress, task, answer and verdict; task and answers are stored in the address."""

import streamlit as st

from pages.components import teaching
from pages.components.safe_text import paragraph
from pages.state.address import ExerciseView, answers_text
from pages.state.selection import choose, sync_widget
from pages.teaching.task import Task, Verdict


def exercise() -> ExerciseView:
    """The state in the address."""
    return ExerciseView.of(st.query_params.to_dict())


def number(n: int) -> int:
    """The task in the address, clipped to 1 … n; n + 1 is the end."""
    wanted = exercise().task
    if wanted is not None and not 1 <= wanted <= n + 1:
        st.info(f"There are {n} exercises: this is the nearest to the one in the address.")
    return min(max(wanted or 1, 1), n + 1)


def show(task: Task, number: int, n: int) -> None:
    """Shows how far one is, the question, the content, the options, and the verdict once an answer is checked."""
    st.html(teaching.exercise_progress(number, [bool(answer) for answer in exercise().answers(n)]))
    st.header(task.question, anchor=False)
    st.html(teaching.task(task.html))
    given = [option for option in _given(number, n) if option < len(task.options)]
    given = given if task.several else given[:1]
    chosen = _options(task, number, given)
    with st.container(horizontal=True):
        st.button(
            "Check", type="primary", icon=":material/check:", key="check", disabled=not chosen,
            on_click=_check, args=(number, n, chosen),
        )  # fmt: skip
        st.button("Previous", key="task_back", on_click=_go, args=(number - 1,), disabled=number == 1)
        label = "Next exercise" if number < n else "See the result"
        st.button(label, key="task_next", on_click=_go, args=(number + 1,))
    if exercise().answer is not None and not given:
        st.info("The answer in the address is none of these: choose one above.")
    elif given and sorted(given) == sorted(chosen):
        _say(task.check(given))


def _given(number: int, n: int) -> tuple[int, ...]:
    """The answer to a task: that of the address, else the last one that was checked."""
    return exercise().chosen if exercise().answer is not None else exercise().answers(n)[number - 1]


def _options(task: Task, number: int, given: list[int]) -> list[int]:
    key, options = f"options_{number}", range(len(task.options))
    if key not in st.session_state:
        sync_widget(key, given if task.several else next(iter(given), None))
    if task.several:
        return st.pills(
            "Your answer (choose all)", options, format_func=task.options.__getitem__, key=key, selection_mode="multi"
        )
    one = st.pills("Your answer", options, format_func=task.options.__getitem__, key=key)
    return [] if one is None else [one]


def _check(number: int, n: int, chosen: list[int]) -> None:
    """Writes the answer into the address, by itself and among all."""
    answers = list(exercise().answers(n))
    answers[number - 1] = tuple(chosen)
    choose(task=number, answer=".".join(map(str, chosen)), given=answers_text(answers))


def _go(to: int) -> None:
    choose(task=to, answer=None)


def _say(verdict: Verdict) -> None:
    """Shows the verdict: right or wrong, in words and a sign, the reason, a link to the evidence, and pictures."""
    st.html(teaching.verdict(right=verdict.right, reason=verdict.reason, href=verdict.link))
    if verdict.pictures:
        st.html(verdict.pictures)


def closing() -> None:
    """Shows the source of the true answers."""
    paragraph(
        "The program drew the demo's pictures part by part, and its sentences word by word. Answers are checked "
        "against what was drawn, not against what a report says: where the two differ, the report is wrong.",
        "cx-note",
    )
