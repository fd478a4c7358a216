"""Recognising text typed for the fonts of before Unicode: TCVN3 (.VnTime) and VNI.

Such text looks right in its old font and reads "C«ng ®oµn ViÖt Nam" or "Coâng ñoaøn Vieät Nam" everywhere else.
"""

from __future__ import annotations

# The Latin-1 characters of Vietnamese, and signs that stand next to letters and figures in honest text (10°C, m², ±).
_HONEST = set("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý") | set("°±²³´")
_FOREIGN = {chr(code) for code in range(0xA1, 0x100)} - _HONEST


def looks_like_a_legacy_font(text: str) -> bool:
    """True when at least two words, and a fifth of all words, hold a character that Vietnamese never has inside a word.

    One word alone proves nothing: François and Müller are people. A lost character (U+FFFD) is proof enough.
    """
    words = text.split()
    odd = sum(map(_is_odd, words))
    return "\ufffd" in text or (odd >= 2 and odd * 5 >= len(words))


def _is_odd(word: str) -> bool:
    for place, char in enumerate(word):
        if char in _FOREIGN:
            before = place > 0 and word[place - 1].isalpha()
            after = place + 1 < len(word) and word[place + 1].isalpha()
            if char in "«»":  # quotation marks stand outside a word, TCVN3's ô and ằ inside
                if before and after:
                    return True
            elif char in "®©ª":  # "Excel®" is a trademark, "®oµn" is TCVN3
                if after:
                    return True
            elif before or after:
                return True
    return False
