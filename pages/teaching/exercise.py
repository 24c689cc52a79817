"""An exercise on the page: task, answer and verdict; task and answer are stored in the address."""

import streamlit as st

from pages.components import teaching
from pages.components.safe_text import paragraph
from pages.state.address import ExerciseView
from pages.state.selection import choose, sync_widget
from pages.teaching.exercises import Task, Verdict


def exercise() -> ExerciseView:
    """The state in the address."""
    return ExerciseView.of(st.query_params.to_dict())


def number(n: int) -> int:
    """The task in the address, clipped to 1 … n."""
    wanted = exercise().task
    if wanted is not None and not 1 <= wanted <= n:
        st.info(f"There are {n} exercises: this is the nearest to the one in the address.")
    return min(max(wanted or 1, 1), n)


def show(task: Task, number: int, n: int) -> None:
    """Shows the question, the content, the options, and the verdict once an answer is checked."""
    st.header(f"{number}. {task.question}", anchor=False)
    st.html(teaching.task(task.html))
    given = [option for option in exercise().chosen if option < len(task.options)]
    given = given if task.several else given[:1]
    chosen = _options(task, number, given)
    with st.container(horizontal=True):
        st.button(
            "Check", type="primary", icon=":material/check:", key="check", disabled=not chosen,
            on_click=choose, kwargs={"task": number, "answer": ".".join(map(str, chosen))},
        )  # fmt: skip
        st.button("Previous", key="task_back", on_click=_go, args=(number - 1,), disabled=number == 1)
        st.button("Next exercise", key="task_next", on_click=_go, args=(number + 1,), disabled=number == n)
    if exercise().answer is not None and not given:
        st.info("The answer in the address is none of these: choose one above.")
    elif given and sorted(given) == sorted(chosen):
        _say(task.check(given))


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


def _go(to: int) -> None:
    choose(task=to, answer=None)


def _say(verdict: Verdict) -> None:
    """Shows the verdict: right or wrong, in words and a sign, the reason, and a link to the evidence."""
    st.html(teaching.verdict(right=verdict.right, reason=verdict.reason, href=verdict.link))


def closing() -> None:
    """Shows the source of the true answers."""
    paragraph(
        "The demo's pictures are drawn by the program, part by part. An answer is held against what was drawn, not "
        "against what a report says: where the two differ, the report is wrong.",
        "cx-note",
    )
