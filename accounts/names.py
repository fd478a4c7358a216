"""Vietnamese personal names: one canonical form, searching, ordering, masking. PURE: the standard library only.

The database keeps `search_text` and `given_name_sort_key` in columns of their own, because the embedded PostgreSQL has no
Vietnamese collation and every server must give the same order.
"""

from __future__ import annotations

import unicodedata

# Categories that show nothing: control, format (zero-width joiners, soft hyphens, direction marks) and lone surrogates,
# which no UTF-8 column could hold.
_INVISIBLE = {"Cc", "Cf", "Cs"}

# A letter with its own place in the alphabet becomes its base and a character above "z", so that every ă… follows every a….
_LETTER_MARKS = {
    ("a", "\u0306"): "a{",  # ă
    ("a", "\u0302"): "a|",  # â
    ("e", "\u0302"): "e{",  # ê
    ("o", "\u0302"): "o{",  # ô
    ("o", "\u031b"): "o|",  # ơ
    ("u", "\u031b"): "u{",  # ư
}
_D_STROKE = "d{"

# ngang is 0: huyền, hỏi, ngã, sắc, nặng, as dictionaries have them
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def normalise_name(text: str) -> str:
    """The one form in which a name is kept: NFC, visible characters only, single spaces, none at the ends."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    visible = "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def search_text(text: str) -> str:
    """Lower case without accents, đ as d: what both the column and the search box are turned into before comparing."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", normalise_name(text)).casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char)).replace("đ", "d")
    return " ".join(plain.split())


def given_name_sort_key(full_name: str) -> str:
    """An ASCII key whose byte order is the Vietnamese order of people: given name first, then family and middle names.

    The given name is the last word. Words are compared one after the other, as dictionaries do, each by its letters
    (a ă â b c d đ e ê …) and then by its tone (ngang huyền hỏi ngã sắc nặng), wherever the tone mark sits: hòa equals hoà.
    Punctuation does not count; letters of other scripts follow z. "Trần Thị Ân" gives "a|n 0 tra|n 1 thi 5".
    """
    words = normalise_name(full_name).split()
    return " ".join(key for word in [*words[-1:], *words[:-1]] if (key := _word_key(word)))


def _word_key(word: str) -> str:
    """Letters, a space (below every letter, so An comes before Anh), the tone; empty for a word without letters."""
    letters: list[str] = []
    tones = ""
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()):
        if char in _TONES:
            tones += _TONES[char]
        elif letters and (letters[-1], char) in _LETTER_MARKS:
            letters[-1] = _LETTER_MARKS[letters[-1], char]
        elif char == "đ":
            letters.append(_D_STROKE)
        elif char.isascii() and char.isalnum():
            letters.append(char)
        elif char.isalnum():
            letters.append(f"~{ord(char):06x}")
    return f"{''.join(letters)} {tones or '0'}" if letters else ""


def mask_name(full_name: str) -> str:
    """The name for a public board: family name whole, the others as initials, "Nguyễn V. A."; one word gives "A."."""
    words = normalise_name(full_name).split()
    if len(words) < 2:
        return "".join(map(_initial, words))
    return " ".join([words[0], *map(_initial, words[1:])])


def _initial(word: str) -> str:
    first = next((char for char in word if char.isalpha()), word[0])
    upper = first.upper()
    return f"{upper if len(upper) == 1 else first}."
