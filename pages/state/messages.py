"""Errors and messages as a visitor reads them: without folders and hosts of the server."""

import re
from dataclasses import replace
from pathlib import Path

from concepts.report.schema import ReportData
from pages.components.safe_text import plain
from pages.state.server_settings import ServerSettings, server_settings

QUOTED = re.compile(r"(?P<before>['\"`])(?P<folder>[~/](?:(?!(?P=before))[^\n])*/)")
BARE = re.compile(r"(?P<before>(?<![\w/.:~<-]))(?P<folder>(?:~|/[^\s/'\"`<>:;,()]+)/(?:[^\s/'\"`<>:;,()]+/)*)")
DATABASE = re.compile(r"\b(?:sqlite|postgres(?:ql)?)(?:\+\w+)?://\S*?([^/\s]*)(?=[\s,;]|$)")
HOST = re.compile(r"\b(server|host(?:name)?)(?: at| on socket)? ([\"'])[^\"']*\2(?: \([^)]*\))?(?:, port \d+)?")


def public(message: str, server: ServerSettings) -> str:
    """The message without folders and hosts of the server; uploads keep the name their owner gave them.

    Of a path the last part stays, of one in the workspace what follows the workspace; of a database its name.
    """
    message = re.sub(rf"{re.escape(str(server.workspace))}/uploads/\w+/[0-9a-f]+/", "", message)
    message = HOST.sub(r"\1", DATABASE.sub(r"\1", message))
    for folder in (server.workspace, *server.photos, *server.texts):
        message = message.replace(f"{folder}/", "")
    return BARE.sub(_without_folder, QUOTED.sub(_without_folder, message))


def _without_folder(found: re.Match[str]) -> str:
    """What stays of the match: nothing of a folder that lies on this machine, else all: a visitor may write "/a/b"."""
    top = found["folder"].split("/")[1]
    return found["before"] if found["folder"].startswith("~") or Path("/", top).is_dir() else found[0]


OPTION = re.compile(r"(?:, or as --[a-z-]+)| \(--[a-z-]+(?:, --[a-z-]+)*\)")


def without_options(message: str) -> str:
    """The message without the options of the command line that it names in brackets."""
    return OPTION.sub("", message)


def told(error: Exception) -> str:
    """An error's message for a visitor, with Markdown escaped."""
    return plain(public(str(error), server_settings()))


def sentence_of(error: Exception) -> str:
    """An error's message for a visitor as a sentence, with Markdown escaped."""
    text = public(str(error), server_settings())
    return plain(text[:1].upper() + text[1:] + ".")


def without_folders(data: ReportData) -> ReportData:
    """The report for downloads from a page: what it was made from by its last part, not by its place on the server.

    The report's own files on the server keep the places.
    """
    model = replace(data.model, name=_last(data.model.name), weights=_last(data.model.weights))
    request = data.request and replace(
        data.request,
        model=_last(data.request.model),
        images=_last(data.request.images),
        weights=data.request.weights and _last(data.request.weights),
        others=data.request.others and _last(data.request.others),
        classes=data.request.classes and _last(data.request.classes),
        metadata=data.request.metadata and _last(data.request.metadata),
        texts=data.request.texts and _last(data.request.texts),
        pairs=data.request.pairs and _last(data.request.pairs),
    )
    return replace(data, model=model, request=request, command=public(data.command, server_settings()))


def _last(place: str) -> str:
    use = next((use for use in ("head:", "ask:") if place.startswith(use)), "")  # of a text model's folder
    inner = place.removeprefix(use)
    return use + Path(inner).name if inner.startswith(("/", "~")) else place
