"""Consents by a personal link: one page, one word each, one effect; a wrong link is as a used one."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import CANARY
from tests.pages import counts, guest, said, signed_in, text

from nastavnik.consents.actions import (
    add_guardian,
    answer_consent_link,
    change_guardian,
    change_text,
    close_consent_link,
    make_consent_links,
    record_consents,
)
from nastavnik.consents.choices import LINK_DAYS, NEEDED_FOR_BASE, Purpose, Signer, Way
from nastavnik.consents.models import Consent, ConsentLink
from nastavnik.consents.queries import ByLink, link_by, links_to_make
from nastavnik.consents.texts import purposes
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.links import digest_of, fresh_token
from nastavnik.core.models import AuditEntry

pytestmark = pytest.mark.django_db

MOTHER = "Ждунова Жанна Ильинична"
YES = {"c-data": "yes", "c-participation": "yes", "i-am-guardian": "on"}


@pytest.fixture(autouse=True)
def texts_without_lines(cast):
    """The shipped texts of the other purposes have lines to write on: let the schools have put their own words there."""
    for school in (cast.school, cast.other):
        for purpose in (Purpose.CONTACTS, Purpose.PUBLICATION):
            change_text(
                school.organisation,
                purpose,
                title=str(purpose),
                body="Без строк.",
                by=school.curator,
            )


def mother_of(cast, key="waiting", **more):
    said_of = {"full_name": MOTHER, "relation": "mother"} | more
    return add_guardian(cast.school.people[key], by=cast.anna, **said_of)


def link_for(cast, key="waiting", wanted=NEEDED_FOR_BASE):
    """Return the address of a fresh link and its row."""
    ready, rest = links_to_make([(cast.school.people[key], tuple(wanted))])
    assert rest == []
    [made] = make_consent_links(cast.school.organisation, ready, by=cast.anna)
    return reverse("consents:by-link", args=[made.token]), made.link


def papers(cast, key="waiting"):
    return Consent.objects.filter(person=cast.school.people[key])


def test_a_parent_agrees_on_one_page(cast):
    mother = mother_of(cast)
    address, _link = link_for(cast)
    phone = guest()
    page = text(phone.get(address))
    assert MOTHER in page
    assert "участие в программе наставничества организации" in page
    assert not papers(cast).exists()  # to open it is not to sign
    response = phone.post(address, YES)
    assert response["Location"] == reverse("consents:thanks")
    assert "Consents given: 2." in text(phone.get(response["Location"]))
    found = {one.purpose: one for one in papers(cast)}
    assert set(found) == set(NEEDED_FOR_BASE)
    for one in found.values():
        assert (one.way, one.signer, one.guardian) == (Way.LINK, Signer.REPRESENTATIVE, mother)
        assert (one.signed_on, one.text_version) == (today(), "2026-2")
    history = signed_in(cast.anna).get(
        reverse("consents:person", args=[cast.school.people["waiting"].pk])
    )
    assert f"signed by a link on {today():%d.%m.%Y}: legal representative ({MOTHER})" in text(
        history
    )


def test_no_is_kept_and_is_no_consent(cast):
    mother_of(cast)
    address, link = link_for(cast)
    guest().post(address, YES | {"c-participation": "no"})
    link.refresh_from_db()
    assert link.refused == [Purpose.PARTICIPATION]
    assert [one.purpose for one in papers(cast)] == [Purpose.DATA]
    page = reverse("consents:person", args=[link.person_id])
    assert "somebody said no to" in text(signed_in(cast.anna).get(page))


@pytest.mark.parametrize("missing", YES)
def test_what_is_not_said_is_asked_again_and_nothing_is_kept(cast, missing):
    mother_of(cast)
    address, _link = link_for(cast)
    before = counts()
    response = guest().post(address, {name: one for name, one in YES.items() if name != missing})
    assert response.status_code == 422
    assert text(response).count("checked") == 2  # what was said stays
    assert counts() == before


def test_from_fourteen_the_pupil_ticks_as_well_and_a_grown_up_alone(cast):
    mother_of(cast, "older")
    address, _link = link_for(cast, "older", [Purpose.CONTACTS])
    answer = {"c-contacts": "yes", "i-am-guardian": "on"}
    assert guest().post(address, answer).status_code == 422
    assert guest().post(address, answer | {"i-am-pupil": "on"}).status_code == 302
    assert papers(cast, "older").get(purpose="contacts").signer == Signer.BOTH
    address, _link = link_for(cast, "teacher", [Purpose.CONTACTS])
    assert guest().post(address, answer).status_code == 422
    assert guest().post(address, answer | {"i-am-person": "on"}).status_code == 302
    paper = papers(cast, "teacher").get(purpose="contacts")
    assert (paper.signer, paper.guardian) == (Signer.PERSON, None)


def test_a_publication_says_what_may_be_shown(cast):
    address, _link = link_for(cast, "teacher", [Purpose.PUBLICATION])
    answer = {"c-publication": "yes", "i-am-person": "on"}
    assert guest().post(address, answer).status_code == 422
    marks = purposes()[Purpose.PUBLICATION].marks[:2]
    guest().post(address, answer | {"marks": [*marks, "выдумано"]})
    assert papers(cast, "teacher").get(purpose="publication").conditions == "; ".join(marks)


def test_no_by_a_link_leaves_a_paper_ticked_meanwhile_as_it_is(cast):
    mother_of(cast)
    address, link = link_for(cast)
    phone = guest()
    phone.get(address)
    record_consents(
        [cast.school.people["waiting"]], [Purpose.DATA], signed_on=today(), by=cast.anna
    )
    # the page was open before: the «no» is not taken for an answer and not lost without a word
    late = phone.post(address, YES | {"c-data": "no"})
    assert late.status_code == 422
    assert "Signed on paper meanwhile and not asked here" in text(late)
    assert 'name="c-data"' not in text(phone.get(address))
    phone.post(address, {"c-participation": "no", "i-am-guardian": "on"})
    link.refresh_from_db()
    assert link.refused == [Purpose.PARTICIPATION]
    assert [one.way for one in papers(cast)] == [Way.PAPER]


def test_a_link_with_nothing_left_to_ask_opens_nothing(cast):
    mother_of(cast)
    address, _link = link_for(cast)
    client, page = signed_in(cast.anna), reverse("consents:links")
    assert len(client.get(page).context["open"]) == 1
    person = cast.school.people["waiting"]
    record_consents([person], NEEDED_FOR_BASE, signed_on=today(), by=cast.anna)
    assert guest().get(address).status_code == 404
    assert client.get(page).context["open"] == []


def test_wrong_used_closed_and_old_links_show_the_same_page(cast):
    mother = mother_of(cast)
    wrong = guest().get(reverse("consents:by-link", args=[fresh_token()]))
    assert wrong.status_code == 404
    address, link = link_for(cast)
    assert guest().get(address).status_code == 200
    late = dt.datetime.combine(today() + dt.timedelta(days=LINK_DAYS + 1), dt.time(9), dt.UTC)
    with time_machine.travel(late, tick=False):
        assert guest().get(address).content == wrong.content
    second, _row = link_for(cast)  # the first stops working
    assert guest().get(address).content == wrong.content
    guest().post(second, YES)
    assert guest().get(second).content == wrong.content
    before = counts()
    assert guest().post(second, YES).content == wrong.content
    assert counts() == before
    third, link = link_for(cast, wanted=[Purpose.CONTACTS])
    close_consent_link(link, by=cast.anna)
    assert guest().get(third).content == wrong.content
    with pytest.raises(RefusedError):
        close_consent_link(link, by=cast.anna)
    fourth, _row = link_for(cast, wanted=[Purpose.CONTACTS])
    change_guardian(mother, full_name=MOTHER, ended_on=today(), by=cast.anna)
    assert guest().get(fourth).content == wrong.content


def test_the_signs_are_kept_nowhere_and_may_be_typed_as_people_type(cast):
    mother_of(cast)
    address, link = link_for(cast)
    token = address.split("/")[-2]
    assert len(token) == 26
    assert link.token_sha256 == digest_of(token)
    assert token not in str(list(AuditEntry.objects.values())) + str(ConsentLink.objects.values())
    assert link_by(token.lower().replace("0", "o")) == link
    assert link_by(fresh_token()) is None


@pytest.mark.both
def test_of_two_presses_one_writes_and_one_link_is_open(cast):
    mother_of(cast)
    _address, link = link_for(cast)
    answer_consent_link(link, NEEDED_FOR_BASE, by=None)
    with pytest.raises(RefusedError):
        answer_consent_link(link, NEEDED_FOR_BASE, by=None)
    assert papers(cast).count() == 2
    _address, link = link_for(cast, wanted=[Purpose.CONTACTS])
    with pytest.raises(RefusedError):
        answer_consent_link(link, [Purpose.TRANSFER], by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentLink.objects.create(
            organisation=link.organisation,
            person=link.person,
            versions={},
            token_sha256="1" * 64,
            expires_on=today(),
        )


def test_nobody_gets_a_link_whose_signature_is_not_known(cast):
    person = cast.school.people["waiting"]
    assert links_to_make([(person, NEEDED_FOR_BASE)]) == ([], [person])
    teacher = cast.school.people["teacher"]
    for wanted in ([], [ByLink(teacher, None, (Purpose.TRANSFER,))]):  # lines to write on
        with pytest.raises(RefusedError):
            make_consent_links(cast.school.organisation, wanted, by=cast.anna)
    mother = mother_of(cast, may_sign=["data"])
    assert links_to_make([(person, NEEDED_FOR_BASE)])[1] == [person]
    assert links_to_make([(person, [Purpose.DATA, Purpose.SPECIAL])])[0] == [
        ByLink(person, mother, (Purpose.DATA,))  # special categories on paper only
    ]
    mother_of(cast, full_name="Ждунов Жан")
    assert links_to_make([(person, [Purpose.DATA])])[1] == [person]


def test_links_are_made_shown_once_and_closed_on_the_pages(cast):
    client, page = signed_in(cast.anna), reverse("consents:links")
    assert page in text(client.get("/consents/"))
    given = {"group": "6Б", "purposes": ["data", "participation"]}
    assert client.post(page, given | {"purposes": ["transfer"]}).status_code == 422
    assert client.post(page, given).status_code == 422  # no representative is noted
    mother_of(cast)
    made = client.post(page, given)
    [strip] = made.context["strips"]
    address = strip["strip"].address
    assert address in text(made)
    assert "1 link. It is seen only now" in text(made)
    later = text(client.get(page))
    assert address not in later
    assert cast.school.people["waiting"].full_name in later
    link = ConsentLink.objects.get()
    close = reverse("consents:link-close", args=[link.pk])
    assert "opens nothing any more" in text(client.get(close))
    assert "closed" in said(client.post(close, follow=True))[-1]
    assert guest().get(address.replace("http://testserver", "")).status_code == 404


def test_links_of_another_school_are_out_of_reach(cast):
    wanted = [ByLink(cast.other.people["teacher"], None, (Purpose.CONTACTS,))]
    [made] = make_consent_links(cast.other.organisation, wanted, by=cast.vera)
    client = signed_in(cast.anna)
    assert client.post(reverse("consents:link-close", args=[made.link.pk])).status_code == 404
    assert CANARY not in text(client.get(reverse("consents:links")))
