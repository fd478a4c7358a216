"""The sentences of the rules page (thể lệ) in both languages, each beside its twin.

What one round's settings say, and what holds for every contest. `thele` decides which sentences stand where.
"""

from __future__ import annotations

from collections.abc import Mapping

from contests.rules.said import Said
from contests.rules.settings import Review, RoundRules, ShowAfter


def paper(rules: RoundRules, topic_names: Mapping[str, str]) -> Said:
    parts = [(topic_names.get(part.topic, part.topic), part.count) for part in rules.draw]
    if len(parts) == 1:
        topics = Said(f"Các câu thuộc chủ đề {parts[0][0]}.", f"They are all on {parts[0][0]}.")
    else:
        topics = Said(
            f"Theo chủ đề: {'; '.join(f'{name} {count} câu' for name, count in parts)}.",
            f"By topic: {'; '.join(f'{name} {count}' for name, count in parts)}.",
        )
    return Said(
        f"Mỗi đề có {rules.questions} câu hỏi, làm trong {rules.minutes} phút.",
        f"A paper has {_many(rules.questions, 'question')} and lasts {_many(rules.minutes, 'minute')}.",
    ).then(
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
    )


def attempts(rules: RoundRules) -> Said:
    allowed = (
        Said("Không giới hạn số lượt thi trong một đợt.", "There is no limit to attempts in a round.")
        if rules.attempts is None
        else Said(
            f"Mỗi người được thi {rules.attempts} lượt trong một đợt.",
            f"Everyone has {_many(rules.attempts, 'attempt')} in a round.",
        )
    )
    return allowed.then(
        Said(
            "Lượt đã bắt đầu được tính là đã dùng, kể cả khi bỏ dở.",
            "An attempt that has begun is used, even if it is left unfinished.",
        )
    )


def points(rules: RoundRules) -> Said:
    vi, en = _decimal(rules.points_per_question, ","), _decimal(rules.points_per_question, ".")
    counting = Said(
        "Đợt thi tính lượt có điểm cao nhất; các lượt bằng điểm thì tính lượt làm nhanh hơn.",
        "The attempt with the most points counts for the round; among equals, the faster one.",
    )
    return Said(
        f"Mỗi câu trả lời đúng được {vi} điểm; câu sai hoặc bỏ trống không được điểm và không bị trừ điểm.",
        f"A right answer earns {en} {'point' if rules.points_per_question == 100 else 'points'}; a wrong or missing answer earns nothing and costs nothing.",
    ).then(
        Said(
            "Câu có nhiều đáp án chỉ đúng khi chọn đủ và chọn đúng tất cả các đáp án.",
            "A question with several right options is right only when all of them and no others are chosen.",
        ),
        counting if rules.attempts != 1 else None,
    )


RANKING = Said(
    "Điểm cao hơn xếp trên. Bằng điểm thì người có thời gian làm bài ngắn hơn xếp trên; vẫn bằng thì cùng hạng. "
    "Thời gian làm bài tính từ lúc bắt đầu lượt thi đến lúc máy chủ nhận được bài nộp. "
    "Bảng xếp hạng trong khi cuộc thi diễn ra là kết quả tạm tính.",
    "More points rank higher. With equal points the shorter time ranks higher; if that is equal too, the rank is shared. "
    "Time runs from the start of the attempt until the server receives the finished paper. "
    "While the contest runs, the board is provisional.",
)


def result_view(rules: RoundRules) -> Said:
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
    return at_once.then(key, REVIEWS[rules.review])


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


def lateness(rules: RoundRules) -> Said:
    stamp = Said(
        "Một câu trả lời được tính theo thời điểm máy chủ nhận được nó, không theo đồng hồ trên điện thoại.",
        "An answer is judged by the moment the server receives it, not by the clock of the phone.",
    )
    if rules.grace_seconds == 0:
        return stamp.then(
            Said("Đến sau khi hết giờ thì không được tính.", "One that arrives after the end does not count."),
            KEPT_APART,
        )
    return stamp.then(
        Said(
            f"Đường truyền cần chút thời gian, nên câu trả lời đến máy chủ chậm nhất {rules.grace_seconds} giây sau khi hết giờ vẫn được tính; "
            "đến trễ hơn thì không.",
            f"As the network takes a moment, one that arrives at most {_many(rules.grace_seconds, 'second')} after the end still counts; "
            "a later one does not.",
        ),
        KEPT_APART,
    )


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


def _decimal(hundredths: int, mark: str) -> str:
    """250 -> "2,5", 100 -> "1", 5 -> "0,05"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}{mark}{rest:02d}".rstrip("0") if rest else str(whole)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
