"""20,000 attempts with known truth: every figure of every file equals what plain Python counts from the lists (`golden`).

The xlsx are read back by calamine, which shares nothing with the library that wrote them; the docx by its own library.
"""

from __future__ import annotations

import io
import statistics
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, zip_longest
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import docx
import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Role, SelfDeclared, Unit
from contests.models import Exclusion
from reports import queries, suppression
from reports.certificates.claims import Ask, claims
from reports.certificates.wording import Kind
from reports.counting import count_contest
from reports.exports.absent_units import message
from reports.models import Counting, KeptSegments, SegmentCount
from reports.part_queries import parts_of
from reports.queries import course_of
from reports.segment_counting import count_segments
from reports.segment_queries import segment_tables
from reports.suppression import Cell
from tests.reports.golden import (
    ASKED,
    ATTEMPTS,
    MIDWEEK,
    OPENS,
    SIX,
    TOPICS,
    Truth,
    World,
    build,
    first_papers,
    group_truth,
    item_truth,
    truth,
)
from tests.reports.rows import written
from tests.reports.test_items import plain_alpha

MINUTES = 20  # of a sitting in this world
AS_OF = datetime(2026, 11, 23, 3, 5, 7, tzinfo=UTC)
LABEL = 5
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def sheets(form: str, world: World, unit, folder: Path, as_of: datetime = AS_OF) -> dict[str, list[list]]:
    """Every sheet from the row of titles on, as calamine reads it."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(form, world.contest, unit, folder, as_of=as_of)))
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        at = next(number for number, row in enumerate(rows) if row and row[0] == "STT")
        found[name] = rows[at:]
    return found


def shown(value: object) -> object:
    """An empty cell is None, a whole number has no point."""
    if value in ("", "—"):
        return None
    return round(value, 9) if isinstance(value, float) else value


def same(cells: list, wanted: list) -> None:
    for cell, want in zip_longest(cells, wanted):
        found = shown(cell)
        if isinstance(want, float):
            assert found == pytest.approx(want, abs=1e-9), (cells, wanted)
        else:
            assert found == want, (cells, wanted)


def figures(it: Truth) -> list:
    return [it.members, it.people, it.rate, it.attempts, it.mean, it.taking, it.units]


def has_every_case(world: World) -> None:
    sittings = [one for person in world.people for one in person.sittings]
    assert len(sittings) == ATTEMPTS
    assert {one.state for one in sittings} == {"started", "submitted", "graded", "regraded", "voided"}
    assert {one.round for one in sittings} == {1, 2}
    assert any(not one.sittings for one in world.people)
    assert any(one.sittings and one.result is None for one in world.people)
    whole = truth(world, world.province.path)
    assert 0 < whole.taking < whole.units
    assert 0 < whole.passed < whole.scored < whole.people
    assert whole.handed_in < whole.attempts == ATTEMPTS


def says_the_participation_book(world: World, unit: Unit, tmp_path: Path) -> None:
    book = sheets("participation", world, unit, tmp_path)

    found = check_units(world, unit, book["Tổng hợp theo đơn vị"], figures)
    assert found >= (80 if unit == world.province else 9)
    check_sittings(world, unit, book["Danh sách thí sinh"])
    check_absent(world, unit, book["CĐCS chưa có người dự thi"])


def check_units(world: World, unit, rows: list[list], cells_of) -> int:
    """Each row by the name of its unit; the last one with figures is the total. Returns how many units there were."""
    paths = {name: path for path, (name, _) in world.units.items() if path.startswith(unit.path)}
    seen, own_sum, total = set(), 0, None
    for row in rows[1:]:
        name, cells = row[1], row[3:]
        if not name or not isinstance(row[4], float | int):
            continue
        if name == "TỔNG CỘNG":
            total = cells
            continue
        own = name.endswith(" (trực tiếp)")
        path = paths[name.removesuffix(" (trực tiếp)")]
        it = truth(world, path, own=own)
        if own:
            it = replace(it, units=0, taking=0)
        same(cells[: len(cells_of(it))], cells_of(it))
        seen.add(name)
        own_sum += own
    same(total[: len(cells_of(truth(world, unit.path)))], cells_of(truth(world, unit.path)))
    assert seen >= {name for name, path in paths.items() if path != unit.path}
    return len(seen)


def local(instant: datetime | None) -> datetime | None:
    return timezone.localtime(instant).replace(tzinfo=None, microsecond=0) if instant else None


def check_sittings(world: World, unit, rows: list[list]) -> None:
    words = {
        "started": "đang làm",
        "submitted": "đã nộp",
        "graded": "đã chấm",
        "regraded": "đã chấm lại",
        "voided": "không tính",
    }
    wanted = sorted(
        (
            person.name, "0" + person.phone[3:], person.unit, world.units.get(person.path[:-LABEL], ("",))[0], f"Tuần {one.round}",
            one.number, None if one.points is None else one.points / 100, one.right,
            None if one.elapsed is None else one.elapsed // 1000, local(one.handed), words[one.state],
        )
        for person in world.below(unit.path) for one in person.sittings
    )  # fmt: skip
    found = []
    for number, row in enumerate(rows[1:], 1):
        assert row[0] == number
        cells = [shown(cell) for cell in row[1:]]
        if cells[8] is not None:
            cells[8] = round(cells[8].total_seconds() if isinstance(cells[8], timedelta) else seconds(cells[8]))
        if cells[9] is not None:
            cells[9] = (cells[9] + timedelta(milliseconds=500)).replace(microsecond=0)
        found.append(tuple(cells))
    key = lambda row: tuple(str(cell) for cell in row)  # noqa: E731
    for cells, want in zip_longest(sorted(found, key=key), sorted(wanted, key=key)):
        assert str(cells[9])[:16] == str(want[9])[:16], "to the second, give or take Excel's rounding"
        assert cells[:9] + cells[10:] == want[:9] + want[10:]
    given = [row[1].split()[-1] for row in rows[1:]]
    assert given.index("Dũng") < given.index("Đạt") < given.index("Giang"), "by given name, D before Đ"


def seconds(value) -> float:
    return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6 if hasattr(value, "hour") else value * 86400  # fmt: skip


def check_absent(world: World, unit, rows: list[list]) -> None:
    alive = {one.path for one in world.below(unit.path)}
    wanted = {
        (name, world.units[path[:-LABEL]][0], world.members.get(path, (None,))[0])
        for path, (name, grassroots) in world.units.items() if grassroots and path.startswith(unit.path) and path not in alive
    }  # fmt: skip
    assert {(row[1], row[3], shown(row[4])) for row in rows[1:] if row[1]} == wanted


def says_the_summary_by_unit_with_its_places(world: World, unit: Unit, tmp_path: Path) -> None:
    [rows] = sheets("units", world, unit, tmp_path).values()

    def cells(it: Truth) -> list:
        return [it.members, it.people, it.rate, it.attempts, it.mean, it.passed if it.scored else None, it.taking, it.units]  # fmt: skip

    check_units(world, unit, rows, cells)
    paths = {name: path for path, (name, _) in world.units.items() if path.startswith(unit.path)}
    kinds = {row[1]: row[2] for row in rows[1:] if row[1] in paths}
    for row in rows[1:]:
        if row[1] not in kinds or not row[2]:
            continue
        mine = truth(world, paths[row[1]])
        peers = [truth(world, paths[name]) for name, kind in kinds.items() if kind == row[2]]
        by_people = 1 + sum(one.people > mine.people for one in peers) if mine.people else None
        rates = [one.rate for one in peers if one.rate is not None]
        by_rate = 1 + sum(rate > mine.rate for rate in rates) if mine.rate is not None else None
        assert [shown(row[11]), shown(row[12])] == [by_people, by_rate], row


def says_the_call_list_and_its_messages(world: World, _unit: Unit, tmp_path: Path) -> None:
    book = sheets("absent", world, world.province, tmp_path)
    check_absent(world, world.province, book["CĐCS chưa có người dự thi"])

    messages = [row for row in book["Tin nhắn"][1:] if row[1]]
    alive = {one.path for one in world.below(world.province.path)}
    absent = [path for path, (_, grassroots) in world.units.items() if grassroots and path not in alive]
    assert sum(row[2] for row in messages) == len(absent) > 0
    for path in absent:
        name, parent = world.units[path][0], world.units[path[:-LABEL]][0]
        [text] = [row[3] for row in messages if row[1] == parent]
        assert name in text
        assert message(parent, [], course_of(world.contest), as_of=AS_OF, link="").splitlines()[0] in text


def says_the_winners(world: World, _unit: Unit, tmp_path: Path) -> None:
    [rows] = sheets("winners", world, world.province, tmp_path).values()

    found = [tuple(shown(cell) for cell in row) for row in rows[1:] if isinstance(row[0], float | int)]
    assert [(one[1], one[3], one[4], one[5], one[7], one[8], one[9]) for one in found] == [
        (prize, person.name, "0" + person.phone[3:], person.unit, place, f"{person.result} điểm", amount)
        for person, prize, place, amount in world.prizes
    ]
    [total] = [row for row in rows if row[1] == "TỔNG CỘNG"]
    assert total[9] == sum(amount for *_, amount in world.prizes)


def says_the_item_book(world: World, unit: Unit, tmp_path: Path) -> None:
    book = sheets("items", world, unit, tmp_path)

    for round_ in (1, 2):
        papers = [one for _, one in first_papers(world, round_, unit.path)]
        wanted = item_truth(world, papers)
        [summary] = [row for row in book["Độ tin cậy"][1:] if row[1] == f"Tuần {round_}"]
        rights = [sum(world.keys[pk] == (pick,) for (pk, _), pick in zip(one.paper, one.picks, strict=True)) for one in papers]  # fmt: skip
        place = {pk: at for at, pk in enumerate(sorted(world.keys))}
        credits = [
            {place[pk]: float(world.keys[pk] == (pick,)) for (pk, _), pick in zip(one.paper, one.picks, strict=True)}
            for one in papers
        ]
        same(summary[2:6], [len(papers), len(papers), ASKED, statistics.fmean(rights)])
        assert summary[6] == pytest.approx(statistics.pstdev(rights), abs=1e-9)
        assert summary[7] == pytest.approx(plain_alpha(credits), abs=1e-9)

        questions = {row[2]: row for row in book["Câu hỏi"][1:] if row[1] == f"Tuần {round_}"}
        assert questions.keys() == wanted.keys()
        for code, it in wanted.items():
            row = questions[code]
            same(row[5:8], [it["papers"], it["empty"], it["right"] / it["papers"]])
            assert abs(row[10] - statistics.median(it["seconds"])) <= 0.5
        options = [row for row in book["Phương án"][1:] if row[1] == f"Tuần {round_}"]
        assert len(options) == 4 * len(wanted)
        for row in options:
            option, it = "ABCD".index(row[3]), wanted[row[2]]
            pk = next(pk for pk, code in world.codes.items() if code == row[2])
            same(row[5:8], ["đúng" if option in world.keys[pk] else None, it["chosen"][option], it["chosen"][option] / it["papers"]])  # fmt: skip


def says_the_topic_book(world: World, unit: Unit, tmp_path: Path) -> None:
    book = sheets("topics", world, unit, tmp_path)
    papers = [pair for round_ in (1, 2) for pair in first_papers(world, round_, unit.path)]

    def told(fits) -> list | None:
        marks = [
            (at, world.keys[pk] == (pick,))
            for at, (path, one) in enumerate(papers) if path.startswith(unit.path)
            for (pk, _), pick in zip(one.paper, one.picks, strict=True) if fits(path, world.topics[pk])
        ]  # fmt: skip
        people = len({at for at, _ in marks})
        share = sum(right for _, right in marks) / len(marks) if people >= 5 else None
        return [people, len(marks), share] if marks else None

    by_topic = {row[1]: row[2:5] for row in book["Theo chủ đề"][1:] if isinstance(row[0], float | int)}
    assert by_topic.keys() == set(TOPICS)
    for topic, cells in by_topic.items():
        same(cells, told(lambda _, asked, topic=topic: asked == topic))
    [source] = [row for row in book["Theo điều luật"][1:] if row[0]]
    same(source[1:6], ["Bộ luật Lao động 2019", "Điều 1", *told(lambda _path, _asked: True)])
    heads, *rows = book["Theo đơn vị"]
    paths = {name: path for path, (name, _) in world.units.items() if path.startswith(unit.path)}
    rows = [row for row in rows if row[0]]
    below = {one.path[: len(unit.path) + LABEL] for one in world.below(unit.path) if one.judged}
    assert len(rows) == len(below) > 7
    for row in rows:
        path = paths[row[1].removesuffix(" (trực tiếp)")]
        own = row[1].endswith(" (trực tiếp)")
        for topic, cell in zip(heads[2:], row[2:], strict=True):
            fits = lambda at, asked, topic=topic, path=path, own=own: asked == topic and (at == path if own else at.startswith(path))  # noqa: E731  # fmt: skip
            same([cell], told(fits)[2:])


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def tenths(part: int, of: int) -> str:
    return dotted((part * 20 + of) // (2 * of) // 10) + f",{(part * 20 + of) // (2 * of) % 10}"


def says_the_official_report(world: World, unit: Unit, tmp_path: Path) -> None:
    file = docx.Document(io.BytesIO(written("official", world.contest, unit, tmp_path, as_of=AS_OF)))
    text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    whole = truth(world, unit.path)

    assert f"có {dotted(whole.people)} người dự thi với {dotted(whole.attempts)} lượt thi, trong đó {dotted(whole.handed_in)} lượt đã nộp bài" in text  # fmt: skip
    assert f"Tỷ lệ tham gia đạt {tenths(whole.people * 100, whole.members)} % trên tổng số {dotted(whole.members)} đoàn viên" in text  # fmt: skip
    assert f"Có {whole.taking} trên {whole.units} công đoàn cơ sở có người dự thi ({tenths(whole.taking * 100, whole.units)} %)" in text  # fmt: skip
    assert f"Điểm trung bình của {dotted(whole.scored)} người có kết quả là {tenths(whole.points, whole.scored * 100)} điểm. Có {dotted(whole.passed)} người, bằng {tenths(whole.passed * 100, whole.scored)} %" in text  # fmt: skip
    assert f"gồm 2 đợt thi, từ ngày {OPENS.astimezone():%d/%m/%Y}" in text

    papers = [one for round_ in (1, 2) for _, one in first_papers(world, round_, unit.path)]
    right = {topic: [world.keys[pk] == (pick,) for one in papers for (pk, _), pick in zip(one.paper, one.picks, strict=True) if world.topics[pk] == topic] for topic in TOPICS}  # fmt: skip
    weakest = min(TOPICS, key=lambda topic: sum(right[topic]) / len(right[topic]))
    assert f"Chủ đề có tỷ lệ điểm thấp nhất: {weakest} ({tenths(sum(right[weakest]) * 100, len(right[weakest]))} %)." in text  # fmt: skip

    paths = {name: path for path, (name, _) in world.units.items() if path.startswith(unit.path)}
    rows = [[cell.text for cell in row.cells] for row in file.tables[1].rows[1:]]
    assert len(rows) > 9
    for _number, name, *cells in rows:
        own = name.endswith(" (trực tiếp)")
        it = truth(world, unit.path if name == "Tổng cộng" else paths[name.removesuffix(" (trực tiếp)")], own=own)
        wanted = [
            "—" if it.members is None else dotted(it.members), dotted(it.people), tenths(it.people * 100, it.members) if it.members else "—",
            dotted(it.attempts), tenths(it.points, it.scored * 100) if it.scored else "—",
        ]  # fmt: skip
        assert cells[:5] == wanted, name
        if not own:
            assert cells[5:] == [str(it.taking), str(it.units)], name


def says_the_page(world: World, unit: Unit, _folder: Path) -> None:
    olga = world.contest.created_by
    assert olga.roles.filter(kind=Role.Kind.STAFF).exists()
    client = Client()
    client.force_login(olga)

    if Counting.objects.get_or_create(contest=world.contest)[1]:
        with patch.object(queries, "snapshot", lambda: nullcontext(AS_OF)):  # the test is one transaction already
            count_contest(contest_id=world.contest.pk)
    page = client.get(f"/bao-cao/{world.contest.slug}/", {"don-vi": unit.code}).content.decode()

    whole = truth(world, unit.path)
    for number in (whole.people, whole.attempts, whole.members):
        assert dotted(number) in page
    assert f"{tenths(whole.people * 100, whole.members)}" in page


def says_the_results(world: World, unit: Unit, _folder: Path) -> None:
    parts = parts_of(world.contest, unit.path, {unit.path}, {}, AS_OF)[unit.path]
    judged = [one for person in world.below(unit.path) for one in person.judged]

    assert parts.marks == tuple(sum(one.right * 10 // ASKED == at for one in judged) for at in range(11))
    tenth = MINUTES * 60_000 / 10
    assert parts.paces == tuple(sum(min(9, int(one.elapsed // tenth)) == at for one in judged) for at in range(10))
    assert parts.registered == sum(person.path.startswith(unit.path) for person in world.people)
    assert sum(part.attempts for part in parts.rounds.values()) == sum(len(one.sittings) for one in world.below(unit.path))  # fmt: skip


SEGMENT_NAMES = dict(zip(SIX, ("Tuổi", "Giới tính", "Trình độ", "Lĩnh vực", "Ca làm việc", "Vùng"), strict=True))
AGES = {"u25": "Dưới 25", "25": "25 đến 34", "35": "35 đến 44", "45": "45 đến 54", "55": "Từ 55 trở lên"}
GROUP_NAMES = {
    name: {str(group): str(word) for group, word in (AGES.items() if name == "age" else SelfDeclared._meta.get_field(name).choices)} | {"": "Không khai"}
    for name in SIX
}  # fmt: skip


def says_the_segments(world: World, unit: Unit, tmp_path: Path) -> None:
    """In the middle of the second round, when some had declared and not all had sat; and after everything."""
    for as_of in (MIDWEEK, AS_OF):
        check_segments(world, unit, tmp_path, as_of)


def says_the_kept_segments(world: World, unit: Unit, tmp_path: Path) -> None:
    if SegmentCount.objects.get_or_create(contest=world.contest)[1]:
        with patch.object(queries, "snapshot", lambda: nullcontext(AS_OF)):
            count_segments(contest_id=world.contest.pk)
    assert KeptSegments.objects.filter(path=unit.path).exists()
    check_segments(world, unit, tmp_path, AS_OF)


def check_segments(world: World, unit: Unit, tmp_path: Path, as_of: datetime) -> None:
    """Every cell of the sixteen sheets: what the lists count, disturbed by the unit's secret, which alone is asked for."""
    midnight = as_of.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    book = sheets("segments", world, unit, tmp_path, as_of)
    it = group_truth(world, unit.path, midnight)
    secret = segment_tables(world.contest, unit, midnight)._unit.secret
    of = suppression.Unit(it.people, it.attempts, it.most, secret)
    said = {
        wanted: suppression.published({(wanted, groups): Cell(**vars(cell)) for groups, cell in cells.items()}, of)
        for wanted, cells in it.by.items()
    }
    hidden = seen = 0

    [*_head, total] = [row for row in book["Theo nhóm"][1:] if row[1] in ("STT", "TẤT CẢ")]
    assert total[2:4] == [it.people, it.attempts]
    lines = [row for row in book["Theo nhóm"][1:] if isinstance(row[0], float | int)]
    wanted = [(segment, group) for segment in SIX for group in GROUP_NAMES[segment]]
    for row, (segment, group) in zip_longest(lines, wanted):
        one = said[segment,].get(((segment,), (group,)), suppression.HIDDEN)
        assert row[1] == GROUP_NAMES[segment][group]
        assert row[2:4] == [dash(one.people), dash(one.attempts)]
        same(row[4:6], [None if one.mean is None else one.mean / 100, one.pass_rate])
        hidden, seen = hidden + (one.people is None), seen + (one.people is not None)

    for down, across in combinations(SIX, 2):
        head, *rows = book[f"{SEGMENT_NAMES[down]} và {SEGMENT_NAMES[across].lower()}"]
        assert head[2:] == [*GROUP_NAMES[across].values(), "Cả nhóm"]
        for row, group in zip(rows, GROUP_NAMES[down], strict=False):
            assert row[1] == GROUP_NAMES[down][group]
            for cell, other in zip(row[2:-1], GROUP_NAMES[across], strict=True):
                one = said[down, across].get(((down, across), (group, other)), suppression.HIDDEN)
                assert cell == dash(one.people), (down, across, group, other)
                hidden, seen = hidden + (one.people is None), seen + (one.people is not None)
            assert row[-1] == dash(said[down,].get(((down,), (group,)), suppression.HIDDEN).people)
        [foot] = [row for row in rows if row[1] == "CẢ NHÓM"]
        assert foot[2:] == [*(dash(said[across,].get(((across,), (other,)), suppression.HIDDEN).people) for other in GROUP_NAMES[across]), it.people]  # fmt: skip
    assert hidden > 50
    assert seen > 200


