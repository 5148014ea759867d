"""What visitors may hand in: clips that they uploaded, and nothing that the server had to fetch."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import gradio as gr
from gradio.route_utils import MultiPartException  # type: ignore[attr-defined]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]

NO_UPLOAD = "The server takes clips that are uploaded to it, no addresses, and no other files."

_UPLOAD = re.compile(r"https?://[^/]+(?:/.*)?/gradio_api/file=(/.+)")


class Page(gr.Blocks):
    """Refuses in a sentence, and without a word in the log, what is no upload."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *others: Any) -> list[Any]:
        """Take the values of a request; Gradio would fetch a clip that is an address."""
        inputs = [_with_uploads(value) for value in inputs]
        if _has_address(inputs):
            raise refusal(NO_UPLOAD)
        try:
            values: list[Any] = await super().preprocess_data(block_fn, inputs, *others)
        except ValueError as reason:
            raise refusal(NO_UPLOAD) from reason
        except gr.Error as reason:
            raise refusal(reason.message) from reason
        return values


def refusal(sentence: str) -> gr.Error:
    """A sentence that stays on the page until it is read; no fault of the app, so not logged."""
    return gr.Error(sentence, duration=None, print_exception=False)


def in_words(reason: Exception) -> str:
    """What is wrong, without the folders of this server, which are nobody's business."""
    return re.sub(r"(?<![\w:/])/(?:[^/\s]+/)+", "", str(reason))


class Gate:
    """Stands before Gradio's routes, as ASGI middleware.

    Gradio fetches any address for anybody who asks, and keeps what arrived of an upload that was
    broken off; here, it does neither.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        path = scope.get("path", "")
        if "/file=http" in path or "/file/http" in path:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"This server fetches nothing."})
        else:
            upload = path.rstrip("/").endswith("/upload")
            await self._app(scope, _whole(receive) if upload else receive, send)


def _with_uploads(value: Any) -> Any:
    """The values, with the names of uploads in place of their addresses on this server.

    Tools for language models know addresses alone. Whose host it says does not matter: nothing is
    fetched, and Gradio refuses a file that nobody uploaded.
    """
    if isinstance(value, list):
        return [_with_uploads(each) for each in value]
    if not isinstance(value, dict):
        return value
    upload = _UPLOAD.match(str(value.get("path")))
    return {**value, "path": unquote(upload[1])} if upload else value


def _has_address(value: Any) -> bool:
    """Whether there is a file to fetch in the values of a request."""
    if isinstance(value, dict):
        if str(value.get("path")).startswith(("http://", "https://")):
            return True
        value = list(value.values())
    return isinstance(value, list) and any(map(_has_address, value))


def _whole(receive: Receive) -> Receive:
    """Make of a visitor who is gone a damaged upload, after which Gradio cleans up."""

    async def received() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MultiPartException("The upload was broken off.")
        return message

    return received
