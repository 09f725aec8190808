"""`indicators --json`: nothing is born of nothing, satisfaction of who took part, plans that differ; the tables of the package."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.cast import approve_pairs
from tests.interchange import handmade
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.interchange.actions import import_package
from nastavnik.interchange.adapter.files import package_files
from nastavnik.interchange.queries import SchoolPackage
from nastavnik.mentorships.models import Tie
from nastavnik.monitoring.actions import enter_count, set_target
from nastavnik.monitoring.catalogues import indicator_rule
from nastavnik.monitoring.models import HandCount, YearTarget
from nastavnik.monitoring.queries.indicators import every_certificate
from nastavnik.monitoring.queries.satisfied import SatisfiedCount
from nastavnik.questionnaires.choices import InvitationState, Mode, WaveStatus
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response, Wave

pytestmark = pytest.mark.django_db
KEYS = ["code", "title", "numerator", "denominator", "value", "target", "on", "warnings"]


def told(**options):
    out = StringIO()
    call_command("indicators", year=today().year, json=True, stdout=out, **options)
    rows = json.loads(out.getvalue())
    assert all(list(row) == KEYS for row in rows)
    return {row["code"]: row for row in rows}


@pytest.fixture
def place(within_the_year, cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    Tie.objects.update(starts_on=today())
    return cast.school.organisation


def test_every_indicator_is_there_and_what_is_not_known_is_null(place, cast):
    name = place.short_name
    rows = told(organisation=name)
    assert list(rows) == ["K1", "K1a", "K1b", "K2", "K3", "K4", "K5", "K6"]
    for code in ("K1", "K1a", "K1b", "K2", "K3", "K4"):
        assert (rows[code]["denominator"], rows[code]["value"]) == (None, None)
        assert rows[code]["warnings"]
    # nobody was asked: no numerator, and not nought
    assert (rows["K5"]["numerator"], rows["K5"]["value"]) == (None, None)
    enter_count(place, indicator_rule("K1b"), today().year, value=400, basis="ОО-1", by=cast.anna)
    enter_count(place, indicator_rule("K4"), today().year, value=8, basis="район", by=cast.anna)
    rows = told(organisation=name)
    n = rows["K1b"]["numerator"]
    assert n == 4
    assert rows["K1b"]["value"] == pytest.approx(n / 4)
    assert rows["K4"]["value"] == 100 * rows["K4"]["numerator"] / 8
    with pytest.raises(CommandError):
        told()  # there are two schools
    with pytest.raises(CommandError):
        call_command("indicators", year=1900, json=True, organisation=name)


def test_the_day_of_reference_decides_the_age_and_is_said(place, cast):
    day = today() - dt.timedelta(1)
    person = cast.school.people["novice"]
    person.kind, person.birth_date = "pupil", dt.date(today().year - 10, 6, 1)
    person.save(update_fields=["kind", "birth_date"])
    by_end = told(organisation=place.short_name)["K1"]
    assert by_end["on"] == f"{today().year}-12-31"
    before = told(organisation=place.short_name, on=dt.date(today().year - 1, 12, 31))["K1"]
    assert before["numerator"] == by_end["numerator"] - 1
    assert len(before["warnings"]) > len(by_end["warnings"])
    assert told(organisation=place.short_name, on=day)["K1"]["on"] == day.isoformat()


def wave_of(programme, code, *, mode=Mode.NAMED, status=WaveStatus.OPEN):
    return Wave.objects.create(
        organisation=programme.organisation,
        programme=programme,
        version=InstrumentVersion.objects.filter(organisation=None, code=code).latest("number"),
        title="Довольны ли вы",
        mode=mode,
        status=status,
        closed_at=timezone.now() if status == WaveStatus.CLOSED else None,
        opens_on=today(),
        closes_on=today(),
    )


def answer(wave, person, value):
    place = wave.organisation
    asked = Invitation.objects.create(
        organisation=place, wave=wave, person=person, state=InvitationState.ANSWERED
    )
    named = wave.mode == Mode.NAMED
    Response.objects.create(
        organisation=place,
        wave=wave,
        version_sha256=wave.version.sha256,
        mode=wave.mode,
        invitation=asked if named else None,
        answers={"satisfied": value},
        submitted_at=timezone.now() if named else None,
    )


def test_satisfied_are_of_all_who_took_part_each_once_by_the_last_sheet(place, cast):
    programme = cast.school.programme
    ties = Tie.objects.filter(organisation=place).select_related("mentorship__mentor__person")
    mentors = list({tie.mentorship.mentor.person for tie in ties})
    first, last = (
        wave_of(programme, "satisfaction_mentor"),
        wave_of(programme, "satisfaction_mentor"),
    )
    answer(first, mentors[0], 10)
    answer(last, mentors[0], 6)
    stranger = next(
        one for one in cast.school.people.values() if one.pk not in {who.pk for who in mentors}
    )
    answer(last, stranger, 10)

    def k6():
        return told(organisation=place.short_name)["K6"]

    assert (k6()["numerator"], k6()["denominator"]) == (0, len(mentors))
    Response.objects.filter(wave=last).update(answers={"satisfied": 7})
    assert (k6()["numerator"], k6()["value"]) == (1, 100 / len(mentors))
    # fewer entered than took part: nobody gets rid of who did not answer
    enter_count(place, indicator_rule("K6"), today().year, value=1, basis="сам", by=cast.anna)
    assert k6()["denominator"] == len(mentors)
    # a confidential one of few is not counted, nor one with somebody who may be counted already
    secret = wave_of(
        programme, "satisfaction_mentor", mode=Mode.CONFIDENTIAL, status=WaveStatus.CLOSED
    )
    answer(secret, mentors[0], 10)
    assert k6()["numerator"] == 1
    # who may not read answers is told nothing of so few
    director = signed_in(cast.users[Role.DIRECTOR])
    page = f"/monitoring/indicators/K6/{today().year}/"
    assert "fewer than five on one side" in text(director.get(page))
    assert "fewer than five on one side" not in text(signed_in(cast.anna).get(page))


@pytest.mark.parametrize(
    ("n", "n_answered", "few"),
    [(5, 10, False), (4, 10, True), (6, 10, True), (20, 20, True), (0, 0, True), (20, 26, False)],
)
def test_fewer_than_five_on_either_side_are_few(n, n_answered, few):
    assert SatisfiedCount(n, n_answered, 0, 1).tells_of_few is few


def test_a_typed_plan_goes_before_the_roadmap_and_blank_stays_blank(place, cast):
    rule, year = indicator_rule("K2"), today().year
    client, page = signed_in(cast.anna), f"/monitoring/indicators/K2/{year}/"
    client.post(f"{page}plan/", {"value": "7.5"})
    assert YearTarget.objects.get().value == 7.5
    assert told(organisation=place.short_name)["K2"]["target"] == 7.5
    client.post(f"{page}plan/", {"value": "101"})
    assert YearTarget.objects.get().value == 7.5
    client.post(f"{page}plan/", {"value": ""})
    assert told(organisation=place.short_name)["K2"]["target"] is None
    assert (
        signed_in(cast.users[Role.DIRECTOR]).post(f"{page}plan/", {"value": "1"}).status_code == 403
    )
    with pytest.raises(RefusedError):
        set_target(place, rule, year, value=-1.0, by=cast.anna)
    set_target(cast.other.organisation, rule, year, value=33.0, by=cast.vera)
    assert "33" not in text(client.get(page))


def test_denominators_and_targets_come_in_by_the_package_and_go_out_as_they_came():
    begins = today().year - 1
    files = handmade.files(begins)
    files["denominators"] = (
        "year,indicator,value,signed_by,signed_on\r\n"
        f"{begins},K1,160,Директорова Анна Ивановна,{begins}-12-20\r\n"
        f"{begins},K4,,,\r\n"
    ).encode()
    files["targets"] = f"year,indicator,value\r\n{begins},K1,\r\n{begins},K2,5.0\r\n".encode()
    arrived = import_package(files, by=None)
    assert "denominators" in " ".join(arrived.notes)
    kept = HandCount.objects.get(organisation=arrived.organisation)
    assert (kept.value, kept.signed_by, kept.entered_by) == (160, "Директорова Анна Ивановна", None)
    out = dict(package_files(SchoolPackage(arrived.organisation)))
    assert out["targets.csv"] == files["targets"]
    assert out["denominators.csv"].decode().splitlines() == [
        files["denominators"].decode().splitlines()[number] for number in (0, 1)
    ]
    again = import_package(
        {name.removesuffix(".csv"): data for name, data in out.items() if name.endswith(".csv")},
        by=None,
    )
    back = dict(package_files(SchoolPackage(again.organisation)))
    for name in ("targets.csv", "denominators.csv", "denominators_details.csv"):
        assert back[name] == out[name]
    by_code = {row.rule.code: row for row in every_certificate(again.organisation, begins)}
    assert by_code["K1"].denominator == 160
    assert by_code["K1"].target is None
    assert by_code["K2"].target == 5
    assert by_code["K4"].share.percent is None


def test_a_package_with_an_indicator_nobody_knows_is_refused():
    files = handmade.files(today().year - 1)
    files["targets"] = b"year,indicator,value\r\n2026,K9,5\r\n"
    with pytest.raises(RefusedError, match="targets"):
        import_package(files, by=None)