def dash(figure: int | None) -> int | str:
    return "–" if figure is None else figure


def says_who_has_not_begun(world: World, unit: Unit, tmp_path: Path) -> None:
    [rows] = sheets("absent_people", world, unit, tmp_path).values()

    # Who stands in no unit is told to those only who see everything.
    wanted = [one for one in world.missing if (one.path or world.province.path).startswith(unit.path)]
    found = [row for row in rows[1:] if isinstance(row[0], float | int)]
    assert [row[0] for row in found] == list(range(1, len(wanted) + 1))
    assert sorted(tuple(row[1:5]) for row in found) == sorted(
        (one.name, one.login, one.unit, one.how_far) for one in wanted
    )
    assert len(wanted) >= 5
    given = [row[1].split()[-1] for row in found]
    order = ("An", "Ánh", "Bình", "Chi", "Dũng", "Đạt", "Đức", "Giang", "Hà", "Khánh", "Ơn", "Ý", "Yến")
    assert given == sorted(given, key=order.index)


def says_who_has_a_right_to_a_certificate(world: World, _unit: Unit, _folder: Path) -> None:
    """Last of all, for it excludes some: of those who sat well, of winners, and of winners who keep their place but no prize."""
    members = {entry.member.phone: entry.member for entry in world.contest.entries.select_related("member")}
    phones = dict(world.contest.entries.values_list("pk", "member__phone"))
    good = [one for one in world.people if one.passed][:40:10]
    winner, second = world.prizes[0][0], world.prizes[1][0]
    rows = [(one, False) for one in (*good, winner)] + [(second, True)]
    Exclusion.objects.bulk_create(
        Exclusion(
            contest=world.contest, member=members[one.phone], prizes_only=only, reason="Kiểm thử", created_at=AS_OF
        )
        for one, only in rows
    )
    Exclusion.objects.create(
        contest=world.contest, member=members[world.prizes[2][0].phone], reason="Nhầm", created_at=AS_OF, revoked_at=AS_OF
    )  # fmt: skip
    out = {one.phone for one, only in rows if not only}
    rounds = {None: None} | {one.number: one for one in world.contest.rounds.all()}

    def told(ask: Ask) -> list[tuple]:
        return sorted(
            (phones[one.entry_id], one.unit, one.name, one.round, one.result) for one in claims(world.contest, ask)
        )

    people = [one for one in world.people if one.phone not in out]
    for number, round_ in rounds.items():
        title = f"Tuần {number}" if number else ""
        judged = {one.phone: [each for each in one.judged if number in (None, each.round)] for one in people}
        assert told(Ask(Kind.TOOK_PART, round_)) == sorted(
            (one.phone, one.unit, one.name, title, "") for one in people if judged[one.phone]
        )
        for share in (1, 50, 51, 63, 75, 100):
            best = {one.phone: max((each.right for each in judged[one.phone]), default=-1) for one in people}
            wanted = sorted(
                (one.phone, one.unit, one.name, title, f"đúng {best[one.phone]}/{ASKED} câu")
                for one in people if best[one.phone] * 100 >= share * ASKED
            )  # fmt: skip
            assert told(Ask(Kind.PASSED, round_, share)) == wanted
            assert (0 < len(wanted) < len(people)) or share == 100

    prizes = [(phones[one.entry_id], one.prize, one.place, one.name) for one in claims(world.contest, Ask(Kind.PRIZE))]
    assert prizes == [
        (one.phone, prize, place, one.name) for one, prize, place, _ in world.prizes if one not in (winner, second)
    ]
    assert len(prizes) == 8


WHOLE = (says_the_call_list_and_its_messages, says_the_winners)
EACH = (
    says_the_results,
    says_the_segments,
    says_who_has_not_begun,
    says_the_topic_book,
    says_the_participation_book,
    says_the_summary_by_unit_with_its_places,
    says_the_item_book,
    says_the_official_report,
    says_the_page,
)


@pytest.mark.django_db
def test_every_file_says_what_the_lists_say(tmp_path):
    """One test, for the world is built once; the traceback names the file and the unit."""
    world = build()
    has_every_case(world)

    for says in WHOLE:
        says(world, world.province, tmp_path)
    for unit in (world.province, world.ward):
        for says in EACH:
            says(world, unit, tmp_path)
    says_the_kept_segments(world, world.province, tmp_path)
    says_who_has_a_right_to_a_certificate(world, world.province, tmp_path)
