"""What somebody who owns the tables, but lacks the key, can do to the log. Each edit says what verifying must then name first."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from contests.queries.audit import COLUMNS
from contests.rules.chain import GENESIS, Record, link, seal_head

HEAD = None  # the place of the head, which is no row
Place = tuple[int, int | None] | None  # position, id


@dataclass
class Log:
    """The sealed log as it was."""

    rng: random.Random
    rows: list[tuple[int, int]]  # position, id
    link: str

    @property
    def count(self) -> int:
        return len(self.rows)

    def one(self) -> tuple[int, int]:
        return self.rng.choice(self.rows)

    def two(self) -> tuple[tuple[int, int], tuple[int, int]]:
        first, second = sorted(self.rng.sample(self.rows, 2))
        return first, second


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def set_(column: str, *expressions: str) -> Callable[[Log], Place]:
    """Another value in one column of a random row. An expression that changes nothing there is passed over."""

    def edit(log: Log) -> Place:
        position, id_ = log.one()
        for expression in log.rng.sample(expressions, len(expressions)):
            changed = sql(
                f"UPDATE contests_auditrecord SET {column} = {expression} WHERE id = %s AND {column}::text IS DISTINCT FROM ({expression})::text",
                id_,
            )
            if changed:
                return position, id_
        raise AssertionError(f"no expression changes {column}")

    edit.__name__ = f"set_{column}"
    return edit


def set_id(log: Log) -> Place:
    position, id_ = log.one()
    new = log.rng.randrange(10**6, 10**9)
    sql("UPDATE contests_auditrecord SET id = %s WHERE id = %s", new, id_)
    return position, new


def move_far(log: Log) -> Place:
    position, id_ = log.one()
    new = log.count + log.rng.randrange(1, 50)
    sql("UPDATE contests_auditrecord SET position = %s WHERE id = %s", new, id_)
    return position, (None if position < log.count or new > log.count + 1 else id_)


def move_below(log: Log) -> Place:
    _, id_ = log.one()
    new = -log.rng.randrange(0, 50)
    sql("UPDATE contests_auditrecord SET position = %s WHERE id = %s", new, id_)
    return new, id_


def move_onto_an_earlier(log: Log) -> Place:
    (earlier, _), (_, later_id) = log.two()
    sql("UPDATE contests_auditrecord SET position = %s WHERE id = %s", earlier, later_id)
    return earlier, later_id


def unseal(log: Log) -> Place:
    position, id_ = log.one()
    sql("UPDATE contests_auditrecord SET position = NULL, link = NULL WHERE id = %s", id_)
    return position, None


def delete_one(log: Log) -> Place:
    position, id_ = log.one()
    sql("DELETE FROM contests_auditrecord WHERE id = %s", id_)
    return position, None


def delete_some(log: Log) -> Place:
    chosen = log.rng.sample(log.rows, log.rng.randrange(2, 20))
    sql("DELETE FROM contests_auditrecord WHERE id = ANY(%s)", [id_ for _, id_ in chosen])
    return min(chosen)[0], None


def delete_and_close_the_gap(log: Log) -> Place:
    position, id_ = log.rng.choice(log.rows[:-1])
    sql("DELETE FROM contests_auditrecord WHERE id = %s", id_)
    sql("UPDATE contests_auditrecord SET position = position - 1 WHERE position > %s", position)
    return position, log.rows[position][1]


def delete_last(log: Log) -> Place:
    sql("DELETE FROM contests_auditrecord WHERE position = %s", log.count)
    return log.count, None


def cut_tail(log: Log) -> Place:
    first = log.rng.randrange(1, log.count + 1)
    sql("DELETE FROM contests_auditrecord WHERE position >= %s", first)
    return first, None


def cut_tail_and_tell_the_head(log: Log) -> Place:
    last = log.rng.randrange(1, log.count)
    sql("DELETE FROM contests_auditrecord WHERE position > %s", last)
    sql(
        "UPDATE contests_audithead SET count = %s, link = (SELECT link FROM contests_auditrecord WHERE position = %s)",
        last,
        last,
    )
    return HEAD


def cut_tail_and_forge_the_head(log: Log) -> Place:
    last, _ = log.rng.choice(log.rows[:-1])
    sql("DELETE FROM contests_auditrecord WHERE position > %s", last)
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM contests_auditrecord WHERE position = %s", [last])
        head = seal_head(log.rng.randbytes(32), last, bytes(cursor.fetchone()[0]))
    sql("UPDATE contests_audithead SET count = %s, link = %s, mac = %s", head.count, head.link, head.mac)
    return HEAD


def empty_everything(log: Log) -> Place:
    sql("DELETE FROM contests_auditrecord")
    sql("DELETE FROM contests_audithead")
    return HEAD


def head_count(log: Log) -> Place:
    sql("UPDATE contests_audithead SET count = count + %s", log.rng.choice([-5, -1, 1, 7]))
    return HEAD


def head_link(log: Log) -> Place:
    sql("UPDATE contests_audithead SET link = %s", log.rng.randbytes(32))
    return HEAD


def head_mac(log: Log) -> Place:
    sql("UPDATE contests_audithead SET mac = %s", log.rng.randbytes(log.rng.choice([0, 31, 32])))
    return HEAD


def head_gone(log: Log) -> Place:
    sql("DELETE FROM contests_audithead")
    return HEAD


def head_doubled(log: Log) -> Place:
    sql(
        "INSERT INTO contests_audithead (id, count, link, mac) SELECT %s, count, link, mac FROM contests_audithead",
        log.rng.choice([-1, 2, 9]),
    )
    return HEAD


def head_renamed(log: Log) -> Place:
    sql("UPDATE contests_audithead SET id = 2")
    return HEAD


def _forge(log: Log, position: int) -> int:
    """A row made from a real one, with a code that the forger made up."""
    id_ = log.rng.randrange(10**6, 10**9)
    sql(
        "INSERT INTO contests_auditrecord (id, at, what, contest, attempt, actor, detail, position, link) "
        "SELECT %s, at, what, contest, attempt, actor, detail, %s, %s FROM contests_auditrecord WHERE id = %s",
        id_, position, log.rng.randbytes(32), log.one()[1],
    )  # fmt: skip
    return id_


def insert_at_the_end(log: Log) -> Place:
    return log.count + 1, _forge(log, log.count + 1)


def insert_between(log: Log) -> Place:
    position, _ = log.one()
    sql("UPDATE contests_auditrecord SET position = position + 1 WHERE position >= %s", position)
    return position, _forge(log, position)


def insert_instead(log: Log) -> Place:
    position, id_ = log.one()
    new = _forge(log, position)
    sql("DELETE FROM contests_auditrecord WHERE id = %s", id_)
    return position, new


def swap_places(log: Log) -> Place:
    (first, first_id), (second, second_id) = log.two()
    sql("UPDATE contests_auditrecord SET position = CASE id WHEN %s THEN %s::bigint ELSE %s END WHERE id IN (%s, %s)",
        first_id, second, first, first_id, second_id)  # fmt: skip
    return first, second_id


def swap_places_and_codes(log: Log) -> Place:
    (first, first_id), (_, second_id) = log.two()
    sql("UPDATE contests_auditrecord r SET position = o.position, link = o.link FROM contests_auditrecord o "
        "WHERE r.id IN (%s, %s) AND o.id IN (%s, %s) AND o.id <> r.id", first_id, second_id, first_id, second_id)  # fmt: skip
    return first, second_id


def swap_neighbours(log: Log) -> Place:
    first = log.rng.randrange(1, log.count)
    (_, first_id), (_, second_id) = log.rows[first - 1], log.rows[first]
    sql(
        "UPDATE contests_auditrecord SET position = %s - position WHERE id IN (%s, %s)",
        2 * first + 1,
        first_id,
        second_id,
    )
    return first, second_id


def swap_details(log: Log) -> Place:
    """Two rows whose details differ."""
    while True:
        (first, first_id), (_, second_id) = log.two()
        if sql("UPDATE contests_auditrecord r SET detail = o.detail FROM contests_auditrecord o "
               "WHERE r.id IN (%s, %s) AND o.id IN (%s, %s) AND o.id <> r.id AND r.detail::text <> o.detail::text",
               first_id, second_id, first_id, second_id):  # fmt: skip
            return first, first_id


def copy_over(log: Log) -> Place:
    """A row tells what another one tells, code and all."""
    (_, first_id), (second, second_id) = log.two()
    sql("UPDATE contests_auditrecord r SET at = o.at, what = o.what, contest = o.contest, attempt = o.attempt, actor = o.actor, "
        "detail = o.detail, link = o.link FROM contests_auditrecord o WHERE r.id = %s AND o.id = %s", second_id, first_id)  # fmt: skip
    return second, second_id


def sealed_anew_without_the_key(log: Log) -> Place:
    """From a row on to the end, head and all, as the worker does it but with a key that was made up."""
    position, id_ = log.one()
    key, last = log.rng.randbytes(32), GENESIS
    sql("UPDATE contests_auditrecord SET actor = 424242 WHERE id = %s", id_)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT position, {COLUMNS}, link FROM contests_auditrecord WHERE position IS NOT NULL ORDER BY position"
        )
        for *values, old in cursor.fetchall():
            record = Record(*values)
            last = bytes(old) if record.position < position else link(key, last, record)
            sql("UPDATE contests_auditrecord SET link = %s WHERE id = %s", last, record.id)
    head = seal_head(key, log.count, last)
    sql("UPDATE contests_audithead SET link = %s, mac = %s", head.link, head.mac)
    return position, id_


EDITS: list[Callable[[Log], Place]] = [
    set_id, set_("at", "at + interval '1 microsecond'", "at - interval '1 day'", "'infinity'::timestamptz", "'-infinity'::timestamptz"),
    set_("at", "at + interval '1 microsecond'"),
    set_("what", "'attempt.graded'", "'attempt.voided'", "what || ' '", "''", "upper(what)"),
    set_("contest", "NULL::bigint", "contest + 1", "0::bigint", "-5::bigint"),
    set_("attempt", "NULL::uuid", "gen_random_uuid()"),
    set_("actor", "NULL::bigint", "actor + 1", "0::bigint"),
    set_("link", r"'\x'::bytea", "sha256(link)", "substr(link, 1, 31)", "NULL::bytea"),
    set_("detail", "'{}'::jsonb", "'null'::jsonb", "'[]'::jsonb", "detail || '{\"points\": 10000}'", "jsonb_build_array(detail)"),
    set_("detail", "detail - (SELECT max(k) FROM jsonb_object_keys(detail) k)"),
    set_("detail", "detail || '{\"x\": 1}'", "detail || '{\"x\": 1.0}'", "detail || '{\"x\": \"1\"}'"),
    set_("detail", "detail || jsonb_build_object('deep', jsonb_build_object('er', detail))"),
    move_far, move_below, move_onto_an_earlier, unseal, delete_one, delete_some, delete_and_close_the_gap, delete_last, cut_tail,
    cut_tail_and_tell_the_head, cut_tail_and_forge_the_head, empty_everything, head_count, head_link, head_mac, head_gone, head_doubled,
    head_renamed, insert_at_the_end, insert_between, insert_instead, swap_places, swap_places_and_codes, swap_neighbours, swap_details,
    copy_over, sealed_anew_without_the_key,
]  # fmt: skip
