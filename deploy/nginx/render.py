"""Makes the nginx configuration from its templates, for a server (production) or for one's own machine (local).

    python3 deploy/nginx/render.py production --host thi.congdoan.example --answers 9001,9002 --out /etc/nginx
    python3 deploy/nginx/render.py local --port 8080 --answers 9001,9002 --pages 8001 --out var/nginx

Standard library only: it must run on a bare server. A template has `@NAME@` places and blocks from `@if KIND` to `@end`;
a place without a value is an error.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODULE_FOLDERS = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")
BROTLI = "ngx_http_brotli_static_module.so"
HSTS = "max-age=63072000; includeSubDomains; preload"


@dataclass(frozen=True)
class Layout:
    """What one configuration must know. `answers` and `pages` are addresses: a port of this machine, or host:port."""

    local: bool
    out: Path
    answers: Sequence[str]
    pages: Sequence[str] = ("8001",)
    papers: Sequence[str] = ("8002",)  # gunicorn's second door, for sittings
    host: str = "127.0.0.1"
    port: int = 8080  # local only
    static: Path = ROOT / "staticfiles"
    files: Path = ROOT / "var" / "files"
    errors: Path = HERE / "errors"
    certificate: str = ""
    certificate_key: str = ""
    acme: str = "/var/www/acme"
    user: str = "www-data"
    access_log: str = ""
    max_sockets: int = 20_000
    socket_opens: int = 250
    answers_at_once: int = 128  # in one Daphne: the next batch and the one after it
    pages_at_once: int = 900 * (os.cpu_count() or 1)  # at each of gunicorn's doors: below its backlog, a minute of work
    starts: int = (
        60 * (os.cpu_count() or 1)
    )  # that may ask the gate in a second; one that is told to wait costs 10 ms of CPU, one that is let in three times that
    address_answers: int = 600  # a second, of one address: 2,000 phones that answer every four seconds stay below
    address_pages: int = 150
    address_news: int = 400  # a second, of one address: twice what 2,000 phones ask for; ten times that in one instant
    modules: Path | None = field(default_factory=lambda: module_folder())

    def values(self) -> dict[str, str]:
        """What stands at the places of the templates."""
        certificates = f"/etc/letsencrypt/live/{self.host}"
        descriptors = 20_000 if self.local else 65_536
        return {
            "USER": "root" if self.local else self.user,
            "WORKER_PROCESSES": "1" if self.local else "auto",
            "FILES": str(descriptors),
            "WORKER_CONNECTIONS": str(descriptors // 2),
            "RUN": str(self.out) if self.local else "/run",
            "ERROR_LOG": str(self.out / "error.log") if self.local else "/var/log/nginx/error.log",
            "ACCESS_LOG": self.access_log or ("off" if self.local else "/var/log/nginx/access.log line buffer=64k flush=2s"),
            "MODULES": str(self.modules),
            "MIME_TYPES": mime_types(),
            "ROUTES": str(self.out / "hoithi-routes.conf"),
            "HOST": self.host,
            "HOST_PORT": f":{self.port}" if self.local else "",
            "PORT": str(self.port),
            # Locally as if TLS had been taken off before us: production settings would send plain HTTP away for ever.
            "FORWARDED_PROTO": "https" if self.local else "$scheme",
            "CERTIFICATE": self.certificate or f"{certificates}/fullchain.pem",
            "CERTIFICATE_KEY": self.certificate_key or f"{certificates}/privkey.pem",
            "ACME": self.acme,
            "HSTS": HSTS,
            # Ten failures in a row of time and a process is left alone for two seconds; until then the next one is asked.
            "ANSWER_SERVERS": servers(self.answers, f"max_conns={self.answers_at_once} max_fails=10 fail_timeout=2s"),
            "SOCKET_SERVERS": servers(self.answers, "max_fails=10 fail_timeout=2s"),
            "PAGE_SERVERS": servers(self.pages, self._pages_options()),
            "PAPER_SERVERS": servers(self.papers, self._pages_options()),
            "STARTS": str(self.starts),
            "STARTS_WAITING": str(60 * self.starts),
            "STATIC": str(self.static),
            "FILES_ROOT": str(self.files),
            "ERRORS": str(self.errors),
            "MAX_SOCKETS": str(self.max_sockets),
            "SOCKET_OPENS": str(self.socket_opens),
            "ADDRESS_ANSWERS": str(self.address_answers),
            "ADDRESS_PAGES": str(self.address_pages),
            "ADDRESS_NEWS": str(self.address_news),
            "NEWS_BURST": str(10 * self.address_news),
        }  # fmt: skip

    def _pages_options(self) -> str:
        """One gunicorn is never given up: its requests wait at its door while it restarts."""
        several = len(self.pages) > 1
        return f"max_conns={min(self.pages_at_once, 1800)} " + (
            "max_fails=10 fail_timeout=2s" if several else "max_fails=0"
        )

    def kinds(self) -> set[str]:
        """The `@if` blocks that stay."""
        kinds = {"local" if self.local else "production"}
        if not self.local or os.geteuid() == 0:
            kinds.add("root")
        if self.modules is not None:
            kinds.add("brotli")
        return kinds


def write(layout: Layout) -> Path:
    """Write nginx.conf and its routes into `layout.out`; returns the path of nginx.conf."""
    layout.out.mkdir(parents=True, exist_ok=True)
    values, kinds = layout.values(), layout.kinds()
    for template, name in (("nginx.conf.template", "nginx.conf"), ("routes.conf.template", "hoithi-routes.conf")):
        (layout.out / name).write_text(fill((HERE / template).read_text("utf-8"), values, kinds), "utf-8")
    return layout.out / "nginx.conf"


def fill(template: str, values: Mapping[str, str], kinds: set[str]) -> str:
    """The template with its values, without the blocks of other kinds. KeyError for a place without a value."""
    lines: list[str] = []
    stays = True
    for line in template.splitlines():
        if line.startswith("@if "):
            stays = line.removeprefix("@if ").strip() in kinds
        elif line.strip() == "@end":
            stays = True
        elif stays:
            lines.append(re.sub(r"@([A-Z_]+)@", lambda place: values[place[1]], line))
    return "\n".join(lines) + "\n"


def servers(addresses: Sequence[str], options: str) -> str:
    """`server` lines of an upstream. A bare port is one of this machine."""
    full = [address if ":" in address else f"127.0.0.1:{address}" for address in addresses]
    return "\n".join(f"        server {address} {options};" for address in full)


def mime_types() -> str:
    """Where this nginx keeps its list of types."""
    known = ("/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types", "/opt/homebrew/etc/nginx/mime.types")
    return next((path for path in known if Path(path).exists()), known[0])


def module_folder() -> Path | None:
    """The folder of nginx's module for files that are compressed with brotli already; None where it is not installed."""
    return next((Path(folder) for folder in MODULE_FOLDERS if (Path(folder) / BROTLI).exists()), None)


