"""What people type around questions, sought in folded text (lower case, no accents; `lines.fold`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contests.authoring.word.lines import Line, fold
from contests.authoring.word.signs import CROSSED_BOX, EMPTY_BOXES, TICKS

BULLETS = "•·●▪■◦‣➢❖✦➔→"
_BOXES = re.escape(TICKS + CROSSED_BOX + EMPTY_BOXES)

# -- where a question begins --

_STRONG = re.compile(
    r"[\s\"“”‘’\[(]*(?:cau\s*hoi(?:\s*so)?|cau(?:\s*so)?|question)\s*(\d{1,4})\b(?!\s*[,;&]\s*\d)"
    r"(?P<sep>\s*[\])]?\s*[:.)/|]+|\s*-|(?=\s*[\[(\t])|(?=\s*$)|(?=\s+\S))\s*"
)
_NAMELESS = re.compile(r"\s*cau hoi\s*:\s*")
_WEAK = re.compile(r"\s*(\d{1,4})\s*(?P<sep>[.):/]|-\s)(?!\d)\s*")


@dataclass(frozen=True, slots=True)
class Start:
    """The label of a question: its number, whether it says that it is one (“Câu”), where the stem begins, how it is written."""

    number: int | None
    says_so: bool
    end: int
    style: str


def start_of(one: Line) -> Start | None:
    """The label at the beginning of a line."""
    if found := _STRONG.match(one.folded):
        after = one.text[found.end() : found.end() + 1]
        # "Câu 1 điểm", "Câu 5 và câu 6 dùng chung": a sentence, not a label
        if found["sep"] or not after or after.isupper() or after in '"“‘([' or after.isdigit():
            return Start(int(found[1]), True, found.end(), "cau")
    if found := _NAMELESS.match(one.folded):
        return Start(None, True, found.end(), "cau")
    if (found := _WEAK.match(one.folded)) and found.end() <= len(one.text):
        automatic = "auto" if one.automatic else ""
        return Start(int(found[1]), False, found.end(), f"{automatic}{found['sep'].strip()}")
    return None


# -- options --

OPTION = re.compile(
    rf"(?P<before>[\s*{_BOXES}\-+•●]*(?:[\[(]\s*[x{_BOXES}]?\s*[\])]|x\s)?\s*[*]?\s*)[\[(]?(?P<letter>[a-h])"
    r"(?P<sign>\s?[.):\]]+(?!\d+[.)]\d)|\s?/(?!\w/)|\s-\s|-(?=\s?\S))\s*(?P<after>\*(?!\*)|)"
)
INLINE = re.compile(
    rf"(?P<gap>\t\s*|\s{{2,}}|\s)(?P<before>[*{_BOXES}]?\s?(?:[\[(]\s*[x{_BOXES}]?\s*[\])]\s?)?)[\[(]?(?P<letter>[a-h])"
    r"(?P<sign>[.):\]/])\)?(?=\s|\w|[\"“(*±≥≤<>\-+]|$)\s*(?P<after>\*(?!\*)|)"
)
BULLET = re.compile(rf"\s*(?P<before>[{_BOXES}]|\*|\[\s*x?\s*\]|\(\s*x?\s*\)|)\s*[{BULLETS}\-+*{_BOXES}]?\s+")
_BULLET_START = re.compile(rf"\s*(?:[•·●▪■◦‣➢❖✦➔{_BOXES}]|[\-+*]\s|\[\s*x?\s*\]\s|\(\s*x?\s*\)\s)")
OPTION_START = re.compile(
    rf"[\s*{_BOXES}\-+•●]*(?:[\[(]\s*[x{_BOXES}]?\s*[\])]|x\s)?\s*[*]?\s*[\[(]?([a-h])(?:\s?[.):\]]|\s?/|\s-\s)"
)


_ALL_IN_LINE = re.compile(r"(?:\s{2}|\t|[.?:…!)\"”_]\s)\s*\*?\(?a[.)]\s?\S.*\s\*?\(?b[.)]")


def holds_options(one: Line) -> bool:
    """Whether the options stand behind the stem on its own line."""
    return _ALL_IN_LINE.search(one.folded) is not None


def option_letter(one: Line) -> str:
    """The letter with which a line begins as an option, in the case that it was typed in; "" for none."""
    if found := OPTION_START.match(one.folded):
        typed = one.text[found.start(1)]
        return found[1].upper() if typed.isupper() else found[1]
    return ""


def is_bullet(one: Line) -> bool:
    """Whether a line begins as an item of a list without letters or numbers."""
    return _BULLET_START.match(one.folded) is not None


# -- what people write after the options --

_LETTERS = r"\(?[a-h]\)?(?:\s*(?:[,;&+/]|va|hoac)?\s*\(?[a-h]\)?){0,7}"
_LEAD = r"[\s*•\-+>=→⇒➔➢(\[\"“”✓✔✅]*"
_KEY = (
    r"(?:(?:dap an|phuong an|cau tra loi|tra loi|lua chon)(?:\s+(?:dung|chinh xac|chuan))?(?: nhat)?(?:\s+(?:cua )?cau(?: hoi)?(?: nay| \d+)?)?"
    r"(?:\s+la)?\s*[:=]|(?:key|answer|ans|correct answer|correct)\s*:|(?:dap an|phuong an)(?:\s+dung)?\s+la\s*:?(?=\s))"
)
_MARKERS = {
    "key": _KEY,
    "explanation": r"(?:giai thich(?: dap an| them)?|loi giai(?: chi tiet)?|huong dan(?: giai| tra loi| cham)?|ly do|giai dap|goi y)\s*:",
    "source": r"(?:can cu(?: phap ly| phap luat)?|co so phap ly|nguon(?: tham khao| tai lieu| trich dan| trich)?|tai lieu tham khao|tham khao|trich dan|trich|vien dan|dieu khoan|van ban)\s*:",
    "difficulty": r"(?:muc do|do kho|cap do)(?: nhan thuc| cau hoi)?\s*:",
    "topic": r"(?:chu de|linh vuc|chuyen de)\s*:",
}
_OURS = {  # with their accents, for “ma:” may be “mà:”
    "code": re.compile(r"\s*mã(?: câu(?: hỏi)?)?\s*:\s*", re.IGNORECASE),
    "kind": re.compile(r"\s*loại(?: câu(?: hỏi)?)?\s*:\s*", re.IGNORECASE),
    "pinned": re.compile(r"\s*cố định\s*:\s*", re.IGNORECASE),
    "valid_from": re.compile(r"\s*hiệu lực từ\s*:\s*", re.IGNORECASE),
    "valid_to": re.compile(r"\s*hiệu lực đến\s*:\s*", re.IGNORECASE),
}
_SHORT_KEY = re.compile(r"Đ\s?[./]?\s?[Aa]\.?(?:\s+đúng)?\s*[:=]")  # ĐA, Đ/A; folded it would be any “da”
_BARE_KEY = re.compile(
    rf"{_LEAD}(?:(?:dap an|phuong an|tra loi)(?:\s+dung)?(?:\s+la)?|chon(?:\s+(?:dap an|phuong an|cau|y))?|=>|->|→|⇒|➔)\s*({_LETTERS})\s*[.)\]]*\s*$"
)
_AT_START = {name: re.compile(_LEAD + "(?P<word>" + words + ")") for name, words in _MARKERS.items()}
_INSIDE = {
    name: re.compile(r"(?:\t|\s{2,}|[.;?!)\]”\"]\s*|\s[(\[]|^[(\[])(?P<word>[(\[]?" + words + ")")
    for name, words in _MARKERS.items()
}
_SHORT_INSIDE = re.compile(r"(?:^|\t|\s{2,}|[.;?!)\]”\"]\s*|[(\[])(?P<word>" + _SHORT_KEY.pattern + ")")


@dataclass(frozen=True, slots=True)
class Marker:
    """A word that says what follows: from `start` on it stands, at `end` its value begins."""

    name: str
    start: int
    end: int


def markers_in(one: Line, *, inside: bool = True) -> list[Marker]:
    """The markers of a line in order; `inside`: also behind the end of a sentence or a wide gap."""
    text, found = one.folded, []
    if (
        ":" not in text
        and "=" not in text
        and not any(word in text for word in ("dap an", "chon", "phuong an", "tra loi", "->", "→", "⇒"))
    ):
        return []
    if bare := _BARE_KEY.match(text):
        return [Marker("key", 0, bare.start(1))]
    for name, pattern in _AT_START.items():
        if at := pattern.match(text):
            found.append(Marker(name, 0, at.end()))
    if at := _SHORT_KEY.match(one.text.lstrip(" *•-–+>=→⇒(\t[")):
        found.append(Marker("key", 0, len(one.text) - len(one.text.lstrip(" *•-–+>=→⇒(\t[")) + at.end()))
    if inside:
        for name, pattern in _INSIDE.items():
            found += [Marker(name, at.start("word"), at.end()) for at in pattern.finditer(text)]
        found += [Marker("key", at.start("word"), at.end()) for at in _SHORT_INSIDE.finditer(one.text)]
    ordered: list[Marker] = []
    for marker in sorted(found, key=lambda marker: (marker.start, -marker.end)):
        if not ordered or marker.start >= ordered[-1].end:
            ordered.append(marker)
    return ordered


def label_of_ours(one: Line) -> Marker | None:
    """“Mã:”, “Loại:” and the others that our own files have, at the beginning of a line."""
    for name, pattern in _OURS.items():
        if at := pattern.match(one.text):
            return Marker(name, 0, at.end())
    return None


_REASONS = re.compile(r"(?:theo|vi|do|boi|can cu|dieu \d|khoan \d|diem [a-z] |tai |quy dinh)\b")


def sounds_like_a_reason(one: Line) -> bool:
    """Whether a line under the key goes on with why."""
    return _REASONS.match(one.folded.lstrip(" -+•(")) is not None


# -- true or false --

WORDS_OF_TRUTH = {
    "dung": True,
    "d": True,
    "true": True,
    "t": True,
    "sai": False,
    "s": False,
    "false": False,
    "f": False,
    "khong dung": False,
}
TRUTH_AT_END = re.compile(
    r"\s*(?:[(\[]\s*(?P<word>dung|sai|d|s|true|false)\s*[)\]]|(?:=>|->|→|⇒)\s*(?P<arrow>dung|sai))\s*[.;]?\s*$"
)
_TRUTH_AFTER_ALL = re.compile(r"(?<=[.?!…:;\t])\s*(?P<word>dung|sai|d|s)\s*[.]?\s*$")


def truth_at_end(stem: Line) -> tuple[bool, int] | None:
    """What “(Đ)”, “→ Sai” or “. Đúng” behind a statement says, and where the statement ends."""
    for pattern in (TRUTH_AT_END, _TRUTH_AFTER_ALL):
        if at := pattern.search(stem.folded):
            name = "word" if at["word"] else "arrow"
            typed = stem.text[at.start(name) : at.end(name)]
            if typed in ("D", "d") or (pattern is _TRUTH_AFTER_ALL and not typed[0].isupper()):
                continue  # a letter of the alphabet, or the last word of a sentence
            if stem.text[: at.start()].strip():
                return WORDS_OF_TRUTH[at[name]], at.start()
    return None


ASKS_TRUTH = re.compile(r"dung\s*(?:hay|hoac|/|-|,)\s*(?:la\s*)?sai")
TRUE_AND_FALSE = re.compile(
    rf"\s*(?P<t>[{_BOXES}]|\[\s*x?\s*\]|\(\s*x?\s*\)|)\s*(?P<true>dung)\s*(?P<t2>[{_BOXES}]|\[\s*x?\s*\]|\(\s*x?\s*\)|)[\s/,;.\-]+"
    rf"(?P<f>[{_BOXES}]|\[\s*x?\s*\]|\(\s*x?\s*\)|)\s*(?P<false>sai)\s*(?P<f2>[{_BOXES}]|\[\s*x?\s*\]|\(\s*x?\s*\)|)[\s.]*$"
)

# -- headings --

_TOPIC = re.compile(
    r"[\s\W]*(?:[ivx]{1,5}\s*[.)/-]\s*)?(?:(?:chu de|chuyen de|linh vuc)(?:\s*(?:so|thu))?\s*[\divx]*|noi dung\s*(?:so\s*)?[\divx]+)\s*[:.)/-]\s*"
)
_PART = re.compile(r"[\s\W]*(phan(?:\s+thi)?|chuong|muc)\s+(thu\s+\w+|\d{1,2}|[ivx]{1,5}|[a-h])\b\s*[:.)/-]*\s*")
_ROMAN = re.compile(r"\s*(?:[ivx]{1,5})\s*[.):/-]\s*(?=\S)")
_LETTERED = re.compile(
    r"\s*[a-h]\s*[.):/-]\s*(?=(?:phan|trac nghiem|tu luan|cau hoi|muc do|chu de|chuyen de|de bai|dap an)\b)"
)
_ABOUT_FORM = re.compile(
    r"\b(?:trac nghiem|tu luan|dung\s*[/,-]?\s*(?:hay|hoac)?\s*sai|tra loi (?:ngan|nhanh)|lua chon|phan thi)\b"
)
_FORM_WORDS = re.compile(
    r"\b(?:phan|cau hoi|cau|trac nghiem|khach quan|tu luan|nhieu lua chon|nhieu phuong an|lua chon|dung\s*[/,-]?\s*(?:hay|hoac)?\s*sai|tra loi ngan|dien khuyet|dien tu|de thi|de|bo|ngan hang|"
    r"so|ly thuyet|thi|bai|diem|phuong an|moi|duoc|tu|den|gom|co|va|mot|dap an|chon|huong dan|noi dung|danh muc|[ivx]+|\d+|[\d,.]+d|a|b|c)\b"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line over questions: `rank` 3 says that it is a topic, 2 is a part, 1 a heading by its style."""

    rank: int
    topic: str
    part: str = ""  # “phan ii”: what a key list calls the same part


