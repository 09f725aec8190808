"""`match`: pairs for two tables of people, or for people given as JSON, with reasons and proof."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nastavnik.engine.matching.candidates import Rules
from nastavnik.engine.matching.lists import (
    read_pairs,
    read_people,
    refuse_unknown_forms,
    tell_sides_apart,
    with_forms,
)
from nastavnik.engine.matching.payload import match_json, rules_of
from nastavnik.engine.tables.cells import Grid
from nastavnik.readers.sheets import ReaderError, read_sheets

TABLES = frozenset({".csv", ".tsv", ".xls", ".xlsm", ".xlsx"})

#: Why a mentee stays alone, in words.
REASONS = {
    "no_mentors": "не из кого выбирать",
    "no_mentor_of_form": "нет наставника в этой форме",
    "all_forbidden": "все подходящие запрещены",
    "all_family": "подходят только члены семьи",
    "only_class_teacher": "подходит только свой классный руководитель",
    "none_in_organisation": "в своей организации никто не подходит",
    "mentee_too_young": "младше, чем разрешает форма",
    "grade_missing": "не указан класс",
    "all_too_young": "нет наставника старше",
    "age_missing": "не указан возраст",
    "no_common_subject": "нет общего предмета",
    "all_full": "все подходящие места заняты",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "mentors", type=Path, help='a table of mentors, or JSON: {"mentors": […], "mentees": […]}'
    )
    parser.add_argument("mentees", type=Path, nargs="?", help="a table of mentees (.csv, .xlsx)")
    parser.add_argument("--rules", type=Path, help="JSON: weights, forms, load_cost")
    parser.add_argument(
        "--pairs", type=Path, help="a table of pairs that stay: «Наставник», «Наставляемый»"
    )


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Read the files.

    Raises:
        ValueError: a file is not what it should be (a Russian sentence).
    """
    if options.mentees is None:
        if options.pairs:
            raise ValueError("--pairs подходит только к двум таблицам: наставники и наставляемые.")
        if options.mentors.suffix.lower() in TABLES:
            raise ValueError(
                f"{options.mentors.name} — одна таблица, а нужны две: наставники и наставляемые."
            )
        asked = _json(options.mentors, "«mentors» и «mentees»")
        return asked | ({"rules": _json(options.rules, "правилами")} if options.rules else {})
    given = _json(options.rules, "правилами") if options.rules else {}
    rules = rules_of(given)
    mentors = _people(options.mentors, rules, is_mentors=True)
    mentees = _people(options.mentees, rules, is_mentors=False)
    tell_sides_apart(mentors, mentees)
    asked = {"mentors": mentors, "mentees": mentees, "rules": given}
    if options.pairs:
        asked["locked"] = read_pairs(
            _rows(options.pairs),
            title=options.pairs.name,
            mentors=[one["key"] for one in mentors],
            mentees=[one["key"] for one in mentees],
        )
    return asked


def _people(path: Path, rules: Rules, *, is_mentors: bool) -> list[dict[str, Any]]:
    people = read_people(_rows(path), title=path.name, is_mentors=is_mentors)
    refuse_unknown_forms(people, rules.forms, title=path.name)
    return with_forms(people, rules.forms.values(), is_mentors=is_mentors)


def _rows(path: Path) -> Grid:
    try:
        return read_sheets(_bytes(path), path.name)[0].rows
    except ReaderError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ValueError(f"Файла {path} нет. Проверьте имя и папку.") from error
    except IsADirectoryError as error:
        raise ValueError(f"{path} — папка, а нужен файл. Допишите его имя.") from error
    except OSError as error:
        raise ValueError(f"Файл {path} не открывается. Проверьте права на него.") from error


