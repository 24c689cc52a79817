"""What a visitor reads where a page fails: one line without paths; the traceback is in the server's log."""

import errno
import logging
import secrets

import streamlit as st

FULL = (errno.ENOSPC, errno.EDQUOT)
LOCKED = (errno.EROFS, errno.EACCES, errno.EPERM)


def show_trouble(error: Exception) -> bool:
    """Shows the line in place of what the page would have shown; True: Streamlit shows nothing more."""
    number = secrets.token_hex(3)
    logging.getLogger(__name__).error("The error above was shown to a visitor as %s", number)
    st.error(f"{trouble_of(error)} Whoever runs this server finds it in its log as {number}.")
    return True


def trouble_of(error: Exception) -> str:
    """The kind of the trouble, in one sentence."""
    if isinstance(error, OSError) and error.errno in FULL:
        return "The server's disk is full: nothing can be stored until there is room."
    if isinstance(error, OSError) and error.errno in LOCKED:
        return "The server may not write, or read, what this page needs."
    if isinstance(error, MemoryError):
        return "The server has no memory left for this."
    return "This page cannot be shown: something went wrong on the server."
