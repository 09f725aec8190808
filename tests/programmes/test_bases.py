"""The bases: who may enter, what the gate asks, how a record lives."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase
from tests.cast import CANARY, build_cast
from tests.pages import said, signed_in, text, years_ago

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.people.actions import change_person, mark_left, register_person
from nastavnik.people.models import Person
from nastavnik.programmes.access import fits_form, may_be_ready
from nastavnik.programmes.actions import (
    NEXT,
    add_to_base,
    change_participation,
    change_programme,
    free_place,
    gate,
    make_ready,
    set_participation_status,
    take_place,
)
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm, Participation
from nastavnik.programmes.queries import base_counts, base_rows, candidates_of_roster

pytestmark = pytest.mark.django_db

BOTH = frozenset(NEEDED_FOR_BASE)


def enter(cast, *keys, side=Side.MENTEE):
    return add_to_base(
        cast.school.programme, [cast.school.people[key] for key in keys], side, by=cast.anna
    )


def test_an_entry_takes_all_forms_that_take_the_person(cast):
    (record,), refused = enter(cast, "waiting", side=Side.MENTOR)
    assert not refused
    assert [form.code for form in record.forms.all()] == ["pupil_pupil"]
    assert (record.status, record.capacity, record.active_count) == (S.CANDIDATE, 1, 0)


def test_who_is_in_the_base_already_is_neither_added_nor_refused(cast):
    assert enter(cast, "younger") == ([], [])


def test_who_left_the_base_may_enter_again(cast):
    set_participation_status(cast.school.records["waiting"], S.LEFT, by=cast.anna)
    (record,), _refused = enter(cast, "waiting")
    assert record.pk != cast.school.records["waiting"].pk


def test_a_kind_or_an_age_no_form_takes_is_refused_with_the_reason(cast):
    child = register_person(
        cast.school.organisation,
        kind="pupil",
        last_name="Крохин",
        first_name="К",
        birth_date=years_ago(9),
        by=cast.anna,
    )
    parent = register_person(
        cast.school.organisation, kind="parent", last_name="Мамина", first_name="М", by=cast.anna
    )
    added, refused = add_to_base(cast.school.programme, [child, parent], Side.MENTEE, by=cast.anna)
    assert added == []
    assert [person for person, _reason in refused] == [child, parent]
    assert "9" in refused[0][1]
    assert all(reason for _person, reason in refused)


def test_forms_may_be_named_and_there_must_be_some(cast):
    person = cast.school.people["novice"]
    own = cast.school.programme.forms.get(code="pupil_pupil")
    for forms in ([own], []):
        added, refused = add_to_base(
            cast.school.programme, [person], Side.MENTOR, forms=forms, by=cast.anna
        )
        assert added == []
        assert refused[0][0] == person


@pytest.mark.both
def test_the_database_keeps_one_record_a_side_and_its_date(cast):
    record = cast.school.records["older"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(
            organisation=record.organisation,
            programme=record.programme,
            person=record.person,
            side=record.side,
            starts_on=today(),
        )
    rows = Participation.objects.filter(pk=record.pk)
    for broken in (
        {"status": S.LEFT},
        {"ends_on": today()},
        {"active_count": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**broken)


def test_a_form_asks_for_the_kind_first_and_then_for_the_age():
    form = MentoringForm(
        title="ф", mentor_kinds=["pupil"], mentee_kinds=["pupil"], mentee_min_age=10
    )
    day = dt.date(2026, 9, 1)
    nine = Person(kind="pupil", birth_date=dt.date(2016, 9, 2))
    ten = Person(kind="pupil", birth_date=dt.date(2016, 9, 1))
    assert not fits_form(nine, form, Side.MENTEE, day)
    assert fits_form(ten, form, Side.MENTEE, day)
    assert fits_form(nine, form, Side.MENTOR, day)  # the age is the mentee's
    assert fits_form(Person(kind="pupil"), form, Side.MENTEE, day)  # unknown: the gate of consent
    assert not fits_form(Person(kind="teacher"), form, Side.MENTEE, day)


def record_of(kind, side, **fields):
    return Participation(person=Person(kind=kind), side=side, **fields)


PUPILS = MentoringForm(title="ф", mentor_kinds=["pupil"], mentee_kinds=["pupil"])
EMPLOYERS = MentoringForm(
    title="р", mentor_kinds=["employer"], mentee_kinds=["pupil"], mentor_min_years=5
)


@pytest.mark.parametrize(
    ("record", "held", "forms", "n_reasons"),
    [
        (record_of("pupil", "mentee", request="помочь"), BOTH, [PUPILS], 0),
        (record_of("pupil", "mentee", areas=["maths"]), BOTH, [PUPILS], 0),
        (record_of("pupil", "mentee"), BOTH, [PUPILS], 1),
        (record_of("pupil", "mentee", request="п"), frozenset(), [PUPILS], 1),
        (record_of("pupil", "mentee", request="п"), frozenset({Purpose.DATA}), [PUPILS], 1),
        (record_of("pupil", "mentee", request="п"), BOTH, [], 1),
        (record_of("teacher", "mentee", request="п"), BOTH, [PUPILS], 1),
        (record_of("pupil", "mentor", areas=["maths"]), BOTH, [PUPILS], 0),
        (record_of("pupil", "mentor", request="п"), BOTH, [PUPILS], 1),
        (record_of("employer", "mentor", areas=["it"]), BOTH, [EMPLOYERS], 2),
        (record_of("employer", "mentor", areas=["it"], experience_years=4), BOTH, [EMPLOYERS], 2),
        (record_of("employer", "mentor", areas=["it"], experience_years=5), BOTH, [EMPLOYERS], 1),
        (
            record_of(
                "employer",
                "mentor",
                areas=["it"],
                experience_years=5,
                cleared_on=dt.date(2026, 1, 1),
            ),
            BOTH,
            [EMPLOYERS],
            0,
        ),
    ],
)
def test_the_gate_names_everything_that_is_missing(record, held, forms, n_reasons):
    verdict = may_be_ready(record, held, forms, dt.date(2026, 9, 1))
    assert len(verdict.reasons) == n_reasons
    assert verdict.allowed == (n_reasons == 0)


def test_a_list_and_a_record_get_the_same_answer(cast):
    records = Participation.objects.filter(programme=cast.school.programme).prefetch_related(
        "forms"
    )
    for row in base_rows(records.select_related("person")):
        assert row.verdict == gate(row.record)


def test_only_the_fit_pass_and_the_others_hear_why(cast):
    (record,), _refused = enter(cast, "waiting", side=Side.MENTOR)
    passed, stopped = make_ready([record], by=cast.anna)
    assert passed == []
    assert [one.pk for one, _reasons in stopped] == [record.pk]
    assert len(stopped[0][1]) == 2  # papers, no area


def test_a_ready_record_that_no_longer_passes_goes_back(cast):
    record = cast.school.records["younger"]
    record = change_participation(record, request="", areas=[], by=cast.anna)
    record.refresh_from_db()
    assert record.status == S.CANDIDATE


def test_a_change_that_still_passes_leaves_it_ready(cast):
    record = change_participation(cast.school.records["younger"], request="иначе", by=cast.anna)
    assert record.status == S.READY


def test_who_left_the_school_does_not_pass(cast):
    record = cast.school.records["younger"]
    mark_left(record.person, by=cast.anna)
    record.refresh_from_db()
    assert len(gate(record).reasons) == 1


def test_the_limit_of_a_mentor_stays_between_the_pairs_and_the_form(cast):
    record = cast.school.records["older"]
    change_participation(record, capacity=3, by=cast.anna)
    with pytest.raises(RefusedError):
        change_participation(record, capacity=4, by=cast.anna)
    for _pair in range(2):
        take_place(record, by=cast.anna)
    record.refresh_from_db()
    with pytest.raises(RefusedError):
        change_participation(record, capacity=1, by=cast.anna)
    change_participation(record, capacity=2, by=cast.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        take_place(record, by=cast.anna)


def test_a_record_with_an_open_pair_goes_nowhere_by_itself(cast):
    record = cast.school.records["older"]
    take_place(record, by=cast.anna)
    for status in (S.LEFT, S.FINISHED, S.READY, S.CANDIDATE):
        with pytest.raises(RefusedError):
            set_participation_status(record, status, by=cast.anna)
    free_place(record, by=cast.anna)
    assert set_participation_status(record, S.LEFT, by=cast.anna).ends_on == today()


def test_a_freed_place_asks_the_gate_again(cast):
    ready, bare = cast.school.records["older"], cast.school.records["oldest"]
    for record in (ready, bare):
        take_place(record, by=cast.anna)
        record.refresh_from_db()
    change_participation(bare, areas=[], by=cast.anna)
    for record in (ready, bare):
        free_place(record, by=cast.anna)
        record.refresh_from_db()
    assert (ready.status, bare.status) == (S.READY, S.CANDIDATE)


@pytest.mark.parametrize("before", list(S))
def test_only_the_steps_of_the_table_exist(cast, before):
    record = cast.school.records["younger"]
    ended = today() if before in (S.FINISHED, S.LEFT) else None
    for after in S:
        Participation.objects.filter(pk=record.pk).update(status=before, ends_on=ended)
        if after in NEXT[before]:
            assert set_participation_status(record, after, by=cast.anna).status == after
        else:
            with pytest.raises(RefusedError):
                set_participation_status(record, after, by=cast.anna)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("status"), st.sampled_from(list(S))),
        st.tuples(st.just("areas"), st.sampled_from([[], ["maths"]])),
        st.tuples(st.just("capacity"), st.integers(0, 5)),
        st.tuples(st.just("take"), st.none()),
        st.tuples(st.just("free"), st.none()),
    ),
    max_size=25,
)


class TestLifeOfARecord(HypothesisCase):
    """Whatever a curator presses, in whatever order, the rules of a record hold."""

    @classmethod
    def setUpTestData(cls):
        cls.cast = build_cast()

    @given(STEPS)
    def test_any_walk_keeps_the_rules(self, steps):
        record = Participation.objects.get(pk=self.cast.school.records["older"].pk)
        taken = 0
        for what, value in steps:
            before = record.status
            try:
                with transaction.atomic():
                    self.step(record, what, value, taken)
                taken += {"take": 1, "free": -1 if taken else 0}.get(what, 0)
            except (RefusedError, IntegrityError):
                assert what != "free"
            record.refresh_from_db()
            assert record.active_count == taken <= record.capacity
            assert (record.ends_on is not None) == (record.status in (S.FINISHED, S.LEFT))
            if record.status == S.READY:
                assert gate(record)
            if before in (S.FINISHED, S.LEFT):
                assert record.status in ({before} | NEXT[before])
            if taken:
                assert record.status == S.PAIRED

    def step(self, record, what, value, taken):
        by = self.cast.anna
        if what == "status":
            if value == S.PAIRED:
                return  # only a pair does this
            set_participation_status(record, value, by=by)
        elif what == "areas":
            change_participation(record, areas=value, by=by)
        elif what == "capacity":
            change_participation(record, capacity=value, by=by)
        elif what == "take":
            if record.status not in (S.READY, S.PAIRED):
                raise RefusedError("the approval asks first")
            take_place(record, by=by)
        elif taken:
            free_place(record, by=by)


def rows_of(client, url, **query):
    return {row.record.person.last_name for row in client.get(url, query).context["rows"]}


def test_the_pages_of_the_bases(cast):
    client = signed_in(cast.anna)
    response = client.get("/mentees/")
    assert rows_of(client, "/mentees/") == {"Младшов", "Младшова", "Ждунов", "Новикова"}
    assert response.context["counts"] == base_counts(cast.anna, cast.school.programme, Side.MENTEE)
    assert response.context["counts"].ready == 3
    assert rows_of(client, "/mentees/", q="млад маш") == {"Младшова"}
    assert rows_of(client, "/mentees/", status="candidate") == {"Ждунов"}
    assert rows_of(client, "/mentees/", form="teacher_teacher") == {"Новикова"}
    assert rows_of(client, "/mentors/", form="nothing", status="nothing") == {
        "Старшов",
        "Старшова",
        "Учителева",
    }
    set_participation_status(cast.school.records["waiting"], S.LEFT, by=cast.anna)
    assert "Ждунов" not in rows_of(client, "/mentees/")
    assert rows_of(client, "/mentees/", status="left") == {"Ждунов"}
    assert CANARY not in text(response)


def test_a_class_teacher_sees_the_own_class_in_the_base(cast):
    client = signed_in(cast.users[Role.CLASS_TEACHER])
    assert rows_of(client, "/mentees/") == {"Младшов", "Младшова"}
    page = text(client.get("/mentees/"))
    assert "/base/mentee/ready/" not in page or 'name="records"' not in page


def test_people_are_taken_from_the_roster(cast):
    client = signed_in(cast.anna)
    url = reverse("programmes:add-to-base", args=["mentor"])
    response = client.get(url)
    offered = {person.last_name for person, _group in response.context["rows"]}
    assert offered == {"Младшов", "Младшова", "Ждунов", "Новикова"}
    assert [g for p, g in client.get(url, {"group": "6Б"}).context["rows"]] == ["6Б"]
    response = client.post(
        url, {"people": [cast.school.people["novice"].pk, cast.school.people["waiting"].pk]}
    )
    assert response["Location"] == "/mentors/"
    assert {"Новикова", "Ждунов"} <= rows_of(client, "/mentors/")
    nobody = client.post(url, {"csrfmiddlewaretoken": "x"})
    assert nobody.context["form"].errors["people"]
    foreign = client.post(url, {"people": [cast.other.people["novice"].pk]})
    assert foreign.context["form"].errors["people"]


def test_who_cannot_enter_is_named_with_the_reason(cast):
    person = cast.school.people["waiting"]
    set_participation_status(cast.school.records["waiting"], S.LEFT, by=cast.anna)
    change_person(person, birth_date=years_ago(8), by=cast.anna)
    client = signed_in(cast.anna)
    response = client.post(
        reverse("programmes:add-to-base", args=["mentee"]), {"people": [person.pk]}, follow=True
    )
    assert any(person.full_name in line for line in said(response))
    assert candidates_of_roster(cast.anna, cast.school.programme, Side.MENTEE).count() >= 1


def test_the_ticked_go_through_the_gate(cast):
    client = signed_in(cast.anna)
    ok, stopped = cast.school.records["older"], cast.school.records["waiting"]
    set_participation_status(ok, S.CANDIDATE, by=cast.anna)
    url = reverse("programmes:make-ready", args=["mentor"])
    foreign = cast.other.records["waiting"]
    response = client.post(url, {"records": [ok.pk, stopped.pk, foreign.pk, "x"]}, follow=True)
    # the other side's record is not of this base; who is not trained is named all the same
    passed, warned = said(response)
    assert passed.startswith("1 ")
    assert warned.endswith(f"{ok.person.short_name}.")
    ok.refresh_from_db()
    assert ok.status == S.READY
    response = client.post(
        reverse("programmes:make-ready", args=["mentee"]), {"records": [stopped.pk]}, follow=True
    )
    assert response.redirect_chain == [("/mentees/", 302)]
    row = next(r for r in response.context["rows"] if r.record.pk == stopped.pk)
    assert row.missing == NEEDED_FOR_BASE
    for reason in row.verdict.reasons:
        assert reason in text(response)
    foreign.refresh_from_db()
    assert foreign.status == S.CANDIDATE
    assert said(client.post(url, {}, follow=True))


def record_answers(record, **changes):
    return {
        "forms": [form.pk for form in record.forms.all()],
        "request": record.request,
        "areas": record.areas,
        "interests": record.interests,
    } | changes


def test_a_request_is_written_on_the_page_of_the_record(cast):
    client = signed_in(cast.anna)
    record = cast.school.records["younger"]
    url = reverse("programmes:record", args=[record.pk])
    form = client.get(url).context["form"]
    assert set(form.fields) == {
        "forms", "request", "areas", "interests", "time_slots", "meeting_places", "languages", "results", "contacts",
        "case_link",
    }  # fmt: skip
    response = client.post(url, record_answers(record, request="читать быстрее", areas=[]))
    assert response["Location"] == "/mentees/"
    record.refresh_from_db()
    assert (record.request, record.areas, record.status) == ("читать быстрее", [], S.READY)
    wrong = client.post(url, record_answers(record, areas=["astrology"]))
    assert wrong.context["form"].errors["areas"]


def test_when_where_and_in_which_language_is_written_there_too(cast):
    client = signed_in(cast.anna)
    record = cast.school.records["younger"]
    url = reverse("programmes:record", args=[record.pk])
    given = {"time_slots": ["mon_day", "sat"], "meeting_places": ["online"], "languages": ["tt"]}
    assert not client.get(url).context["form"].is_unfolded
    client.post(url, record_answers(record, **given))
    assert client.get(url).context["form"].is_unfolded
    record.refresh_from_db()
    assert {name: getattr(record, name) for name in given} == given
    for name in given:
        wrong = client.post(url, record_answers(record, **{name: ["nowhere"]}))
        assert wrong.context["form"].errors[name]


def test_saved_and_not_ready_yet_says_why(cast):
    client = signed_in(cast.anna)
    record = cast.school.records["waiting"]
    url = reverse("programmes:record", args=[record.pk])
    response = client.post(url, record_answers(record, request="иное", ready="1"), follow=True)
    assert len(said(response)) == 1 + 1  # saved, and papers are missing
    record.refresh_from_db()
    assert (record.request, record.status) == ("иное", S.CANDIDATE)


def test_saved_and_ready_in_one_press(cast):
    record = cast.school.records["older"]
    set_participation_status(record, S.CANDIDATE, by=cast.anna)
    url = reverse("programmes:record", args=[record.pk])
    client = signed_in(cast.anna)
    answers = record_answers(record, capacity=2, trained_on="2026-09-10", ready="1")
    del answers["request"]
    assert client.post(url, answers)["Location"] == "/mentors/"
    record.refresh_from_db()
    assert (record.status, record.capacity) == (S.READY, 2)
    too_many = client.post(url, answers | {"capacity": 9})
    assert too_many.context["form"].non_field_errors()
    record.refresh_from_db()
    assert record.capacity == 2


def test_a_mentor_is_asked_what_fits_the_kind(cast):
    client = signed_in(cast.anna)

    def fields(key):
        url = reverse("programmes:record", args=[cast.school.records[key].pk])
        return client.get(url).context["form"].fields

    assert "experience_years" not in fields("older")
    assert "experience_years" in fields("teacher")
    assert "cleared_on" not in fields("teacher")
    codes = {code for code, _title in fields("teacher")["areas"].choices}
    assert "lesson" in codes  # of the forms of this mentor: teachers lead teachers here
    assert "maths" not in codes
    assert "maths" in {code for code, _title in fields("older")["areas"].choices}
    change_programme(
        cast.school.programme,
        forms=MentoringForm.objects.directory().filter(
            code__in=["pupil_pupil", "teacher_teacher", "employer_pupil"]
        ),
        by=cast.anna,
    )
    person = register_person(
        cast.school.organisation, kind="employer", last_name="Заводов", first_name="З", by=cast.anna
    )
    (record,), _refused = add_to_base(cast.school.programme, [person], Side.MENTOR, by=cast.anna)
    cast.school.records["employer"] = record
    assert {"experience_years", "cleared_on"} <= set(fields("employer"))


def test_where_staff_alone_are_mentees_areas_are_of_staff(cast):
    for key in ("older", "oldest", "younger", "youngest", "waiting"):
        set_participation_status(cast.school.records[key], S.LEFT, by=cast.anna)
    change_programme(
        cast.school.programme,
        forms=MentoringForm.objects.directory().filter(code="teacher_teacher"),
        by=cast.anna,
    )
    url = reverse("programmes:record", args=[cast.school.records["teacher"].pk])
    codes = {c for c, _t in signed_in(cast.anna).get(url).context["form"].fields["areas"].choices}
    assert "lesson" in codes
    assert "maths" not in codes


def test_leaving_the_base_and_the_open_pair_that_holds(cast):
    client = signed_in(cast.anna)
    record = cast.school.records["older"]
    url = reverse("programmes:leave", args=[record.pk])
    take_place(record, by=cast.anna)
    assert said(client.post(url, follow=True))
    record.refresh_from_db()
    assert record.status == S.PAIRED
    free_place(record, by=cast.anna)
    assert client.post(url)["Location"] == "/mentors/"
    record.refresh_from_db()
    assert (record.status, record.ends_on) == (S.LEFT, today())


def test_records_of_another_school_are_out_of_reach(cast):
    client = signed_in(cast.anna)
    record = cast.other.records["waiting"]
    for name in ("record", "leave"):
        assert client.post(reverse(f"programmes:{name}", args=[record.pk])).status_code == 404
    record.refresh_from_db()
    assert record.status == S.CANDIDATE
