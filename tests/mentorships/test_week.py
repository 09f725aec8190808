"""The list of the week: reasons as data, limits of a form, conversations that put a reason off and leave a trace."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation
from tests.mentorships.scenes import more_pairs, pair_of, run_pairs, seat_mentor
from tests.pages import signed_in, text

from nastavnik.consents.choices import NEEDED_FOR_BASE, Signer
from nastavnik.consents.queries import held_purposes, held_until, missing_purposes
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.attention import Urgency
from nastavnik.core.models import AuditEntry
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import (
    Mark,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
    SpokenWith,
)
from nastavnik.mentorships.models import Contact, Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import (
    AT_MOST_A_WEEK,
    Concern,
    PairSpan,
    Risk,
    Voice,
    limits_of,
    place_of,
    quiet_now,
    risk_of,
    week_of_pairs,
)
from nastavnik.people.models import User
from nastavnik.programmes.catalogues import pair_rules
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm, Participation

S, K = MeetingStatus, MeetingKind
DAY = dt.date(2026, 11, 12)
PAIR = PairSpan(MentorshipStatus.ACTIVE, dt.date(2026, 9, 7), dt.date(2027, 5, 28))
FINAL = Meeting(kind=K.FINAL, status=S.PLANNED, planned_on=dt.date(2027, 5, 25))


def met(day, mentor=Mark.GOOD, mentee=Mark.GOOD, **more):
    values = {"kind": K.REGULAR, "status": S.HELD, "planned_on": day, "held_on": day}
    return Meeting(**{**values, "mentor_mark": mentor, "mentee_mark": mentee, **more})


def due(day, **more):
    return Meeting(**{"kind": K.REGULAR, "status": S.PLANNED, "planned_on": day, **more})


def ago(days):
    return DAY - dt.timedelta(days)


def codes(meetings, *, pair=PAIR, day=DAY, may_read=True, **limits):
    risk = risk_of(pair, meetings, day=day, limits=limits_of(limits), may_read=may_read)
    return [one.code for one in risk.concerns]


def test_every_rule_says_all_it_needs():
    rules = pair_rules()
    assert list(rules)[:2] == ["help", "silent"]
    for rule in rules.values():
        assert all((rule.title, rule.step, rule.reason(2))), rule
        assert isinstance(rule.urgency, Urgency)
        assert not rule.has_limit or (rule.least <= rule.limit <= rule.most and all(rule.unit))
        assert rule.quiet_days > 0 or rule.code == "help"
    assert rules["silent"].reason(21) == "молчат 21\xa0день"
    with translation.override("en"):
        english = pair_rules()
    assert list(english) == list(rules)
    assert english["silent"].reason(21) == "silent for 21\xa0days"
    assert english["silent"].reason(1) == "silent for 1\xa0day"
    words = [
        getattr(one, name)
        for one in english.values()
        for name in ("title", "label", "words", "step")
    ]
    assert not [one for one in words if re.search("[а-яё]", one, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ([met(ago(15)), due(ago(1)), FINAL], ["silent"]),
        ([met(ago(14)), due(ago(1)), FINAL], []),
        ([met(ago(40)), FINAL], []),
        ([met(ago(3)), due(ago(-7), status=S.POSTPONED, n_postponed=2, postponed_from=DAY), FINAL], ["postponed"]),
        ([met(ago(3)), due(ago(-7), status=S.POSTPONED, n_postponed=1, postponed_from=DAY), FINAL], []),
        ([met(ago(3), Mark.GOOD, Mark.HARD), FINAL], ["apart"]),
        ([met(ago(3), Mark.PLAIN, Mark.HARD), FINAL], []),
        ([met(ago(20), Mark.GOOD, Mark.HARD), met(ago(3)), FINAL], []),
        # the last one both have marked counts
        ([met(ago(20), Mark.GOOD, Mark.HARD), met(ago(3), Mark.GOOD, Mark.NONE), FINAL], ["apart"]),
        ([met(ago(20), Mark.HARD, Mark.PLAIN), met(ago(3), Mark.HARD, Mark.PLAIN), FINAL], ["low"]),
        ([met(ago(20), Mark.HARD, Mark.PLAIN), met(ago(3), Mark.PLAIN, Mark.HARD), FINAL], []),
        ([met(ago(3)), due(dt.date(2026, 10, 30)), FINAL], ["no_word"]),
        ([met(ago(3)), due(dt.date(2026, 11, 2)), FINAL], []),
        ([due(ago(60), mentee_mark=Mark.HELP), met(ago(3)), FINAL], ["help"]),
        ([due(ago(60), mentee_mark=Mark.HELP, help_answered_on=ago(5)), met(ago(3)), FINAL], []),
    ],
)  # fmt: skip
def test_what_each_reason_asks(meetings, expected):
    assert codes(meetings) == expected


@pytest.mark.parametrize(
    ("left", "final", "expected"),
    [
        (14, None, ["no_final"]), (15, None, []), (0, None, ["no_final"]), (-1, None, []),
        (14, {"status": S.MISSED}, ["no_final"]), (14, {}, []), (14, {"status": S.HELD, "held_on": ago(1)}, []),
    ],
)  # fmt: skip
def test_a_pair_near_its_end_has_a_final_meeting(left, final, expected):
    pair = PAIR._replace(ends_on=DAY + dt.timedelta(left))
    last = [] if final is None else [due(ago(1), kind=K.FINAL, **final)]
    assert codes([met(ago(3)), *last], pair=pair) == expected


def test_a_pair_that_should_have_begun_has_an_order():
    waiting = PairSpan(MentorshipStatus.APPROVED, ago(4), DAY + dt.timedelta(90))
    assert codes([], pair=waiting) == ["no_order"]
    assert codes([], pair=waiting._replace(starts_on=ago(3))) == []
    assert codes([], pair=waiting, no_order=10) == []
    # a stopped pair is silent for a reason
    assert codes([due(ago(30))], pair=PAIR._replace(status=MentorshipStatus.SUSPENDED)) == []


def test_marks_are_no_reason_for_who_may_not_read_them():
    meetings = [
        due(ago(60), mentee_mark=Mark.HELP),
        met(ago(20), Mark.GOOD, Mark.HARD),
        met(ago(3), Mark.GOOD, Mark.HARD),
        FINAL,
    ]
    assert codes(meetings) == ["help", "apart", "low"]
    assert codes(meetings, may_read=False) == []


def test_limits_are_those_of_the_form_and_nonsense_is_as_shipped():
    meetings = [met(ago(10)), due(ago(1)), FINAL]
    assert codes(meetings) == []
    assert codes(meetings, silent=7) == ["silent"]
    assert limits_of({"silent": "x", "postponed": 99, "low": None, "gone": 3}) == limits_of()


# ---------------------------------------------------------------- pages and conversations


@pytest.fixture
def pair(cast):
    run_pairs(cast.school)
    return pair_of(cast.school)


def talk(client, pair, rule="silent", **more):
    data = {"rule": rule, "spoken_with": "mentor", "spoken_on": today().isoformat(), "words": "встретятся в пятницу"}  # fmt: skip
    return client.post(f"/pairs/{pair.pk}/contact/", {**data, **more}, follow=True)


def on_list(user, **more):
    week = week_of_pairs(User.objects.get(pk=user.pk), **more)
    return {row.pair.pk: row.risk for row in week.rows}


def test_a_conversation_takes_the_reason_off_leaves_a_trace_and_lets_it_come_back(cast, pair):
    client = signed_in(cast.anna)
    assert pair.pk in on_list(cast.anna)
    page = talk(client, pair)
    assert "встретятся в пятницу" in text(page)
    assert pair.pk not in on_list(cast.anna)
    assert (
        AuditEntry.objects.filter(
            action="contact-noted", subject_id=pair.pk, actor_id=cast.anna.pk
        ).count()
        == 1
    )
    card = text(client.get(f"/pairs/{pair.pk}/"))
    assert "встретятся в пятницу" in card
    (contact,) = Contact.objects.all()
    with time_machine.travel(dt.datetime.combine(contact.quiet_until, dt.time(9)), tick=False):
        assert pair.pk not in on_list(cast.anna)
    with time_machine.travel(
        dt.datetime.combine(contact.quiet_until + dt.timedelta(1), dt.time(9)), tick=False
    ):
        assert pair.pk in on_list(cast.anna)
    signed_in(cast.anna).post(f"/pairs/contact/{contact.pk}/wake/")
    assert pair.pk in on_list(cast.anna)
    assert Contact.objects.get().words == "встретятся в пятницу"


def test_a_conversation_is_about_all_that_was_so_and_nothing_new(cast, pair):
    for meeting in pair.meetings.filter(planned_on__lte=today()):
        held = actions.note_meeting(
            meeting, S.HELD, voice=Voice(Side.MENTOR), mark=Mark.GOOD, by=cast.anna
        )
        actions.note_meeting(held, S.HELD, voice=Voice(Side.MENTEE), mark=Mark.HARD, by=cast.anna)
    assert {one.code for one in on_list(cast.anna)[pair.pk].concerns} == {"apart", "low"}
    talk(signed_in(cast.anna), pair, "apart")
    assert pair.pk not in on_list(cast.anna)
    actions.note_meeting(
        pair.meetings.first(), None, voice=Voice(Side.MENTOR), mark=Mark.HELP, by=cast.anna
    )
    assert [one.code for one in on_list(cast.anna)[pair.pk].concerns] == ["help"]


def test_each_reason_is_quiet_for_its_own_days_and_never_longer_than_the_conversation(cast, pair):
    assert pair_rules()["silent"].quiet_days == 7 < pair_rules()["apart"].quiet_days
    actions.note_contact(
        pair, Concern("apart", 1), spoken_with=SpokenWith.BOTH, words="да",
        others=[Concern("silent", 20), Concern("overload", 4)], by=cast.anna,
    )  # fmt: skip
    quiet = {}
    for days in (0, 7, 8, 14, 15):
        with time_machine.travel(
            dt.datetime.combine(today() + dt.timedelta(days), dt.time(9)), tick=False
        ):
            user = User.objects.get(pk=cast.anna.pk)
            quiet[days] = set(quiet_now(user).get(pair.pk, ()))
            assert (pair.pk in on_list(cast.anna, at_most=None)) == (days > 7)
    assert quiet[0] == quiet[7] == {"apart", "silent", "overload"}
    assert quiet[8] == quiet[14] == {"apart", "overload"}
    assert quiet[15] == set()


def test_fewer_days_left_stand_above_more_and_more_days_of_silence_above_fewer():
    def order(code, numbers):
        risks = {n: Risk((Concern(code, n),)) for n in numbers}
        return sorted(risks, key=lambda n: place_of(risks[n], 1, {}))

    down = {code for code, rule in pair_rules().items() if rule.counts_down}
    assert down == {"no_final", "clearance_ends", "consent_ends"}
    for code in down:
        assert order(code, [14, 1, 7]) == [1, 7, 14]
    assert order("silent", [14, 20, 17]) == [20, 17, 14]


def test_the_list_of_pairs_puts_fewer_days_left_first(cast, pair):
    late, soon = sorted(more_pairs(cast.school, 2), key=lambda one: one.pk)
    for one, days in ((late, 9), (soon, 2)):
        one.meetings.all().delete()
        Mentorship.objects.filter(pk=one.pk).update(ends_on=today() + dt.timedelta(days))
    page = signed_in(cast.anna).get("/pairs/?risk=no_final")
    assert [row.pk for row in page.context["pairs"]] == [soon.pk, late.pk]


def test_what_has_become_worse_comes_back_at_once(cast, pair):
    moving = pair.meetings.filter(planned_on__gt=today()).first()
    for meeting in pair.meetings.filter(planned_on__lte=today()):
        actions.note_meeting(meeting, S.HELD, by=cast.anna)
    for _ in range(2):
        moving = actions.postpone_meeting(moving, by=cast.anna)
    assert on_list(cast.anna)[pair.pk].code == "postponed"
    actions.note_contact(
        pair, Concern("postponed", 2), spoken_with=SpokenWith.BOTH, words="в пятницу", by=cast.anna
    )
    assert pair.pk not in on_list(cast.anna)
    actions.postpone_meeting(moving, by=cast.anna)
    assert on_list(cast.anna)[pair.pk].concerns == (Concern("postponed", 3),)


@pytest.mark.parametrize(
    ("rule", "more", "said"),
    [
        ("silent", {"words": "  "}, "one line is enough"),
        ("silent", {"spoken_on": "2999-01-01"}, "has not come yet"),
        ("silent", {"spoken_on": "2020-01-01"}, "speak with them again"),
        ("help", {}, "no such reason"),
        ("nonsense", {}, "no such reason"),
    ],
)
def test_what_is_no_conversation_is_refused_and_nothing_is_put_off(cast, pair, rule, more, said):
    page = talk(signed_in(cast.anna), pair, rule, **more)
    assert said in text(page).lower()
    assert not Contact.objects.exists()
    assert pair.pk in on_list(cast.anna)


@pytest.mark.parametrize("on_card", [False, True])
@pytest.mark.parametrize("day", ["2999-01-01", "2020-01-01", "x"])
def test_a_conversation_not_taken_is_shown_with_what_was_typed(cast, pair, day, on_card):
    client = signed_in(cast.anna)
    more = {"card": "1"} if on_card else {}
    page = talk(client, pair, words="СЛОВАНАБРАНЫ", spoken_on=day, spoken_with="both", **more)
    assert page.status_code == 422
    form = page.context["form"]
    assert form.errors
    assert (form["words"].value(), form["spoken_with"].value()) == ("СЛОВАНАБРАНЫ", "both")
    assert 'value="СЛОВАНАБРАНЫ"' in text(page)
    assert not Contact.objects.exists()
    assert talk(client, pair, words="СЛОВАНАБРАНЫ", **more).status_code == 200
    assert Contact.objects.get().words == "СЛОВАНАБРАНЫ"


def test_words_are_kept_when_the_reason_is_gone_by_then_and_nothing_is_put_off(cast, pair):
    for meeting in pair.meetings.filter(planned_on__lte=today()):
        actions.note_meeting(meeting, S.HELD, by=cast.anna)
    before = on_list(cast.anna, at_most=None).get(pair.pk)
    page = talk(signed_in(cast.anna), pair, "silent", words="всё наладилось")
    assert "it is so no more" in text(page).lower()
    (contact,) = Contact.objects.all()
    assert (contact.words, contact.quiet_until, contact.reasons) == ("всё наладилось", None, {})
    assert on_list(cast.anna, at_most=None).get(pair.pk) == before


def test_a_curator_who_stands_in_a_pair_is_offered_no_conversation_with_it(cast, pair):
    other = more_pairs(cast.school, 1)[0]
    action = f'action="/pairs/{pair.pk}/contact/"'
    client = signed_in(cast.anna)
    assert action in text(client.get("/pairs/week/?all=1"))
    person = Tie.objects.get(mentorship=pair).mentee.person
    User.objects.filter(person=person).update(person=None)
    User.objects.filter(pk=cast.anna.pk).update(person=person)
    page = text(client.get("/pairs/week/?all=1"))
    assert f'href="/pairs/{pair.pk}/"' in page
    assert action not in page
    assert f'action="/pairs/{other.pk}/contact/"' in page
    assert talk(client, pair).status_code == 404


def test_a_button_pressed_twice_notes_one_conversation(cast, pair):
    client = signed_in(cast.anna)
    for words in ("в пятницу", " в пятницу ", "в субботу"):
        talk(client, pair, words=words)
    assert sorted(Contact.objects.values_list("words", flat=True)) == ["в пятницу", "в субботу"]
    assert AuditEntry.objects.filter(action="contact-noted", subject_id=pair.pk).count() == 2


def test_back_on_the_list_ends_all_that_keeps_the_reason_off(cast, pair):
    client = signed_in(cast.anna)
    talk(client, pair, words="в пятницу")
    talk(client, pair, words="в субботу")
    apart = actions.note_contact(
        pair, Concern("overload", 4), spoken_with=SpokenWith.BOTH, words="да", by=cast.anna
    )
    first = Contact.objects.get(words="в пятницу")
    page = client.post(f"/pairs/contact/{first.pk}/wake/", follow=True)
    assert "it is on the list again" in text(page).lower()
    assert on_list(cast.anna, at_most=None)[pair.pk].code == "silent"
    # what is put off for another reason stays so
    assert list(Contact.objects.exclude(quiet_until=None)) == [apart]
    page = client.post(f"/pairs/contact/{apart.pk}/wake/", follow=True)
    assert "it is put off no more" in text(page).lower()
    assert "it is on the list again" not in text(page).lower()


def empty_page(user, address="/pairs/week/"):
    page = signed_in(user).get(address)
    assert page.context["rows"] == []
    return text(page)


NOBODY, PUT_OFF = "nobody asks for help", "A pair comes back when"
AS_FAR, FOR_THIS = "as far as you see", "for this reason now"


def test_an_empty_list_says_only_what_the_reader_can_know(cast, pair):
    pairs = Mentorship.objects.filter(pk__in=on_list(cast.anna, at_most=None))
    for one in pairs:
        actions.note_contact(
            one, Concern("silent", 56), spoken_with=SpokenWith.BOTH, words="да", by=cast.anna
        )
    page = empty_page(cast.anna)
    assert PUT_OFF in page
    assert not any(one in page for one in (NOBODY, AS_FAR, FOR_THIS))
    Contact.objects.all().delete()
    page = empty_page(cast.anna, "/pairs/week/?rule=consent_ends")
    assert FOR_THIS in page
    assert not any(one in page for one in (NOBODY, AS_FAR, PUT_OFF))
    for meeting in Meeting.objects.filter(planned_on__lte=today()):
        actions.note_meeting(meeting, S.HELD, by=cast.anna)
    page = empty_page(cast.anna)
    assert NOBODY in page
    assert not any(one in page for one in (FOR_THIS, AS_FAR, PUT_OFF))
    # a call the director may not read
    actions.note_meeting(
        pair.meetings.first(), None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=cast.anna
    )
    assert on_list(cast.anna)[pair.pk].code == "help"
    page = empty_page(cast.users[Role.DIRECTOR])
    assert AS_FAR in page
    assert not any(one in page for one in (NOBODY, FOR_THIS, PUT_OFF))


def test_what_nobody_has_spoken_about_stands_before_what_has_come_back(cast, pair):
    fresh = more_pairs(cast.school, 1)[0]
    assert list(on_list(cast.anna))[-1] == fresh.pk  # all are silent as long: by their keys
    others = Mentorship.objects.filter(status=MentorshipStatus.ACTIVE).exclude(pk=fresh.pk)
    for one in others:
        contact = actions.note_contact(
            one, Concern("silent", 56), spoken_with=SpokenWith.BOTH, words="да", by=cast.anna
        )
        actions.wake_concern(contact, by=cast.anna)
    assert next(iter(on_list(cast.anna))) == fresh.pk
    assert len(on_list(cast.anna)) == others.count() + 1


def test_a_call_for_help_is_answered_not_put_off(cast, pair):
    actions.note_meeting(
        pair.meetings.first(), None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=cast.anna
    )
    talk(signed_in(cast.anna), pair, "help")
    assert not Contact.objects.exists()
    assert on_list(cast.anna)[pair.pk].code == "help"
    with pytest.raises(RefusedError):
        actions.note_contact(
            pair, Concern("help"), spoken_with=SpokenWith.MENTEE, words="да", by=cast.anna
        )


def test_a_pair_that_has_ended_is_spoken_with_no_more(cast, pair):
    actions.set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    with pytest.raises(RefusedError):
        actions.note_contact(
            pair, Concern("silent", 20), spoken_with=SpokenWith.MENTEE, words="да", by=cast.anna
        )


def test_the_database_keeps_the_trace(cast, pair):
    row = {
        "organisation": pair.organisation,
        "mentorship": pair,
        "rule": "silent",
        "spoken_on": today(),
    }
    for more in ({"words": ""}, {"words": "да", "quiet_until": today() - dt.timedelta(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.create(**row, **more)


@pytest.mark.parametrize(
    "role", [Role.DIRECTOR, Role.CLASS_TEACHER, Role.SOCIAL_TEACHER, Role.MENTOR, Role.MENTEE]
)
def test_what_was_said_is_read_by_curator_and_psychologist_only(cast, pair, role):
    seat_mentor(cast, pair)
    talk(signed_in(cast.anna), pair, words="СЛОВАРАЗГОВОРА")
    assert "СЛОВАРАЗГОВОРА" in text(signed_in(cast.users[Role.PSYCHOLOGIST]).get("/pairs/week/"))
    client = signed_in(cast.users[role])
    for page in (
        "/pairs/week/",
        f"/pairs/{pair.pk}/",
        "/today/",
        "/pairs/own/",
        "/pairs/week/?as=print",
    ):
        assert "СЛОВАРАЗГОВОРА" not in text(client.get(page))
    assert talk(client, pair).status_code in {403, 404}
    assert Contact.objects.count() == 1


def test_who_answered_a_call_and_how_is_read_by_who_may_read_the_call(cast, pair):
    meeting = actions.note_meeting(
        pair.meetings.first(), None, voice=Voice(Side.MENTEE), mark=Mark.HELP, by=cast.anna
    )
    psychologist = signed_in(cast.users[Role.PSYCHOLOGIST])
    psychologist.post(f"/pairs/{pair.pk}/help/", {"meeting": meeting.pk, "words": "СЛОВАОПОМОЩИ"})
    card = text(signed_in(cast.anna).get(f"/pairs/{pair.pk}/"))
    assert f"СЛОВАОПОМОЩИ ({cast.users[Role.PSYCHOLOGIST].full_name})" in card
    assert "СЛОВАОПОМОЩИ" not in text(
        signed_in(cast.users[Role.DIRECTOR]).get(f"/pairs/{pair.pk}/")
    )


def test_a_curator_of_another_school_reaches_nothing(cast, pair):
    client = signed_in(cast.other.curator)
    assert talk(client, pair).status_code == 404
    contact = actions.note_contact(
        pair, Concern("silent", 20), spoken_with=SpokenWith.BOTH, words="да", by=cast.anna
    )
    assert client.post(f"/pairs/contact/{contact.pk}/wake/").status_code == 404
    assert pair.pk not in on_list(cast.other.curator)


def test_ten_are_shown_and_how_many_more_is_true(cast, pair):
    silent = more_pairs(cast.school, AT_MOST_A_WEEK + 3)
    n_all = week_of_pairs(User.objects.get(pk=cast.anna.pk), at_most=None).n_all
    assert n_all >= len(silent)
    client = signed_in(cast.anna)
    page = text(client.get("/pairs/week/"))
    assert page.count('<form method="post" action="/pairs/') == AT_MOST_A_WEEK
    assert f"{n_all - AT_MOST_A_WEEK}" in page.split('href="?all=1"')[1].split("</a>")[0]
    whole = text(client.get("/pairs/week/?all=1"))
    assert whole.count('<form method="post" action="/pairs/') == n_all
    assert 'href="?all=1"' not in whole
    sheet = text(client.get("/pairs/week/?as=print"))
    assert sheet.count("<tr>") == 1 + AT_MOST_A_WEEK
    assert f": {n_all - AT_MOST_A_WEEK}." in sheet
    assert "/pairs/week/?as=print" in text(client.get("/today/"))


@pytest.mark.parametrize("adult_in", [None, 0, 6, 40])
@pytest.mark.parametrize("renewed_after", [None, 0, 1, 2])
def test_the_last_day_of_a_consent_is_the_one_the_ledger_shows(cast, pair, adult_in, renewed_after):
    person, day = Tie.objects.get(mentorship=pair).mentee.person, today()
    person.consents.update(ends_on=day + dt.timedelta(9), signer=Signer.BOTH)
    if adult_in is not None:
        # to the day, whatever today is
        birthday = day + dt.timedelta(adult_in)
        type(person).objects.filter(pk=person.pk).update(
            birth_date=birthday.replace(year=birthday.year - 18, day=min(birthday.day, 28))
        )
    if renewed_after is not None:
        for paper in person.consents.filter(mistaken_on=None, withdrawn_on=None):
            paper.pk = None
            paper.signed_on = day + dt.timedelta(9 + renewed_after)
            paper.ends_on = day + dt.timedelta(20)
            paper.save()
    last = day + dt.timedelta(30)

    def holds(ahead):
        held = held_purposes([person.pk], day + dt.timedelta(ahead)).get(person.pk, frozenset())
        return not missing_purposes(held, NEEDED_FOR_BASE)

    days = next((n - 1 for n in range(32) if not holds(n)), 99)
    expected = {} if days < 0 or days > 30 else {person.pk: day + dt.timedelta(days)}
    assert held_until([person.pk], NEEDED_FOR_BASE, day, last) == expected


def test_the_limits_of_a_form_are_set_on_its_page(cast, pair):
    client = signed_in(cast.anna)
    address = f"/programme/forms/{pair.form_id}/"
    form = client.get(address).context["form"]
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    given = {
        name: value
        for name, value in given.items()
        if value is not False and value is not None and value != ""
    }
    assert client.post(address, {**given, "limit_silent": "60"}).status_code == 302
    assert MentoringForm.objects.get(pk=pair.form_id).attention_limits == {"silent": 60}
    assert "silent" not in [one.code for one in on_list(cast.anna).get(pair.pk, risk_of(PAIR, [], day=DAY, limits=limits_of(), may_read=True)).concerns]  # fmt: skip
    assert client.post(address, {**given, "limit_silent": "1"}).status_code == 200
    assert MentoringForm.objects.get(pk=pair.form_id).attention_limits == {"silent": 60}
    assert client.post(address, given).status_code == 302
    assert MentoringForm.objects.get(pk=pair.form_id).attention_limits == {}


def test_papers_and_load_are_on_the_list(cast, pair):
    pairs = more_pairs(cast.school, 3)
    concerns = {
        pk: {one.code for one in risk.concerns}
        for pk, risk in on_list(cast.anna, at_most=None).items()
    }
    loaded = [pk for pk, some in concerns.items() if "overload" in some]
    # once for the mentor, not for each of the pairs
    assert len(loaded) == 1
    assert Mentorship.objects.get(pk=loaded[0]).mentor_id == pairs[0].mentor_id
    person = pair.mentor.person
    type(person).objects.filter(pk=person.pk).update(kind="employer")
    Participation.objects.filter(pk=pair.mentor_id).update(
        cleared_on=today(), cleared_until=today() + dt.timedelta(5)
    )
    mentee = Tie.objects.get(mentorship=pair).mentee.person
    mentee.consents.update(ends_on=today() + dt.timedelta(9))
    mine = {one.code: one.n for one in on_list(cast.anna, at_most=None)[pair.pk].concerns}
    assert mine["clearance_ends"] == 5
    assert mine["consent_ends"] == 9
    sheet = text(signed_in(cast.anna, "ru").get("/pairs/week/?as=print&all=1"))
    assert "согласие кончается через 9\xa0дней" in sheet
    assert "согласие кончается через 30" not in sheet
    mentee.consents.update(ends_on=today() + dt.timedelta(31))
    assert "consent_ends" not in {
        one.code for one in on_list(cast.anna, at_most=None)[pair.pk].concerns
    }
