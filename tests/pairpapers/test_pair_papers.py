"""Papers of a pair say what was entered and nothing else; nobody else's name, mark or word is on them."""

import datetime as dt

import pytest
from tests.mentorships.scenes import pair_of, run_pairs
from tests.pages import signed_in, text

from nastavnik.closing.models import ClosingTalk
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.models import Document
from nastavnik.documents.queries import content_of
from nastavnik.documents.rendering import blocks_of
from nastavnik.mentorships.choices import Mark, MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.pairpapers.choices import (
    AGREEMENT,
    CLOSING_TALK,
    JOURNAL,
    MENTEE_REPORT,
    MENTOR_REPORT,
    MONTHLY_WORD,
    PETITION,
    RESIGNATION,
)
from nastavnik.pairpapers.papers import BY_CODE
from nastavnik.pairpapers.queries import months_of
from nastavnik.people.models import Person, User
from nastavnik.plans.actions import open_plans
from nastavnik.plans.models import PlanItem
from nastavnik.programmes.choices import Side
from nastavnik.questionnaires.actions import enter_answers, open_wave
from nastavnik.questionnaires.models import InstrumentVersion, Invitation
from nastavnik.questionnaires.queries import AudienceRule
from nastavnik.writers.blocks import PaperTable, texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast):
    """Return a pair that has run for eight weeks, of whose meetings nobody has told."""
    run_pairs(cast.school)
    return pair_of(cast.school)


def unkept(pair, code, **entered):
    subject = pair.ties.get() if BY_CODE[code].of == "mentee" else pair
    return Document(
        organisation=pair.organisation,
        year=pair.programme.year,
        kind=code,
        subject_id=subject.pk,
        entered=entered,
    )


def blocks_said(pair, code, **entered):
    made = BY_CODE[code].assemble(unkept(pair, code, **entered))
    return blocks_of(content_of(code, made.composed))


def words_of(pair, code, **entered):
    return "\n".join(texts_of(blocks_said(pair, code, **entered)))


def rows_of(pair, code, **entered):
    return [
        [cell.text for cell in row.cells]
        for block in blocks_said(pair, code, **entered)
        if isinstance(block, PaperTable)
        for row in block.rows
    ]


def hold(pair, number, *, on=None, note=""):
    """Let the first meetings of a pair be held on their days."""
    held = list(Meeting.objects.filter(mentorship=pair).order_by("planned_on"))[:number]
    for one in held:
        one.status, one.held_on, one.note = MeetingStatus.HELD, on or one.planned_on, note
        one.mentor_mark, one.mentee_mark = Mark.GOOD, Mark.HELP
        one.save()
    return held


def test_the_journal_says_each_meeting_that_was_told_of(pair):
    held = hold(pair, 2)
    missed = Meeting.objects.filter(mentorship=pair, status=MeetingStatus.PLANNED).first()
    missed.status = MeetingStatus.MISSED
    missed.save()
    n_unsaid = Meeting.objects.filter(
        mentorship=pair, status=MeetingStatus.PLANNED, planned_on__lte=today()
    ).count()
    rows = rows_of(pair, JOURNAL)
    assert [(row[1], row[3]) for row in rows[:3]] == [
        *((f"{one.held_on:%d.%m.%Y}", "состоялась") for one in held),
        (f"{missed.planned_on:%d.%m.%Y}", "не состоялась"),
    ]
    assert [row[3] for row in rows[3:]] == ["не отмечено"] * n_unsaid
    said = words_of(pair, JOURNAL)
    assert "Состоялось 2\xa0встречи." in said
    assert "Намечено, но не состоялось: 1." in said
    assert (f"намеченные встречи: {n_unsaid}." in said) == bool(n_unsaid)


def test_a_month_without_meetings_says_so_and_one_nobody_told_of_does_not(pair):
    month = months_of(pair)[0]
    key = f"{month.first:%Y-%m}"
    Meeting.objects.filter(mentorship=pair).delete()
    assert "Встреч не было." in words_of(pair, MONTHLY_WORD, month=key)
    assert rows_of(pair, MONTHLY_WORD, month=key) == []
    Meeting.objects.create(
        organisation=pair.organisation, mentorship=pair, kind="regular", planned_on=month.first
    )
    said = words_of(pair, MONTHLY_WORD, month=key)
    assert "Встреч не было" not in said
    assert "Не отмечено, чем закончились намеченные встречи: 1." in said


def test_a_word_of_a_month_holds_that_month_only(pair):
    first, *rest = hold(pair, 3)
    month = f"{first.held_on:%Y-%m}"
    same = [one for one in (first, *rest) if f"{one.held_on:%Y-%m}" == month]
    rows = rows_of(pair, MONTHLY_WORD, month=month)
    held = [row[1] for row in rows if row[3] == "состоялась"]
    assert held == [f"{one.held_on:%d.%m.%Y}" for one in same]
    assert BY_CODE[MONTHLY_WORD].assemble(unkept(pair, MONTHLY_WORD, month="1999-01")) is None
    assert BY_CODE[MONTHLY_WORD].assemble(unkept(pair, MONTHLY_WORD, month="чепуха")) is None


