"""Kinds of papers: shipped forms name only what their apps tell; a new kind needs a form and a function."""

import datetime as dt

import pytest
import yaml
from tests.cast import approve_pairs
from tests.pages import signed_in, text
from tests.papers import of_kind

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents import actions, paper_kinds, queries, texts
from nastavnik.documents.actions import (
    draft_document,
    refresh_document,
    register_document,
    set_requisites,
    split_document,
)
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, PaperKind
from nastavnik.events.actions import plan_event
from nastavnik.events.choices import MINUTES_PAPER
from nastavnik.mentorships.actions import (
    draft_ending_order,
    extend_pair,
    pause_pair,
    set_pair_status,
)
from nastavnik.mentorships.choices import ExtensionCause, MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.monitoring.actions import begin_scorecard
from nastavnik.monitoring.choices import SCORECARD_PAPER
from nastavnik.monitoring.papers import REPORTS
from nastavnik.pairpapers.papers import PAIR_PAPERS
from nastavnik.plans.actions import open_plans
from nastavnik.plans.choices import PLAN_PAPER
from nastavnik.schoolpapers.papers import KINDS
from nastavnik.training.models import TrainingCourse
from nastavnik.writers import blocks

pytestmark = pytest.mark.django_db

TOY = """
version: "1"
labels: {signature: подпись, date: дата}
phrases:
  title:
    - text: О празднике «{name}»
      when: [name]
    - text: О празднике
blocks:
  - letterhead: "{organisation}"
  - word: РАСПОРЯЖЕНИЕ
  - requisites: {date: "{date}", number: "{number}"}
  - title: "{title}"
  - points:
      - text: Провести праздник «{name}».
      - text: Пригласить {guests_n}.
        when: [guests_n]
  - bullets: {of: guests}
    when: [guests_n]
  - signature: {position: Директор, name: "{head}"}
"""


@pytest.fixture
def toy(monkeypatch):
    """Register a kind of papers for one test."""
    form = yaml.safe_load(TOY)
    real = texts.form_of
    for module in (actions, queries):
        monkeypatch.setattr(module, "form_of", lambda code: form if code == "toy" else real(code))
    monkeypatch.setitem(
        paper_kinds._kinds, "toy", PaperKind(code="toy", title="Праздник", compose=composed)
    )


def composed(document):
    return Composed(
        {
            "organisation": document.organisation.full_name, "name": "День наставника", "date": "", "number": "",
            "head": "", "guests": ["Гость первый", "Гость второй"], "guests_n": "двоих",
        }
    )  # fmt: skip


def test_every_form_names_only_what_its_app_tells(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    first, second = Mentorship.objects.order_by("pk")[:2]
    longer = extend_pair(
        first,
        ends_on=first.ends_on + dt.timedelta(30),
        cause=ExtensionCause.TRIP,
        by=cast.anna,
    )
    set_pair_status(second, MentorshipStatus.COMPLETED, by=cast.anna)
    (ending,) = draft_ending_order([second], by=cast.anna)
    (plan,) = open_plans([first.ties.get()], by=cast.anna)
    paper = draft_document(cast.school.year, PLAN_PAPER, subject_id=plan.pk, by=cast.anna)
    third = Mentorship.objects.order_by("pk")[2]
    first_day = third.starts_on + dt.timedelta(1)
    pausing = pause_pair(
        third,
        first=max(first_day, today()),
        last=max(first_day, today()) + dt.timedelta(9),
        cause=ExtensionCause.TRIP,
        by=cast.anna,
    )
    event = plan_event(
        cast.school.year, kind="seminar", title="Семинар", held_on=today(), by=cast.anna
    )
    minutes = draft_document(cast.school.year, MINUTES_PAPER, subject_id=event.pk, by=cast.anna)
    card = begin_scorecard(cast.school.programme, scorer=cast.anna, by=cast.anna)
    scored = draft_document(cast.school.year, SCORECARD_PAPER, subject_id=card.pk, by=cast.anna)
    subjects = {one.kind: one for one in (order, longer, ending, paper, minutes, pausing, scored)}
    staff = Mentorship.objects.filter(form__code="teacher_teacher").first()
    subjects |= {
        one.code: Document(
            organisation=cast.school.organisation,
            year=cast.school.year,
            kind=one.code,
            subject_id=(staff.ties.get() if one.of == "mentee" else staff).pk,
        )
        for one in PAIR_PAPERS
    }
    TrainingCourse.objects.create(
        organisation=cast.school.organisation, year=cast.school.year, title="Курс", hours=2
    )
    subjects |= {
        one.code: Document(
            organisation=cast.school.organisation, year=cast.school.year, kind=one.code
        )
        for one in (*KINDS, *REPORTS)
    }
    assert {kind.code for kind in paper_kinds.kinds()} == set(texts.codes()) == set(subjects)
    for kind in paper_kinds.kinds():
        told = set(kind.compose(subjects[kind.code]).facts)
        of_rows = {
            name
            for value in kind.compose(subjects[kind.code]).facts.values()
            if not isinstance(value, str)
            for one in value
            if isinstance(one, texts.TableFacts)
            for name in one.facts
        }
        assert texts.places_of(texts.form_of(kind.code)) <= told | of_rows


def test_a_place_nobody_fills_is_found():
    form = yaml.safe_load(TOY)
    assert texts.places_of(form) == {
        "name",
        "organisation",
        "date",
        "number",
        "guests",
        "guests_n",
        "head",
    }
    form["blocks"].append({"paragraph": "{nobody}"})
    assert "nobody" in texts.places_of(form)


def test_a_kind_is_a_form_and_a_function(cast, toy):
    made = draft_document(cast.school.year, "toy", subject_id=None, by=cast.anna)
    assert made.title == "О празднике"
    made = refresh_document(made, by=cast.anna)
    assert made.title == "О празднике «День наставника»"
    assert [one.items for one in of_kind(made, blocks.Points)] == [
        ("Провести праздник «День наставника».", "Пригласить двоих.")
    ]
    assert of_kind(made, blocks.Bullets)[0].items == ("Гость первый", "Гость второй")
    assert of_kind(made, blocks.Signature)[0].name == texts.BLANK
    client = signed_in(cast.anna, "ru")
    page = text(client.get(f"/documents/{made.pk}/"))
    assert "Гость второй" in page
    assert client.get(f"/documents/{made.pk}/file.pdf").content.startswith(b"%PDF")
    assert "Праздник" in text(client.get("/documents/"))
    answers = {"number": "7", "dated_on": "2026-09-15", "register": "1"}
    asked = client.post(f"/documents/{made.pk}/", answers)
    client.post(asked["Location"])
    assert Document.objects.get(pk=made.pk).status == "registered"


def test_what_cannot_be_parted_is_refused(cast, toy):
    made = draft_document(cast.school.year, "toy", subject_id=None, by=cast.anna)
    with pytest.raises(RefusedError):
        split_document(made, by=cast.anna)
    assert Document.objects.filter(kind="toy").count() == 1


def test_a_block_of_no_known_kind_is_a_mistake_of_the_form():
    with pytest.raises(KeyError):
        texts.compose({"blocks": [{"script": "alert"}]}, {})
