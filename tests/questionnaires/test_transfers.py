"""From answers into the bases: beside what is held, nothing overwritten silently, taken back for a while."""

import pytest
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.models import AuditEntry
from nastavnik.programmes.actions import change_participation
from nastavnik.programmes.models import Participation
from nastavnik.questionnaires.actions import open_wave, submit_answers
from nastavnik.questionnaires.choices import AnswerSource, Mode
from nastavnik.questionnaires.models import InstrumentVersion
from nastavnik.questionnaires.queries import AudienceRule

pytestmark = pytest.mark.django_db
SAID = {
    "areas": ["maths", "speaking"], "request": "решать задачи", "interests": ["chess"],
    "time_slots": ["sat"], "meeting_places": ["own"], "wants": "yes",
}  # fmt: skip


def asked(cast, code="mentee_request", given=None, *, who="younger", school=None):
    """Ask people of a base a shipped questionnaire; one of them answers."""
    school = school or cast.school
    version = InstrumentVersion.objects.shipped().filter(code=code).latest("number")
    wave = open_wave(
        school.programme, version, title="", rule=AudienceRule(), opens_on=today(), closes_on=today(),
        by=school.curator,
    )  # fmt: skip
    invitation = wave.invitations.get(person=school.people[who])
    submit_answers(
        invitation, given or SAID, submit_key="a", source=AnswerSource.LINK, by=school.curator
    )
    return wave


def held(cast, key="younger"):
    return Participation.objects.get(pk=cast.school.records[key].pk)


def shown(client, wave):
    rows = client.get(f"/questionnaires/{wave.pk}/transfer/").context["rows"]
    return {change.field: change for row in rows for change in row.changes}


def test_answers_stand_beside_what_is_held_and_are_put_in_one_press(cast):
    change_participation(
        held(cast), areas=["maths"], request="читать быстрее", interests=[], by=cast.anna
    )
    wave, client = asked(cast), signed_in(cast.anna, "ru")
    assert "/transfer/" in client.get(f"/questionnaires/{wave.pk}/").content.decode()
    page = text(client.get(f"/questionnaires/{wave.pk}/transfer/"))
    assert "читать быстрее" in page
    assert "решать задачи" in page
    found = shown(client, wave)
    assert {name for name, change in found.items() if not change.is_added} == {"request"}
    assert found["areas"].value == ["maths", "speaking"]
    client.post(
        f"/questionnaires/{wave.pk}/transfer/",
        {"change": [change.key for change in found.values() if change.is_added]},
    )
    record = held(cast)
    assert record.request == "читать быстрее"
    assert record.areas == ["maths", "speaking"]
    assert (record.interests, record.time_slots) == (["chess"], ["sat"])
    assert set(shown(client, wave)) == {"request"}
    assert AuditEntry.objects.filter(action="answers-transferred").count() == 1


def test_what_was_put_is_taken_back_but_not_what_was_written_since(cast):
    change_participation(held(cast), areas=["maths"], interests=[], by=cast.anna)
    wave, client = asked(cast), signed_in(cast.anna)
    before = held(cast)
    keys = [change.key for change in shown(client, wave).values()]
    client.post(f"/questionnaires/{wave.pk}/transfer/", {"change": keys})
    assert held(cast).request == "решать задачи"
    change_participation(held(cast), interests=["music"], by=cast.anna)
    client.post(f"/questionnaires/{wave.pk}/transfer/back/")
    record = held(cast)
    assert (record.request, record.areas) == (before.request, before.areas)
    assert record.interests == ["music"]
    again = client.post(f"/questionnaires/{wave.pk}/transfer/back/", follow=True)
    assert "too late" in text(again)
    assert held(cast).request == before.request


def test_another_browser_has_nothing_to_take_back(cast):
    wave, client = asked(cast), signed_in(cast.anna)
    keys = [change.key for change in shown(client, wave).values()]
    client.post(f"/questionnaires/{wave.pk}/transfer/", {"change": keys})
    signed_in(cast.anna).post(f"/questionnaires/{wave.pk}/transfer/back/")
    assert "chess" in held(cast).interests


def test_a_record_changed_meanwhile_is_not_overwritten(cast):
    wave, client = asked(cast), signed_in(cast.anna)
    change = shown(client, wave)["request"]
    change_participation(held(cast), request="другое", by=cast.anna)
    answer = client.post(
        f"/questionnaires/{wave.pk}/transfer/", {"change": change.key}, follow=True
    )
    assert len(said(answer)) == 1
    assert held(cast).request == "другое"


def test_strangers_and_readers_do_not_put_anything(cast):
    wave = asked(cast)
    assert signed_in(cast.vera).get(f"/questionnaires/{wave.pk}/transfer/").status_code == 404
    for role in (Role.DIRECTOR, Role.PSYCHOLOGIST, Role.MENTOR):
        client = signed_in(cast.users[role])
        assert client.get(f"/questionnaires/{wave.pk}/transfer/").status_code == 403
    theirs = asked(cast, school=cast.other)
    client = signed_in(cast.anna)
    assert client.post(f"/questionnaires/{theirs.pk}/transfer/", {"change": "1"}).status_code == 404


def test_nothing_comes_of_a_confidential_wave(cast):
    wave = asked(cast)
    type(wave).objects.filter(pk=wave.pk).update(mode=Mode.CONFIDENTIAL)
    assert shown(signed_in(cast.anna), wave) == {}
