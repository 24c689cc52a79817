"""One visitor who uploads photos without a pause, by Streamlit's protocol, and what that costs ten who read.

Each upload is a new one: its address is asked for, the bytes are sent, and the page is drawn with it. The job that
reads the photos waits for a slot; once so many wait (`CONCEPTS_JOBS_WAITING`), an upload is refused in one line.
"""

import asyncio
import io
import itertools
import threading
import time
import urllib.request
import uuid
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from PIL import Image

from benchmarks.flood import FLOODER, end_jobs, measure_beside
from benchmarks.protocol import Socket, connected
from benchmarks.visiting import VISIT_STORED, Waits, meanwhile, told
from concepts.engine import jobs

PAGE = "analysis?" + urlencode({"photos": "an upload"})
LABEL = "Photos:"  # of the control on that page
XSRF = "_streamlit_xsrf"
TABS, PHOTOS, SIDE = 3, 40, 256  # tabs of the one visitor; photos of an upload, and their pixels a side
KEPT, REFUSED, OTHER = "taken", "refused", "neither"


def measure_uploads(address: str, workspace: Path, *, seconds: float, budget: int) -> None:
    """Prints what ten visitors of stored pages wait, alone and beside the one who uploads; then ends what is left."""
    measure_beside(
        f"one who uploads zips of {PHOTOS} photos without a pause in {TABS} tabs", uploading, VISIT_STORED, address,
        seconds=seconds, budget=budget,
    )  # fmt: skip
    end_jobs(jobs.list_jobs(workspace, task="photos"))


@contextmanager
def uploading(address: str) -> Iterator[Waits]:
    """The one who uploads while the block runs, and what that one met; prints what became of the uploads."""
    waits, met, numbers = Waits(), Counter[str](), itertools.count()
    photos, xsrf = noise(), xsrf_token(address)

    async def tab(over: threading.Event) -> None:
        async with connected(address, person=FLOODER) as socket:
            control = await control_of(socket)
            while not over.is_set():
                start = time.perf_counter()
                what, errors = await uploaded(socket, address, control, archive(photos, next(numbers)), xsrf)
                waits.add("upload", 1_000 * (time.perf_counter() - start), errors)
                met[what] += 1

    async def all_tabs(over: threading.Event) -> None:
        await asyncio.gather(*(told(tab(over), waits) for _ in range(TABS)))

    try:
        with meanwhile(all_tabs, patience=300):
            yield waits
    finally:
        print("  uploads:", ", ".join(f"{n} {what}" for what, n in sorted(met.items())) or "none")


async def uploaded(socket: Socket, address: str, control: str, data: bytes, xsrf: str) -> tuple[str, list[str]]:
    """What became of an upload on the page, and the errors that are none of a refusal."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    where = await _place_for(socket)
    await asyncio.to_thread(_sent, address, where.upload_url, data, xsrf)
    asked = BackMsg()
    asked.rerun_script.page_name, asked.rerun_script.query_string = PAGE.split("?")
    state = asked.rerun_script.widget_states.widgets.add(id=control)
    file = state.file_uploader_state_value.uploaded_file_info.add(name="flood.zip", size=len(data))
    file.file_id = where.file_id
    file.file_urls.CopyFrom(where)
    await socket.send(asked.SerializeToString())
    return await _outcome(socket)


async def _outcome(socket: Socket) -> tuple[str, list[str]]:
    what, errors = OTHER, []
    async for message in _until_drawn(socket):
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            errors.append(f"{element.exception.type}: {element.exception.message[:100]}")
        elif "Cancel" in element.button.label or "Your photos" in element.progress.text:
            what = KEPT
        elif "waiting" in element.alert.body:
            what = REFUSED
        elif element.alert.body:
            errors.append(element.alert.body[:200])
    return what, errors


async def control_of(socket: Socket) -> str:
    """Opens the page; returns the id of its control for photos."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    asked = BackMsg()
    asked.rerun_script.page_name, asked.rerun_script.query_string = PAGE.split("?")
    await socket.send(asked.SerializeToString())
    found = ""
    async for message in _until_drawn(socket):
        control = message.delta.new_element.file_uploader
        if control.label.startswith(LABEL):
            found = control.id
    if not found:
        raise OSError(f"the page {PAGE} has no control {LABEL!r}")
    return str(found)


async def _place_for(socket: Socket) -> Any:
    """Where the next file goes: its id, and the address that takes it (Streamlit's FileURLs)."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    asked = BackMsg()
    asked.file_urls_request.request_id = uuid.uuid4().hex
    asked.file_urls_request.file_names.append("flood.zip")
    await socket.send(asked.SerializeToString())
    while (message := ForwardMsg.FromString(await socket.recv())).WhichOneof("type") != "file_urls_response":
        pass
    return message.file_urls_response.file_urls[0]


async def _until_drawn(socket: Socket) -> AsyncIterator[Any]:
    """Streamlit's messages until the page has come as a whole."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    while (message := ForwardMsg.FromString(await socket.recv())).WhichOneof("type") != "script_finished":
        yield message


def xsrf_token(address: str) -> str:
    """The token that the server asks back with every upload."""
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=20) as answer:
        cookies = [cookie.partition(";")[0].partition("=") for cookie in answer.headers.get_all("Set-Cookie") or []]
    return next((value for name, _, value in cookies if name == XSRF), "")


def _sent(address: str, path: str, data: bytes, xsrf: str) -> None:
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="flood.zip"; filename="flood.zip"\r\n'
    body = f"{head}Content-Type: application/zip\r\n\r\n".encode() + data + f"\r\n--{edge}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}", "X-Xsrftoken": xsrf, "Cookie": f"{XSRF}={xsrf}",
        "X-Forwarded-For": FLOODER,
    }  # fmt: skip
    with urllib.request.urlopen(urllib.request.Request(address + path, body, headers, method="PUT"), timeout=120):
        pass


def noise() -> list[bytes]:
    """JPEGs of random pixels."""
    dice, files = np.random.default_rng(0), []
    for _ in range(PHOTOS):
        buffer = io.BytesIO()
        Image.fromarray(dice.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(buffer, "JPEG")
        files.append(buffer.getvalue())
    return files


def archive(photos: list[bytes], number: int) -> bytes:
    """A zip of the photos, whose names make it another one than all before."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for i, photo in enumerate(photos):
            out.writestr(f"class/{number}-{i}.jpg", photo)
    return buffer.getvalue()
