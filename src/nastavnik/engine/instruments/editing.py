"""A questionnaire changed by a form: words, bounds, options, questions taken out and added.

Names of fields: `title`, `role`, `stage`, `section-N`, and for the question CODE `text-CODE`, `low-CODE`, `high-CODE` (words at the
ends), `min-CODE`, `max-CODE`, `option-CODE-OPTION` (empty takes the option out), `more-CODE` (fresh options, one a line), `drop-CODE`;
for a fresh question at the end of section N `new-kind-N`, `new-text-N`, `new-options-N`. Codes stay, so that answers of other
versions are found again; a field that is absent changes nothing.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from nastavnik.engine.instruments.bodies import body_of
from nastavnik.engine.instruments.model import WITH_OPTIONS, Instrument, ItemClass, ItemKind

#: Kinds a fresh question may have; of people it is asked by the shipped sheets alone.
NEW_KINDS = (
    ItemKind.SCALE,
    ItemKind.YES_NO,
    ItemKind.CHOICE,
    ItemKind.SEVERAL,
    ItemKind.TEXT,
    ItemKind.STORY,
    ItemKind.DATE,
    ItemKind.NOTE,
)
_SCALE = {"min": 1, "max": 10}
_SIGNS = 8


def edited(instrument: Instrument, changes: Mapping[str, str]) -> dict[str, Any]:
    """Return the body after the changes of a form; whether it is a questionnaire still says `parse_instrument`."""
    body = body_of(instrument)
    for name in ("title", "role", "stage"):
        body[name] = changes.get(name, body[name]).strip()
    taken = {item.code for item in instrument.items} | {item.construct for item in instrument.items}
    for number, section in enumerate(body["sections"], start=1):
        section["title"] = changes.get(f"section-{number}", section["title"]).strip()
        section["items"] = [
            _changed(item, changes) for item in section["items"] if not changes.get(f"drop-{item['code']}")
        ]  # fmt: skip
        section["items"] += _fresh(number, changes, taken)
    body["sections"] = [section for section in body["sections"] if section["items"]]
    return body


def _changed(item: dict[str, Any], changes: Mapping[str, str]) -> dict[str, Any]:
    code = item["code"]
    item["text"] = _lines(changes.get(f"text-{code}", item["text"]))
    if item["kind"] == ItemKind.SCALE:
        low, high = item.get("ends", ["", ""])
        ends = [changes.get(f"low-{code}", low).strip(), changes.get(f"high-{code}", high).strip()]
        item |= {
            "ends": ends if any(ends) else [],
            "min": _number(changes.get(f"min-{code}"), item["min"]),
            "max": _number(changes.get(f"max-{code}"), item["max"]),
        }
    elif item["kind"] in WITH_OPTIONS:
        kept = [
            option | {"text": text}
            for option in item["options"]
            if (text := changes.get(f"option-{code}-{option['code']}", option["text"]).strip())
        ]
        codes = {option["code"] for option in item["options"]}
        item["options"] = kept + _options(changes.get(f"more-{code}", ""), codes)
    return item


def _fresh(number: int, changes: Mapping[str, str], taken: set[str]) -> list[dict[str, Any]]:
    text = _lines(changes.get(f"new-text-{number}", ""))
    kind = changes.get(f"new-kind-{number}", "")
    if not text:
        return []
    code = _code(kind + text, taken)
    taken.add(code)
    item: dict[str, Any] = {"code": code, "kind": kind, "text": text}
    if kind == ItemKind.SCALE:
        item |= _SCALE
    if kind in WITH_OPTIONS:
        item["options"] = _options(changes.get(f"new-options-{number}", ""), set())
    if kind != ItemKind.NOTE:
        item |= {"construct": code, "class": ItemClass.PERSONAL.value}
    return [item]


def _options(lines: str, taken: set[str]) -> list[dict[str, Any]]:
    found = []
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        code = _code(line, taken)
        taken.add(code)
        found.append({"code": code, "text": line})
    return found


def _code(words: str, taken: Collection[str]) -> str:
    """Return a code made of the words: what is written anew later with other words gets another one."""
    bare = f"own_{hashlib.sha256(words.encode()).hexdigest()[:_SIGNS]}"
    code, number = bare, 1
    while code in taken:
        number += 1
        code = f"{bare}_{number}"
    return code


def _number(said: str | None, now: int) -> int | str:
    """Return a whole number; anything else as it was written, for the parser to name."""
    if said is None:
        return now
    try:
        return int(said.strip())
    except ValueError:
        return said.strip()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
