"""Waves and answers move with a school: whole for the keeper, less for who may not read them, nothing of confidential ones."""

import csv
import io
import zipfile

import pytest
from django.urls import reverse
from tests.cast import CANARY
from tests.interchange import handmade
from tests.interchange.test_faults import faults_of
from tests.interchange.test_page import FILE, PAGE
from tests.interchange.test_round_trip import begins, out, taken_in
from tests.pages import signed_in, text
from tests.questionnaires.asking import BODY, WHOLE, wave_of

from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.engine.instruments import digest
from nastavnik.interchange.actions import import_package
from nastavnik.questionnaires.actions import (
    close_wave,
    copy_instrument,
    keep_draft,
    publish_draft,
    submit_answers,
)
from nastavnik.questionnaires.choices import AnswerSource, InvitationState, Mode
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response, Wave

pytestmark = pytest.mark.django_db
SECRET = "Секретный поход"


def answered(school, *, mode=Mode.NAMED, number=2, **answers):
    """Return a wave in which the first people asked have answered."""
    wave = wave_of(school, mode=mode)
    for place, invitation in enumerate(
        Invitation.objects.filter(wave=wave).order_by("pk")[:number]
    ):
        done = submit_answers(
            invitation, WHOLE | answers, submit_key=f"k{place}", source=AnswerSource.LINK, by=None
        )
        assert done.is_stored
    return wave


