"""Rows for the board tests."""

from leaderboard.ranking import Row, order_key


def make_row(member: str, points: int = 0, elapsed_ms: int = 0, *, version: int = 1, **shown: str | int) -> Row:
    """A row as contests would announce it; points are hundredths."""
    return Row(
        member=member,
        order=order_key(points, elapsed_ms),
        version=version,
        shown={"name": "Ng*** An", "unit": "CĐCS May 10", "points": points, "elapsed_ms": elapsed_ms, **shown},
    )


def make_rows(count: int) -> list[Row]:
    """`count` rows with a good share of ties."""
    return [make_row(f"m{n:05d}", points=n * 7 % 50 * 100, elapsed_ms=n % 3 * 1000) for n in range(count)]
