"""Questionnaires in the words of XLSForm, the table form of ODK and Kobo: out and in as rows of cells.

Out: nothing is lost; what XLSForm has no column for stands in columns `nastavnik_…`, which its converters ignore. In: a
closed set of types and conditions; whatever else a form holds is named with its row, and nothing of it is evaluated.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nastavnik.engine.instruments.model import (
    NO,
    OF_PEOPLE,
    YES,
    Condition,
    Instrument,
    InstrumentStage,
    Item,
    ItemClass,
    ItemKind,
    People,
    RespondentRole,
)
from nastavnik.engine.instruments.parsing import InstrumentError

Rows = Sequence[Sequence[Any]]

_OWN = ("kind", "construct", "class", "feeds", "of", "most", "seen_by", "ends")
SURVEY = (
    *("type", "name", "label", "required", "relevant", "appearance", "parameters"),
    *(f"nastavnik_{name}" for name in _OWN),
)
CHOICES = ("list_name", "name", "label", "nastavnik_exclusive")
SETTINGS = (
    *("form_title", "form_id", "version"),
    *("nastavnik_role", "nastavnik_stage", "nastavnik_forms", "nastavnik_source"),
)
_YES_NO_LIST = "yes_no"
_BETWEEN = " | "
_PLACES = 3  # of people nobody knows yet, where a question sets no bound
_MOST_ROWS = 1_000
_MOST_REMARKS = 100
_HEAD_ROWS = 5  # among which the header is
_LONGEST_CONDITION = 500


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A form as it was read.

    Attributes:
        body: what `parse_instrument` takes.
        remarks: sentences on what was left out or changed, each with its row.
    """

    body: dict[str, Any]
    remarks: tuple[str, ...]


def to_xlsform(instrument: Instrument, version: int = 1) -> dict[str, list[list[Any]]]:
    """Return the sheets of the form, each with its header first."""
    survey: list[list[Any]] = [list(SURVEY)]
    choices: list[list[Any]] = [list(CHOICES)]
    if any(item.kind == ItemKind.YES_NO for item in instrument.items):
        choices += [[_YES_NO_LIST, YES, "да", ""], [_YES_NO_LIST, NO, "нет", ""]]
    for number, section in enumerate(instrument.sections, start=1):
        survey.append(_row(type="begin_group", name=f"section_{number}", label=section.title))
        survey += [_survey_row(item, instrument) for item in section.items]
        survey.append(_row(type="end_group"))
        choices += [row for item in section.items for row in _choice_rows(item)]
    head = (
        *(instrument.title, instrument.code, version, instrument.role.value),
        *(instrument.stage.value, " ".join(instrument.forms), instrument.source),
    )
    return {"survey": survey, "choices": choices, "settings": [list(SETTINGS), list(head)]}


def _row(**said: object) -> list[Any]:
    return [said.get(name, "") for name in SURVEY]


def _survey_row(item: Item, instrument: Instrument) -> list[Any]:
    span = f"start={item.minimum} end={item.maximum} step=1"
    own = {
        "kind": item.kind.value,
        "construct": item.construct,
        "class": item.privacy.value if item.asks else "",
        "feeds": item.feeds,
        "of": item.of.value if item.of else "",
        "most": item.most or "",
        "seen_by": item.seen_by.value if item.seen_by else "",
        "ends": _BETWEEN.join(item.ends),
    }
    return _row(
        type=_type(item),
        name=item.code,
        label=item.text,
        required="yes" if item.required else "",
        relevant=" and ".join(_relevant(one, instrument) for one in item.when),
        appearance="multiline" if item.kind == ItemKind.STORY else "",
        parameters=span if item.kind == ItemKind.SCALE else "",
        **{f"nastavnik_{name}": value for name, value in own.items()},
    )


