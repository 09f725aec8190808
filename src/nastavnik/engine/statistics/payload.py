"""Two measurements as plain data in, the change as plain data and plain words out."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from nastavnik.engine.statistics.paired import (
    ERROR_SHARE,
    FEWEST_PAIRS,
    PairedChange,
    compare_paired,
)


def paired_json(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Compare ``before`` and ``after``: objects of key → number, or two lists whose places are the people.

    Returns:
        The fields of `PairedChange`, ``is_enough`` and ``sentences``.

    Raises:
        ValueError: a field is missing or is no measurement (a Russian sentence).
    """
    before, after = _values(payload, "before"), _values(payload, "after")
    if isinstance(payload["before"], list) != isinstance(payload["after"], list):
        raise ValueError("«before» и «after»: либо оба списки, либо оба объекты с ключами людей.")
    change = compare_paired(before, after)
    return asdict(change) | {"is_enough": change.is_enough, "sentences": sentences(change)}


def _values(payload: Mapping[str, Any], name: str) -> dict[str, float | None]:
    given = payload.get(name)
    if isinstance(given, list):
        return {str(place): value for place, value in enumerate(given, 1)}
    if isinstance(given, dict):
        return given
    raise ValueError(f"Поле «{name}»: нужен список чисел или объект «человек: число».")


def sentences(change: PairedChange) -> list[str]:
    """Say a change in plain words; under few pairs nothing but that they are few."""
    said = [f"Дважды измерены: {change.n_pairs}." + _lost(change)]
    if not change.is_enough:
        few = f"По {change.n_pairs} парам измерений судить нельзя: нужно хотя бы {FEWEST_PAIRS}."
        return [*said, few]
    said.append(
        f"Стало больше у {change.n_up}, меньше у {change.n_down}, так же у {change.n_same}. "
        f"Среднее было {number(change.mean_before)}, стало {number(change.mean_after)}."
    )
    moved = change.p_value is not None and change.p_value < ERROR_SHARE
    said.append(
        f"Обычный сдвиг {number(change.shift)}, в 95 случаях из 100 он между "
        f"{number(change.shift_from)} и {number(change.shift_to)}."
        if moved
        else "Такой сдвиг бывает и случайно: сказать, что стало иначе, нельзя."
    )
    if moved:
        said.append("Это перемена, а не заслуга программы: её показала бы только группа сравнения.")
    return said


def _lost(change: PairedChange) -> str:
    """Return how many people cannot be compared, or nothing."""
    lost = [
        f"{n} {words}"
        for n, words in (
            (change.n_only_before, "только до"),
            (change.n_only_after, "только после"),
        )
        if n
    ]
    return f" Сравнить нельзя: {', '.join(lost)}." if lost else ""


def number(value: float | None) -> str:
    """Return a number as Russian writes it, two digits after the comma at most."""
    if value is None:
        return "нет данных"
    shown = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()
    return f"{shown:f}".replace(".", ",")
