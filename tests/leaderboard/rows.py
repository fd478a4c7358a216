"""Rows for the board tests."""

from hypothesis import strategies as st

from leaderboard.ranking import Row

MAX_POINTS = 9_000_000
MAX_ELAPSED_MS = 10**9 - 1

# Few signs, so that keys often agree for long, and lengths that differ, as between two chains before a rebuild.
any_orders = st.text("0f", min_size=1, max_size=6) | st.text("08f", min_size=76, max_size=80)


def order_of(points: int, elapsed_ms: int = 0) -> str:
    """A key that sorts by points, then time; what contests write today."""
    return f"{2**39 - points:010x}{elapsed_ms:010x}"


def make_row(member: str, points: int = 0, elapsed_ms: int = 0, *, version: int = 1, **shown: str | int) -> Row:
    """A row as contests would announce it; points are hundredths."""
    return Row(
        member=member,
        order=order_of(points, elapsed_ms),
        version=version,
        shown={"name": "Ng*** An", "unit": "CĐCS May 10", "points": points, "elapsed_ms": elapsed_ms, **shown},
    )


def make_rows(count: int) -> list[Row]:
    """`count` rows with a good share of ties."""
    return [make_row(f"m{n:05d}", points=n * 7 % 50 * 100, elapsed_ms=n % 3 * 1000) for n in range(count)]


def keyed_rows(keys: list[str]) -> list[Row]:
    """A row for each order key."""
    return [
        Row(f"m{n:03d}", key, 1, {"name": "A", "unit": "U", "points": 0, "elapsed_ms": 0}) for n, key in enumerate(keys)
    ]
