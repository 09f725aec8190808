"""Declension as plain data in and plain data out, for callers without the site."""

from collections.abc import Mapping
from typing import Any

from nastavnik.engine.wording.cases import Case, NameGender, Wording
from nastavnik.engine.wording.names import decline_name, split_name
from nastavnik.engine.wording.positions import decline_position


def decline_json(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Decline a name or a position.

    Args:
        payload: ``text``, ``kind`` ("name" or "position"), ``case`` (English name of the case),
            optional ``gender`` ("male" or "female").

    Returns:
        ``text`` and ``sure``.

    Raises:
        ValueError: a field is missing or unknown (a Russian sentence).
    """
    text = str(payload.get("text", ""))
    case = Case(_choice(payload, "case", [one.value for one in Case]))
    if _choice(payload, "kind", ["name", "position"]) == "position":
        wording = decline_position(text, case=case)
    else:
        gender = payload.get("gender") and NameGender(_choice(payload, "gender", list(NameGender)))
        name = decline_name(*split_name(text), case=case, gender=gender or None)
        wording = Wording(str(name), name.sure)
    return {"text": wording.text, "sure": wording.sure}


def _choice(payload: Mapping[str, Any], name: str, options: list[Any]) -> str:
    value = payload.get(name)
    if value not in options:
        raise ValueError(f"Поле «{name}»: выберите одно из {', '.join(options)}.")
    return str(value)
