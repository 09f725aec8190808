"""What many people ask or offer, marked at once: who takes which areas, who is refused, what the page keeps."""

import pytest
from django.urls import reverse
from tests.cast import approve_pairs
from tests.pages import said, signed_in, text

from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.programmes.actions import add_to_base, change_participation, describe_many
from nastavnik.programmes.choices import ParticipationStatus as S
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import undescribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(cast):
    """Make four records that say nothing: a pupil and a teacher who ask, a pupil and a teacher who offer."""
    people = cast.school.people
    records = cast.school.records
    for key in ("waiting", "novice"):
        change_participation(records[key], areas=[], request="", by=cast.anna)
    mentors, _refused = add_to_base(
        cast.school.programme, [people["waiting"], people["novice"]], Side.MENTOR, by=cast.anna
    )
    by_person = {record.person_id: record for record in mentors}
    return {
        "pupil asks": records["waiting"],
        "teacher asks": records["novice"],
        "pupil offers": by_person[people["waiting"].pk],
        "teacher offers": by_person[people["novice"].pk],
    }


def read(record):
    return Participation.objects.get(pk=record.pk)


def test_each_takes_of_the_areas_those_meant_for_it(cast, silent):
    described, stopped = describe_many(silent.values(), areas=["lesson", "maths"], by=cast.anna)
    assert (described, stopped) == (list(silent.values()), [])
    assert read(silent["pupil asks"]).areas == ["maths"]
    assert read(silent["teacher asks"]).areas == ["lesson"]
    assert read(silent["pupil offers"]).areas == ["maths"]
    assert read(silent["teacher offers"]).areas == ["lesson"]


def test_areas_are_added_in_the_order_of_the_list_and_none_is_lost(cast, silent):
    record = silent["pupil asks"]
    change_participation(record, areas=["sport"], by=cast.anna)
    describe_many([record], areas=["exams", "maths"], by=cast.anna)
    assert read(record).areas == ["maths", "exams", "sport"]
    describe_many([record], areas=["maths"], by=cast.anna)
    assert read(record).areas == ["maths", "exams", "sport"]


def test_whom_no_area_is_meant_for_hears_it_and_the_others_go_on(cast, silent):
    described, stopped = describe_many(silent.values(), areas=["lesson"], by=cast.anna)
    assert described == [silent["teacher asks"], silent["teacher offers"]]
    assert [record for record, _reasons in stopped] == [
        silent["pupil asks"],
        silent["pupil offers"],
    ]
    assert read(silent["pupil asks"]).areas == []


def test_places_are_set_for_mentors_within_the_limit_of_the_form(cast, silent):
    mentor, mentee = silent["pupil offers"], silent["pupil asks"]
    describe_many([mentor, mentee], areas=["maths"], capacity=3, by=cast.anna)
    assert (read(mentor).capacity, read(mentee).capacity) == (3, 3)
    _described, stopped = describe_many([mentor], areas=["sport"], capacity=4, by=cast.anna)
    assert stopped
    assert (read(mentor).capacity, read(mentor).areas) == (3, ["maths"])


def test_a_mentor_of_two_cannot_be_given_one_place(cast):
    approve_pairs(cast.school)
    for record in Participation.objects.filter(active_count=2):
        _described, stopped = describe_many([record], areas=["maths"], capacity=1, by=cast.anna)
        assert stopped


@pytest.mark.usefixtures("silent")
def test_what_was_marked_is_in_the_journal_and_takes_a_fixed_number_of_queries(
    cast, django_assert_max_num_queries
):
    records = list(undescribed(cast.anna, cast.school.programme, Side.MENTOR))
    before = AuditEntry.objects.count()
    with django_assert_max_num_queries(8):
        describe_many(records, areas=["maths", "lesson"], by=cast.anna)
    assert AuditEntry.objects.count() == before + len(records)


def test_today_asks_for_it_until_it_is_done(cast, silent):
    url = reverse("programmes:describe", args=["mentee"])
    asked = [item.url for item in attention.items_for(cast.anna)]
    assert url in asked
    records = [silent["pupil asks"], silent["teacher asks"]]
    describe_many(records, areas=["maths", "lesson"], by=cast.anna)
    assert url not in [item.url for item in attention.items_for(cast.anna)]


def test_the_page_lists_who_says_nothing_and_keeps_what_was_ticked(cast, silent):
    client = signed_in(cast.anna)
    url = reverse("programmes:describe", args=["mentee"])
    asks = {silent["pupil asks"].pk, silent["teacher asks"].pk}
    assert {row.record.pk for row in client.get(url).context["rows"]} == asks
    assert len(client.get(url, {"q": "ждун"}).context["rows"]) == 1
    assert client.get(url, {"q": "никого"}).context["rows"] == []
    # no area: nothing is written, the tick stays
    page = client.post(url, {"records": [silent["pupil asks"].pk]})
    assert page.context["form"].errors["areas"]
    assert f'id="r{silent["pupil asks"].pk}" checked' in text(page)


def test_marking_leads_to_matching_in_one_press(cast, silent):
    client = signed_in(cast.anna)
    url = reverse("programmes:describe", args=["mentee"])
    marked = {"areas": ["maths", "lesson"], "ready": "1"}
    response = client.post(url, {"records": [silent["teacher asks"].pk], **marked}, follow=True)
    # the pupil still says nothing: one stays on the page
    assert response.redirect_chain == [(url, 302)]
    assert read(silent["teacher asks"]).status == S.READY
    marked["areas"] = ["maths"]
    response = client.post(url, {"records": [silent["pupil asks"].pk], **marked}, follow=True)
    assert response.redirect_chain == [("/mentees/", 302)]
    assert read(silent["pupil asks"]).status == S.CANDIDATE  # no consents yet
    assert len(said(response)) == 2
    assert not client.get(url).context["rows"]


def test_who_cannot_be_marked_is_named_and_foreign_records_are_no_choice(cast, silent):
    client = signed_in(cast.anna)
    url = reverse("programmes:describe", args=["mentor"])
    record = silent["pupil offers"]
    words = said(
        client.post(url, {"records": [record.pk], "areas": ["maths"], "capacity": "9"}, follow=True)
    )
    assert any(record.person.full_name in line for line in words)
    foreign, _refused = add_to_base(
        cast.other.programme, [cast.other.people["waiting"]], Side.MENTOR, by=cast.vera
    )
    page = client.post(url, {"records": [foreign[0].pk], "areas": ["maths"]})
    assert page.context["form"].errors["records"]
    assert read(foreign[0]).areas == []


def test_without_a_programme_there_is_nobody_to_mark(cast):
    cast.school.programme.delete()
    response = signed_in(cast.anna).get(reverse("programmes:describe", args=["mentee"]))
    assert response["Location"] == "/mentees/"
