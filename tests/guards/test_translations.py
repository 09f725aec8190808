"""Every string of the interface has its Russian, finished and of the same shape."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from tools.messages import strings

import nastavnik

ROOT = Path(nastavnik.__file__).parent
CATALOGUES = {
    code: ROOT / "locale" / code / "LC_MESSAGES" / "django.po"
    for code, _name in settings.LANGUAGES
    if code != "en"
}
HOLE = re.compile(r"%\(\w+\)[sdif]|%[sd]")


def faults(entry):
    """Return what an entry of a catalogue lacks."""
    said = []
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        said.append("fuzzy")
    if not all(text.strip() for text in texts):
        said.append("no translation")
    if entry.msgid_plural and len(texts) != 3:
        said.append("Russian has three plural forms")
    for text in filter(str.strip, texts):
        extra = set(HOLE.findall(text)) - set(HOLE.findall(entry.msgid + entry.msgid_plural))
        if extra:
            said.append(f"holes the source does not fill: {sorted(extra)}")
        if not re.search("[А-Яа-яЁё]", text) and re.search(
            "[A-Za-z]{3}", HOLE.sub("", entry.msgid)
        ):
            said.append(f"not Russian: {text}")
    return said


def test_every_language_has_its_catalogue():
    assert CATALOGUES
    assert all(path.exists() for path in CATALOGUES.values())


@pytest.mark.parametrize("code", CATALOGUES)
def test_every_string_is_translated(code):
    catalogue = polib.pofile(str(CATALOGUES[code]))
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    wanted = {(context, one) for context, one, _plural in strings(ROOT)}
    assert sorted(one for _context, one in wanted - known) == []
    wrong = {
        entry.msgid: faults(entry) for entry in catalogue if not entry.obsolete and faults(entry)
    }
    assert wrong == {}


# ---------------------------------------------------------------- planted violations


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (polib.POEntry(msgid="Save", msgstr=""), "no translation"),
        (polib.POEntry(msgid="Save", msgstr="Сохранить", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Save", msgstr="Save"), "not Russian"),
        (polib.POEntry(msgid="%(n)s left", msgstr="осталось %(m)s"), "holes"),
        (polib.POEntry(msgid="a", msgid_plural="b", msgstr_plural={0: "раз", 1: "два"}), "three"),
        (
            polib.POEntry(msgid="a", msgid_plural="b", msgstr_plural={0: "раз", 1: "два", 2: ""}),
            "no translation",
        ),
    ],
)
def test_an_unfinished_entry_is_seen(entry, said):
    assert any(said in one for one in faults(entry))


def test_a_finished_entry_passes():
    assert faults(polib.POEntry(msgid="%(n)s pairs", msgstr="пар: %(n)s")) == []
