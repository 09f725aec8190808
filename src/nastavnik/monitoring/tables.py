"""Monitoring as lists: on the page, as .xlsx, to print; and where the points of its pictures stand."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.ui.components import BREAK, address_of, link, nodata, small, state
from nastavnik.core.ui.listing import Column, Table, Value
from nastavnik.monitoring.catalogues import effect_rules, scorecard_rules
from nastavnik.monitoring.choices import SwotField
from nastavnik.monitoring.documents import change_said, comma
from nastavnik.monitoring.models import Scorecard, SwotNote
from nastavnik.monitoring.queries.effects import (
    Compared,
    EffectGroup,
    ParameterEffect,
    SatisfactionRow,
)
from nastavnik.monitoring.queries.evidence import CountedFact
from nastavnik.monitoring.queries.indicators import BirthCertificate
from nastavnik.monitoring.queries.process import ProcessCount, ProcessLine
from nastavnik.monitoring.queries.scorecards import CardOfYear, CardResult, IndicatorRow
from nastavnik.questionnaires.choices import ROLES


def fact_words(fact: CountedFact) -> str:
    """Return a count in words: so many of so many, of what."""
    if not fact.total:
        return _("%(what)s: nothing to count yet") % {"what": fact.words}
    return _("%(what)s: %(n)s of %(total)s") % {
        "what": fact.words,
        "n": fact.n,
        "total": fact.total,
    }


def _evidence(row: IndicatorRow, facts: dict[str, CountedFact]) -> list[CountedFact]:
    """Return what the site counts beside an indicator."""
    return [facts[code] for code in row.indicator.evidence if code in facts]


def _linked(counted: Sequence[CountedFact]) -> SafeString:
    """Return counts a line each, with the page behind each; nothing for none."""
    return format_html_join(
        BREAK,
        "{}",
        ((link(fact.url, fact_words(fact)),) for fact in counted),
    )


def card_table(
    card: Scorecard, result: CardResult, facts: dict[str, CountedFact]
) -> Table[IndicatorRow]:
    """Return a card: a line an indicator, a column a sheet handed in, the mean, and what the site counts."""

    def said(row: IndicatorRow) -> str:
        told = [fact_words(fact) for fact in _evidence(row, facts)]
        return "; ".join(told) or _("the site counts nothing of it")

    def titled(row: IndicatorRow) -> SafeString:
        apart = small(_("scores lie two points apart")) if row.is_apart else ""
        counted = small(_linked(_evidence(row, facts)) or said(row))
        return format_html("{}. {}{}{}", row.indicator.code, row.indicator.title, apart, counted)

    def given(place: int) -> Column[IndicatorRow]:
        def value(row: IndicatorRow) -> Value:
            points = row.given[place]
            return _("cannot be scored") if points is None else points

        return Column(f"sheet{place}", result.sums[place].name, value, is_number=True)

    columns: list[Column[IndicatorRow]] = [
        Column("title", _("Indicator"), lambda row: f"{row.indicator.code}. {row.indicator.title}", titled),
        Column("criterion", _("Criterion"), lambda row: row.indicator.criterion, on_page=False),
        *(given(place) for place in range(len(result.sums))),
    ]  # fmt: skip
    if len(result.sums) > 1:
        columns.append(
            Column(
                "mean",
                _("Mean"),
                lambda row: None if row.mean is None else comma(row.mean),
                is_number=True,
            )
        )
    columns += [
        Column("evidence", _("What the site counts"), said, on_page=False),
        Column("why", _("Remarks"), lambda row: "; ".join(row.reasons), on_page=False),
    ]
    return Table("scorecard", _("Scorecard: %(title)s") % {"title": card.programme.title}, columns, result.rows)  # fmt: skip


def level_words(result: CardResult) -> str:
    """Return the level of a card, or why there is none."""
    if not result.sums:
        return _("nobody has handed in a sheet")
    if result.level is None:
        return _("no level: nobody has scored all nine")
    return result.level.words


def sum_words(result: CardResult) -> str:
    """Return the sum of a card with how many sheets it is the mean of; empty without one."""
    if result.mean is None:
        return ""
    said = _("%(n)s of %(most)s") % {
        "n": comma(result.mean),
        "most": scorecard_rules().most,
    }
    if result.n_whole == 1:
        return said
    sheets = ngettext("mean of %(n)s sheet", "mean of %(n)s sheets", result.n_whole)
    return f"{said} ({sheets % {'n': result.n_whole}})"


def years_table(rows: Sequence[CardOfYear], *, hidden: int | None) -> Table[CardOfYear]:
    """Return the cards of all years; of the one whose points the viewer may not see yet (`hidden`) no points."""

    def of(row: CardOfYear) -> CardResult | None:
        return None if row.card.pk == hidden else row.result

    def title(row: CardOfYear) -> SafeString:
        return link(address_of("monitoring:scorecard", row.card.pk), row.year)

    def points(row: CardOfYear) -> Value:
        result = of(row)
        return sum_words(result) if result else ""

    def level(row: CardOfYear) -> Value:
        result = of(row)
        return level_words(result) if result else _("hand in your own sheet first")

    def standing(row: CardOfYear) -> SafeString:
        return state("done", _("closed")) if row.card.closed_on else state("go", _("open"))

    columns: tuple[Column[CardOfYear], ...] = (
        Column("year", _("Academic year"), lambda row: row.year, title),
        Column("programme", _("Programme"), lambda row: row.card.programme.title),
        Column("sum", _("Sum"), points, lambda row: str(points(row) or "") or nodata()),
        Column("level", _("Level"), level),
        Column("sheets", _("Sheets handed in"), lambda row: len(row.result.sums), is_number=True),
        Column("state", _("State"), lambda row: _("closed") if row.card.closed_on else _("open"), standing),
    )  # fmt: skip
    return Table("scorecards", _("Scorecards by year"), columns, rows)


def swot_table(notes: Sequence[SwotNote]) -> Table[SwotNote]:
    """Return what stands in the four fields as a list."""

    def source(note: SwotNote) -> str:
        return note.wave.title if note.wave else "" if note.n_said else _("the curator's own words")

    columns: tuple[Column[SwotNote], ...] = (
        Column("field", _("Field"), lambda note: str(note.get_field_display())),
        Column("words", _("Words"), lambda note: note.words),
        Column("n", _("How many said so"), lambda note: note.n_said or None, is_number=True),
        Column("source", _("Where from"), source),
    )
    order = {field: place for place, field in enumerate(SwotField.values)}
    rows = sorted(notes, key=lambda note: (order[note.field], note.pk))
    return Table("swot", _("Strengths, weaknesses, opportunities, threats"), columns, rows)


def process_table(counts: Sequence[ProcessLine]) -> Table[ProcessLine]:
    """Return the numbers of the process: a line a number, a column today and each snapshot."""
    days = [day for day, _count in counts[0].counts] if counts else []

    def column(place: int) -> Column[ProcessLine]:
        on = days[place]
        label = _("today") if on is None else f"{on:%d.%m.%Y}"
        return Column(f"day{place}", label, lambda line: count_words(line.counts[place][1]))

    columns: list[Column[ProcessLine]] = [
        Column("words", _("What is counted"), lambda line: line.words),
        *(column(place) for place in range(len(days))),
        Column("source", _("Where it is counted"), lambda line: line.source),
    ]
    return Table("process", _("Numbers of the process"), columns, counts)


def count_words(count: ProcessCount | None) -> str:
    """Return so many of so many; what is not told, or was not counted then, says so."""
    if count is None:
        return _("not counted then")
    if count.is_kept_back:
        return _("made of marks: not shown to you")
    if not count.total:
        return _("nothing to count")
    return _("%(n)s of %(most)s") % {"n": count.n, "most": count.total}


def percent_words(row: BirthCertificate) -> str:
    """Return the value of an indicator, or why there is none; cut and not rounded."""
    if row.share.is_above:
        return _("more than the whole: check the denominator")
    value = row.share.percent
    if value is not None:
        return f"{comma(float(value))} %"
    if row.satisfied and row.satisfied.is_kept_back:
        return _("fewer than five on one side: not shown to you")
    if row.found.n is None:
        return _("nobody was asked")
    return _("nobody took part") if row.rule.is_asked else _("the denominator is not entered")


def plan_words(row: BirthCertificate) -> str:
    """Return what is planned and whether it is reached; empty where nothing is planned."""
    said = []
    for target in row.targets:
        words = {True: _("plan reached"), False: _("not reached"), None: _("cannot be said")}
        said.append(f"{comma(target)} %: {words[row.share.reaches(target)]}")
    return "; ".join(said)


def warnings_of(row: BirthCertificate) -> list[str]:
    """Return what a reader of a value has to know before believing it, in sentences."""
    return [*_of_numbers(row), *_of_questionnaires(row), *row.rule.notes]


def _of_numbers(row: BirthCertificate) -> Iterator[str]:
    """Yield what is wrong or open in numerator, denominator and plan."""
    if row.denominator is None:
        yield _(
            "There is no denominator: there is no value, neither nought nor a hundred per cent."
        )
    if row.share.is_above:
        yield _(
            "More are counted than there are: one of the two numbers is wrong, there is no value."
        )
    if row.found.n_unknown:
        yield ngettext(
            "%(n)s took part and is not counted: the date that decides is not known.",
            "%(n)s took part and are not counted: the date that decides is not known.",
            row.found.n_unknown,
        ) % {"n": row.found.n_unknown}
    if (row.on.month, row.on.day, row.on.year) != (12, 31, row.year):
        yield _("Age and years of work are those of %(day)s, not of 31 December of the year.") % {
            "day": f"{row.on:%d.%m.%Y}"
        }
    if row.n_after:
        yield ngettext(
            "%(n)s began only after the day of reference and is counted all the same.",
            "%(n)s began only after the day of reference and are counted all the same.",
            row.n_after,
        ) % {"n": row.n_after}
    if not row.is_over:
        yield _("The year is not over: what is counted may still grow.")
    if len(row.targets) > 1:
        yield _("The roadmaps plan different values (%(values)s): none of them is taken.") % {
            "values": "; ".join(f"{comma(one)} %" for one in row.targets)
        }


def _of_questionnaires(row: BirthCertificate) -> Iterator[str]:
    """Yield what questionnaires leave open, of an indicator for which people are asked."""
    if not row.rule.is_asked:
        return
    if row.entered and row.entered.value != row.denominator:
        yield _(
            "Entered as the denominator is %(entered)s, but %(n)s took part: whoever did not answer may not be left out."
        ) % {"entered": row.entered.value, "n": row.n_took_part}
    found = row.satisfied
    if found is None:
        yield _("No questionnaire of the year asked about it: there is no value.")
    elif found.is_kept_back:
        yield _(
            "Fewer than five are satisfied or not satisfied: it is shown only to who may read the answers."
        )
    else:
        yield _(
            "%(n)s of the %(of)s who took part have answered; the others count as not satisfied."
        ) % {
            "n": found.n_answered,
            "of": row.n_took_part,
        }
        if found.n_strange:
            yield _("Answers of people who did not take part in the year, not counted: %(n)s.") % {
                "n": found.n_strange
            }
        if found.left_out:
            yield _(
                "Confidential questionnaires that are not counted (open, few answers, or nobody can say whether somebody is counted already): %(titles)s."
            ) % {"titles": ", ".join(found.left_out)}


def indicators_table(rows: Sequence[BirthCertificate]) -> Table[BirthCertificate]:
    """Return the indicators of a year: no value without both of its numbers."""

    def title(row: BirthCertificate) -> SafeString:
        url = reverse("monitoring:indicator", args=[row.rule.code, row.year])
        return format_html(
            "{}{}", link(url, f"{row.rule.code}. {row.rule.title}"), small(row.rule.source)
        )

    columns: tuple[Column[BirthCertificate], ...] = (
        Column("title", _("Indicator"), lambda row: f"{row.rule.code}. {row.rule.title}", title),
        Column("n", _("Counted"), lambda row: row.found.n, is_number=True),
        Column("of", _("Of"), lambda row: row.denominator, is_number=True),
        Column("value", _("Value"), percent_words),
        Column("plan", _("Planned"), lambda row: plan_words(row) or _("nothing is planned")),
        Column("outside", _("Left out: outside the bounds"), lambda row: row.found.n_outside, on_page=False),
        Column("unknown", _("Left out: the date is not known"), lambda row: row.found.n_unknown, is_number=True),
        Column("counted", _("What is counted"), lambda row: row.rule.counted, on_page=False),
        Column("whole", _("Of whom"), lambda row: row.rule.of, on_page=False),
        Column("warnings", _("Warnings"), lambda row: " ".join(warnings_of(row)), on_page=False),
    )  # fmt: skip
    year = rows[0].year if rows else ""
    return Table("indicators", _("Indicators of %(year)s") % {"year": year}, columns, rows)


def group_words(group: EffectGroup) -> str:
    """Return whom a group holds: the form of mentoring and who answers."""
    role = str(ROLES.get(group.role, group.role))
    return f"{group.title or _('all forms')}: {role}"


def kind_words(effect: ParameterEffect) -> str:
    """Return what is set against what."""
    if effect.kind == Compared.CHANGE:
        return _("before and after")
    return _("expected and came")


def shift_words(effect: ParameterEffect) -> str:
    """Return the usual change with its interval; empty where no number may be said."""
    change = effect.change
    if not effect.is_judged or change.shift is None:
        return ""
    return _("%(shift)s (from %(low)s to %(high)s)") % {
        "shift": change_said(change.shift),
        "low": change_said(change.shift_from),
        "high": change_said(change.shift_to),
    }


def split_words(effect: ParameterEffect) -> str:
    """Return how many went which way; small counts stand together with their neighbours."""
    if not effect.is_judged:
        return ""
    if not effect.split:
        return _("not told: fewer than %(n)s went another way than the others") % {
            "n": effect_rules().fewest_told
        }
    ways = {"up": _("more"), "same": _("as much"), "down": _("less")}
    either = f" {_('or')} "
    return ", ".join(f"{either.join(ways[one] for one in part)}: {n}" for part, n in effect.split)


def left_words(effect: ParameterEffect) -> str:
    """Return whether those who did not answer again differed at the entry."""
    return {
        -1: _("lower than of the others"),
        0: _("no difference is seen"),
        1: _("higher than of the others"),
        None: _("too few to say"),
    }[effect.left.side]


def effects_table(groups: Sequence[EffectGroup]) -> Table[tuple[EffectGroup, ParameterEffect]]:
    """Return before and after: a line a parameter of a group."""
    rows = [(group, one) for group in groups for one in group.parameters]

    def mean(value: float | None, one: ParameterEffect) -> str:
        return comma(value) if one.is_judged and value is not None else ""

    def question(row: tuple[EffectGroup, ParameterEffect]) -> SafeString:
        return format_html("{}{}", row[1].after.text, small(group_words(row[0])))

    columns: tuple[Column[tuple[EffectGroup, ParameterEffect]], ...] = (
        Column("question", _("Question"), lambda row: row[1].after.text, question),
        Column("group", _("Whose answers"), lambda row: group_words(row[0]), on_page=False),
        Column("kind", _("Compared"), lambda row: kind_words(row[1]), on_page=False),
        Column("n", _("Answered both times"), lambda row: row[1].change.n_pairs, is_number=True),
        Column("lost", _("Answered only at first"), lambda row: row[1].change.n_only_before, is_number=True),
        Column("before", _("Mean at first"), lambda row: mean(row[1].change.mean_before, row[1]), is_number=True),
        Column("after", _("Mean at the end"), lambda row: mean(row[1].change.mean_after, row[1]), is_number=True),
        Column("shift", _("Usual change"), lambda row: shift_words(row[1]), on_page=False),
        Column("split", _("How many"), lambda row: split_words(row[1]), on_page=False),
        Column("left", _("First answers of those who did not answer again"), lambda row: left_words(row[1]), on_page=False),
        Column("verdict", _("What may be said"), lambda row: row[1].words),
    )  # fmt: skip
    return Table("effects", _("Before and after"), columns, rows)


def told_words(row: SatisfactionRow, n: int) -> str:
    """Return how many of so many are satisfied, as far as it may be told."""
    if row.n_from == row.n_to:
        return _("%(n)s of %(most)s") % {"n": row.n_from, "most": n}
    if row.n_to == row.n_answered:
        return _("%(n)s or more of %(most)s") % {"n": row.n_from, "most": n}
    return _("%(n)s or fewer of %(most)s") % {"n": row.n_to, "most": n}


def bounds_words(bounds: tuple[float, float] | None) -> str:
    """Return between which percents a share lies; rounded outwards."""
    if bounds is None:
        return ""
    low, high = math.floor(bounds[0] * 100 + 1e-9), math.ceil(bounds[1] * 100 - 1e-9)
    return _("from %(low)s to %(high)s %%") % {"low": low, "high": high}


def satisfaction_table(rows: Sequence[SatisfactionRow]) -> Table[SatisfactionRow]:
    """Return who is satisfied: a line a wave."""

    def both(row: SatisfactionRow, bounds: tuple[float, float] | None, n: int) -> str:
        return f"{told_words(row, n)}: {bounds_words(bounds)}"

    columns: tuple[Column[SatisfactionRow], ...] = (
        Column("wave", _("Wave"), lambda row: row.wave.title),
        Column("role", _("Who answers"), lambda row: str(ROLES.get(row.wave.version.role, ""))),
        Column("question", _("Question"), lambda row: row.question),
        Column("rule", _("Satisfied is"), lambda row: _("%(n)s and more of %(most)s") % {"n": row.least, "most": row.most}),
        Column("answered", _("Of those who answered"), lambda row: both(row, row.of_answered, row.n_answered)),
        Column("asked", _("Of all who were asked"), lambda row: both(row, row.of_asked, row.n_asked)),
    )  # fmt: skip
    return Table("satisfaction", _("Satisfaction"), columns, rows)


# ---------------------------------------------------------------- pictures

LEFT, WIDTH = 14, 312


@dataclass(frozen=True, slots=True)
class EffectPicture:
    """Before and after on the scale of the question: two points, and the strip in which the usual change ends."""

    before: int
    after: int
    low: int
    high: int


def effect_picture(effect: ParameterEffect) -> EffectPicture | None:
    """Return the picture of a parameter; None where its numbers are not shown."""
    change, item = effect.change, effect.after
    if not effect.is_judged or change.mean_before is None or change.mean_after is None:
        return None

    def x(value: float) -> int:
        least, most = item.minimum or 0, item.maximum or 0
        inside = min(max(value, least), most)
        return LEFT + round((inside - least) / (most - least) * WIDTH)

    return EffectPicture(
        before=x(change.mean_before),
        after=x(change.mean_after),
        low=x(change.mean_before + (change.shift_from or 0)),
        high=x(change.mean_before + (change.shift_to or 0)),
    )


@dataclass(frozen=True, slots=True)
class SharePicture:
    """A share on the line from none to all: the strip in which it lies, and the share itself where it may be told."""

    low: int
    high: int
    at: int | None

    @property
    def width(self) -> int:
        """How wide the strip is."""
        return self.high - self.low


def share_picture(
    row: SatisfactionRow, bounds: tuple[float, float] | None, n: int
) -> SharePicture | None:
    """Return the picture of a share of so many; None of nobody."""
    if bounds is None or not n:
        return None
    at = LEFT + round(row.n_from / n * WIDTH) if row.n_from == row.n_to else None
    return SharePicture(LEFT + round(bounds[0] * WIDTH), LEFT + round(bounds[1] * WIDTH), at)