def heading_of(one: Line) -> Heading | None:
    """What a heading says of the questions under it; its topic is "" when it speaks of their form only (“Phần I. Trắc nghiệm”)."""
    if len(one.text) > 200:
        return None
    if found := _TOPIC.match(one.folded):
        return Heading(3, _said(one, found.end())) if one.text[found.end() :].strip() else None
    if found := _PART.match(one.folded):
        return Heading(2, _said(one, found.end()), f"{found[1]} {found[2]}")
    numbered = _ROMAN.match(one.folded)
    numbered = numbered if numbered and one.text[: numbered.end()].isupper() else _LETTERED.match(one.folded)
    if numbered and (one.heading > 0 or stands_out(one)):
        return Heading(2, _said(one, numbered.end()))
    if one.heading > 0:
        return Heading(1, _said(one, 0))
    return None


def _said(one: Line, start: int) -> str:
    """The topic that a heading names, or "" for words about form and points."""
    text = re.sub(r"\s*[(\[][^)\]]*(?:câu|điểm|Câu|Điểm)[^)\]]*[)\]]\s*", " ", one.text[start:]).strip(" .:-–\t")
    folded = fold(text)
    if _ABOUT_FORM.search(folded) and not _TOPIC.match(one.folded):
        return ""
    rest = _FORM_WORDS.sub(" ", folded)
    return " ".join(text.split()) if sum(char.isalpha() for char in rest) > 2 and not difficulty_in(text) else ""


