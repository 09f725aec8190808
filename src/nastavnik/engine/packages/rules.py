"""The rules between the rows of a school's package, beside types and references: each fault with table and line.

Rows are as `reading` gives them, those of `…_details` joined to the row they speak of. Codes are those of the tables.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nastavnik.engine.packages.reading import PackageFault, PackageRow

Tables = Mapping[str, Sequence[PackageRow]]
LEARNERS = ("pupil", "student")
ENDED = ("finished", "left")
CLOSED = ("completed", "cancelled")


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """What the rules are told of the installation.

    Attributes:
        today: nothing was signed after it.
        fold: a name as it is compared.
        forms: codes of the forms of mentoring that are known without the package.
        lists: (table, column) → the codes a list there may hold.
    """

    today: dt.date
    fold: Callable[[str], str]
    forms: frozenset[str]
    lists: Mapping[tuple[str, str], frozenset[str]]


def faults(tables: Tables, known: KnownCodes) -> Iterator[PackageFault]:
    """Yield every row that breaks a rule; references and types are looked at before."""
    yield from _lengths(tables)
    yield from _codes(tables, known)
    yield from _organisation(tables["organisation"])
    yield from _years(tables["years"])
    yield from _people(tables["people"], known)
    yield from _classes(tables["groups"])
    yield from _participations(tables["participations"])
    yield from _consents(tables["consents"], known.today)
    yield from _documents(tables["documents"])
    yield from _pairs(tables)
    yield from _ties(tables)
    yield from _meetings(tables["meetings"])
    yield from _marks(tables)


# table → pairs of columns: the second day may not be before the first
_DAYS = {
    "programmes": (("starts_on", "ends_on"),),
    "groups": (("starts_on", "ends_on"),),
    "participations": (("entered_on", "left_on"),),
    "consents": (("signed_on", "withdrawn_on"),),
    "pairs": (("starts_on", "ends_on"), ("starts_on", "ended_on")),
    "ties": (("starts_on", "ended_on"),),
    "activities": (("starts_on", "ends_on"),),
    "waves": (("opens_on", "closes_on"),),
}


def _lengths(tables: Tables) -> Iterator[PackageFault]:
    for table, columns in _DAYS.items():
        for row in tables[table]:
            for first, last in columns:
                if row[first] and row[last] and row[last] < row[first]:
                    reason = f"{last} ({row[last]}) раньше, чем {first} ({row[first]})."
                    yield PackageFault(table, row.line, reason)


def _codes(tables: Tables, known: KnownCodes) -> Iterator[PackageFault]:
    """Yield forms nobody knows, and codes of lists that are not in the list."""
    forms = known.forms | {row["form"] for row in tables["forms"]}
    for table in ("participations", "pairs", "form_variants", "waves"):
        for row in tables[table]:
            if row["form"] and row["form"] not in forms:
                yield PackageFault(table, row.line, f"form: формы «{row['form']}» нет.")
    for (table, column), members in {
        **known.lists,
        ("programmes", "forms"): frozenset(forms),
        ("participations", "forms"): frozenset(forms),
    }.items():
        for row in tables[table]:
            for code in row[column] or ():
                if not isinstance(code, str) or code not in members:
                    yield PackageFault(
                        table, row.line, f"{column}: «{str(code)[:40]}» нет в списке."
                    )


def _organisation(rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    if len(rows) != 1:
        reason = "В пакете должна быть одна организация."
        yield PackageFault("organisation", rows[1].line if rows else 0, reason)


def _twice(
    table: str, rows: Iterable[PackageRow], key: Callable[[PackageRow], Any], reason: str
) -> Iterator[PackageFault]:
    """Yield the rows whose key (None: it has none) is there already; `{line}` in the reason is where."""
    seen: dict[Any, int] = {}
    for row in rows:
        if (one := key(row)) is None:
            continue
        if (first := seen.setdefault(one, row.line)) != row.line:
            yield PackageFault(table, row.line, reason.format(line=first))


def _years(rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    for row in rows:
        if row["starts_on"] >= row["ends_on"]:
            yield PackageFault("years", row.line, "Год кончается не позже, чем начинается.")
    yield from _twice(
        "years", rows, lambda row: row["starts_on"], "Год с этого дня есть уже в строке {line}."
    )


def _people(rows: Sequence[PackageRow], known: KnownCodes) -> Iterator[PackageFault]:
    for row in rows:
        if row["birth_date"] and row["birth_date"] > known.today:
            yield PackageFault(
                "people", row.line, f"birth_date: {row['birth_date']} ещё не наступило."
            )

    def key(row: PackageRow) -> tuple[str, dt.date] | None:
        if row["kind"] not in LEARNERS or not row["birth_date"]:
            return None
        names = (row[name] for name in ("last_name", "first_name", "patronymic"))
        return known.fold(" ".join(name for name in names if name)), row["birth_date"]

    yield from _twice(
        "people", rows, key, "Ученик с этим именем и днём рождения есть уже в строке {line}."
    )


def _classes(rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    """Yield people who stand in two classes at once; `starts_on` is known where `groups_details` says it."""
    yield from _twice(
        "groups",
        [row for row in rows if row["starts_on"] is None],
        lambda row: (row["year"], row["person"]),
        "В этом году человек записан уже в строке {line}: когда он перешёл, скажите в groups_details.",
    )
    yield from _twice(
        "groups",
        [row for row in rows if row["starts_on"] is not None and row["ends_on"] is None],
        lambda row: row["person"],
        "Человек стоит ещё в классе строки {line}: тот класс должен кончиться.",
    )


def _participations(rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    table = "participations"
    for row in rows:
        status, left = row["status"], row["left_on"]
        if status in ENDED and left is None:
            yield PackageFault(table, row.line, f"status {status} без left_on: нужен день.")
        if status and status not in ENDED and left is not None:
            yield PackageFault(table, row.line, f"left_on есть, а status — {status}.")
        if row["form"] and row["forms"] is not None and row["form"] not in row["forms"]:
            yield PackageFault(table, row.line, "form нет среди forms в participations_details.")
        if row["goes_on"] is not None and status != "finished":
            yield PackageFault(table, row.line, "goes_on бывает только у status finished.")
    yield from _twice(
        table,
        [
            row
            for row in rows
            if row["status"] != "left" and not (row["left_on"] and not row["status"])
        ],
        lambda row: (row["programme"], row["person"], row["side"]),
        "Этот человек есть уже в этой базе в строке {line}.",
    )


def _consents(rows: Sequence[PackageRow], today: dt.date) -> Iterator[PackageFault]:
    for row in rows:
        if row["signed_on"] > today:
            yield PackageFault("consents", row.line, f"signed_on: {row['signed_on']} ещё впереди.")
    yield from _twice(
        "consents",
        [row for row in rows if row["withdrawn_on"] is None and row["ends_on"] is None],
        lambda row: (row["person"], row["purpose"]),
        "Действующее согласие на это есть уже в строке {line}.",
    )


def _documents(rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    for row in rows:
        if row["status"] == "registered" and not (row["number"] and row["dated_on"]):
            yield PackageFault("documents", row.line, "У registered должны быть number и dated_on.")
        if row["kind"] == "pair_order" and row["programme"] is None:
            yield PackageFault("documents", row.line, "У pair_order должна быть programme.")
    yield from _twice(
        "documents",
        rows,
        lambda row: (row["year"], row["kind"], row["number"]) if row["number"] else None,
        "Документ с этим номером в этом году есть уже в строке {line}.",
    )


def side_fault(row: PackageRow, programme: str, record: PackageRow, side: str) -> str:
    """Return why a record cannot be on a side of a pair, or nothing."""
    if record["side"] != side:
        return f"{row[side]} — не {side}."
    if record["programme"] != programme:
        return f"{row[side]} — из другой программы, чем пара."
    return ""


def _pairs(tables: Tables) -> Iterator[PackageFault]:
    records = {row["id"]: row for row in tables["participations"]}
    for row in tables["pairs"]:
        mentor = records.get(row["mentor"])
        reasons = [side_fault(row, row["programme"], mentor, "mentor")] if mentor else []
        status = row["status"]
        if status and (status in CLOSED) != (row["ended_on"] is not None):
            reasons.append(f"status {status} не сходится с ended_on.")
        if row["end_cause"] and row["ended_on"] is None:
            reasons.append("end_cause есть, а ended_on нет.")
        if (row["order_number"] is None) != (row["order_on"] is None):
            reasons.append("order_number и order_on бывают только вместе.")
        yield from (PackageFault("pairs", row.line, reason) for reason in reasons if reason)
    yield from _orders(tables)


def _orders(tables: Tables) -> Iterator[PackageFault]:
    """Yield pairs whose order has another date than the same order elsewhere: a number is once in a year."""
    years = {row["id"]: row["year"] for row in tables["programmes"]}
    dated = {
        (row["year"], row["number"]): (row["dated_on"], f"documents, строка {row.line}")
        for row in tables["documents"]
        if row["kind"] == "pair_order" and row["number"]
    }
    for row in tables["pairs"]:
        if row["order_number"] and row["order_on"]:
            key = (years.get(row["programme"]), row["order_number"])
            on, where = dated.setdefault(key, (row["order_on"], f"pairs, строка {row.line}"))
            if on != row["order_on"]:
                reason = f"У приказа № {row['order_number']} другая дата: {on} ({where})."
                yield PackageFault("pairs", row.line, reason)


def _ties(tables: Tables) -> Iterator[PackageFault]:
    records = {row["id"]: row for row in tables["participations"]}
    pairs = {row["id"]: row for row in tables["pairs"]}
    for row in tables["ties"]:
        pair, mentee = pairs.get(row["pair"]), records.get(row["mentee"])
        if pair and mentee and (reason := side_fault(row, pair["programme"], mentee, "mentee")):
            yield PackageFault("ties", row.line, reason)
        if pair and pair["ended_on"] and row["ended_on"] and row["ended_on"] > pair["ended_on"]:
            yield PackageFault("ties", row.line, f"ended_on позже конца пары ({pair['ended_on']}).")
    yield from _twice(
        "ties",
        [
            row
            for row in tables["ties"]
            if row["ended_on"] is None
            and row["pair"] in pairs
            and pairs[row["pair"]]["ended_on"] is None
        ],
        lambda row: row["mentee"],
        "Этот наставляемый стоит уже в паре строки {line}.",
    )
    having = {row["pair"] for row in tables["ties"]}
    for row in tables["pairs"]:
        if row["id"] not in having:
            yield PackageFault(
                "pairs", row.line, "В паре никого нет: в ties нет ни одной её строки."
            )


def _meetings(rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    for row in rows:
        status, held = row["status"], row["held_on"]
        if status and (status == "held") != (held is not None):
            yield PackageFault("meetings", row.line, f"status {status} не сходится с held_on.")
        words = [] if held else [row[side] for side in ("word_of_mentor", "word_of_mentee")]
        if said := [word for word in words if word not in (None, "help")]:
            reason = f"{said[0]} без встречи: пока её не было, бывает только help."
            yield PackageFault("meetings", row.line, reason)
    yield from _twice(
        "meetings",
        [row for row in rows if row["kind"] not in (None, "regular")],
        lambda row: (row["pair"], row["kind"]),
        "Такая встреча у этой пары есть уже в строке {line}.",
    )


MARKS = ("", "good", "plain", "hard", "help")
_STRUCK = frozenset(
    {
        "kind", "status", "planned_on", "held_on", "postponed_from", "n_postponed", "mentor_mark", "mentee_mark",
        "mentee_marks", "help_answered_on", "note",
    }
)  # fmt: skip


def _marks(tables: Tables) -> Iterator[PackageFault]:
    """Yield marks of groups that name no tie of their pair, and struck meetings that could not be brought back."""
    n_ties: dict[str, int] = defaultdict(int)
    for row in tables["ties"]:
        n_ties[row["pair"]] += 1
    for row in tables["meetings"]:
        if not _are_marks(row["mentee_marks"] or {}, n_ties[row["pair"]]):
            yield PackageFault(
                "meetings", row.line, "mentee_marks: номер наставляемого в паре → отметка."
            )
    for row in tables["pairs"]:
        if not all(_is_struck(one, n_ties[row["id"]]) for one in row["struck"] or ()):
            yield PackageFault("pairs", row.line, "struck: это не встречи, снятые при завершении.")


def _are_marks(marks: Any, n_ties: int) -> bool:  # noqa: ANN401 - whatever JSON holds
    return isinstance(marks, dict) and all(
        number.isascii()
        and number.isdecimal()
        and 1 <= int(number) <= n_ties
        and isinstance(mark, str)
        and mark in MARKS
        for number, mark in marks.items()
    )


def _is_struck(one: Any, n_ties: int) -> bool:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(one, dict) or frozenset(one) != _STRUCK:
        return False
    texts = ("kind", "status", "mentor_mark", "mentee_mark", "note")
    days = ("held_on", "postponed_from", "help_answered_on")
    return (
        all(isinstance(one[name], str) for name in texts)
        and _is_day(one["planned_on"])
        and all(one[name] is None or _is_day(one[name]) for name in days)
        and isinstance(one["n_postponed"], int)
        and _are_marks(one["mentee_marks"], n_ties)
    )


def _is_day(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    try:
        dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
