"""Word's equations (OMML) as one line of text, the way people type them: (a+b)/2, x^2, √(3)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_UP = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


def raised(text: str) -> str:
    """Text as a superscript where every sign has one, else as it is."""
    return text.translate(_UP) if text and all(ord(char) in _UP for char in text) else text


def lowered(text: str) -> str:
    """The same below the line."""
    return text.translate(_DOWN) if text and all(ord(char) in _DOWN for char in text) else text


def formula(element: Element) -> str:
    """What an equation says."""
    name = element.tag.removeprefix(M)
    if name == "t":
        return element.text or ""

    def part(wanted: str) -> str:
        found = element.find(f"{M}{wanted}")
        return "" if found is None else formula(found)

    def sign(wanted: str, usual: str) -> str:
        found = element.find(f"{M}{name}Pr/{M}{wanted}")
        return usual if found is None else found.get(f"{M}val", "")

    match name:
        case "f":
            return f"{_whole(part('num'))}/{_whole(part('den'))}"
        case "sSup":
            return _whole(part("e")) + _mark("^", part("sup"), raised)
        case "sSub":
            return _whole(part("e")) + _mark("_", part("sub"), lowered)
        case "sSubSup":
            return _whole(part("e")) + _mark("_", part("sub"), lowered) + _mark("^", part("sup"), raised)
        case "sPre":
            return _mark("_", part("sub"), lowered) + _mark("^", part("sup"), raised) + _whole(part("e"))
        case "rad":
            return f"{raised(part('deg'))}√({part('e')})"
        case "nary":
            return (
                sign("chr", "∫") + _mark("_", part("sub"), lowered) + _mark("^", part("sup"), raised) + f"({part('e')})"
            )
        case "d":
            inside = sign("sepChr", "|").join(formula(one) for one in element.findall(f"{M}e"))
            return sign("begChr", "(") + inside + sign("endChr", ")")
        case "m":
            rows = ["; ".join(formula(one) for one in row.findall(f"{M}e")) for row in element.findall(f"{M}mr")]
            return f"[{' | '.join(rows)}]"
        case "func":
            return f"{part('fName')}({part('e')})"
        case "limLow" | "limUpp":
            return f"{part('e')}_({part('lim')})"
        case "eqArr":
            return "; ".join(formula(one) for one in element.findall(f"{M}e"))
    return "".join(formula(one) for one in element)


def _whole(text: str) -> str:
    """In brackets when it is more than one number or word."""
    return text if len(text) < 2 or text.isalnum() or (text[0] == "(" and text[-1] == ")") else f"({text})"


def _mark(sign: str, text: str, short: object) -> str:
    if not text:
        return ""
    small = raised(text) if short is raised else lowered(text)
    return small if small != text else f"{sign}{_whole(text)}"
