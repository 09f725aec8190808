"""From people who are ready to an order: the whole chain through actions."""

from io import BytesIO
from pathlib import Path

from docx import Document as ReadDocx
from tests.cast import approve_pairs
from tests.killing import look_after, run_and_kill

from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.documents.rendering import render_order
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship


def test_everyone_who_is_ready_gets_into_the_annex(cast):
    order = approve_pairs(cast.school)
    assert Mentorship.objects.filter(ties__order=order).count() == 3
    docx = ReadDocx(BytesIO(render_order(order.content)))
    annex = "\n".join(cell.text for row in docx.tables[-1].rows for cell in row.cells)
    for name in (
        "Младшовым Мишей Ильичом",
        "Младшовой Машей Ильиничной",
        "Новиковой Ниной Юрьевной",
    ):
        assert name in annex


def test_a_registered_order_lets_the_pairs_run(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="12-о", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    states = set(Mentorship.objects.filter(ties__order=order).values_list("status", flat=True))
    assert states == {MentorshipStatus.ACTIVE}


def test_an_approval_killed_in_the_middle_leaves_nothing_half_written(tmp_path):
    script = Path(__file__).with_name("killed_approval.py")
    data = tmp_path / "killed"
    assert run_and_kill(script, data, 1) is None
    before = look_after(script, data)
    n_writes = run_and_kill(script, tmp_path / "whole", 0)
    assert n_writes > 20
    for nth in {n_writes // 2, n_writes}:
        assert run_and_kill(script, data, nth) is None
        assert look_after(script, data) == before
    # the same work, left alone, goes through: the wrapper and not the work stopped it
    assert run_and_kill(script, data, 0) == n_writes
    assert look_after(script, data) != before