def find_nginx() -> str | None:
    """The nginx program, also where a user's PATH has no sbin."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def check(conf: Path) -> subprocess.CompletedProcess[str]:
    """`nginx -t` on a written configuration."""
    program = find_nginx()
    if program is None:
        raise FileNotFoundError("nginx is not installed")
    return subprocess.run(  # noqa: S603
        [program, "-t", "-q", "-e", "stderr", "-c", str(conf), "-p", str(conf.parent)], capture_output=True, text=True
    )


def main() -> None:
    """Write a configuration as the command line says, and let nginx look at it."""
    options = argparse.ArgumentParser(prog="render.py", description=(__doc__ or "").splitlines()[0])
    options.add_argument("kind", choices=["production", "local"])
    options.add_argument("--out", type=Path, required=True, help="folder to write to: /etc/nginx on a server")
    options.add_argument("--host", default="127.0.0.1", help="the site's one name")
    options.add_argument("--port", type=int, default=8080, help="local only")
    options.add_argument("--answers", default="9001,9002", help="Daphne processes: ports, or host:port, comma between")
    options.add_argument("--pages", default="8001", help="gunicorn: ports, or host:port, comma between")
    options.add_argument("--papers", default="8002", help="gunicorn's second door, for sittings: as many as --pages")
    options.add_argument("--static", type=Path, help="collected static files of all releases")
    options.add_argument("--files", type=Path, help="MEDIA_ROOT, for downloads")
    options.add_argument("--errors", type=Path, help="the Vietnamese error pages")
    options.add_argument("--certificate", default="")
    options.add_argument("--certificate-key", default="")
    options.add_argument("--user", default="www-data", help="whom nginx runs as")
    options.add_argument("--max-sockets", type=int, default=20_000)
    options.add_argument("--socket-opens", type=int, default=250, help="sockets a second that are let in")
    options.add_argument(
        "--starts",
        type=int,
        default=Layout.starts,
        help="presses on “Vào thi” a second that reach the gate: 60 a core of the machines that serve pages",
    )
    given = options.parse_args()
    paths = {name: getattr(given, name).absolute() for name in ("static", "files", "errors") if getattr(given, name)}
    layout = Layout(
        local=given.kind == "local", out=given.out.resolve(), host=given.host, port=given.port,
        answers=given.answers.split(","), pages=given.pages.split(","), papers=given.papers.split(","), certificate=given.certificate,
        certificate_key=given.certificate_key, user=given.user, max_sockets=given.max_sockets,
        socket_opens=given.socket_opens, starts=given.starts, **paths,
    )  # fmt: skip
    conf = write(layout)
    print(f"wrote {conf} and {conf.parent / 'hoithi-routes.conf'}")  # noqa: T201
    if find_nginx() is None:
        print("nginx is not installed here: not checked (apt-get install nginx libnginx-mod-http-brotli-static)")  # noqa: T201
        return
    checked = check(conf)
    print(checked.stderr.strip() or "nginx -t: ok")  # noqa: T201
    sys.exit(checked.returncode)


if __name__ == "__main__":
    main()
