"""An ASGI application whose replies take half a second, as an answer's does while its COMMIT is on the way."""

import asyncio


async def application(scope, receive, send):
    assert scope["type"] == "http"
    await asyncio.sleep(0.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"saved"})
