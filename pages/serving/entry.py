"""The door as a visitor sees it: the page that asks for a login, and who one is in the bar."""

import streamlit as st

from concepts.access import Person
from pages.components.safe_text import paragraph, plain, shortened
from pages.state.login import login_settings
from pages.state.visitor import Visitor

ASKED = "This server is for those who have a login here. Whoever runs it says who that is."
REFUSED = "You are logged in as {0}, who has no role on this server. Whoever runs it can give you one."
LONGEST = 26  # characters of a name in the bar
ROLES = {
    "reader": "You can see and search what is stored, and name concepts.",
    "analyst": "You can also run analyses, ask models, upload, and cancel, remove or share what is yours.",
    "admin": "You can do what anybody can here, also to what is others', and read record and usage.",
}


def ask_to_log_in(entrant: Visitor) -> None:
    """Shows, in place of any page, the button that leads to the login; or that this identity has no role."""
    st.title("Concepts", anchor=False)
    if entrant.session is not None and entrant.session.holds():
        paragraph(REFUSED.format(entrant.session.identity))
        _log_out()
        return
    paragraph(ASKED)
    if login_settings().way == "oidc":
        st.button("Log in", type="primary", key="log_in", on_click=st.login)


def account(person: Person) -> None:
    """Shows in the bar who the visitor is, with their role and the way out; nothing where there is no login."""
    if not person.is_known:
        return
    with st.container(key="account"), st.popover(plain(shortened(person.name, LONGEST)), icon=":material/person:"):
        paragraph(f"{person.name}, {person.role.word}. {ROLES[person.role.word]}")
        _log_out()


def _log_out() -> None:
    login = login_settings()
    if login.way == "oidc":
        st.button("Log out", icon=":material/logout:", key="log_out", on_click=st.logout)
    elif login.logout != "/":
        st.link_button("Log out", login.logout, icon=":material/logout:")
