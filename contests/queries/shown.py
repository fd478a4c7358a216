"""A question as people answer it: what the templates of the kinds (templates/contests/kinds/) read. Knows nothing of keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contests.models import QuestionVersion
from contests.rules.kinds import KINDS, Kind, Value
from contests.rules.kinds.shapes import BLANK_SEPARATOR, NONE, Blanks, Options, Shape

OF_OPTIONS = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE)  # answer and key are marked on the options themselves
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option at its place on this paper; in an ordering `rank` is where the member put it, from "1"."""

    position: str  # text, so that no template groups its digits
    letter: str
    text: str
    chosen: bool = False
    rank: str = ""


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of several: an item to match (`label` is the item) or a gap (its number), and what stands in it."""

    place: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownImage:
    """The picture of a stem: what its address is made of, its size in pixels, and what it shows in words."""

    public_id: str
    width: str  # text, so that no template groups its digits
    height: str
    alt: str


def image_of(version: QuestionVersion) -> ShownImage | None:
    """The picture of a version, if it has one; ask for it together with the versions (`select_related("image")`)."""
    image = version.image
    return image and shown_image(image.public_id, image.width, image.height, version.image_alt)


def shown_image(public_id: UUID | None, width: int | None, height: int | None, alt: str) -> ShownImage | None:
    """The same from columns."""
    return ShownImage(str(public_id), str(width), str(height), alt) if public_id else None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as the paper shows it, with the answer that the server holds."""

    number: str
    kind: Kind
    stem: str
    several: bool
    options: list[ShownOption]  # of a matching: the right side
    fields: list[ShownField]
    text: str  # what was typed where there is one field
    answered: bool
    seq: str
    image: ShownImage | None = None

    @property
    def can_be_emptied(self) -> bool:
        """Whether an answer can be taken back on the page; a chosen one of several cannot."""
        return self.several or self.kind not in OF_OPTIONS

    @property
    def template(self) -> str:
        """How its fields look."""
        name = "options" if self.kind in OF_OPTIONS else self.kind
        return f"contests/kinds/{name}.html"


@dataclass(frozen=True, slots=True)
class SideQuestion:
    """The side question after the last one, with the guess that the server holds."""

    number: str
    label: str
    hint: str
    text: str
    seq: str


def shown_question(
    number: int,
    kind: Kind,
    shape: Shape,
    *,
    stem: str,
    options: Sequence[str],
    right_side: Sequence[str],
    order: Sequence[int],
    value: Value = (),
    seq: int = 0,
    image: ShownImage | None = None,
) -> ShownQuestion:
    """Put together what the page shows. `right_side`: what a matching's items are matched to, in the author's order."""
    texts = right_side if kind is Kind.MATCHING else options
    shown = [ShownOption(str(place), LETTERS[place], texts[canonical]) for place, canonical in enumerate(order)]
    fields: list[ShownField] = []
    if kind is Kind.ORDERING:
        shown = _ranked(shown, value)
    elif kind is Kind.MATCHING:
        fields = _matched(options, value)
    elif isinstance(shape, Blanks):
        given = value.split(BLANK_SEPARATOR) if isinstance(value, str) and value else [""] * shape.blanks
        fields = [ShownField(str(place), str(place + 1), text) for place, text in enumerate(given)]
    else:
        chosen = set(value)
        shown = [ShownOption(o.position, o.letter, o.text, place in chosen) for place, o in enumerate(shown)]
    return ShownQuestion(
        number=str(number), kind=kind, stem=KINDS[kind].stem(stem), several=isinstance(shape, Options) and shape.several,
        options=shown, fields=fields, text=value if isinstance(value, str) else "", answered=bool(value), seq=str(seq),
        image=image,
    )  # fmt: skip


def _ranked(shown: list[ShownOption], value: Value) -> list[ShownOption]:
    """The items in the order that the member gave them, or as the paper has them."""
    if not value or isinstance(value, str):
        return shown
    return [
        ShownOption(shown[place].position, shown[place].letter, shown[place].text, rank=str(rank))
        for rank, place in enumerate(value, start=1)
    ]


def _matched(left: Sequence[str], value: Value) -> list[ShownField]:
    entries = value if value and not isinstance(value, str) else [NONE] * len(left)
    return [
        ShownField(str(place), item, "" if entry == NONE else str(entry))
        for place, (item, entry) in enumerate(zip(left, entries, strict=True))
    ]
