"""The end of the exercises: what was right, and what to read again."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.components import teaching
from pages.components.teaching import Answered
from pages.state.address import ExerciseView, TourView
from pages.state.selection import choose
from pages.teaching.exercise import exercise
from pages.teaching.task import Task


def show_result(tasks: Sequence[Callable[[], Task]]) -> None:
    """Shows how many answers are right, each task with its answer, and the button that starts again."""
    given = exercise().answers(len(tasks))
    rows = [_answered(number, task(), given[number - 1]) for number, task in enumerate(tasks, 1)]
    right = sum(bool(row.right) for row in rows)
    st.header(f"{right} of {len(rows)} right", anchor=False)
    st.html(teaching.result(rows))
    with st.container(horizontal=True):
        st.button("Start again", type="primary", icon=":material/first_page:", key="task_first", on_click=_start_again)
        st.button("Back to the exercises", key="task_back", on_click=choose, kwargs={"task": len(tasks)})


def _answered(number: int, task: Task, answer: Sequence[int]) -> Answered:
    """A line of the result. Options that the task does not have are no answer."""
    chosen = [option for option in answer if option < len(task.options)]
    verdict = task.check(chosen if task.several else chosen[:1]) if chosen else None
    return Answered(
        number,
        task.question,
        None if verdict is None else verdict.right,
        "" if verdict is None else verdict.reason,
        ExerciseView(number, None, exercise().given).href(),
        TourView(task.step).href(),
    )


def _start_again() -> None:
    """Forgets all answers, in the address and in the controls."""
    for key in [key for key in st.session_state if str(key).startswith("options_")]:
        del st.session_state[key]
    choose(task=None, answer=None, given=None)
