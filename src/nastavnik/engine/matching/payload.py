"""The pairing as plain data in and plain data out, for callers without the site."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, fields, replace
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from nastavnik.engine.matching.candidates import FormRule, Mentee, Mentor, Rules, standard_rules
from nastavnik.engine.matching.phrases import nearest
from nastavnik.engine.matching.proposing import MatchingResult, Wishes, propose, shortages_of

Person = TypeVar("Person", Mentor, Mentee, FormRule)


#: So many areas asked for times those offered are compared for what looks alike.
MOST_COMPARED = 100_000

#: What may be asked.
FIELDS = ("mentors", "mentees", "rules", "locked", "forbidden", "wishes", "previous")


class PayloadError(ValueError):
    """What was given cannot be read; the message says where and what to do, in Russian."""


def match_json(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Propose pairs for people given as JSON-like data.

    Args:
        payload: ``mentors`` and ``mentees``: lists of objects with the fields of :class:`Mentor`
            and :class:`Mentee` (``key``, ``kind``, ``forms`` are needed); optional ``rules``
            (``forms``: list of :class:`FormRule` objects, ``weights``, ``version``,
            ``forbid_family``, ``load_cost``, ``rank_weight``), ``locked`` (mentee key → mentor key), ``forbidden``
            (list of [mentor key, mentee key]), ``wishes`` (``mentees`` and ``mentors``: key → list
            of the keys chosen, the dearest first), ``previous`` (mentee key → mentor key that are to
            stay as far as can be).

    Returns:
        ``pairs``, ``groups``, ``unmatched`` (their ``shortage`` is a number among ``shortages``), ``loads``, ``refusals``, ``total_score``, ``load_points``, ``kept_points``,
        ``n_matched``, ``certificate`` ("ok" or "broken"), ``rules_version`` and ``unmet``: the areas nobody offers, who asks
        for each, and what is offered that looks like it. A pair's ``score`` is the sum of its
        ``parts``, ``total_score`` that of all pairs.

    Raises:
        PayloadError: something is unknown, missing or of another kind (a Russian sentence).
    """
    for name in payload:
        if name not in FIELDS:
            raise PayloadError(f"Поле «{name}» незнакомо. Есть поля: {', '.join(FIELDS)}.")
    mentors = [_record(Mentor, item, "наставник", n) for n, item in _listed(payload, "mentors")]
    mentees = [_record(Mentee, item, "наставляемый", n) for n, item in _listed(payload, "mentees")]
    proposal = propose(
        mentors,
        mentees,
        rules_of(_mapping(payload, "rules")),
        locked={str(a): str(b) for a, b in _mapping(payload, "locked").items()},
        forbidden=frozenset(_pair(item) for _, item in _listed(payload, "forbidden")),
        wishes=_wishes(
            _mapping(payload, "wishes"),
            mentees={one.key for one in mentees},
            mentors={one.key for one in mentors},
        ),
        previous={str(a): str(b) for a, b in _mapping(payload, "previous").items()},
    )
    return _plain(proposal) | {"unmet": unmet_requests(mentors, mentees)}


def unmet_requests(mentors: Iterable[Mentor], mentees: Iterable[Mentee]) -> list[dict[str, Any]]:
    """Return each area that somebody asks for and nobody offers: who asks, and what is offered that looks like it."""
    offered = frozenset[str]().union(*(one.competences for one in mentors))
    asking: dict[str, list[str]] = {}
    for mentee in mentees:
        for area in mentee.areas - offered:
            asking.setdefault(area, []).append(mentee.key)
    # looking for what is alike takes a while for each
    looks = len(asking) * len(offered) <= MOST_COMPARED
    return [
        {"area": area, "mentees": sorted(who), "near": nearest(area, offered) if looks else ""}
        for area, who in sorted(asking.items())
    ]


def _plain(proposal: MatchingResult) -> dict[str, Any]:
    shortages, number = shortages_of(proposal.unmatched)
    return {
        "pairs": [asdict(pair) for pair in proposal.pairs],
        "groups": [asdict(group) for group in proposal.groups],
        "unmatched": [
            {
                "mentee": lone.mentee,
                "code": lone.code,
                "refusals": dict(lone.refusals),
                "shortage": number.get(lone.mentee),
                "change": asdict(lone.change) if lone.change else None,
            }
            for lone in proposal.unmatched
        ],
        "shortages": [asdict(shortage) for shortage in shortages],
        "loads": [asdict(load) for load in proposal.loads],
        "refusals": dict(proposal.refusals),
        "total_score": proposal.total_score,
        "load_points": proposal.load_points,
        "kept_points": proposal.kept_points,
        "n_matched": proposal.n_matched,
        "certificate": "ok" if proposal.certificate.ok else "broken",
        "rules_version": proposal.rules_version,
    }


