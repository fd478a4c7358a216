"""The list that is gone through before a contest opens: what must be mended (`preflight`), what should be known, what to do yet.

Only `preflight` can refuse an opening; a warning here is for the organizer to weigh.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.formats import number_format

from accounts.models import Headcount, Role
from accounts.scope import Scope, in_scope
from contests.models import Contest, Exclusion, Round
from contests.queries.preflight import Check, preflight
from contests.queries.review import keys_shown_since
from contests.rules.contest_settings import ContestRules, parse_contest_rules
from contests.rules.reading import RulesInvalid
from contests.rules.ties import Criterion

NIGHT = (time(23), time(5))
# docs/decisions/0003-start-gate.md: so many starts, in so many seconds, on two cores, without an error.
STARTS, STARTS_SECONDS = 3000, 60
SHORT_ROUND = timedelta(hours=2)
NAMES_SHOWN = 3
SETTLES_TIES = {Criterion.TIME, Criterion.PREDICTION, Criterion.SUBMITTED, Criterion.ENTERED, Criterion.PERFECT}


def checklist(contest: Contest, scope: Scope, now: datetime) -> list[Check]:
    """Every point: first what must be true, then warnings and what is good to know."""
    rounds = list(contest.rounds.all())
    checks = preflight(contest, scope, now)
    checks.append(_check_keys(contest, now))
    checks += [_check_past(rounds, now), _check_night(rounds), _check_overlap(rounds)]
    try:
        rules = parse_contest_rules(contest.rules)
    except RulesInvalid:  # said by `preflight`
        rules = None
    if rules is not None:
        checks += [_check_ties(rules), _check_excluded(contest, rules, now)]
    people = _people_of(contest)
    checks += [
        _check_headcounts(people),
        _check_capacity(rounds, people),
        _check_rehearsal(contest),
        _check_share(contest),
    ]
    return checks


def _check_keys(contest: Contest, now: datetime) -> Check:
    title = "Đáp án chưa ai xem"
    since = keys_shown_since(contest.bank, now)
    if since is None:
        return Check("keys", True, title, "Chưa đoàn viên nào được xem đáp án của ngân hàng này.")
    return Check("keys", True, title, keys_shown_text(since), True)


def keys_shown_text(since: datetime) -> str:
    """That members know the keys, and what to do."""
    return (
        f"Đáp án của ngân hàng này đã mở cho đoàn viên từ {timezone.localtime(since):%d/%m/%Y %H:%M}: người đã thi biết trước các "
        "câu sẽ bốc. Hãy dùng ngân hàng khác, hoặc thay câu hỏi mới trước khi thi."
    )


def _check_past(rounds: Sequence[Round], now: datetime) -> Check:
    past = [one for one in rounds if one.opens_at <= now < one.closes_at]
    text = " ".join(f"{one.title} có giờ mở đã qua: đoàn viên vào thi được ngay khi bạn bấm mở." for one in past)
    return Check("past", True, "Giờ mở", text or "Các đợt mở đúng giờ đã định.", bool(past), _place(past, "opens_at"))


def _check_night(rounds: Sequence[Round]) -> Check:
    found = [
        (one, name, at)
        for one in rounds
        for name, at in (("opens_at", one.opens_at), ("closes_at", one.closes_at))
        if _at_night(at)
    ]
    words = {"opens_at": "mở", "closes_at": "đóng"}
    text = " ".join(
        f"{one.title} {words[name]} lúc {timezone.localtime(at):%H:%M}, giữa đêm." for one, name, at in found
    )
    if text:
        text += " Nếu không cố ý, hãy chọn giờ ban ngày, khi có người trực."
    where = ("round", str(found[0][0].number), found[0][1]) if found else ()
    return Check(
        "night", True, "Không mở, đóng giữa đêm", text or "Mọi đợt mở và đóng khi có người trực.", bool(found), where
    )


def _at_night(at: datetime) -> bool:
    local = timezone.localtime(at).time()
    return local >= NIGHT[0] or local < NIGHT[1]


def _check_overlap(rounds: Sequence[Round]) -> Check:
    line = sorted(rounds, key=lambda one: (one.opens_at, one.number))
    pairs = [(a, b) for place, a in enumerate(line) for b in line[place + 1 :] if b.opens_at < a.closes_at]
    text = " ".join(f"{a.title} và {b.title} cùng mở một lúc." for a, b in pairs)
    if text:
        text += " Ai cũng thi được cả hai; nếu không cố ý, hãy dời giờ."
    where = ("round", str(pairs[0][1].number), "opens_at") if pairs else ()
    return Check("overlap", True, "Các đợt không chồng nhau", text or "Mỗi lúc chỉ một đợt mở.", bool(pairs), where)


def _check_ties(rules: ContestRules) -> Check:
    title = "Giải thưởng khi bằng điểm"
    if not rules.prizes:
        return Check(
            "ties",
            True,
            title,
            "Chưa đặt giải thưởng nào; có thì hãy ghi ở Luật, thí sinh đọc trong thể lệ.",
            True,
            ("rules", "giai-thuong"),
        )
    if not SETTLES_TIES & set(rules.chain):
        text = (
            "Có giải mà chỉ xếp theo điểm: nhiều người sẽ bằng nhau và giải không đủ chia. "
            "Hãy thêm tiêu chí phụ như thời gian làm bài hoặc câu hỏi phụ."
        )
        return Check("ties", True, title, text, True, ("rules", "xep-hang"))
    return Check(
        "ties", True, title, "Bằng điểm thì xét tiếp tiêu chí phụ; vẫn bằng thì ban tổ chức quyết định, có ghi lại."
    )


def _check_excluded(contest: Contest, rules: ContestRules, now: datetime) -> Check:
    title = "Ai không dự thi"
    names = _names(
        [one.member.full_name for one in Exclusion.objects.in_force().filter(contest=contest).select_related("member")]
    )
    listed = f" Ngoài ra đã đưa ra khỏi xếp hạng hoặc giải: {names}." if names else ""
    if not rules.eligibility.exclude_staff:
        text = f"Người trong ban tổ chức dự thi và nhận giải được như mọi người.{listed} Hãy chắc rằng thể lệ muốn vậy."
        return Check("excluded", True, title, text, True, ("rules", "ai-duoc-thi"))
    today = timezone.localdate(now)
    roles = Role.objects.filter(kind=Role.Kind.ORGANIZER, from_day__lte=today).filter(
        Q(to_day__isnull=True) | Q(to_day__gte=today)
    )
    # Whoever reaches the organizing unit: their unit's path begins its path.
    above = roles.annotate(of=Value(contest.organizer.path)).filter(of__startswith=F("unit__path"))
    organizers = _names(sorted(set(above.values_list("member__full_name", flat=True))))
    return Check("excluded", True, title, f"Ban tổ chức không dự thi: {organizers or 'chưa có ai'}.{listed}")


def _names(names: Sequence[str]) -> str:
    more = f" và {len(names) - NAMES_SHOWN} người nữa" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def _people_of(contest: Contest) -> int:
    """Members of the audience by the newest headcount of each of its units."""
    heads = in_scope(Headcount.objects.all(), Scope((contest.audience.path,)), "unit__path")
    newest = heads.order_by("unit_id", "-on_day").distinct("unit_id")
    return sum(newest.values_list("members", flat=True))


def _check_headcounts(people: int) -> Check:
    title = "Số đoàn viên của các đơn vị"
    if people:
        return Check(
            "headcounts",
            True,
            title,
            f"{_count(people)} đoàn viên trong các đơn vị dự thi; báo cáo tính được tỷ lệ tham gia.",
        )
    text = "Chưa đơn vị nào trong phạm vi dự thi có số đoàn viên, nên báo cáo chỉ đếm người, không tính được tỷ lệ tham gia."
    return Check("headcounts", True, title, text + " Hãy báo cán bộ nhập số liệu trước ngày mở.", True)


def _check_capacity(rounds: Sequence[Round], people: int) -> Check:
    measured = f"Máy 2 nhân đã thử được {_count(STARTS)} người vào thi trong {STARTS_SECONDS} giây"
    short = [one for one in rounds if one.closes_at - one.opens_at <= SHORT_ROUND]
    if people > STARTS and short:
        text = (
            f"{measured}; cuộc thi này có thể có {_count(people)} người dồn vào {short[0].title}. Ai đến sau sẽ chờ đến lượt, không mất "
            "giờ làm bài, nhưng hãy mở sớm hơn hoặc báo người vận hành máy chủ."
        )
        return Check("capacity", True, "Sức chứa", text, True, _place(short, "opens_at"))
    return Check(
        "capacity", True, "Sức chứa", f"{measured}. Đông hơn nữa thì từng người vào lần lượt, không ai mất giờ làm bài."
    )


def _check_rehearsal(contest: Contest) -> Check:
    last = contest.rehearsals.filter(state="done").order_by("-asked_at").first()
    if last is None:
        text = "Chưa diễn tập. Máy chạy thử cả cuộc thi với người giả trong vài phút và chỉ ra chỗ cần sửa; không ai thấy gì."
        return Check("rehearsal", True, "Diễn tập", text, True, ("rehearse",))
    at = f"{timezone.localtime(last.asked_at):%d/%m/%Y %H:%M}"
    problems = len((last.report or {}).get("problems", []))
    if problems:
        return Check(
            "rehearsal", True, "Diễn tập", f"Lần diễn tập {at} tìm ra {problems} điều cần xem.", True, ("rehearse",)
        )
    return Check(
        "rehearsal", True, "Diễn tập", f"Đã diễn tập lúc {at} với {last.members} người giả, không có gì cần sửa."
    )


def _check_share(contest: Contest) -> Check:
    if contest.share_seen_at is None:
        text = "Chưa xem bộ chia sẻ: liên kết ngắn, mã QR, áp phích và lời mời gửi Zalo đã soạn sẵn."
        return Check("share", True, "Bộ chia sẻ", text, True, ("share",))
    return Check("share", True, "Bộ chia sẻ", "Liên kết, mã QR và lời mời đã sẵn sàng.")


def _place(rounds: Sequence[Round], field: str) -> tuple[str, ...]:
    return ("round", str(rounds[0].number), field) if rounds else ()


def _count(number: int) -> str:
    return number_format(number, force_grouping=True)