def read(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def given_to(user):
    """Return the tables of the archive somebody takes."""
    response = signed_in(user).get(reverse(FILE))
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.both
def test_what_was_asked_and_answered_comes_back(cast):
    wave = answered(cast.school, mood=["brave", "calm"], words="Первая.\nВторая.")
    waiting = Invitation.objects.filter(wave=wave, state=InvitationState.INVITED).first()
    before = out(cast.school.organisation)
    rows = read(before["answers.csv"])
    assert len(rows) == 2 * (len(WHOLE) + 1)
    assert [row["value"] for row in rows if row["item"] == "mood"] == ["calm", "brave"] * 2
    arrived = taken_in(before)
    assert arrived.notes == ()
    assert out(arrived.organisation) == before
    here = Response.objects.filter(organisation=arrived.organisation).order_by("invitation")
    there = Response.objects.filter(wave=wave).order_by("invitation")
    fields = (
        "answers", "texts", "guarded", "source", "submitted_at", "version_sha256", "mode",
        "invitation__person__search_name", "invitation__state", "invitation__answered_on",
    )  # fmt: skip
    assert list(here.values_list(*fields)) == list(there.values_list(*fields))
    again = Wave.objects.get(organisation=arrived.organisation)
    assert (again.status, again.side, again.version_id) == (wave.status, wave.side, wave.version_id)
    states = Invitation.objects.filter(wave=again)
    assert states.count() == Invitation.objects.filter(wave=wave).count() > 2
    # what is only begun is sealed: nobody has begun there
    keep_draft(waiting, {"words": SECRET}, by=None)
    assert SECRET.encode() not in b"".join(out(cast.school.organisation).values())
    assert b"started" not in out(cast.school.organisation)["invitations.csv"]


@pytest.mark.both
def test_of_a_confidential_wave_only_the_wave_leaves(cast):
    wave = answered(cast.school, mode=Mode.CONFIDENTIAL, number=1, words=SECRET)
    before = out(cast.school.organisation)
    assert len(read(before["waves.csv"])) == 1
    assert read(before["answers.csv"]) == read(before["invitations.csv"]) == []
    assert SECRET.encode() not in b"".join(before.values())
    arrived = taken_in(before).organisation
    assert out(arrived) == before
    assert Wave.objects.get(organisation=arrived).is_confidential
    assert not Invitation.objects.filter(organisation=arrived).exists()
    # nor does anything come into one
    files = {name.removesuffix(".csv"): data for name, data in before.items()}
    key, person = str(wave.pk), read(before["people.csv"])[0]["id"]
    files["answers"] = handmade.as_csv("wave,person,item,value", [[key, person, "before", "yes"]])
    files["invitations"] = handmade.as_csv("wave,person,state", [[key, person, "answered"]])
    told = faults_of(files)
    assert {(one.table, one.line) for one in told} == {("answers", 2), ("invitations", 2)}


def test_a_reader_takes_what_the_reader_may_read(cast):
    answered(cast.school, words=SECRET)
    whole = out(cast.school.organisation)
    files = given_to(cast.anna)
    assert {row["item"] for row in read(files["answers.csv"])} == set(WHOLE) - {"mood"}
    assert "mood" in {row["item"] for row in read(whole["answers.csv"])}
    assert "only the psychologist reads" in text(signed_in(cast.anna).get(reverse(PAGE)))
    arrived = taken_in({name: data for name, data in files.items() if name.endswith(".csv")})
    assert Response.objects.filter(organisation=arrived.organisation).count() == 2
    # the director reads no answers: who was asked and has answered, and no sheet that would say nothing
    director = cast.users[Role.DIRECTOR]
    files = given_to(director)
    assert read(files["answers.csv"]) == []
    assert SECRET.encode() not in b"".join(files.values())
    assert "answers are not" in text(signed_in(director).get(reverse(PAGE)))
    arrived = taken_in({name: data for name, data in files.items() if name.endswith(".csv")})
    assert not Response.objects.filter(organisation=arrived.organisation).exists()
    done = Invitation.objects.filter(organisation=arrived.organisation, state="answered")
    assert done.count() == 2


def test_what_is_asked_because_of_a_closed_answer_stays_too(cast):
    body = {**BODY, "code": "trial_depends"}
    body["sections"] = [
        {
            "title": "О себе",
            "items": [
                {"code": "sad", "kind": "yes_no", "construct": "sad", "class": "psychological", "text": "Грустно?"},
                {"code": "since", "kind": "text", "construct": "since", "when": [{"item": "sad", "is": ["yes"]}], "text": "С каких пор?"},
                {"code": "other", "kind": "text", "construct": "other", "text": "Другое?"},
            ],
        }
    ]  # fmt: skip
    wave = wave_of(cast.school)
    Wave.objects.filter(pk=wave.pk).update(version=_version(body))
    submit_answers(
        Invitation.objects.filter(wave=wave).first(), {"sad": "yes", "since": SECRET, "other": "нет"},
        submit_key="k", source=AnswerSource.LINK, by=None,
    )  # fmt: skip
    assert len(read(out(cast.school.organisation)["answers.csv"])) == 3
    assert [row["item"] for row in read(given_to(cast.anna)["answers.csv"])] == ["other"]


def _version(body):
    from django.utils import timezone

    return InstrumentVersion.objects.create(
        code=body["code"], number=1, title=body["title"], role=body["role"], stage=body["stage"],
        forms=body["forms"], body=body, sha256=digest(body), published_at=timezone.now(),
    )  # fmt: skip


def test_without_a_consent_answers_do_not_leave_by_the_page(cast):
    wave = answered(cast.school, words=SECRET)
    assert SECRET.encode() in given_to(cast.anna)["answers.csv"]
    people = Invitation.objects.filter(wave=wave).values("person")
    Consent.objects.filter(person__in=people).delete()
    assert read(given_to(cast.anna)["answers.csv"]) == []


def test_nothing_of_another_school_is_among_the_answers(cast):
    answered(cast.other, words=CANARY)
    assert CANARY.encode() not in b"".join(out(cast.school.organisation).values())
    assert CANARY.encode() in out(cast.other.organisation)["answers.csv"]


@pytest.mark.both
def test_own_questionnaires_move_and_strange_ones_become_own(cast):
    wave = answered(cast.school)
    close_wave(wave, by=None)
    draft = copy_instrument(wave.version, cast.school.organisation, by=None)
    publish_draft(draft, by=None)
    copy_instrument(draft, cast.school.organisation, by=None)
    before = out(cast.school.organisation)
    assert len(read(before["instruments.csv"])) == 3
    arrived = taken_in(before).organisation
    assert out(arrived) == before
    own = InstrumentVersion.objects.filter(organisation=arrived)
    assert sorted(own.values_list("status", flat=True)) == ["draft", "published"]
    # of another installation that numbers its shipped ones otherwise
    here = InstrumentVersion.objects.shipped().get(code=wave.version.code)
    here.pk, here.number, here.body = None, 2, here.body | {"title": "Иначе"}
    here.sha256 = digest(here.body)
    here.save()
    InstrumentVersion.objects.filter(organisation=None, code=here.code, number=1).update(code="x")
    InstrumentVersion.objects.filter(pk=here.pk).update(number=1)
    InstrumentVersion.objects.filter(code="x").update(status="draft", published_at=None)
    InstrumentVersion.objects.filter(code="x").update(sha256="0" * 64)
    strange = taken_in(before).organisation
    assert out(strange) == before
    kept = Wave.objects.get(organisation=strange).version
    assert (kept.organisation, kept.title) == (strange, BODY["title"])


def test_faults_of_own_questionnaires_and_of_who_was_asked(cast):
    answered(cast.school)
    files = {
        name.removesuffix(".csv"): data for name, data in out(cast.school.organisation).items()
    }
    [shipped] = read(files["instruments"].replace(b"\r\n", b"\n"))
    cases = [
        ("instruments", ["other", "1", "published", "", shipped["body"]], "а instrument — другой"),
        ("instruments", ["other", "1", "published", "", "{}"], "body: "),
        ("instruments", ["trial_sheet", "1", "draft", "", shipped["body"]], "не для опроса"),
    ]
    for table, row, reason in cases:
        data = handmade.as_csv("instrument,version,status,published_at,body", [row])
        told = faults_of(files | {table: data})
        assert any(reason in one.reason for one in told), told
    asked = read(files["invitations"])
    rows = [list(row.values()) for row in asked]
    header = ",".join(asked[0])
    told = faults_of(files | {"invitations": handmade.as_csv(header, [*rows, rows[0]])})
    assert [(one.table, one.line) for one in told] == [("invitations", len(rows) + 2)]
    rows[0][2:] = ["invited", "", "", ""]
    told = faults_of(files | {"invitations": handmade.as_csv(header, rows)})
    assert {one.table for one in told} == {"answers"}


def test_of_the_core_alone_it_is_told_what_was_filled_in():
    arrived = import_package(handmade.files(begins()), by=None)
    assert {note.partition(":")[0] for note in arrived.notes} == {"waves", "answers"}
    assert Response.objects.filter(organisation=arrived.organisation).count() == 21
    assert set(
        Invitation.objects.filter(organisation=arrived.organisation).values_list("state", flat=True)
    ) == {InvitationState.ANSWERED}
