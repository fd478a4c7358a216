"""The site with a leak planted in every channel, each in another coat: the control that the scanner and the tape are honest.

Run as `tests.security.leaky:application`. The secret comes by the environment.
"""

from __future__ import annotations

import base64
import gzip
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from config.asgi import application as site

SECRET = os.environ.get("PLANTED", "").encode()
log = logging.getLogger("contests.planted")

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


async def application(scope: Message, receive: Any, send: Send) -> None:
    """As the site, and a little more."""
    if scope["type"] == "http":
        log.debug("an attribute of the request: %s", "".join(f"\\x{byte:02x}" for byte in SECRET))
    await site(scope, receive, lambda message: send(_with_leak(message)))


def _with_leak(message: Message) -> Message:
    if message["type"] == "http.response.start":
        kept = [(name, value) for name, value in message["headers"] if name.lower() != b"content-length"]
        kept += [
            (b"x-debug", SECRET.hex().encode()),
            (b"set-cookie", b"debug=" + base64.urlsafe_b64encode(gzip.compress(SECRET))),
        ]
        return message | {"headers": kept}
    if message["type"] == "http.response.body" and not message.get("more_body"):
        leak = b"<!-- " + base64.b64encode(b"." + SECRET) + b" -->"
        return message | {"body": message.get("body", b"") + leak}
    if message["type"] == "websocket.send" and message.get("text"):
        spelt = "".join(f"\\u{byte:04x}" for byte in SECRET)
        return message | {"text": message["text"].replace("{", f'{{"debug":"{spelt}",', 1)}
    return message
