"""What is wrong with the questionnaires, waves and answers of a package."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nastavnik.engine.instruments import (
    Instrument,
    InstrumentError,
    Item,
    check_answers,
    parse_instrument,
)
from nastavnik.engine.packages.reading import PackageFault, PackageRow
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.choices import InvitationState, Mode, VersionStatus
from nastavnik.questionnaires.models import InstrumentVersion

Rows = Mapping[str, Sequence[PackageRow]]


@dataclass(slots=True)
class KnownInstruments:
    """What may be asked: shipped and of the package, by code and version; None for one nobody may be asked."""

    by_version: dict[tuple[str, int], Instrument | None]

    def fault(self, row: PackageRow) -> str:
        """Return why a wave cannot be of a questionnaire, or nothing."""
        code, number = row["instrument"], row["version"]
        if (code, number) in self.by_version:
            is_sound = self.by_version[code, number] is not None
            return "" if is_sound else f"version: версия {number} анкеты «{code}» не для опроса."
        numbers = sorted(known for name, known in self.by_version if name == code)
        if not numbers:
            return f"instrument: анкеты «{code}» нет ни среди готовых, ни в таблице instruments."
        said = ", ".join(map(str, numbers))
        return f"version: версии {number} анкеты «{code}» нет; есть {said}."


def asking_faults(rows: Rows) -> Iterator[PackageFault]:
    """Yield every row of `instruments`, `waves`, `invitations` and `answers` that cannot be taken."""
    own, faults = _own(rows["instruments"])
    yield from faults
    known = KnownInstruments(_shipped(rows["waves"]) | own)
    waves: dict[str, PackageRow] = {}
    for row in rows["waves"]:
        if reason := known.fault(row):
            yield PackageFault("waves", row.line, reason)
        else:
            waves[row["id"]] = row
    yield from _invited(rows["invitations"], waves)
    yield from _answered(rows, waves, known)


def _shipped(waves: Sequence[PackageRow]) -> dict[tuple[str, int], Instrument | None]:
    codes = {row["instrument"] for row in waves}
    found = InstrumentVersion.objects.shipped().filter(code__in=codes) if codes else ()
    return {(one.code, one.number): instrument_of(one) for one in found}


def _own(
    rows: Sequence[PackageRow],
) -> tuple[dict[tuple[str, int], Instrument | None], list[PackageFault]]:
    """Return the questionnaires of the package and what is wrong with them."""
    found: dict[tuple[str, int], Instrument | None] = {}
    faults: list[PackageFault] = []
    for row in rows:
        is_draft = row["status"] == VersionStatus.DRAFT
        reasons: list[str] = []
        instrument = None
        try:
            instrument = parse_instrument(row["body"])
        except InstrumentError as error:
            reasons += [f"body: {one}" for one in error.faults]
        if instrument is not None and instrument.code != row["instrument"]:
            reasons.append(f"body: code — «{instrument.code}», а instrument — другой.")
        if is_draft and row["published_at"] is not None:
            reasons.append("У черновика есть published_at.")
        faults += [PackageFault("instruments", row.line, reason) for reason in reasons]
        found[row["instrument"], row["version"]] = None if is_draft else instrument
    return found, faults


def _invited(rows: Sequence[PackageRow], waves: Mapping[str, PackageRow]) -> Iterator[PackageFault]:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        first = seen.setdefault((row["wave"], row["person"]), row.line)
        if first != row.line:
            yield PackageFault(
                "invitations", row.line, f"В этом опросе человек есть уже в строке {first}."
            )
        if _is_confidential(waves.get(row["wave"])):
            yield PackageFault("invitations", row.line, _CONFIDENTIAL)
        is_done = row["state"] == InvitationState.ANSWERED
        if not is_done and any(row[name] for name in ("answered_on", "source", "submitted_at")):
            yield PackageFault(
                "invitations", row.line, "answered_on, source и submitted_at — только у answered."
            )


_CONFIDENTIAL = "Опрос конфиденциальный: кто и что ответил, в пакете не бывает."


def _is_confidential(wave: PackageRow | None) -> bool:
    return wave is not None and wave["mode"] == Mode.CONFIDENTIAL


def _answered(
    rows: Rows, waves: Mapping[str, PackageRow], known: KnownInstruments
) -> Iterator[PackageFault]:
    people = {row["id"] for row in rows["people"]}
    waiting = {
        (row["wave"], row["person"])
        for row in rows["invitations"]
        if row["state"] != InvitationState.ANSWERED
    }
    sheets: dict[tuple[str, str], list[PackageRow]] = defaultdict(list)
    for row in rows["answers"]:
        sheets[row["wave"], row["person"]].append(row)
    for key, given in sheets.items():
        wave = waves.get(key[0])
        if wave is None:
            continue  # told already
        reason = _CONFIDENTIAL if _is_confidential(wave) else ""
        if not reason and key in waiting:
            reason = "Ответы есть, а в invitations state — не answered."
        if reason:
            yield from (PackageFault("answers", row.line, reason) for row in given)
        elif instrument := known.by_version[wave["instrument"], wave["version"]]:
            yield from _sheet_faults(instrument, given, people)


def _sheet_faults(
    instrument: Instrument, rows: Sequence[PackageRow], people: set[str]
) -> Iterator[PackageFault]:
    """Yield what is wrong with the answers of one person; a question left without an answer is no fault here."""
    by_item: dict[str, list[PackageRow]] = defaultdict(list)
    for row in rows:
        by_item[row["item"]].append(row)
    given = {code: [row["value"] for row in said] for code, said in by_item.items()}
    checked = check_answers(instrument, given, people=people)
    items = {item.code: item for item in instrument.asked}
    for code, said in by_item.items():
        values = given[code]
        if code in checked.faults:
            line = _line(items.get(code), said, people)
            yield PackageFault("answers", line, f"{code}: {checked.faults[code]}")
        elif code in checked.hidden:
            reason = f"{code}: при остальных ответах этот вопрос не задаётся."
            yield PackageFault("answers", said[0].line, reason)
        elif code not in checked.kept:
            yield PackageFault("answers", said[0].line, f"{code}: здесь нечему отвечать.")
        elif len(set(values)) < len(values):
            twice = next(row for place, row in enumerate(said) if row["value"] in values[:place])
            yield PackageFault("answers", twice.line, f"{code}: это значение есть уже выше.")


def _line(item: Item | None, rows: Sequence[PackageRow], people: set[str]) -> int:
    """Return the line of the value that is wrong; of too many values that of the last."""
    if item is None:
        return rows[0].line
    may = people if item.of else {option.code for option in item.options}
    wrong = [row for row in rows if may and row["value"].strip() not in may]
    return (wrong or rows)[0 if wrong else -1].line
