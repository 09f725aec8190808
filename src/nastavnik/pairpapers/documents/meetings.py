"""What the journal of meetings and the word of a month say (method.md §3.2, §7.1 D21–D22)."""

import datetime as dt

from nastavnik.core.dates import today
from nastavnik.documents import adapter
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed
from nastavnik.documents.texts import TableFacts, Value
from nastavnik.mentorships.documents.common import yes
from nastavnik.mentorships.models import Mentorship
from nastavnik.pairpapers.documents.common import (
    MONTHS,
    Assembled,
    day_said,
    done_said,
    facts_of_pair,
    meeting_rows,
    origins_of,
    plan_told,
    told_of,
    whom,
)
from nastavnik.pairpapers.queries import (
    MonthSpan,
    done_items,
    last_day_of,
    meeting_lines,
    month_of,
    months_of,
    pair_of_document,
    plan_shares,
)
from nastavnik.plans.models import PlanItem

# ---------------------------------------------------------------- journal of meetings


def assemble_journal(document: Document) -> Assembled | None:
    """Return what the journal of the meetings of a pair says; None where there is nothing to say it of."""
    pair = pair_of_document(document)
    if pair is None:
        return None
    lines = meeting_lines(pair)
    facts: dict[str, Value] = {
        **facts_of_pair(document, pair),
        "by_day": day_said(last_day_of(pair)) if pair.starts_on <= today() else day_said(today()),
        "told": told_of(lines),
        "rows": [TableFacts({}, meeting_rows(lines))],
    }
    n_items = sum(len(line.done) for line in lines)
    return Assembled(Composed(facts), origins_of(pair, lines, n_items))


# ---------------------------------------------------------------- monthly word of the mentor


def assemble_monthly_word(document: Document) -> Assembled | None:
    """Return what the mentor says of a month (`entered["month"]`, «2026-11»; else the last one); None where it has not run."""
    pair = pair_of_document(document)
    if pair is None:
        return None
    span = _month(pair, document.entered.get("month", ""))
    if span is None:
        return None
    lines = meeting_lines(pair, span)
    items = done_items(pair, span)
    last = min(span.last, last_day_of(pair))
    words = adapter.Words(document.entered.get("words", {}))
    facts: dict[str, Value] = {
        **facts_of_pair(document, pair),
        **whom(pair.organisation, words),
        "month": f"{MONTHS[span.first.month - 1]} {span.first.year} года",
        "is_part": yes(last < span.last and pair.ended_on is None),
        "by_day": day_said(last),
        "told": told_of(lines),
        "rows": [TableFacts({}, meeting_rows(lines))],
        "done": [_item_line(one) for one in items],
        "has_done": yes(items),
        "plan": plan_told(pair, plan_shares(pair, last)),
    }
    return Assembled(Composed(facts, doubts=words.doubts), origins_of(pair, lines, len(items)))


def _month(pair: Mentorship, wanted: str) -> MonthSpan | None:
    months = months_of(pair)
    if not wanted:
        return months[0] if months else None
    try:
        month = month_of(dt.date.fromisoformat(f"{wanted}-01"))
    except ValueError:
        return None
    return month if month in months else None


def _item_line(item: PlanItem) -> str:
    return f"{day_said(item.done_on)} – {done_said(item)}"
