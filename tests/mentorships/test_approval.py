"""From people who are ready to an order: the whole chain through actions."""

from io import BytesIO
from pathlib import Path

from docx import Document as ReadDocx
from tests.cast import approve_pairs
from tests.killing import nothing_half_written

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
    nothing_half_written(script, tmp_path / "data", at_least=21)