def test_what_was_done_by_the_plan_stands_at_its_meeting(cast, pair):
    (held,) = hold(pair, 1)
    assert "Сведений об индивидуальном плане нет." in words_of(
        pair, MONTHLY_WORD, month=f"{held.held_on:%Y-%m}"
    )
    (plan,) = open_plans([pair.ties.get()], by=cast.anna)
    item = plan.items.first()
    PlanItem.objects.filter(pk=item.pk).update(
        done_on=held.held_on, meeting=held, done_words="получилось с первого раза"
    )
    assert rows_of(pair, JOURNAL)[0][4] == f"{item.title}: получилось с первого раза"
    said = words_of(pair, MONTHLY_WORD, month=f"{held.held_on:%Y-%m}")
    n = plan.items.live().count()
    assert f"выполнено 1 из {n}" in said.replace("\xa0", " ")
    assert f"{held.held_on:%d.%m.%Y} – {item.title}" in said


@pytest.mark.parametrize("code", sorted(set(BY_CODE) - {AGREEMENT}))
def test_no_foreign_name_no_mark_no_note_is_on_a_paper(pair, code):
    hold(pair, 2, note="заметка-куратора")
    Meeting.objects.filter(mentorship=pair).update(note="заметка-куратора")
    own = {pair.mentor.person_id, *(tie.mentee.person_id for tie in pair.ties.all())}
    others = Person.objects.exclude(pk__in=own)
    for number, person in enumerate(others):
        Person.objects.filter(pk=person.pk).update(last_name=f"Канарейкин{number}")
    said = words_of(pair, code)
    assert pair.mentor.person.last_name[:4] in said
    for word in ("Канарейкин", "заметка-куратора", "помощь", "None", "{", "}"):
        assert word not in said


def test_a_curator_opens_each_paper_and_takes_it_out(cast, pair):
    client = signed_in(cast.anna, "ru")
    assert f"/pairs/{pair.pk}/papers/" in text(client.get(f"/pairs/{pair.pk}/"))
    page = text(client.get(f"/pairs/{pair.pk}/papers/"))
    for code in set(BY_CODE) - {AGREEMENT}:
        assert f"/pairs/{pair.pk}/papers/{code}/" in page
        url = f"/pairs/{pair.pk}/papers/{code}/"
        shown = text(client.get(url))
        assert pair.mentor.person.last_name[:4] in shown
        assert "Откуда это" in shown
        assert client.get(f"{url}?as=pdf").content.startswith(b"%PDF")
        assert client.get(f"{url}?as=docx").content.startswith(b"PK")
    assert client.get(f"/pairs/{pair.pk}/papers/nonsense/").status_code == 404
    month = f"/pairs/{pair.pk}/papers/{MONTHLY_WORD}/?month="
    assert client.get(f"{month}1999-01").status_code == 404


@pytest.mark.parametrize("role", [Role.MENTOR, Role.MENTEE, Role.CLASS_TEACHER])
def test_others_do_not_open_them(cast, pair, role):
    client = signed_in(cast.users[role])
    assert client.get(f"/pairs/{pair.pk}/papers/").status_code == 403
    assert client.get(f"/pairs/{pair.pk}/papers/{JOURNAL}/").status_code == 403


def test_the_curator_of_another_school_finds_nothing(cast, pair):
    client = signed_in(cast.vera)
    assert client.get(f"/pairs/{pair.pk}/papers/").status_code == 404
    assert client.get(f"/pairs/{pair.pk}/papers/{JOURNAL}/").status_code == 404


def test_a_pair_that_has_not_begun_has_a_journal_and_no_month(pair):
    later = today() + dt.timedelta(days=40)
    Meeting.objects.filter(mentorship=pair).delete()
    Mentorship.objects.filter(pk=pair.pk).update(starts_on=later, ends_on=later)
    pair.refresh_from_db()
    assert months_of(pair) == []
    assert "Встреч не было." in words_of(pair, JOURNAL)


def answered(cast, pair, *, written="слова-наставляемого"):
    """Let the mentee of a pair say the last word by name; return the answer to the first scale."""
    version = InstrumentVersion.objects.get(organisation=None, code="mentee_after", number=1)
    rule = AudienceRule(Side.MENTEE, pair.form)
    wave = open_wave(
        pair.programme, version, title="", rule=rule, opens_on=today(), closes_on=today(), by=cast.anna
    )  # fmt: skip
    mentee = pair.ties.get().mentee.person
    asked = Invitation.objects.select_related("wave__version", "person").get(
        wave=wave, person=mentee
    )
    enter_answers(
        asked, {"comfort": 3, "value": written, "glad": "yes"}, submit_key="1", by=cast.anna
    )
    return "3 из 10"


def test_the_words_of_the_mentee_are_in_the_own_report_only(cast, pair):
    said = answered(cast, pair)
    report = words_of(pair, MENTEE_REPORT)
    assert said in report
    assert "слова-наставляемого" not in report  # written words are said anew by hand
    for code in set(BY_CODE) - {AGREEMENT, MENTEE_REPORT}:
        assert said not in words_of(pair, code)