def _listed(payload: Mapping[str, Any], name: str) -> list[tuple[int, Any]]:
    value = payload.get(name, [])
    if not isinstance(value, list | tuple):
        raise PayloadError(f"«{name}» — это должен быть список. Проверьте квадратные скобки.")
    return list(enumerate(value, start=1))


def _mapping(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = payload.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise PayloadError(f"«{name}» — это должен быть объект с полями в фигурных скобках.")
    return value


def _pair(item: object) -> tuple[str, str]:
    if not isinstance(item, list | tuple) or len(item) != len(("mentor", "mentee")):
        raise PayloadError(
            "«forbidden» — это список пар: [ключ наставника, ключ наставляемого]. "
            f"Получено: {item!r}."
        )
    return str(item[0]), str(item[1])


def _wishes(given: Mapping[str, Any], *, mentees: set[str], mentors: set[str]) -> Wishes:
    """Return the wishes for those who are here: who wished only for others wishes nothing."""
    for name in given:
        if name not in {one.name for one in fields(Wishes)}:
            raise PayloadError(f"Выборы: поле «{name}» незнакомо. Есть mentees и mentors.")
    here = {"mentees": mentors, "mentors": mentees}
    sides = {
        side: {str(a): _chosen(a, b) for a, b in _mapping(given, side).items()} for side in here
    }
    found = {
        side: {who: kept for who, whom in wishes.items() if (kept := _only(whom, here[side]))}
        for side, wishes in sides.items()
    }
    return Wishes(**found)


def _only(whom: tuple[str, ...], here: set[str]) -> tuple[str, ...]:
    return tuple(one for one in whom if one in here)


def _chosen(who: object, whom: object) -> tuple[str, ...]:
    if not isinstance(whom, list | tuple):
        raise PayloadError(f"Выборы, «{who}»: нужен список ключей, а получено {whom!r}.")
    return tuple(str(one) for one in whom)


def _record(kind: type[Person], item: object, whom: str, number: int) -> Person:
    where = f"{whom} № {number}"
    if not isinstance(item, Mapping):
        raise PayloadError(f"{where}: ожидался объект с полями, а получено {item!r}.")
    known, needed = _fields(kind)
    for name in item:
        if name not in known:
            raise PayloadError(f"{where}: поле «{name}» незнакомо. Есть поля: {', '.join(known)}.")
    for name in needed:
        if name not in item:
            raise PayloadError(f"{where}: не хватает поля «{name}». Добавьте его.")
    values: dict[str, Any] = {
        name: _value(value, known[name], f"{where}, поле «{name}»") for name, value in item.items()
    }
    return kind(**values)


def _fields(kind: type[Mentor] | type[Mentee] | type[FormRule]) -> tuple[dict[str, Any], list[str]]:
    """Return the fields with their types, and the names of those that must be given."""
    hints = get_type_hints(kind)
    listed = fields(kind)
    needed = [one.name for one in listed if one.default is MISSING]
    return {one.name: hints[one.name] for one in listed}, needed


def _value(value: object, hint: object, where: str) -> object:
    if hint is bool and isinstance(value, bool):
        return value
    if hint == frozenset[str] and isinstance(value, list | tuple):
        return frozenset(str(one) for one in value)
    if value is None and hint in {int | None, str | None}:
        return None
    if hint in {int, int | None} and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint in {str, str | None} and isinstance(value, str):
        return value
    wanted = {bool: "да или нет (true, false)", frozenset[str]: "список строк"}
    name = wanted.get(hint, "текст" if hint in {str, str | None} else "целое число")  # type: ignore[call-overload]
    raise PayloadError(f"{where}: нужно {name}, а получено {value!r}.")


def rules_of(given: Mapping[str, Any]) -> Rules:
    """Return the standard rules with what is given in their place.

    Raises:
        PayloadError: a field is unknown or of another kind (a Russian sentence).
    """
    rules = standard_rules()
    for name in given:
        if name not in {one.name for one in fields(Rules)}:
            raise PayloadError(f"Правила: поле «{name}» незнакомо.")
    if "forms" in given:
        listed = [_record(FormRule, item, "форма", n) for n, item in _listed(given, "forms")]
        rules = replace(rules, forms=MappingProxyType({form.code: form for form in listed}))
    if "weights" in given:
        weights = {
            name: int(str(_value(value, int, f"Правила, вес «{name}»")))
            for name, value in _mapping(given, "weights").items()
        }
        rules = replace(rules, weights=MappingProxyType(weights))
    plain = {"version": str, "forbid_family": bool, "load_cost": int, "rank_weight": int}
    changes: dict[str, Any] = {
        name: _value(given[name], hint, f"Правила, поле «{name}»")
        for name, hint in plain.items()
        if name in given
    }
    return replace(rules, **changes)