def _type(item: Item) -> str:
    options = f"{item.code}_options"
    return {
        ItemKind.SCALE: "range",
        ItemKind.YES_NO: f"select_one {_YES_NO_LIST}",
        ItemKind.CHOICE: f"select_one {options}",
        ItemKind.SEVERAL: f"select_multiple {options}",
        ItemKind.RANKED_PEOPLE: f"rank {options}",
        ItemKind.PEOPLE: f"select_multiple {options}",
        ItemKind.TEXT: "text",
        ItemKind.STORY: "text",
        ItemKind.DATE: "date",
        ItemKind.NOTE: "note",
    }[item.kind]


def _choice_rows(item: Item) -> Iterator[list[Any]]:
    options = f"{item.code}_options"
    if item.kind in OF_PEOPLE:
        for place in range(1, (item.most or _PLACES) + 1):
            yield [options, f"person_{place}", f"человек {place}", ""]
    elif item.kind != ItemKind.YES_NO:
        for option in item.options:
            yield [options, option.code, option.text, "yes" if option.exclusive else ""]


def _relevant(condition: Condition, instrument: Instrument) -> str:
    name = f"${{{condition.item}}}"
    if condition.is_:
        many = instrument.item(condition.item).kind == ItemKind.SEVERAL
        each = [f"selected({name}, '{one}')" if many else f"{name} = '{one}'" for one in condition.is_]  # fmt: skip
        return each[0] if len(each) == 1 else "(" + " or ".join(each) + ")"
    low = [] if condition.at_least is None else [f"{name} >= {condition.at_least}"]
    high = [] if condition.at_most is None else [f"{name} <= {condition.at_most}"]
    return " and ".join(low + high)


# ---- in

_NAME = r"\$\{\s*([A-Za-z_][\w.-]{0,63})\s*\}"
_VALUE = r"""(?:'([^'"]{0,64})'|"([^'"]{0,64})")"""
_EQUALS = re.compile(rf"{_NAME}\s*=\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\s*\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)")
_BOUND = re.compile(rf"{_NAME}\s*(>=|<=|>|<|=)\s*(-?\d{{1,3}})")
_AND = re.compile(r"\s+and\s+(?![^()]*\))")
_OR = re.compile(r"\s+or\s+")
_SKIPPED = frozenset(
    {
        *("start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit"),
        *("calculate", "hidden", "start-geopoint"),
    }
)
_NOT_TAKEN = ("constraint", "calculation", "choice_filter", "default", "repeat_count", "trigger")
_SELECTS = {"select_one": ItemKind.CHOICE, "select_multiple": ItemKind.SEVERAL}
_SIMPLE = {"text": ItemKind.TEXT, "date": ItemKind.DATE, "note": ItemKind.NOTE}


@dataclass
class _Names:
    """Names of a form as codes of ours: `Вопрос-1` cannot be one."""

    known: dict[str, str] = field(default_factory=dict)

    def code(self, name: str) -> str:
        """Return the code of a name, the same each time, two names never the same."""
        if name not in self.known:
            bare = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:36] or "q"
            bare = bare if bare[0].isalpha() else f"q_{bare}"
            made, number = bare, 1
            while made in self.known.values():
                number += 1
                made = f"{bare}_{number}"
            self.known[name] = made
        return self.known[name]


def from_xlsform(sheets: Mapping[str, Rows]) -> ReadForm:
    """Return the questionnaire a form describes, and what of the form it does not hold.

    Args:
        sheets: name of the sheet → its rows, the header among the first.

    Raises:
        InstrumentError: there is no sheet `survey`, or no columns `type` and `name` on it.
    """
    return _Reading({name.strip().casefold(): rows for name, rows in sheets.items()}).form()


