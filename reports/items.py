"""Item analysis of one round: how hard each question was, whether it tells strong from weak, which options were taken. PURE numpy.

Definitions and their sources
- Facility: the mean credit on the question, 0 to 1.
- Discrimination D: mean credit among the best 27 % less that among the weakest (T. L. Kelley, Journal of Educational Psychology 30,
  1939; A. P. Johnson, ibid. 42, 1951). Best and weakest by the rest of the paper, so that a question does not prove itself.
  Those who are equal at the border share its places, so that no order among equals decides anything.
- Item-rest correlation: Pearson's r of the credit with the credit on the rest of the paper, which for questions that are right
  or wrong is the corrected point-biserial (S. Henrysson, Psychometrika 28, 1963).
- Reliability: Cronbach's alpha = k/(k-1) (1 - sum of item variances / variance of scores) (L. J. Cronbach, Psychometrika 16, 1951);
  with questions that are right or wrong it is KR-20 (G. F. Kuder and M. W. Richardson, Psychometrika 2, 1937). Where papers were
  drawn from a bank, item variance and covariance are means over the papers: k c / (v + (k-1) c), the same number on equal papers.
- Standard error of alpha: (1 - alpha) sqrt(2k / ((k-1)(n-2))) (D. G. Bonett, Journal of Educational and Behavioral Statistics 27,
  2002); standard error of measurement, in questions: sd sqrt(1 - alpha).

Variances are those of these papers (divided by n). What is not defined is None, never a crash: one person, constant scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

GROUP = 0.27
LEAST_OF_GROUPS = 4  # papers that make two groups
LEAST = 30  # papers; below this a figure says little, and nothing is advised
HARD, EASY, POOR, DEAD = (
    0.2,
    0.95,
    0.2,
    0.05,
)  # D below 0.2 is poor (R. L. Ebel); options under 5 % do no work (T. M. Haladyna)
_TINY = 1e-12  # a variance below this is rounding

Reals = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Papers:
    """Graded papers of one round, a row for each question on each paper; at most one paper a person.

    `attempt` and `question` are numbers from 0 without gaps; `credit` is the share of the question's points, 1 for all of them
    (below 0 where a wrong answer costs); `empty` says that nothing was answered; `seconds` is NaN where it is not known.
    `pick_row` and `pick_option` are one entry for each option chosen: the row, and the author's option from 0.
    """

    attempt: Places
    question: Places
    credit: Reals
    empty: NDArray[np.bool_]
    seconds: Reals
    pick_row: Places
    pick_option: Places


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how many chose it, their share of the papers, and its share among the best and the weakest."""

    right: bool
    chosen: int
    share: float
    best: float | None
    weakest: float | None


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `flags` are codes of `FLAGS`, the most pressing first."""

    papers: int
    empty: int
    facility: float
    discrimination: float | None
    item_rest: float | None
    seconds: float | None
    options: tuple[Option, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """The round as a measure: `mean` and `sd` of the credit a paper, `length` questions each, alpha (KR-20 where `two_valued`)."""

    papers: int
    length: float
    mean: float | None
    sd: float | None
    alpha: float | None
    alpha_error: float | None
    measurement_error: float | None
    two_valued: bool


def item_analysis(papers: Papers, keys: tuple[frozenset[int], ...], options: tuple[int, ...]) -> tuple[Item, ...]:
    """An `Item` for each question; `keys` and `options` say which options are right and how many there are (0: a kind without)."""
    count = len(keys)
    rest = np.round(_totals(papers)[papers.attempt] - papers.credit, 9)
    order = np.argsort(papers.question, kind="stable")
    starts = np.searchsorted(papers.question[order], np.arange(count + 1))
    picks_of = np.argsort(papers.question[papers.pick_row], kind="stable")
    pick_starts = np.searchsorted(papers.question[papers.pick_row][picks_of], np.arange(count + 1))
    return tuple(
        _item(
            papers,
            rest,
            order[starts[at] : starts[at + 1]],
            picks_of[pick_starts[at] : pick_starts[at + 1]],
            keys[at],
            options[at],
        )
        for at in range(count)
    )


def reliability(papers: Papers) -> Reliability:
    """How far the scores of the round can be trusted."""
    count = int(papers.attempt.max()) + 1 if papers.attempt.size else 0
    two_valued = bool(np.isin(papers.credit, (0.0, 1.0)).all())
    if not count:
        return Reliability(0, 0.0, None, None, None, None, None, two_valued)
    totals, lengths = _totals(papers), np.bincount(papers.attempt, minlength=count).astype(np.float64)
    length, mean, sd = float(lengths.mean()), float(totals.mean()), float(totals.std())
    # What a paper's score is above or below the sum of its questions' means: the same centre for easy and hard papers.
    off = papers.credit - _means(papers)[papers.question]
    squares, pairs = float(off @ off), float(lengths @ (lengths - 1))
    whole = np.bincount(papers.attempt, off, minlength=count)
    spread = float(whole @ whole)
    alpha = error = measurement = None
    if count > 1 and pairs and spread > _TINY * count:
        variance, covariance = squares / lengths.sum(), (spread - squares) / pairs
        if abs(below := variance + (length - 1) * covariance) > _TINY:
            alpha = length * covariance / below
            measurement = sqrt(spread / count * (1 - alpha)) if alpha <= 1 else None
            error = (1 - alpha) * sqrt(2 * length / ((length - 1) * (count - 2))) if count > 2 else None
    return Reliability(count, length, mean, sd, alpha, error, measurement, two_valued)


def _item(papers: Papers, rest: Reals, rows: Places, picks: Places, key: frozenset[int], options: int) -> Item:
    count = len(rows)
    if not count:
        return Item(0, 0, 0.0, None, None, None, (), ())
    credit, known = papers.credit[rows], papers.seconds[rows]
    known = known[~np.isnan(known)]
    best, weakest = _groups(rest[rows])
    lines = _options(papers, rows, picks, key, options, best, weakest)
    discrimination = float(best @ credit - weakest @ credit) if best.any() else None
    facility, item_rest = float(credit.mean()), _correlation(credit, rest[rows])
    return Item(
        papers=count,
        empty=int(papers.empty[rows].sum()),
        facility=facility,
        discrimination=discrimination,
        item_rest=item_rest,
        seconds=float(np.median(known)) if known.size else None,
        options=lines,
        flags=_flags(count, facility, discrimination, item_rest, lines),
    )


def _groups(rest: Reals) -> tuple[Reals, Reals]:
    """Weights of the papers in the best and the weakest 27 %, each summing to 1; zeros where there are too few papers."""
    count = len(rest)
    if count < LEAST_OF_GROUPS:
        return np.zeros(count), np.zeros(count)
    take = ceil(round(count * GROUP, 9))
    return _lowest(-rest, take), _lowest(rest, take)


def _lowest(values: Reals, take: int) -> Reals:
    border = np.partition(values, take - 1)[take - 1]
    sure, equal = values < border, values == border
    shares: Reals = (sure + equal * ((take - sure.sum()) / equal.sum())) / take
    return shares


def _options(
    papers: Papers, rows: Places, picks: Places, key: frozenset[int], options: int, best: Reals, weakest: Reals
) -> tuple[Option, ...]:
    chosen_by, option = np.searchsorted(rows, papers.pick_row[picks]), papers.pick_option[picks]
    grouped = bool(best.any())
    return tuple(
        Option(
            right=at in key,
            chosen=len(who := chosen_by[option == at]),
            share=len(who) / len(rows),
            best=float(best[who].sum()) if grouped else None,
            weakest=float(weakest[who].sum()) if grouped else None,
        )
        for at in range(options)
    )


def _flags(
    papers: int, facility: float, discrimination: float | None, item_rest: float | None, options: tuple[Option, ...]
) -> tuple[str, ...]:
    if papers < LEAST:
        return ("few",)
    found = []
    if (discrimination is not None and discrimination < 0) or (item_rest is not None and item_rest < 0):
        found.append("key")
    if facility < HARD:
        found.append("hard")
    elif facility > EASY:
        found.append("easy")
    elif discrimination is not None and 0 <= discrimination < POOR:
        found.append("weak")
    wrong = [option for option in options if not option.right]
    if any(option.best is not None and option.weakest is not None and option.best > option.weakest for option in wrong if option.share >= DEAD):  # fmt: skip
        found.append("lures")
    if any(option.share < DEAD for option in wrong):
        found.append("dead")
    return tuple(found)


def _totals(papers: Papers) -> Reals:
    return np.bincount(papers.attempt, papers.credit).astype(np.float64)


def _means(papers: Papers) -> Reals:
    return np.bincount(papers.question, papers.credit) / np.maximum(np.bincount(papers.question), 1)


def _correlation(one: Reals, other: Reals) -> float | None:
    one, other = one - one.mean(), other - other.mean()
    below = float(one @ one) * float(other @ other)
    return float(one @ other) / sqrt(below) if below > _TINY * len(one) ** 2 else None


FLAGS = {
    "key": "Người làm tốt phần còn lại lại hay sai câu này: kiểm tra đáp án và cách hỏi.",
    "hard": "Quá khó: dưới 20 % số điểm. Xem câu có hỏi điều ngoài tài liệu không.",
    "easy": "Quá dễ: trên 95 % số điểm, không phân loại được ai.",
    "weak": "Ít phân loại: người giỏi và người yếu đúng gần như nhau. Viết lại cho rõ hơn.",
    "lures": "Có phương án sai mà người làm tốt chọn nhiều hơn người yếu: xem phương án ấy có đúng một phần không.",
    "dead": "Có phương án gần như không ai chọn (dưới 5 %): thay bằng phương án hợp lý hơn.",
    "few": "Ít bài: số liệu chỉ để tham khảo.",
}  # what to do, in the order of urgency
