"""A backend that tells what nginx sent it, and nginx itself from the project's template, on free ports."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from config.embedded import free_port
from deploy.nginx import render

needs_nginx = pytest.mark.skipif(
    render.find_nginx() is None, reason="nginx is not installed: apt-get install nginx libnginx-mod-http-brotli-static"
)


class Backend:
    """One upstream. `hangs_up`: it reads the request and closes the connection without a word."""

    def __init__(
        self, name: str, *, hangs_up: bool = False, accel: str = "", says: dict[str, str] | None = None
    ) -> None:
        self.name, self.seen = name, []
        backend = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self) -> None:
                length = int(self.headers.get("content-length", 0))
                backend.seen.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
                if hangs_up:
                    self.close_connection = True
                    return
                body = f"{backend.name}\n".encode()
                self.send_response(200)
                if accel:
                    self.send_header("X-Accel-Redirect", accel)
                for name, value in (says or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = reply

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def running_nginx(
    tmp_path: Path,
    *,
    answers: list[Backend],
    pages: list[Backend],
    papers: list[Backend] | None = None,
    static: Path | None = None,
    files: Path | None = None,
    **limits: int,
) -> Iterator[httpx.Client]:
    """A client of nginx in front of these backends; the backends end with it."""
    port = free_port()
    layout = render.Layout(
        local=True, out=tmp_path / "nginx", port=port, answers=[str(b.port) for b in answers], pages=[str(b.port) for b in pages], papers=[str(b.port) for b in papers or pages],
        static=static or tmp_path, files=files or tmp_path, **limits,
    )  # fmt: skip
    conf = render.write(layout)
    process = subprocess.Popen(
        [render.find_nginx() or "nginx", "-e", "stderr", "-c", str(conf), "-p", str(conf.parent)]
    )
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            yield client
    finally:
        process.terminate()
        process.wait(10)
        for backend in {*answers, *pages, *(papers or [])}:
            backend.close()
