"""The English of the site: complete, faithful to its placeholders, compiled, and shown to those whose browser asks for it."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest

from contests.rules.timing import MayStart

ROOT = Path(__file__).parent.parent
PO = ROOT / "locale/en/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|</?\w+[^>]*>")
UPDATE = "run locale/update.sh, translate what is new in django.po, and run it again"


def read_po() -> dict[str, tuple[list[str], list[str]]]:
    """By msgid, its plural and context included: the source texts and the translations. Raises on a fuzzy entry."""
    entries = {}
    for block in PO.read_text(encoding="utf-8").split("\n\n"):
        texts: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#"):
                assert not (line.startswith("#,") and "fuzzy" in line), f"fuzzy, {UPDATE}: {block}"
                assert not line.startswith("#~"), f"obsolete, {UPDATE}: {block}"
                continue
            if not line.startswith('"'):
                field, _, line = line.partition(" ")
            texts[field] = texts.get(field, "") + ast.literal_eval(line)
        if texts.get("msgid"):
            sources = [text for name, text in texts.items() if name.startswith("msgid")]
            key = texts["msgctxt"] + "\4" + texts["msgid"] if "msgctxt" in texts else texts["msgid"]
            assert key not in entries, f"twice: {key}"
            entries[key] = (sources, [text for name, text in texts.items() if name.startswith("msgstr")])
    return entries


def read_mo() -> dict[str, list[str]]:
    with PO.with_suffix(".mo").open("rb") as file:
        catalogue = GNUTranslations(file)._catalog
    texts: dict[str, list[str]] = {}
    for key, text in catalogue.items():
        texts.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    del texts[""]  # the header
    return texts


def calls(path: Path, name: str) -> list[str]:
    """The literal texts, without f-strings, that a file gives as the first argument to `name(…)`."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    ]  # fmt: skip


def test_every_text_has_an_english_one():
    entries = read_po()
    assert len(entries) > 700
    assert [key for key, (_, translations) in entries.items() if not all(translations)] == [], UPDATE


def test_placeholders_and_tags_are_those_of_the_vietnamese():
    wrong = {
        key: translation
        for key, (sources, translations) in read_po().items()
        for translation in translations
        if sorted(PLACEHOLDER.findall(translation)) != sorted(PLACEHOLDER.findall(sources[0]))
    }
    assert wrong == {}


def test_the_compiled_catalogue_is_that_of_the_source():
    assert read_mo() == {key: translations for key, (_, translations) in read_po().items()}, UPDATE


def test_texts_that_reach_gettext_only_at_runtime_are_collected():
    collected = calls(ROOT / "locale/runtime.py", "_")
    raised = {
        text
        for folder in ("contests/actions", "contests/pages")
        for path in (ROOT / folder).glob("*.py")
        for text in calls(path, "ContestError")
    }
    assert len(raised) > 20
    assert raised | {verdict.text for verdict in MayStart if verdict.text} <= set(collected)
    assert len(collected) == len(set(collected))
    assert set(collected) <= read_mo().keys(), UPDATE


@pytest.mark.parametrize(
    ("asked", "language", "said", "unsaid"),
    [
        ("en", "en", "No contests yet", "Chưa có cuộc thi nào"),
        ("en-GB,en;q=0.9,vi;q=0.5", "en", "No contests yet", "Chưa có cuộc thi nào"),
        ("vi", "vi", "Chưa có cuộc thi nào", "No contests yet"),
        ("fr", "vi", "Chưa có cuộc thi nào", "No contests yet"),
    ],
)
def test_the_home_page_speaks_the_language_of_the_browser(db, client, asked, language, said, unsaid):
    answer = client.get("/", headers={"Accept-Language": asked})
    page = answer.content.decode()
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in page
    assert said in page
    assert unsaid not in page