def stands_out(one: Line) -> bool:
    """Whether all of a line is bold or in capitals."""
    letters = [char for char in one.text if char.isalpha()]
    if letters and sum(char.isupper() for char in letters) * 10 >= 9 * len(letters):
        return True
    return bool(one.spans) and all(look.bold for text, look in one.looks(0, len(one.text)) if text.strip())


_END = re.compile(r"[\W_]*(?:het|the end)[\W_]*$|[\s\-=*~—–_]{4,}$")


def ends_all(one: Line) -> bool:
    """A line that parts: “--- HẾT ---”, or a row of dashes."""
    return _END.match(one.folded) is not None


_KEYS_BEGIN = re.compile(
    r"[\s\W]*(?:[ivx\d]{1,4}\s*[.):/-]\s*|[a-h]\s*[.)]\s*)?(?:phan\s+[ivx\d]*\s*[:.]?\s*)?(?:bang\s+|goi y\s+|muc\s+)?"
    r"(?:dap an|huong dan(?:\s+(?:cham|tra loi|giai))|bang tra loi|bieu diem|key)"
    r"(?:[\s:.,/()\-]+(?:va|bieu diem|thang diem|diem|huong dan|cham|thi|cuoc|de|so|ma|cac|cau hoi|cau|bo|phan|trac nghiem|tham khao|chi tiet|mon|dung|tu luan|giai|bang|bai|[\divx]+))*[\s:.)]*$"
)