def _json(path: Path, what: str) -> dict[str, Any]:
    try:
        asked = json.loads(_bytes(path))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"Файл {path.name} не читается как JSON: строка {error.lineno}, знак {error.colno}. "
            "Проверьте рядом скобки, кавычки и запятые."
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(
            f"Файл {path.name} не читается как JSON: он не в кодировке UTF-8. Сохраните его в ней."
        ) from error
    except (RecursionError, ValueError) as error:
        raise ValueError(
            f"Файл {path.name} не читается как JSON: слишком много скобок или слишком длинное число."
        ) from error
    if not isinstance(asked, dict):
        raise ValueError(f"Файл {path.name}: нужен объект с {what}.")  # noqa: TRY004 - one kind of refusal
    return asked


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer with pairs, those left alone and the certificate; see `match_json`."""
    return match_json(asked)


def text(answered: dict[str, Any]) -> str:
    """Return the pairs with their reasons, those without a mentor with theirs, and the totals."""
    lines = [_pair(pair) for pair in answered["pairs"]]
    lines += [_group(group) for group in answered["groups"]]
    lines += [_alone(one, answered["shortages"]) for one in answered["unmatched"]]
    lines += [_unmet(one) for one in answered["unmet"]]
    proof = "доказано" if answered["certificate"] == "ok" else "НЕ доказано"
    totals = f"Пар: {answered['n_matched']}, без наставника: {len(answered['unmatched'])}"
    totals += f", сумма баллов: {_sum(answered)}. Что больше и лучше нельзя: {proof}."
    lines += ["", totals]
    return "\n".join(lines)


#: Of more who ask for the same only so many are named.
AT_MOST_NAMED = 5


def _unmet(one: Mapping[str, Any]) -> str:
    """Return that nobody offers what is asked for: a pair beside it was then found without it."""
    who = ", ".join(one["mentees"][:AT_MOST_NAMED])
    more = len(one["mentees"]) - AT_MOST_NAMED
    who += f" и ещё {more}" if more > 0 else ""
    near = (
        f" Похоже на «{one['near']}»: если это одно и то же, напишите одинаково."
        if one["near"]
        else ""
    )
    return f"Запрос «{one['area']}» не встретился ни у кого из наставников (просят: {who}).{near}"


def _sum(answered: Mapping[str, Any]) -> str:
    """Return the points of all pairs, and what uneven loads take off besides: those are no one pair's."""
    load = answered["load_points"]
    total = _number(answered["total_score"])
    return f"{total}, за неравную нагрузку ещё {_number(load)}" if load else total


def _number(points: int, sign: str = "-") -> str:
    return f"{points:{sign}}".replace("-", "−")


def _pair(pair: Mapping[str, Any]) -> str:
    reasons = [
        f"{_part(part)} {_number(part['points'], '+')}" for part in pair["parts"] if part["points"]
    ]
    kept = ["оставлены вместе"] if "locked" in pair["flags"] else []
    if any(flag.startswith("lock_not_eligible") for flag in pair["flags"]):
        kept.append("по правилам не подходят")
    why = "; ".join([*kept, *reasons]) or "решило свободное место"
    return f"{pair['mentee']} — {pair['mentor']} ({_number(pair['score'])}): {why}"


def _group(group: Mapping[str, Any]) -> str:
    mentees = group["mentees"]
    return f"Группа ({len(mentees)}): {group['mentor']} и {', '.join(mentees)}"


def _part(part: Mapping[str, Any]) -> str:
    items = ", ".join(part["items"])
    words = {
        "area": f"запрос: {items}",
        "interest": f"общее: {items}",
        "schedule": f"оба свободны: {items}",
        "place": f"могут встречаться: {items}",
        "language": f"общий язык: {items}",
        "subject": "один предмет",
        "grade_near": "близкие классы",
        "organisation": "одна организация",
        "wishes": f"сбывшиеся выборы (первый — 3, второй — 2, третий — 1): {items}",
    }
    return words.get(part["code"], str(part["code"]))


def _alone(one: Mapping[str, Any], shortages: Sequence[Mapping[str, Any]]) -> str:
    reason = REASONS.get(one["code"], "никто не подходит по правилам")
    if one["shortage"] is not None:
        shown = shortages[one["shortage"]]
        reason += f": просят {len(shown['holders']) + 1}, а мест {shown['places']}"
    return f"{one['mentee']} — без наставника: {reason}"
