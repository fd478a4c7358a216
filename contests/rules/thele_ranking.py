"""The sentences of the rules page on ranking: the chain, the side question, divisions, units' boards, prizes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from contests.rules.awards import OnePrize
from contests.rules.contest_settings import (
    EACH,
    ContestRules,
    Division,
    PeopleOf,
    PrizeFor,
    PrizeRule,
    UnitBoard,
    UnitBy,
)
from contests.rules.prediction import Counted, Meaning, Prediction
from contests.rules.said import Said, enumerated, grouped, many, moment
from contests.rules.settings import Counting
from contests.rules.ties import Criterion

# --- the chain -----------------------------------------------------------------------------------------------------
CRITERIA = {
    Criterion.POINTS: Said("điểm cao hơn", "more points"),
    Criterion.RIGHT: Said("nhiều câu đúng hơn", "more right answers"),
    Criterion.TIME: Said("thời gian làm bài ngắn hơn", "the shorter time"),
    Criterion.PREDICTION: Said("dự đoán câu hỏi phụ gần số đúng hơn", "the prediction nearer to the true number"),
    Criterion.SUBMITTED: Said("nộp bài sớm hơn", "the earlier hand-in"),
    Criterion.ENTERED: Said("ghi danh vào cuộc thi sớm hơn", "the earlier entry into the contest"),
    Criterion.PERFECT: Said("có nhiều lượt đúng tất cả các câu hơn", "more attempts with every answer right"),
}
MEANT = {
    Criterion.TIME: Said(
        "Thời gian làm bài tính từ lúc bắt đầu lượt thi đến lúc máy chủ nhận được bài nộp.",
        "Time runs from the start of the attempt until the server receives the finished paper.",
    ),
    Criterion.SUBMITTED: Said(
        "Giờ nộp bài là lúc máy chủ nhận được bài nộp của lượt được tính; có nhiều lượt được tính thì lấy lượt nộp sau cùng.",
        "The hand-in is the instant at which the server received the counted attempt; of several counted ones, the last.",
    ),
    Criterion.ENTERED: Said(
        "Giờ ghi danh là lúc đăng ký, hoặc lúc vào thi lần đầu nếu không phải đăng ký.",
        "The entry is the registration, or the first start where none is asked for.",
    ),
    Criterion.PERFECT: Said(
        "Lượt đúng tất cả các câu được đếm trong mọi lượt hợp lệ, kể cả lượt không được chọn để tính điểm.",
        "Attempts with every answer right are counted over all valid ones, whichever counts for the points.",
    ),
}
OWN = {
    Criterion.POINTS: Said("điểm", "points"),
    Criterion.RIGHT: Said("số câu đúng", "right answers"),
    Criterion.TIME: Said("thời gian làm bài ngắn hơn", "the shorter time"),
    Criterion.SUBMITTED: Said("nộp bài sớm hơn", "the earlier hand-in"),
}
PROVISIONAL = Said(
    "Bảng xếp hạng trong khi cuộc thi diễn ra là kết quả tạm tính.",
    "While the contest runs, the board is provisional.",
)


def own_criteria(chain: Sequence[Criterion]) -> Said:
    """By what the attempts of one person are compared: the chain as far as it says anything of them, and what follows."""
    order = [one for one in (*chain, Criterion.POINTS, Criterion.TIME, Criterion.SUBMITTED) if one in OWN]
    return enumerated([OWN[one] for one in dict.fromkeys(order)])


def ranking(chain: Sequence[Criterion]) -> Said:
    """Who stands above whom, criterion by criterion, and what happens at the end."""
    first, *rest = [one for one in chain if one is not Criterion.DECISION]
    said = Said(f"Ai có {CRITERIA[first].vi} thì xếp trên.", f"Whoever has {CRITERIA[first].en} ranks higher.")
    if rest:
        then = enumerated([CRITERIA[one] for one in rest])
        said = said.then(
            Said(f"Nếu bằng nhau thì xét lần lượt: {then.vi}.", f"If that is equal, in this order: {then.en}.")
        )
    said = said.then(SHARED if Criterion.DECISION not in chain else DECIDED)
    return said.then(*(MEANT[one] for one in chain if one in MEANT), PROVISIONAL)


SHARED = Said(
    "Vẫn bằng nhau thì cùng hạng; hạng của người tiếp theo tính theo số người đứng trên.",
    "If all is equal, the rank is shared; the next one's rank counts everybody above.",
)
DECIDED = Said(
    "Vẫn bằng nhau thì ban tổ chức quyết định thứ tự, có ghi lý do; cho đến khi đó thì cùng hạng.",
    "If all is equal, the organisers decide, with the reason on record; until then the rank is shared.",
)


def over_rounds(over: Counting, chain: Sequence[Criterion], *, predicted: bool) -> Said:
    """What a member has over all rounds."""
    match over:
        case Counting.FIRST:
            return Said(
                "Kết quả cả cuộc thi là kết quả của đợt đầu tiên bạn dự thi.",
                "The result of the contest is that of the first round you sat.",
            )
        case Counting.LAST:
            return Said(
                "Kết quả cả cuộc thi là kết quả của đợt cuối cùng bạn dự thi.",
                "The result of the contest is that of the last round you sat.",
            )
        case Counting.BEST:
            compared = own_criteria(chain)
            return Said(
                f"Kết quả cả cuộc thi là kết quả của đợt tốt nhất của bạn, so lần lượt: {compared.vi}.",
                f"The result of the contest is that of your best round; rounds are compared by, in this order: {compared.en}.",
            )
    return Said(
        "Kết quả cả cuộc thi là tổng điểm, tổng số câu đúng và tổng thời gian của các đợt bạn dự thi.",
        "The result of the contest is the sum of points, of right answers and of time over the rounds you sat.",
    ).then(
        Said(
            "Khoảng cách của dự đoán được cộng lại qua các đợt ấy; bỏ dự đoán ở một đợt có câu hỏi phụ thì tính như không dự đoán.",
            "Distances of predictions are added up over those rounds; whoever left one out counts as having made none.",
        )
        if predicted
        else None
    )


# --- the side question ---------------------------------------------------------------------------------------------
ASKED = {
    Meaning.PEOPLE: Said("có bao nhiêu người dự thi", "how many people take part"),
    Meaning.ATTEMPTS: Said("có bao nhiêu lượt thi", "how many attempts there are"),
    Meaning.ALL_RIGHT: Said("có bao nhiêu người trả lời đúng tất cả các câu", "how many people answer everything right"),
    Meaning.RIGHT_GUESSERS: Said("có bao nhiêu người dự đoán đúng chính con số này", "how many people guess this very number"),
    Meaning.ALL_RIGHT_PERCENT: Said(
        "có bao nhiêu phần trăm số người dự thi trả lời đúng tất cả các câu", "which percentage of the people answers everything right"
    ),
}  # fmt: skip
FOUND = {
    Meaning.RIGHT_GUESSERS: Said(
        "Số đúng là số lớn nhất mà số người dự đoán số đó vừa bằng chính nó; không có số nào như vậy thì số đúng là không.",
        "The true number is the largest that exactly as many people guessed; where there is none, it is zero.",
    ),
}
COUNTED = {
    Counted.VALID: Said(
        "Chỉ đếm các lượt được tính: đã chấm, không bị huỷ, của người không bị loại.",
        "Only attempts that count are counted: graded, not voided, of people who are not excluded.",
    ),
    Counted.ALL: Said(
        "Đếm mọi lượt đã bắt đầu, kể cả lượt bị huỷ và của người bị loại.",
        "Every attempt that was begun is counted, voided ones and those of excluded people too.",
    ),
}


def prediction(asked: Prediction, counting: Counting) -> Said:
    """The side question, how its true number is counted, and when."""
    said = Said(f"Câu hỏi phụ: dự đoán {ASKED[asked.meaning].vi}.", f"Predict {ASKED[asked.meaning].en}.")
    rounded = None
    if asked.meaning is Meaning.ALL_RIGHT_PERCENT:
        rounded = (
            Said(
                f"Tỷ lệ được làm tròn đến {asked.decimals} chữ số sau dấu phẩy.",
                f"The percentage is rounded to {many(asked.decimals, 'decimal')}.",
            )
            if asked.decimals
            else Said("Tỷ lệ được làm tròn đến số nguyên.", "The percentage is rounded to a whole number.")
        )
    as_of = None
    if asked.as_of:
        at = moment(asked.as_of)
        as_of = Said(f"Số liệu lấy các lượt bắt đầu trước {at.vi}.", f"It counts what was begun before {at.en}.")
    whose = (
        Said(
            "Có nhiều lượt thì tính dự đoán ở lượt cuối cùng.", "Of several attempts the guess made in the last counts."
        )
        if counting is Counting.SUM
        else Said("Tính dự đoán của lượt được tính điểm.", "The guess made in the counted attempt counts.")
    )
    return said.then(FOUND.get(asked.meaning), rounded, COUNTED[asked.counted], as_of, whose)


NO_POINTS = Said(
    "Câu hỏi phụ không có điểm, chỉ dùng để xếp hạng; người không dự đoán đứng sau người có dự đoán. Số đúng được đếm sau khi "
    "đợt thi đóng và được đếm lại khi kết quả thay đổi.",
    "The prediction earns no points and serves only to rank; whoever made none stands behind whoever did. The true number is counted "
    "after the round has closed, and again whenever results change.",
)


# --- divisions -----------------------------------------------------------------------------------------------------
def divisions(rules: ContestRules, units: Mapping[str, str], kinds: Mapping[str, str]) -> list[Said]:
    """Each division with who is in it."""
    if not rules.divisions:
        return []
    each = [
        _division(one, units, kinds, alone=len(rules.divisions) == 1).of(one.name, one.name) for one in rules.divisions
    ]
    order = Said(
        "Mỗi bảng xếp hạng riêng. Ai thuộc được nhiều bảng thì vào bảng đứng trước trong danh sách trên, tính theo đơn vị vào ngày ghi danh.",
        "Each division has a ranking of its own. Whoever fits several is in the one named first above, by their unit on the day of entry.",
    )
    nearest = Said(
        "Loại đơn vị tính theo đơn vị của bạn, hoặc đơn vị cấp trên gần nhất thuộc một loại nêu trên.",
        "The kind is that of your own unit, or of the nearest above it that is of a kind named here.",
    )
    outside = Said("Ai không thuộc bảng nào thì không dự thi được.", "Whoever fits none may not take part.")
    return [
        *each,
        order.then(
            nearest if any(one.unit_kinds for one in rules.divisions) else None,
            None if rules.divisions[-1].takes_everybody else outside,
        ),
    ]


def _division(one: Division, units: Mapping[str, str], kinds: Mapping[str, str], *, alone: bool) -> Said:
    if one.unit_kinds:
        named = "; ".join(kinds.get(kind, kind) for kind in one.unit_kinds)
        return Said(f"người thuộc đơn vị loại: {named}.", f"people of units of the kind: {named}.")
    if one.units:
        named = "; ".join(units.get(code, code) for code in one.units)
        return Said(
            f"người thuộc {named}, kể cả các đơn vị trực thuộc.", f"people of {named}, including all units below."
        )
    if one.declared:
        return Said("người tự chọn bảng này khi ghi danh.", "people who choose it when they enter.")
    return (
        Said("tất cả người dự thi.", "everybody.") if alone else Said("tất cả những người còn lại.", "everybody else.")
    )


# --- units ---------------------------------------------------------------------------------------------------------
QUANTITIES = {
    "thi_sinh": Said("số người dự thi", "the number of people who took part"),
    "luot": Said("số lượt thi", "the number of attempts"),
    "doan_vien": Said("số đoàn viên", "the number of members"),
    "lao_dong": Said("số lao động", "the number of workers"),
    "diem_tb": Said("điểm trung bình của người dự thi", "the mean points of those who took part"),
    "dung_het": Said("số người đúng tất cả các câu", "the number of people with every answer right"),
    "giai": Said("số người đoạt giải", "the number of people who won a prize"),
}
PEOPLE = {PeopleOf.MEMBERS: Said("đoàn viên", "members"), PeopleOf.WORKERS: Said("lao động", "workers")}


def unit_board(one: UnitBoard, audience: Sequence[str], kinds: Mapping[str, str]) -> Said:
    """What units are compared, by what, and from which size."""
    people = PEOPLE[one.people]
    if one.unit_kinds:
        named = "; ".join(kinds.get(kind, kind) for kind in one.unit_kinds)
        compared = Said(f"xếp hạng các đơn vị loại: {named}", f"ranks units of the kind: {named}")
    else:
        above = ", ".join(audience)
        compared = (
            Said(f"xếp hạng các đơn vị trực thuộc {above}", f"ranks the units right below {above}")
            if above
            else Said("xếp hạng các đơn vị trực thuộc", "ranks the units right below")
        )
    least = None
    if one.min_size > 1:
        least = Said(
            f"Chỉ xếp hạng đơn vị có từ {grouped(one.min_size, '.')} {people.vi} trở lên.",
            f"Only units with {grouped(one.min_size, ',')} or more {people.en} are ranked.",
        )
    by = _by(one, people)
    return Said(f"{one.name}: {compared.vi}, theo {by.vi}.", f"{one.name}: {compared.en}, by {by.en}.").then(least)


UNITS = Said(
    "Đơn vị có kết quả bằng nhau thì cùng hạng. Số đoàn viên, số lao động lấy theo số liệu mới nhất đến ngày đầu của cuộc thi. "
    "Người bị loại vẫn được đếm là người dự thi nhưng điểm và giải không tính cho đơn vị.",
    "Units with equal results share the rank. Members and workers are counted by the newest figures up to the first day of the contest. "
    "People who are excluded count as having taken part, but their points and prizes count for no unit.",
)


def _by(one: UnitBoard, people: Said) -> Said:
    match one.by:
        case UnitBy.ENTRANTS:
            return QUANTITIES["thi_sinh"]
        case UnitBy.RATE:
            return Said(
                f"tỷ lệ số người dự thi trên số {people.vi} của đơn vị",
                f"the number of people who took part by the number of its {people.en}",
            )
        case UnitBy.MEAN_TOP:
            return _mean_top(one)
    assert one.formula is not None
    text = re.sub(r"\s*([*/])\s*", lambda found: " × " if found[1] == "*" else " ÷ ", one.formula.text)
    used = [
        (_mean_top(one) if name == "diem_top" else QUANTITIES[name]).of(name, name)
        for name in sorted(one.formula.names)
    ]
    meant = enumerated(used)
    return Said(
        f"công thức {text} (trong đó {meant.vi}; công thức phải chia cho không thì đơn vị không được xếp hạng)",
        f"the formula {text} (where {meant.en}; a unit for which it divides by zero is not ranked)",
    )


def _mean_top(one: UnitBoard) -> Said:
    return Said(
        f"điểm trung bình của {grouped(one.top, '.')} người cao điểm nhất của đơn vị",
        f"the mean points of the unit's best {grouped(one.top, ',')}",
    )


# --- prizes --------------------------------------------------------------------------------------------------------
def prizes(rules: ContestRules, round_names: Mapping[int, str]) -> list[Said]:
    """Each prize, from the highest down, then how they are given."""
    if not rules.prizes:
        return []
    ordered = sorted(
        rules.prizes, key=lambda one: (one.to is PrizeFor.UNIT, -one.amount, one.tier, bool(one.round), one.round == EACH, one.name)
    )  # fmt: skip
    return [
        *(_prize(one, rules, round_names) for one in ordered),
        ORDER,
        ONE_PRIZE[rules.one_prize].then(NEXT_IN_LINE, TOO_FEW),
    ]


def _prize(one: PrizeRule, rules: ContestRules, round_names: Mapping[int, str]) -> Said:
    amount = Said(
        f", mỗi giải {grouped(one.amount, '.')} đồng" if one.amount else "",
        f", {grouped(one.amount, ',')} đồng each" if one.amount else "",
    )
    return Said(
        f"{one.name}: {grouped(one.count, '.')} giải{amount.vi}, {_to(one, rules, round_names).vi}.",
        f"{one.name}: {many(one.count, 'prize')}{amount.en}, {_to(one, rules, round_names).en}.",
    )


def _to(one: PrizeRule, rules: ContestRules, round_names: Mapping[int, str]) -> Said:
    """Of which ranking."""
    if one.round == EACH:
        when = Said("của mỗi đợt", "of each round")
    elif one.round:
        name = round_names.get(int(one.round), f"đợt {one.round}")
        when = Said(f"của {name}", f"of {name}")
    else:
        when = Said("của cả cuộc thi", "of the whole contest")
    if one.to is PrizeFor.UNIT:
        board = next((each.name for each in rules.unit_boards if each.key == one.board), one.board)
        return Said(f"cho đơn vị đứng đầu {when.vi} theo “{board}”", f"for the first units {when.en} by “{board}”")
    if one.division == EACH:
        among = Said(" ở mỗi bảng", " in each division")
    elif one.division:
        found = rules.division(one.division)
        name = found.name if found else one.division
        among = Said(f" ở {name}", f" in {name}")
    else:
        among = Said("", "")
    return Said(f"cho người đứng đầu {when.vi}{among.vi}", f"for the first {when.en}{among.en}")


ORDER = Said(
    "Giải được trao từ cao xuống thấp: giải có số tiền lớn hơn trước; bằng tiền thì giải bậc cao hơn trước, rồi giải của cả cuộc thi "
    "trước giải của từng đợt.",
    "Prizes are given from the highest down: the larger amount first, of equal amounts the higher tier, then those of the whole "
    "contest before those of a round.",
)
ONE_PRIZE = {
    OnePrize.FREE: Said(
        "Một người, một đơn vị có thể nhận nhiều giải, nhưng chỉ một giải trong cùng một bảng xếp hạng.",
        "A person or a unit may win several prizes, but only one from the same ranking.",
    ),
    OnePrize.ROUND: Said(
        "Mỗi người, mỗi đơn vị chỉ nhận giải cao nhất trong từng đợt và giải cao nhất của cả cuộc thi.",
        "A person or a unit gets only the highest prize of each round and the highest of the whole contest.",
    ),
    OnePrize.CONTEST: Said(
        "Mỗi người, mỗi đơn vị chỉ nhận một giải, là giải cao nhất.",
        "A person or a unit gets one prize only, the highest.",
    ),
}
NEXT_IN_LINE = Said(
    "Ai không được nhận thêm giải, hoặc không đủ điều kiện nhận giải, thì giải được trao cho người kế tiếp.",
    "Where somebody may not hold another prize, or none at all, it goes to the next in line.",
)
TOO_FEW = Said(
    "Khi số người cùng hạng nhiều hơn số giải còn lại, ban tổ chức quyết định, có ghi lý do; giải thấp hơn mà những người ấy có thể "
    "nhận được trao sau quyết định đó.",
    "Where more people share a rank than prizes are left, the organisers decide, with the reason on record; lower prizes that the same "
    "people could win are given after that.",
)


def appeals(days: int) -> Said:
    """How long one may complain."""
    if days == 0:
        return Said(
            "Kết quả đã công bố là kết quả cuối cùng; không nhận khiếu nại.",
            "The results as published are final; no complaints are taken.",
        )
    return Said(
        f"Thí sinh gửi khiếu nại ở trang kết quả của mình, từ khi đợt thi đóng và có điểm cho đến hết {days} ngày kể từ khi kết quả được "
        "công bố; ban tổ chức xem xét và trả lời kèm lý do.",
        "Complaints are filed on one's own result page, from when the round has closed and points are shown until "
        f"{many(days, 'day')} after the results are published; the organisers look into each and answer with reasons.",
    )
