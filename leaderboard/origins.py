"""From which pages a board socket may be opened."""

from collections.abc import Iterable
from urllib.parse import urlsplit

Headers = Iterable[tuple[bytes, bytes]]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_allowed(headers: Headers, allowed: Iterable[str] | None) -> bool:
    """Whether the Origin is one of `allowed`, compared whole: scheme, host and port.

    `allowed` None is for development: the page must come from the host that the socket is opened to. A missing Origin,
    two of them, or `null` are refused. (Channels' AllowedHostsOriginValidator would let http:// pages in.)
    """
    headers = list(headers)
    origins = [value for name, value in headers if name == b"origin"]
    if len(origins) != 1:
        return False
    origin = _normal(origins[0].decode("latin-1"))
    if origin is None:
        return False
    if allowed is not None:
        return origin in {_normal(each) for each in allowed}
    hosts = [value for name, value in headers if name == b"host"]
    return len(hosts) == 1 and origin == _normal(f"{origin[0]}://{hosts[0].decode('latin-1')}")


def _normal(address: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of a web origin, None for anything else."""
    try:
        parts = urlsplit(address)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
            return None
        return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]
    except ValueError:
        return None