class _Reading:
    """One form on its way in."""

    def __init__(self, sheets: Mapping[str, Rows]) -> None:
        self._remarks: list[str] = []
        self._names = _Names()
        self._option_names: dict[str, _Names] = {}
        self._lists: dict[str, list[dict[str, str]]] = {}
        survey = _records(sheets.get("survey", ()), ("type", "name"))
        if survey is None:
            raise InstrumentError(
                [
                    "Файл: нет листа survey со столбцами type и name. Возьмите файл XLSForm или нашу анкету."
                ]
            )
        self._survey = survey
        for _line, record in _records(sheets.get("choices", ()), ("name",)) or []:
            name = record.get("list_name") or record.get("list name") or ""
            self._lists.setdefault(name, []).append(record)
        settings = _records(sheets.get("settings", ()), ("form_title",)) or _records(
            sheets.get("settings", ()), ("form_id",)
        )
        self._settings = settings[0][1] if settings else {}
        self._sections: list[dict[str, Any]] = []
        self._kinds: dict[str, ItemKind] = {}
        self._groups: list[tuple[str, list[dict[str, Any]] | None]] = []

    def form(self) -> ReadForm:
        """Return what was read."""
        for line, record in self._survey[:_MOST_ROWS]:
            self._line(line, record)
        if len(self._survey) > _MOST_ROWS:
            self._remark(_MOST_ROWS, "дальше строки не читались: их слишком много")
        body = {
            "code": self._code(),
            "title": self._settings.get("form_title", "") or "Анкета из файла",
            "forms": self._settings.get("nastavnik_forms", "").split(),
            "role": self._said(
                "nastavnik_role", RespondentRole.MENTEE, "кто отвечает: взят наставляемый"
            ),
            "stage": self._said(
                "nastavnik_stage",
                InstrumentStage.SATISFACTION,
                "когда спрашивать: взята удовлетворённость",
            ),
            "source": self._settings.get("nastavnik_source", "") or "Из файла XLSForm.",
            "sections": [section for section in self._sections if section["items"]],
        }
        return ReadForm(body, tuple(self._remarks[:_MOST_REMARKS]))

    def _code(self) -> str:
        return _Names().code(self._settings.get("form_id", "") or "form")

    def _said(self, key: str, default: str, what: str) -> str:
        if not self._settings.get(key):
            self._remarks.append(f"В файле не сказано, {what}. Проверьте.")
        return self._settings.get(key) or str(default)

    def _remark(self, line: int, what: str) -> None:
        self._remarks.append(f"Строка {line}: {what}. Проверьте этот вопрос.")

    def _line(self, line: int, record: dict[str, str]) -> None:
        words = record["type"].split()
        kind = (words[0] if words else "").casefold()
        if kind == "select" and len(words) > 1:  # an old spelling: «select one list»
            words = [f"select_{words[1]}", *words[2:]]
            kind = words[0]
        whole = "_".join(words[:2]).casefold()
        if "begin_" in (kind[:6], whole[:6]):
            self._begin(line, record, repeats="repeat" in whole)
        elif "end_g" in (kind[:5], whole[:5]) or "end_r" in (kind[:5], whole[:5]):
            self._groups = self._groups[:-1]
            self._open(self._groups[-1][0] if self._groups else "")
        elif kind in _SKIPPED:
            if kind in {"calculate", "hidden"}:
                self._remark(line, f"вид «{kind}» не переносится")
        elif kind:
            self._ask(line, record, kind, words[1] if len(words) > 1 else "")

    def _begin(self, line: int, record: dict[str, str], *, repeats: bool) -> None:
        if repeats:
            self._remark(line, "повторяющаяся группа стала обычным разделом")
        title = _label(record)
        self._groups = [*self._groups, (title, self._conditions(line, record.get("relevant", "")))]
        self._open(title)

    def _open(self, title: str) -> None:
        self._sections.append({"title": title, "items": []})

    def _ask(self, line: int, record: dict[str, str], kind: str, list_name: str) -> None:
        for column in _NOT_TAKEN:
            if record.get(column):
                self._remark(line, f"столбец {column} не переносится")
        item: dict[str, Any] = {"code": self._names.code(record["name"] or f"row_{line}")}
        item |= self._kind(line, record, kind, list_name)
        item["text"] = _label(record) or record["name"]
        conditions = self._all_conditions(line, record)
        if conditions is None:
            item = {"code": item["code"], "kind": ItemKind.NOTE.value, "text": item["text"]}
        elif conditions:
            item["when"] = conditions
        if item["kind"] != ItemKind.NOTE:
            item |= _own(record)
            if _is_yes(record.get("required", "")):
                item["required"] = True
        self._kinds[item["code"]] = ItemKind(item["kind"])
        if not self._sections:
            self._open("")
        self._sections[-1]["items"].append(item)

    def _kind(self, line: int, record: dict[str, str], kind: str, list_name: str) -> dict[str, Any]:
        own = record.get("nastavnik_kind", "")
        if own in {ItemKind.RANKED_PEOPLE, ItemKind.PEOPLE} or kind == "rank":
            return self._people(line, record, own or ItemKind.RANKED_PEOPLE.value)
        if kind in _SELECTS:
            return self._select(line, record, _SELECTS[kind], list_name)
        if kind == "range":
            return self._scale(line, record)
        if kind == "text" and "multiline" in record.get("appearance", ""):
            return {"kind": ItemKind.STORY.value}
        if kind in _SIMPLE:
            return {"kind": _SIMPLE[kind].value}
        self._remark(line, f"вид «{kind[:40]}» не поддерживается, вопрос стал пояснением")
        return {"kind": ItemKind.NOTE.value}

    def _people(self, line: int, record: dict[str, str], kind: str) -> dict[str, Any]:
        if not record.get("nastavnik_of"):
            self._remark(line, "вместо готового списка будут предложены участники общей встречи")
        most = _number(record.get("nastavnik_most", ""))
        said: dict[str, Any] = {"kind": kind, "of": record.get("nastavnik_of") or People.PRESENT.value}  # fmt: skip
        if kind == ItemKind.RANKED_PEOPLE:
            most = most or _PLACES
        return said | ({"most": most} if most is not None else {})

    def _select(
        self, line: int, record: dict[str, str], kind: ItemKind, list_name: str
    ) -> dict[str, Any]:
        rows = self._lists.get(list_name, [])
        plain = [(row["name"], _label(row)) for row in rows] == [(YES, "да"), (NO, "нет")]
        own = record.get("nastavnik_kind", "")
        if plain and kind == ItemKind.CHOICE and own in {"", ItemKind.YES_NO}:
            return {"kind": ItemKind.YES_NO.value}
        if not rows:
            self._remark(line, f"нет списка ответов «{list_name[:40]}», вопрос стал пояснением")
            return {"kind": ItemKind.NOTE.value}
        names = self._option_names.setdefault(self._names.code(record["name"]), _Names())
        options = []
        for row in rows:
            option: dict[str, Any] = {"code": names.code(row["name"]), "text": _label(row) or row["name"]}  # fmt: skip
            if _is_yes(row.get("nastavnik_exclusive", "")):
                option["exclusive"] = True
            options.append(option)
        said: dict[str, Any] = {"kind": kind.value, "options": options}
        most = _number(record.get("nastavnik_most", ""))
        return said | ({"most": most} if most is not None else {})

    def _scale(self, line: int, record: dict[str, str]) -> dict[str, Any]:
        said = dict(re.findall(r"(start|end|step)\s*=\s*([^\s;,]+)", record.get("parameters", "")))  # fmt: skip
        start, end = _number(said.get("start", "")), _number(said.get("end", ""))
        if start is None or end is None or said.get("step", "1") != "1":
            self._remark(line, "шкала без целых границ и шага 1 стала пояснением")
            return {"kind": ItemKind.NOTE.value}
        ends = [end.strip() for end in record.get("nastavnik_ends", "").split(_BETWEEN.strip())]
        scale: dict[str, Any] = {"kind": ItemKind.SCALE.value, "min": start, "max": end}
        return scale | ({"ends": ends} if any(ends) else {})

    def _all_conditions(self, line: int, record: dict[str, str]) -> list[dict[str, Any]] | None:
        own = self._conditions(line, record.get("relevant", ""))
        together: list[dict[str, Any]] = []
        for conditions in (*(conditions for _title, conditions in self._groups), own):
            if conditions is None:
                return None
            together += conditions
        return together

    def _conditions(self, line: int, relevant: str) -> list[dict[str, Any]] | None:
        """Return the conditions of a cell, None if one of them is beyond the closed grammar."""
        found: list[dict[str, Any]] = []
        for clause in filter(None, _AND.split(relevant.strip()[:_LONGEST_CONDITION])):
            condition = self._clause(clause.strip())
            if condition is None:
                self._remark(line, f"условие «{relevant[:80]}» не переносится, вопрос стал пояснением")  # fmt: skip
                return None
            found.append(condition)
        return _joined(found)

    def _clause(self, clause: str) -> dict[str, Any] | None:
        if clause.startswith("(") and clause.endswith(")"):
            clause = clause[1:-1].strip()
        each = [_EQUALS.fullmatch(one) or _SELECTED.fullmatch(one) for one in _OR.split(clause)]
        equal = [match for match in each if match]
        if len(equal) == len(each) and len({match[1] for match in equal}) == 1:
            return self._is(equal[0][1], [match[2] or match[3] or "" for match in equal])
        match = _BOUND.fullmatch(clause)
        return self._bound(match[1], match[2], int(match[3])) if match else None

    def _is(self, name: str, values: list[str]) -> dict[str, Any] | None:
        item = self._names.known.get(name)
        if item is None:
            return None
        if self._kinds.get(item) == ItemKind.SCALE:
            number = _number(values[0]) if len(values) == 1 else None
            return None if number is None else self._bound(name, "=", number)
        if self._kinds.get(item) not in {ItemKind.YES_NO, *_SELECTS.values()}:
            return None
        names = self._option_names.get(item)
        codes = [names.known.get(value, value) if names else value for value in values]
        return {"item": item, "is": codes}

    def _bound(self, name: str, sign: str, number: int) -> dict[str, Any] | None:
        item = self._names.known.get(name)
        if item is None or self._kinds.get(item) != ItemKind.SCALE:
            return None
        number += {">": 1, "<": -1}.get(sign, 0)
        said: dict[str, Any] = {"item": item}
        if sign in {">=", ">", "="}:
            said["at_least"] = number
        if sign in {"<=", "<", "="}:
            said["at_most"] = number
        return said


