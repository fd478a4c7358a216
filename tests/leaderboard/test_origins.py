"""Which pages may open a board socket."""

import pytest

from leaderboard.origins import origin_allowed

SITE = ["https://hoithi.example", "https://www.hoithi.example:8443/"]


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://hoithi.example", True),
        ("https://HOITHI.example:443", True),
        ("https://www.hoithi.example:8443", True),
        ("http://hoithi.example", False),
        ("https://hoithi.example:8443", False),
        ("https://www.hoithi.example", False),
        ("https://hoithi.example.evil.example", False),
        ("https://evil.example/hoithi.example", False),
        ("https://hoithi.example@evil.example", False),
        ("https://evil.example@hoithi.example", False),
        ("null", False),
        ("", False),
        ("file://", False),
        ("https://hoithi.example:port", False),
        ("https://[", False),
    ],
)
def test_only_listed_origins_are_allowed(origin, expected):
    assert origin_allowed([(b"host", b"hoithi.example"), (b"origin", origin.encode())], SITE) is expected


@pytest.mark.parametrize("headers", [[], [(b"origin", b"https://hoithi.example")] * 2])
def test_no_origin_or_two_are_refused(headers):
    assert not origin_allowed(headers, SITE)


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        (b"http://127.0.0.1:8000", b"127.0.0.1:8000", True),
        (b"http://localhost", b"localhost:80", True),
        (b"https://localhost", b"localhost", True),
        (b"http://127.0.0.1:8000", b"127.0.0.1:9000", False),
        (b"http://evil.example", b"127.0.0.1:8000", False),
        (b"http://127.0.0.1:8000", b"", False),
    ],
)
def test_without_a_list_the_page_must_come_from_the_same_host(origin, host, expected):
    assert origin_allowed([(b"host", host), (b"origin", origin)], None) is expected


def test_an_empty_list_allows_nobody():
    assert not origin_allowed([(b"host", b"a.example"), (b"origin", b"https://a.example")], [])
