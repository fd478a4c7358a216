"""The sentences of the rules page (thể lệ) in both languages, each beside its twin.

What one round's settings say, and what holds for every contest. `thele` decides which sentences stand where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contests.rules.said import Said, decimal, enumerated, many
from contests.rules.settings import DIFFICULTIES, Counting, DrawPart, Partial, Review, RoundRules, ShowAfter
from contests.rules.thele_ranking import own_criteria
from contests.rules.ties import Criterion
from contests.rules.windows import WEEKDAYS

Sentences = list[Said | None]  # of one round; None where it has nothing to say


def paper(rules: RoundRules, topic_names: Mapping[str, str]) -> Sentences:
    by_topic: dict[str, list[DrawPart]] = {}
    for part in rules.draw:
        by_topic.setdefault(topic_names.get(part.topic, part.topic), []).append(part)
    if len(by_topic) == 1:
        [(name, parts)] = by_topic.items()
        mix = _mix(parts)
        topics = Said(f"Các câu thuộc chủ đề {name}{mix.vi}.", f"They are all on {name}{mix.en}.")
    else:
        lines = [(name, sum(part.count for part in parts), _mix(parts)) for name, parts in by_topic.items()]
        topics = Said(
            f"Theo chủ đề: {'; '.join(f'{name} {count} câu{mix.vi}' for name, count, mix in lines)}.",
            f"By topic: {'; '.join(f'{name} {count}{mix.en}' for name, count, mix in lines)}.",
        )
    return [
        Said(
            f"Mỗi đề có {rules.questions} câu hỏi, làm trong {rules.minutes} phút.",
            f"A paper has {many(rules.questions, 'question')} and lasts {many(rules.minutes, 'minute')}.",
        ),
        topics,
        Said(
            "Máy bốc câu hỏi ngẫu nhiên từ ngân hàng câu hỏi cho từng lượt thi.",
            "The questions are drawn at random from the question bank for each attempt.",
        ),
        Said(
            "Thứ tự câu hỏi được đảo ở mỗi đề.",
            "Their order is shuffled on each paper.",
        )
        if rules.shuffle_questions
        else Said("Câu hỏi xếp theo thứ tự chủ đề.", "They follow the order of the topics."),
        Said(
            "Thứ tự các phương án trả lời cũng được đảo, trừ phương án phải đứng đúng chỗ như “Cả A, B, C đều đúng”.",
            "The options of a question are shuffled too, except those that must keep their place.",
        )
        if rules.shuffle_options
        else Said(
            "Các phương án trả lời giữ nguyên thứ tự.",
            "The options of a question keep their order.",
        ),
    ]


def _mix(parts: Sequence[DrawPart]) -> Said:
    """How many of each difficulty, in brackets; nothing where any will do."""
    if not any(part.difficulty for part in parts):
        return Said("", "")
    order = [*DIFFICULTIES, ""]
    parts = sorted(parts, key=lambda part: order.index(part.difficulty))
    vi = ", ".join(f"{part.count} {DIFFICULTIES.get(part.difficulty, 'bất kỳ')}" for part in parts)
    en = ", ".join(f"{part.count} {part.difficulty or 'any'}" for part in parts)
    return Said(f" ({vi})", f" ({en})")


def attempts(rules: RoundRules) -> Sentences:
    allowed = (
        Said("Không giới hạn số lượt thi trong một đợt.", "There is no limit to attempts in a round.")
        if rules.attempts is None
        else Said(
            f"Mỗi người được thi {rules.attempts} lượt trong một đợt.",
            f"Everyone has {many(rules.attempts, 'attempt')} in a round.",
        )
    )
    used = Said(
        "Lượt đã bắt đầu được tính là đã dùng, kể cả khi bỏ dở.",
        "An attempt that has begun is used, even if it is left unfinished.",
    )
    return [allowed, used]


def points(rules: RoundRules, chain: Sequence[Criterion]) -> Sentences:
    """What an answer earns and which attempts count."""
    vi, en = decimal(rules.points_per_question, ","), decimal(rules.points_per_question, ".")
    earns = Said(
        f"Mỗi câu trả lời đúng được {vi} điểm; câu sai hoặc bỏ trống không được điểm.",
        f"A right answer earns {en} {'point' if rules.points_per_question == 100 else 'points'}; a wrong or missing answer earns nothing.",
    )
    several = _counting(rules.counting, chain) if rules.attempts != 1 else None
    return [earns, rules.scoring.said(), OWN_WEIGHT, PARTIALS[rules.partial], several]


OWN_WEIGHT = Said(
    "Câu có ghi số điểm riêng thì tính theo số điểm ghi ở câu đó.",
    "A question that states points of its own is worth those.",
)
PARTIALS = {
    Partial.EXACT: Said(
        "Câu có nhiều đáp án hoặc nhiều ý chỉ đúng khi đúng tất cả: thiếu hay thừa một đáp án đều không được điểm.",
        "A question with several right options or parts is right only when all of it is; one too few or too many earns nothing.",
    ),
    Partial.PARTIAL: Said(
        "Câu có nhiều đáp án hoặc nhiều ý mà chỉ đúng một phần thì được điểm theo tỷ lệ phần đúng; chọn thừa đáp án thì tỷ lệ tính "
        "trên số đáp án đã chọn.",
        "A question with several right options or parts that is right in part earns the share that is right; where more options "
        "were chosen than are right, it is the share of those chosen.",
    ),
    Partial.PENALISED: Said(
        "Câu có nhiều đáp án hoặc nhiều ý mà chỉ đúng một phần thì được điểm theo tỷ lệ phần đúng, mỗi phần sai trừ đi một phần đúng; "
        "điểm của một câu không âm.",
        "A question with several right options or parts that is right in part earns the share that is right, each wrong part taking "
        "away a right one, never below zero.",
    ),
}


def _counting(counting: Counting, chain: Sequence[Criterion]) -> Said:
    """Which of several attempts of a round count."""
    match counting:
        case Counting.FIRST:
            return Said("Đợt thi tính lượt đầu tiên của bạn.", "Your first attempt counts for the round.")
        case Counting.LAST:
            return Said("Đợt thi tính lượt cuối cùng của bạn.", "Your last attempt counts for the round.")
        case Counting.SUM:
            return Said(
                "Đợt thi tính tổng điểm, tổng số câu đúng và tổng thời gian của mọi lượt.",
                "Points, right answers and time of all your attempts are added up for the round.",
            )
    compared = own_criteria(chain)
    return Said(
        f"Đợt thi tính lượt tốt nhất của bạn, so lần lượt: {compared.vi}.",
        f"Your best attempt counts for the round; attempts are compared by, in this order: {compared.en}.",
    )


VOIDED = Said(
    "Câu hỏi bị huỷ vì có sai sót thì mọi người có câu đó trong đề đều được đủ điểm của câu.",
    "Where a question is void because of a mistake in it, everybody whose paper had it gets its full points.",
)


def windows(rules: RoundRules) -> Said | None:
    """The hours of the week at which a round is open."""
    if not rules.windows:
        return None
    days: dict[int, list[str]] = {}
    for one in rules.windows:
        days.setdefault(one.day, []).append("–".join(one.clock))
    hours = enumerated([
        Said(f"{WEEKDAYS[day - 1]} {', '.join(clocks)}", f"{DAYS[day - 1]} {', '.join(clocks)}") for day, clocks in days.items()
    ])  # fmt: skip
    return Said(
        f"Chỉ vào thi được trong các khung giờ {hours.vi}; lượt thi kết thúc muộn nhất khi khung giờ đó đóng.",
        f"One may begin only on {hours.en}; an attempt ends at the latest when the window in which it began closes.",
    )


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def result_view(rules: RoundRules) -> Sentences:
    key = Said(
        "Đáp án không được công bố khi đợt thi chưa kết thúc.", "The right answers stay closed while the round is open."
    )
    if rules.show is ShowAfter.SCORE:
        at_once = Said("Nộp bài xong, bạn biết ngay điểm của mình.", "You see your points when you hand in.")
    elif rules.review is Review.NOTHING:
        at_once = Said(
            "Nộp bài xong, điểm chưa hiện ra; ban tổ chức công bố kết quả.",
            "Points are not shown when you hand in; the organisers announce the results.",
        )
    else:
        at_once = Said(
            "Nộp bài xong, điểm chưa hiện ra; ban tổ chức công bố điểm sau khi đợt thi kết thúc.",
            "Points are not shown when you hand in; the organisers announce them after the round.",
        )
    return [at_once, key, REVIEWS[rules.review]]


REVIEWS = {
    Review.NOTHING: None,
    Review.SCORE: None,
    Review.RIGHT_WRONG: Said(
        "Sau đó, khi không còn đợt thi nào dùng các câu ấy, bạn xem lại được câu nào mình làm đúng, câu nào sai.",
        "Afterwards, once no round uses these questions any more, you can see which of yours were right and which wrong.",
    ),
    Review.EXPLANATION: Said(
        "Sau đó, khi không còn đợt thi nào dùng các câu ấy, bạn xem lại được bài của mình với đáp án đúng, lời giải thích và điều luật.",
        "Afterwards, once no round uses these questions any more, you can review your paper with the right answers, "
        "the explanations and the articles of law.",
    ),
}


CLOCK = Said(
    "Đồng hồ do máy chủ giữ: chạy từ lúc bạn bấm bắt đầu, không dừng khi bạn thoát ra. Lượt thi kết thúc khi hết thời gian làm bài "
    "hoặc khi đợt thi đóng, tuỳ lúc nào đến trước; bài chưa nộp được nộp tự động với những câu đã trả lời.",
    "The server keeps the clock: it runs from your start and does not stop when you leave. An attempt ends when its time is up or when "
    "the round closes, whichever comes first; an unfinished paper is then handed in by itself with the answers given so far.",
)


def lateness(rules: RoundRules) -> Sentences:
    stamp = Said(
        "Một câu trả lời được tính theo thời điểm máy chủ nhận được nó, không theo đồng hồ trên điện thoại.",
        "An answer is judged by the moment the server receives it, not by the clock of the phone.",
    )
    if rules.grace_seconds == 0:
        grace = Said("Đến sau khi hết giờ thì không được tính.", "One that arrives after the end does not count.")
    else:
        grace = Said(
            f"Đường truyền cần chút thời gian, nên câu trả lời đến máy chủ chậm nhất {rules.grace_seconds} giây sau khi hết giờ vẫn được tính; "
            "đến trễ hơn thì không.",
            f"As the network takes a moment, one that arrives at most {many(rules.grace_seconds, 'second')} after the end still counts; "
            "a later one does not.",
        )
    return [stamp, grace, KEPT_APART]


KEPT_APART = Said(
    "Câu trả lời đến quá trễ được giữ riêng; ban tổ chức chỉ tính khi có lý do chính đáng, và lý do được ghi lại.",
    "What comes too late is kept apart; the organisers let it count only for a good reason, which is put on record.",
)
EXTENSIONS = Said(
    "Khi có sự cố, ban tổ chức có thể cho thêm giờ, thêm lượt hoặc mở lại đợt thi cho một người, một đơn vị hoặc tất cả, có ghi lý do; "
    "không ai bị bớt giờ.",
    "When something went wrong, the organisers may give more time or attempts, or open the round again, to one person, a unit or everybody, "
    "with the reason on record; nobody's time is ever cut.",
)
ONE_DEVICE = Said(
    "Mỗi lượt thi làm trên một máy. Mở trên máy khác thì phải bấm “Làm tiếp trên máy này”; máy cũ dừng lại, các câu đã lưu còn nguyên.",
    "An attempt is sat on one device. To go on with another you tap “Go on with this device”; the first one stops, all saved answers stay.",
)


CONNECTION = Said(
    "Mỗi câu trả lời được lưu ngay khi máy chủ báo đã nhận. Mất mạng hoặc tắt máy thì mở lại trang thi để làm tiếp chính lượt đó "
    "trong thời gian còn lại; thời gian đã mất không được bù.",
    "Each answer is kept as soon as the server confirms it. If you lose the connection or the phone goes off, open the page again and go on "
    "with the same attempt in the time that is left; lost time is not given back.",
)

NAMES = Said(
    "Tên trên bảng xếp hạng được viết tắt, ví dụ “Nguyễn V. A.”, kèm tên đơn vị. Họ tên đầy đủ chỉ hiện khi bạn đồng ý; "
    "không đồng ý vẫn dự thi và xếp hạng như mọi người. Bạn có thể đổi ý bất cứ lúc nào.",
    "Names on the board are shortened, for example “Nguyễn V. A.”, with the unit. Your full name is shown only if you agree; "
    "without that you take part and rank like everyone else. You can change your mind at any time.",
)