def _joined(conditions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the two bounds of one scale into one condition."""
    found: list[dict[str, Any]] = []
    for condition in conditions:
        last = found[-1] if found else {}
        if last.get("item") == condition["item"] and not last.keys() & (condition.keys() - {"item"}) and "is" not in last | condition:  # fmt: skip
            found[-1] = last | condition
        else:
            found.append(condition)
    return found


def _own(record: dict[str, str]) -> dict[str, Any]:
    said = {name: record.get(f"nastavnik_{name}", "") for name in ("construct", "class", "feeds", "seen_by")}  # fmt: skip
    said["class"] = said["class"] or ItemClass.PERSONAL.value
    return {name: value for name, value in said.items() if value}


def _records(rows: Rows, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]] | None:
    """Return number of the row, from 1, and its cells by column; None if the header is not among the first rows."""
    texts = [[_cell(value) for value in row] for row in rows]
    heads = [[cell.casefold() for cell in row] for row in texts[:_HEAD_ROWS]]
    place = next((n for n, head in enumerate(heads) if set(needed) <= set(head)), None)
    if place is None:
        return None
    header = heads[place]
    return [
        (number, dict(zip(reversed(header), reversed(_filled(row, len(header))), strict=True)))
        for number, row in enumerate(texts[place + 1 :], start=place + 2)
        if any(row)
    ]


def _filled(row: list[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _label(record: Mapping[str, str]) -> str:
    """Return the label, of several languages the Russian one or the first."""
    labels = {name: text for name, text in record.items() if name.split(":")[0] == "label" and text}
    russian = [text for name, text in labels.items() if "ru" in name]
    return record.get("label", "") or next(iter(russian or labels.values()), "")


def _is_yes(text: str) -> bool:
    return text.casefold() in {"yes", "true", "true()", "1", "да"}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,3}", text) else None