def opens_keys(one: Line) -> bool:
    """Whether a line is the heading of a part with keys: “BẢNG ĐÁP ÁN”, “HƯỚNG DẪN CHẤM”."""
    return len(one.text) <= 90 and _KEYS_BEGIN.match(one.folded) is not None


_LEVELS = {
    "de": "easy", "nhan biet": "easy", "nb": "easy", "biet": "easy",
    "trung binh": "medium", "tb": "medium", "vua": "medium", "thong hieu": "medium", "th": "medium", "hieu": "medium",
    "kho": "hard", "van dung": "hard", "vd": "hard", "van dung cao": "hard", "vdc": "hard", "rat kho": "hard",
}  # fmt: skip
_LEVEL = "|".join(sorted(_LEVELS, key=len, reverse=True))
_TAG = re.compile(rf"\s*[\[(]\s*(?:(?:muc do|do kho|muc)\s*:?\s*)?({_LEVEL})\s*[\])]\s*[:.\-]?\s*")
_LEVEL_HEADING = re.compile(
    rf"[\s\W]*(?:[ivx\da-h]{{1,4}}\s*[.)/:-]\s*)?(?:cau hoi\s+)?(?:muc do|do kho|cap do|muc)\s*[:\-]?\s*\d?\s*[:.\-]?\s*({_LEVEL})[\s\W]*$"
)


def difficulty_in(text: str) -> str:
    """The level that a text names and nothing else: “Dễ”, “Mức độ: thông hiểu”; "" for anything else."""
    if "Đ" in text.upper().replace("ĐỘ", "") and "de" in fold(text):  # “Đề” is no “Dễ”
        return ""
    folded = fold(text).strip(" .:[]()-\t")
    if found := _LEVEL_HEADING.match(folded):
        return _LEVELS[found[1]]
    return _LEVELS.get(folded, "")


def difficulty_tag(one: Line, *, at_end: bool = False) -> tuple[str, int, int] | None:
    """A level in brackets at the beginning or the end of a line: which, from where, to where."""
    if at_end:
        found = next((tag for tag in _TAG.finditer(one.folded) if not one.folded[tag.end() :].strip(" .?:")), None)
    else:
        found = _TAG.match(one.folded)
    if found is None:
        return None
    typed = one.text[found.start(1) : found.end(1)]
    if (len(typed) < 4 and typed not in ("Dễ", "dễ") and not typed.isupper()) or typed.upper() == "ĐỀ":
        return None
    return _LEVELS[found[1]], found.start(), found.end()
