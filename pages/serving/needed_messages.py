"""What a browser may ask over Streamlit's websocket: what pages need, and nothing that changes the server for others.

Streamlit answers whoever has the websocket open, and the page that asks for a login has it open, too: one message
empties the caches of all visitors.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

OPERATION = "backend_operation_request"
NEEDED = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", OPERATION}
OPERATIONS = {"deferred_file", "dataframe_chunk"}  # downloads, and rows of long tables


class NeededMessages:
    """A middleware, for servers with and without a login: no other message goes further, whoever sends it.

    What Streamlit cannot read goes on to it: it ends the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_needed() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or is_needed(message.get("bytes")):
                    return message

        await self._app(scope, receive_needed if scope["type"] == "websocket" else receive, send)


def is_needed(data: bytes | None) -> bool:
    """Whether a page needs what a browser sent; True also for what is no message of Streamlit's. None: a text."""
    asked = None if data is None else message_of(data)
    if asked is None:
        return True
    kind = asked.WhichOneof("type")
    return kind in NEEDED and (kind != OPERATION or asked.backend_operation_request.WhichOneof("payload") in OPERATIONS)


def message_of(data: bytes) -> BackMsg | None:
    """What a browser sent, as Streamlit reads it; None where it cannot be read."""
    asked = BackMsg()
    try:
        asked.ParseFromString(data)
    except DecodeError:
        return None
    return asked