def test_answers_of_a_mentee_who_got_another_mentor_are_about_nobody_in_particular(cast, pair):
    said = answered(cast, pair)
    other = Mentorship.objects.exclude(mentor=pair.mentor_id).filter(form=pair.form_id).first()
    tie = pair.ties.get()
    tie.ends_on = today()
    tie.save()
    Mentorship.objects.filter(pk=pair.pk).update(status="cancelled", ended_on=today())
    other.ties.create(organisation=pair.organisation, mentee=tie.mentee, starts_on=today())
    pair.refresh_from_db()
    assert said not in words_of(pair, MENTEE_REPORT)


def test_whoever_is_in_the_pair_does_not_see_what_is_said_of_them(cast, pair):
    pk = pair.pk
    client = signed_in(cast.anna)
    hidden = (MENTEE_REPORT, CLOSING_TALK, PETITION)
    for code in hidden:
        assert client.get(f"/pairs/{pk}/papers/{code}/").status_code == 200
    User.objects.filter(person=pair.mentor.person).update(person=None)
    User.objects.filter(pk=cast.anna.pk).update(person=pair.mentor.person)
    cast.anna.refresh_from_db()
    client = signed_in(cast.anna)
    page = text(client.get(f"/pairs/{pk}/papers/"))
    for code in hidden:
        assert client.get(f"/pairs/{pk}/papers/{code}/").status_code == 404
        assert code not in page
    assert client.get(f"/pairs/{pk}/papers/{JOURNAL}/").status_code == 200


def test_the_head_reads_the_talk_and_no_answers(cast, pair):
    client = signed_in(cast.users[Role.DIRECTOR])
    assert client.get(f"/pairs/{pair.pk}/papers/{CLOSING_TALK}/").status_code == 200
    assert client.get(f"/pairs/{pair.pk}/papers/{MENTEE_REPORT}/").status_code == 404


def test_the_record_of_a_talk_says_what_was_noted(pair):
    blank = words_of(pair, CLOSING_TALK)
    assert "____" in blank
    ClosingTalk.objects.create(
        organisation=pair.organisation,
        record=pair.ties.get().mentee,
        held_on=dt.date(2026, 5, 20),
        held_by="Директорова Дина Дмитриевна",
        words="доволен, хочет дальше",
    )
    said = words_of(pair, CLOSING_TALK).replace("\xa0", " ")
    assert "20 мая 2026 г." in said
    assert "Итог: доволен, хочет дальше." in said


def test_the_report_of_a_mentor_counts_the_plan_and_is_due_in_ten_days(cast, pair):
    assert "Сведений об индивидуальном плане нет." in words_of(pair, MENTOR_REPORT)
    (plan,) = open_plans([pair.ties.get()], by=cast.anna)
    item = plan.items.first()
    PlanItem.objects.filter(pk=item.pk).update(done_on=today())
    n = plan.items.live().count()
    said = words_of(pair, MENTOR_REPORT).replace("\xa0", " ")
    assert f"Выполнено: 1 из {n}" in said
    assert "в течение 10 дней" in said
    assert "нормативных" not in said  # the words of staff stand in the papers of staff
    ended = today() - dt.timedelta(days=1)
    Mentorship.objects.filter(pk=pair.pk).update(status="completed", ended_on=ended)
    due = ended + dt.timedelta(days=10)
    assert f"не позднее {due:%d.%m.%Y}." in words_of(pair, MENTOR_REPORT)


def staff_pair(pair):
    return Mentorship.objects.get(form__code="teacher_teacher", organisation=pair.organisation)


def test_the_agreement_is_for_staff_and_leaves_lines_for_what_nobody_entered(cast, pair):
    client = signed_in(cast.anna)
    assert client.get(f"/pairs/{pair.pk}/papers/{AGREEMENT}/").status_code == 404
    assert "351.8" not in words_of(pair, RESIGNATION)
    staff = staff_pair(pair)
    assert client.get(f"/pairs/{staff.pk}/papers/{AGREEMENT}/").status_code == 200
    said = words_of(staff, AGREEMENT)
    assert "351.8" in said
    assert "выплаты за наставничество: ____" in said
    assert "351.8" in words_of(staff, RESIGNATION)
    assert "None" not in said


def test_a_statement_goes_into_the_register_once(cast, pair):
    client = signed_in(cast.anna)
    url = f"/pairs/{pair.pk}/papers/{RESIGNATION}/register/"
    first = client.post(url)
    again = client.post(url)
    assert first["Location"] == again["Location"]
    made = Document.objects.get(kind=RESIGNATION)
    assert made.subject_id == pair.pk
    assert made.title.startswith("Заявление наставника")
    assert client.post(f"/pairs/{pair.pk}/papers/{JOURNAL}/register/").status_code == 404
    assert signed_in(cast.vera).post(url).status_code == 404
    assert signed_in(cast.users[Role.DIRECTOR]).post(url).status_code == 403
