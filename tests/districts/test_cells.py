"""Rules of the table: what a cell says, what is compared, what never leaves the school."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.core.access import NOBODY, Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.districts.queries import (
    absent_cell,
    cell_of,
    changes_between,
    due_on,
    is_later,
    posts_of,
    words_of,
)
from nastavnik.districts.rendering import render_cells
from nastavnik.roadmaps.choices import ActivityStatus
from nastavnik.roadmaps.models import Activity
from nastavnik.roadmaps.queries import line_of

DAY = dt.date(2026, 11, 22)
days = st.none() | st.dates(dt.date(2026, 9, 1), dt.date(2027, 8, 31))
SAME = {"done": "done", "stop": "skipped", "risk": "late", "go": "due", "next": "due"}
FACT = Fact("order", "приказ", None, "/", Perm.HOME)


@given(st.sampled_from(ActivityStatus.values), days, st.booleans())
def test_the_table_says_what_the_page_of_the_roadmap_says(status, ends_on, has_fact):
    done_on = DAY if status == ActivityStatus.DONE else None
    activity = Activity(status=status, ends_on=ends_on, done_on=done_on, catalogue_code="A44")
    facts = {"pairs_approved": FACT} if has_fact else {}
    line = line_of(activity, facts, NOBODY, DAY, proofs=())
    cell = cell_of(status, ends_on, DAY, has_fact=line.is_known)
    assert (cell.state, cell.late_days) == (SAME[line.state], line.late_days)


@given(days, days)
def test_a_school_is_never_measured_by_less_than_the_district_asks(asked, agreed):
    found = due_on(asked, agreed)
    assert (found is None) == (asked is None)
    if asked is not None:
        assert found >= asked
        assert found in {asked, agreed}


@given(days, days)
def test_later_is_what_lets_the_school_finish_after_the_district(ours, theirs):
    assert is_later(ours, theirs) == (theirs is not None and (ours or dt.date.max) > theirs)


@given(days)
def test_a_line_not_taken_over_is_late_by_the_districts_term(ends_on):
    cell = absent_cell(ends_on, DAY)
    assert cell.state == "absent"
    assert (cell.late_days > 0) == (ends_on is not None and ends_on < DAY)


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Директор; Куратор программы", "Директор; Куратор программы"),
        ("директор ;  Иванова И. И.", "директор"),
        ("Директор Иванова И. И.", ""),
        ("Иванова Инна Ивановна, директор", ""),
        ("", ""),
    ],
)
def test_only_what_is_known_as_a_post_goes_to_the_district(text, posts):
    assert posts_of(text) == posts


def test_the_example_of_the_manual():
    """The district asks for 1 October, the school says 20 October: docs/how-to/district.md."""
    asked, own = dt.date(2026, 10, 1), dt.date(2026, 10, 20)

    def told(agreed, day):
        return words_of(cell_of("planned", due_on(asked, agreed), day, has_fact=False))

    assert is_later(own, asked)
    assert told(None, dt.date(2026, 10, 5)) == "просрочено на 4 дня"
    assert told(own, dt.date(2026, 10, 5)) == told(own, own) == "в срок"
    assert told(own, dt.date(2026, 10, 21)) == "просрочено на 1 день"


def row(key, **fields):
    given = {
        "key": key,
        "title": "а",
        "term_text": "май",
        "ends_on": None,
        "result": "",
        "posts": "",
    }
    return given | fields


def test_contents_are_compared_by_their_lines():
    before = [row(1), row(2), row(3)]
    after = [row(2, title="б"), row(3, posts="Директор"), row(4)]
    found = changes_between(before, after)
    assert [one["key"] for one in found.added] == [4]
    assert [one["key"] for one in found.removed] == [1]
    assert [(was["title"], now["title"]) for was, now in found.changed] == [("а", "б")]
    assert len(found) == 3
    assert len(changes_between(before, before)) == 0


def test_cells_are_drawn_by_state():
    cells = [cell_of(one, DAY, DAY, has_fact=False) for one in ActivityStatus.values]
    cells += [absent_cell(DAY, DAY), absent_cell(DAY - dt.timedelta(days=3), DAY)]
    cells.append(cell_of("planned", DAY - dt.timedelta(days=12), DAY, has_fact=False))
    html = render_cells(cells)
    assert html == (
        "<td class=c-due>·<td class=c-due>·<td class=c-done>✓<td class=c-no>×<td class=c-no>–"
        "<td class=c-late>–3<td class=c-late>!12"
    )
    assert len({words_of(cell) for cell in cells}) == 6
