"""Strings of the interface: find them, keep the catalogue in step, compile it. No gettext needed.

python tools/messages.py update    strings of the code into the catalogue; translations stay
python tools/messages.py check     refuse what is missing, untranslated, fuzzy, left over, unlike
python tools/messages.py compile   .po → .mo, where the .po is newer
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "nastavnik"
LOCALE = PACKAGE / "locale"
CATALOGUE = LOCALE / "ru" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "ru",
    "Plural-Forms": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 &&"
        " (n%100<12 || n%100>14) ? 1 : 2);"
    ),
}
Key = tuple[str | None, str, str | None]


def strings(package: Path = PACKAGE) -> set[Key]:
    """Return context, singular and plural of every string to translate in a package."""
    found: set[Key] = set()
    for path in sorted(package.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            found.update(in_python(path.read_text()))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            found.update(in_template(path.read_text(), path.name))
    return found


def in_python(source: str) -> Iterator[Key]:
    """Yield the strings of Python code."""
    from babel.messages.extract import extract  # a tool of development; `compile` must do without

    extracted = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for _line, message, _comments, context in extracted:
        if isinstance(message, str):
            yield context, message, None
        else:
            yield context, message[0], message[1]


def in_template(source: str, origin: str = "") -> Iterator[Key]:
    """Yield the strings of a Django template.

    `templatize` turns it into something like Python; parentheses keep its indents from mattering.
    """
    return in_python("(" + templatize(source, origin=origin) + "\n)")


def key_of(entry: polib.POEntry) -> Key:
    """Return what identifies an entry of a catalogue."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural or None


def update(path: Path = CATALOGUE, package: Path = PACKAGE) -> None:
    """Write the strings of the code into a catalogue, sorted, keeping the translations it has."""
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    kept = {key_of(entry): entry for entry in old if not entry.obsolete}
    new = polib.POFile(wrapwidth=100)
    new.metadata = HEADER
    for key in sorted(strings(package), key=lambda key: (key[1], key[0] or "")):
        new.append(kept.get(key) or fresh(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path))


def fresh(key: Key) -> polib.POEntry:
    """Return an entry still to be translated."""
    context, singular, plural = key
    entry = polib.POEntry(msgctxt=context, msgid=singular, msgstr="")
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = {0: "", 1: "", 2: ""}
    if "%(" in singular:
        entry.flags = ["python-format"]
    return entry


def complaints(path: Path = CATALOGUE, package: Path = PACKAGE) -> list[str]:
    """Return what keeps a catalogue from being complete; empty when nothing does."""
    wanted = strings(package)
    entries = list(polib.pofile(str(path))) if path.exists() else []
    present = {key_of(entry) for entry in entries if not entry.obsolete}
    found = [f"not in the catalogue: {key[1]!r}" for key in sorted(wanted - present, key=str)]
    for entry in entries:
        found += wrong_with(entry, wanted)
    return found


def wrong_with(entry: polib.POEntry, wanted: set[Key]) -> list[str]:
    """Return what is wrong with one entry."""
    name = repr(entry.msgid)
    if entry.obsolete or key_of(entry) not in wanted:
        return [f"no longer in the code: {name}"]
    if entry.fuzzy:
        return [f"fuzzy: {name}"]
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(forms) or (entry.msgid_plural and len(forms) != 3):  # noqa: PLR2004
        return [f"untranslated: {name}"]
    wanted_places = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return [
        f"placeholders differ: {name} and {form!r}"
        for form in forms
        if sorted(PLACEHOLDER.findall(form)) != wanted_places
    ]


def compile_all(locale: Path = LOCALE) -> None:
    """Compile every catalogue; a reader meets the old file or the new one, never half of one."""
    for source in locale.glob("*/LC_MESSAGES/*.po"):
        part = source.with_suffix(f".mo.{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(part))
        part.replace(source.with_suffix(".mo"))


def main(words: list[str]) -> int:
    """Do what the word asks; return the exit code."""
    if words == ["compile"]:
        compile_all()
        return 0
    settings.configure()
    if words == ["update"]:
        update()
        return 0
    if words == ["check"]:
        found = complaints()
        print("\n".join(found) or "translations are complete")
        return bool(found)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
