"""The options of a question: found in its lines, cut apart, and what was ticked among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from contests.authoring.word.lines import Line
from contests.authoring.word.marks import Seen, seen
from contests.authoring.word.patterns import (
    BULLET,
    INLINE,
    OPTION,
    TRUE_AND_FALSE,
    TRUTH_AT_END,
    WORDS_OF_TRUTH,
    is_bullet,
)
from contests.authoring.word.signs import CROSSED_BOX, CROSSES, EMPTY_BOXES, TICKS

_NUMBERED = re.compile(r"\s*(?P<before>\*?)(?P<letter>[1-9])\s*(?P<sign>[.)])(?!\d)\s*(?P<after>)")


@dataclass(frozen=True, slots=True)
class Label:
    """The label of an option in the pieces of a question. `strength` 3: it begins a line or a cell; 2: after a wide gap; 1: after a space."""

    piece: int
    start: int
    end: int
    letter: str  # in the case that it was typed in
    strength: int
    ticked: bool
    at: int = 0  # of the letter itself


@dataclass(slots=True)
class Option:
    """One option as typed. `truth` is what “(Đ)” or “(S)” behind it says."""

    letter: str
    text: str
    look: Seen
    ticked: bool = False
    crossed: bool = False
    truth: bool | None = None
    images: tuple[str, ...] = ()


@dataclass(slots=True)
class Options:
    """The options and the pieces that are none: before the first, and behind the last. `gap`: the letters do not follow each other."""

    options: list[Option] = field(default_factory=list)
    stem: list[Line] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)
    gap: bool = False
    doubled: str = ""  # letters that stand before more than one option
    lettered: bool = True


def find_options(pieces: Sequence[Line], *, numbered: bool) -> Options:
    """The options in these pieces: A–H in capitals, or else in small letters, else “Đúng / Sai”, numbers (`numbered`) or bullets."""
    for letters in ("ABCDEFGH", "abcdefgh"):
        if len(chain := _chain(pieces, letters)) > 1:
            found = _cut(pieces, chain, letters)
            again = [
                one
                for place, piece in enumerate(pieces)
                for one in _labels(place, piece)
                if one.strength == 3 and one not in chain
            ]
            found.doubled = "".join(
                dict.fromkeys(one.letter for one in again if one.letter in {label.letter for label in chain})
            )
            return found
    for place, piece in enumerate(pieces):
        if (found := TRUE_AND_FALSE.match(piece.folded)) and (place or not piece.folded.strip().startswith("dung sai")):
            return _truth(pieces, place, found)
    words = [place for place, piece in enumerate(pieces) if piece.folded.strip(" .-+*•") in ("dung", "sai")]
    if len(words) == 2 and words[1] == words[0] + 1:
        chain = [
            Label(
                place, 0, _bullet_end(pieces[place]), "", 3, _ticked(pieces[place].text[: _bullet_end(pieces[place])])
            )
            for place in words
        ]
        return _cut(pieces, chain, "")
    if numbered and len(chain := _numbers(pieces)) > 1:
        return _cut(pieces, chain, "123456789")
    if len(chain := _bullets(pieces)) > 1:
        return _cut(pieces, chain, "")
    return Options(stem=list(pieces))


def _chain(pieces: Sequence[Line], letters: str) -> list[Label]:
    """The labels that make a row of options; begins of lines first, gaps and spaces only for letters that begin no line."""
    labels = [label for place, piece in enumerate(pieces) for label in _labels(place, piece) if label.letter in letters]
    if letters.islower():
        labels = [one for one in labels if one.strength > 1 or pieces[one.piece].text[one.at + 1 : one.at + 2] == ")"]
    chain: list[Label] = []
    automatic = [one for one in labels if one.strength == 3 and pieces[one.piece].automatic]
    first = (
        letters.index(automatic[0].letter)
        if automatic and automatic[0].letter != letters[0] and len(automatic) == len(labels)
        else 0
    )
    for letter in letters[first:]:
        here = [one for one in labels if one.letter == letter]
        after = [one for one in here if not chain or (one.piece, one.start) > (chain[-1].piece, chain[-1].start)]
        strong = [one for one in after if one.strength == 3]
        cells = [one for one in here if one.strength == 3 and pieces[one.piece].cell]
        best = strong[:1] or (cells if len(cells) == 1 else []) or sorted(after, key=lambda one: -one.strength)[:1]
        if letter == letters[first] and best and best[0].strength < 3:
            best = [one for one in after if one.strength == 2 or _ends_a_sentence(pieces[one.piece], one.start)][:1]
        if best:
            chain.append(best[0])
        elif not chain or not any(one.letter > letter and one.strength == 3 for one in labels):
            break
    return chain


def _labels(place: int, piece: Line) -> list[Label]:
    found: list[Label] = []
    if at := OPTION.match(piece.folded):
        found.append(_label(place, piece, at, 3))
    for at in INLINE.finditer(piece.folded):
        gap = at["gap"]
        found.append(_label(place, piece, at, 2 if "\t" in gap or len(gap) > 1 else 1))
    return found


def _label(place: int, piece: Line, at: re.Match[str], strength: int) -> Label:
    before = piece.text[at.start("before") : at.end("before")] + piece.text[at.start("after") : at.end("after")]
    return Label(place, at.start(), at.end(), _typed(piece, at), strength, _ticked(before), at.start("letter"))


def _typed(piece: Line, at: re.Match[str]) -> str:
    letter = at["letter"]
    return letter.upper() if piece.text[at.start("letter")].isupper() else letter


def _ends_a_sentence(piece: Line, start: int) -> bool:
    return piece.text[:start].rstrip()[-1:] in tuple('.?:…!)”"_')


def _numbers(pieces: Sequence[Line]) -> list[Label]:
    chain: list[Label] = []
    for place, piece in enumerate(pieces):
        if place and (at := _NUMBERED.match(piece.folded)) and int(at["letter"]) == len(chain) + 1:
            chain.append(_label(place, piece, at, 3))
    return chain


def _bullets(pieces: Sequence[Line]) -> list[Label]:
    """Items of one list right behind each other; the first piece is the stem."""
    places = [place for place, piece in enumerate(pieces) if place and is_bullet(piece)]
    if not places or places != list(range(places[0], places[0] + len(places))) or places[-1] != len(pieces) - 1:
        return []
    return [
        Label(place, 0, _bullet_end(pieces[place]), "", 3, _ticked(pieces[place].text[: _bullet_end(pieces[place])]))
        for place in places
    ]


def _bullet_end(piece: Line) -> int:
    found = BULLET.match(piece.folded) if is_bullet(piece) else None
    return found.end() if found else 0


def _ticked(before: str) -> bool:
    return any(sign in before for sign in (*TICKS, CROSSED_BOX, "*")) or re.search(r"[xX]", before) is not None


def _cut(pieces: Sequence[Line], chain: Sequence[Label], letters: str) -> Options:
    """Each option from its label to the next one; then in the order of their letters."""
    in_order = sorted(chain, key=lambda one: (one.piece, one.start))
    found = Options(lettered=bool(letters))
    first = in_order[0]
    found.stem = [*pieces[: first.piece]]
    if pieces[first.piece].text[: first.start].strip():
        found.stem.append(pieces[first.piece].part(0, first.start))
    made: list[Option] = []
    for label, following in zip(in_order, [*in_order[1:], None], strict=True):
        piece = pieces[label.piece]
        same = following is not None and following.piece == label.piece
        texts = [piece.part(label.end, following.start if same and following else None, first=label.start == 0)]
        last = len(pieces) if following is None else following.piece
        for place in range(label.piece + 1, last):
            more = pieces[place]
            if following is None and not _goes_on(texts[-1], more):
                found.tail = list(pieces[place:])
                break
            texts.append(more)
        if following is not None and not same and (rest := pieces[following.piece].part(0, following.start)).text:
            texts.append(rest)
        made.append(_option(label, piece.part(label.start, max(label.end, label.at + 1), first=False), texts))
    found.options = sorted(made, key=lambda one: letters.find(one.letter)) if letters else made
    said = [letters.find(one.letter) for one in found.options]
    found.gap = bool(letters) and said != list(range(said[0], said[0] + len(said)))
    return found


def _goes_on(last: Line, more: Line) -> bool:
    """Whether a line behind the last option is still part of it: after a soft break, or when it begins in the middle of a sentence."""
    if more.images or (more.cell != last.cell and more.cell is not None):
        return False
    return more.paragraph == last.paragraph or more.text.lstrip()[:1].islower()


_TICK_AT_END = re.compile(
    r"\s*(?:\*+|["
    + re.escape(TICKS + CROSSED_BOX)
    + r"]|[\[(]\s*x\s*[\])]|[\[(]\s*(?:dap an(?: dung)?|da|key|correct|chon)\s*[\])]"
    r"|(?:=>|->|→|⇒|<=|<-|←|-)\s*(?:dap an(?: dung)?|dung)|\t\s*x)\s*[.;]?\s*$"
)
_SIGNS_AT_END = re.compile(rf"\s*[{re.escape(EMPTY_BOXES + CROSSES)}]\s*$")
_SIGNS_AT_START = re.compile(
    rf"\s*(?P<sign>[{re.escape(TICKS + CROSSED_BOX + EMPTY_BOXES + CROSSES)}]|[\[(]\s*x?\s*[\])])\s*"
)


def _option(label: Label, shown: Line, texts: Sequence[Line]) -> Option:
    """The text without its ticks, and what they said."""
    made = Option(
        label.letter, "", seen(shown, texts), label.ticked, images=tuple(image for one in texts for image in one.images)
    )
    parts = [one for one in texts if one.text]
    if parts and (at := _SIGNS_AT_START.match(parts[0].folded)) and at.end() <= len(parts[0].text):
        made.ticked = made.ticked or _ticked(at["sign"])
        parts[0] = parts[0].part(at.end())
    while parts:
        last = parts[-1]
        if at := _TICK_AT_END.search(last.folded):
            made.ticked = True
        elif at := TRUTH_AT_END.search(last.folded):
            word = (
                last.text[at.start("word") : at.end("word")]
                if at["word"]
                else last.text[at.start("arrow") : at.end("arrow")]
            )
            if word.lower() in ("d", "t", "f"):  # “(D)” names a letter, “(Đ)” says true
                break
            made.truth = WORDS_OF_TRUTH[at["word"] or at["arrow"]]
        elif at := _SIGNS_AT_END.search(last.folded):
            made.crossed = True
        else:
            break
        parts[-1] = last.part(0, at.start())
        if not parts[-1].text:
            parts.pop()
    made.text = " ".join(one.text for one in parts)
    return made


def _truth(pieces: Sequence[Line], place: int, at: re.Match[str]) -> Options:
    """“☐ Đúng  ☑ Sai” on one line."""
    piece = pieces[place]
    made = []
    for name, word, signs in (("true", "Đúng", ("t", "t2")), ("false", "Sai", ("f", "f2"))):
        look = Seen((), tuple(piece.looks(at.start(name), at.end(name))))
        ticks = "".join(piece.text[at.start(sign) : at.end(sign)] for sign in signs)
        made.append(Option("", word, look, _ticked(ticks)))
    return Options(made, list(pieces[:place]), list(pieces[place + 1 :]), lettered=False)
