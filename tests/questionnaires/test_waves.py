"""Waves: who is asked, what a link opens, that an answer is stored once, who is missing."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation
from tests.pages import guest, signed_in, text
from tests.questionnaires.asking import (
    WHOLE,
    invitation_of,
    link_of,
    sent,
    version,
    wave_of,
)

from nastavnik.blanks.models import Blank, Intake, PrintRun, ScannedPage
from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.links import digest_of, fresh_token, written
from nastavnik.core.models import AuditEntry
from nastavnik.questionnaires.actions import (
    close_overdue_waves,
    close_wave,
    keep_draft,
    load_instruments,
    make_links,
    move_last_day,
    reopen_wave,
    submit_answers,
)
from nastavnik.questionnaires.choices import (
    CLOSES_AFTER,
    SHEETS,
    AnswerSource,
    InvitationState,
    Mode,
)
from nastavnik.questionnaires.models import (
    Draft,
    InstrumentVersion,
    Invitation,
    Response,
    Wave,
)
from nastavnik.questionnaires.queries import invitation_by, read_draft, turnout_of
from nastavnik.questionnaires.signals import wave_closed

pytestmark = pytest.mark.django_db
WRONG = f"/a/{'0' * 26}/"


@pytest.fixture
def school(cast):
    return cast.school


@pytest.fixture
def wave(school):
    return wave_of(school)


def test_those_with_a_paper_are_asked_and_the_others_are_named(school, wave):
    asked = {row.person for row in wave.invitations.all()}
    people = school.people
    assert asked == {people["younger"], people["youngest"], people["novice"]}
    turnout = turnout_of(wave)
    assert [person for person, _missing in turnout.unsigned] == [people["waiting"]]
    assert not turnout.late


def test_nobody_is_asked_where_nobody_has_signed(school):
    Consent.objects.all().delete()
    with pytest.raises(RefusedError):
        wave_of(school)
    assert not Wave.objects.exists()


def test_a_link_leads_through_the_whole_questionnaire_without_a_script(school, wave):
    address, phone = link_of(wave, school, "younger"), Client()
    page = phone.get(address).content.decode()
    assert "Насколько было комфортно?" in page
    assert "Младшов" in page
    assert page.count('type="radio"') == 12
    onward = phone.post(
        address, {"go": "next", "a-comfort": "7", "a-before": "yes", "a-where": "в лагере"}
    )
    assert onward.headers["Location"] == "?s=2"
    assert "Что запомнилось?" in phone.get(f"{address}?s=2").content.decode()
    done = phone.post(
        f"{address}?s=2", {"go": "send", "key": "k", "a-mood": ["calm"], "a-words": "Поход."}
    )
    assert done.headers["Location"] == "/a/sent/"
    assert "Пробная анкета" in phone.get("/a/sent/").content.decode()
    row = Response.objects.get(wave=wave)
    assert row.answers == {"comfort": 7, "before": "yes"}
    assert row.texts == {"where": "в лагере", "words": "Поход."}
    assert row.guarded == {"mood": ["calm"]}
    assert row.source == AnswerSource.LINK
    assert not Draft.objects.exists()


def test_the_page_of_thanks_opens_only_where_something_was_sent():
    assert Client().get("/a/sent/").status_code == 404


def test_another_telephone_goes_on_where_the_first_one_stopped(school, wave):
    address = link_of(wave, school, "younger")
    Client().post(address, {"go": "next", "a-comfort": "7", "a-before": "no"})
    page = Client().get(address).content.decode()
    assert re.search(r'value="7"\s+checked', page)
    assert invitation_of(wave, school, "younger").state == InvitationState.STARTED
    body = bytes(Draft.objects.get().body)
    assert b"comfort" not in body
    assert read_draft(invitation_of(wave, school, "younger"))["comfort"] == "7"


def test_a_draft_laid_under_another_invitation_does_not_open(school, wave):
    mine, other = (invitation_of(wave, school, key) for key in ("younger", "youngest"))
    keep_draft(mine, {"comfort": "7"}, by=None)
    Draft.objects.update(invitation=other)
    assert read_draft(other) == {}


def test_an_answer_ruled_out_on_the_same_page_is_not_stored(school, wave):
    address = link_of(wave, school, "younger")
    Client().post(f"{address}?all=1", sent(before="no", where="нигде"))
    assert Response.objects.get().texts == {}


def test_what_is_wrong_is_said_on_the_page_and_nothing_is_lost(school, wave):
    address = link_of(wave, school, "younger")
    answer = Client().post(
        f"{address}?all=1", sent(comfort="7", mood=["calm", "none"], before="no")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#a-mood"' in page
    assert re.search(r'value="7"\s+checked', page)
    assert not Response.objects.exists()


def test_a_question_that_must_be_answered_is_asked_for_at_the_end_and_its_page_comes(school, wave):
    address = link_of(wave, school, "younger")
    assert Client().post(address, {"go": "next", "a-comfort": "7"}).status_code == 302
    answer = Client().post(f"{address}?s=2", sent(words="Поход."))
    assert answer.status_code == 422
    assert 'href="#a-before"' in answer.content.decode()


def test_wrong_used_closed_and_withdrawn_links_are_one_page(school, wave):
    addresses = {key: link_of(wave, school, key) for key in ("younger", "youngest", "novice")}
    secret = wave_of(school, mode=Mode.CONFIDENTIAL)
    addresses["younger"] = link_of(secret, school, "younger")
    Client().post(f"{addresses['younger']}?all=1", sent(before="no"))
    paper = Consent.objects.get(person=school.people["youngest"], purpose="data")
    withdraw_consent(paper, by=None)
    pages = {
        name: Client().get(address)
        for name, address in {**addresses, "wrong": WRONG, "nonsense": "/a/x/"}.items()
        if name != "novice"
    }
    close_wave(wave, by=school.curator)
    pages["closed"] = Client().get(addresses["novice"])
    assert {page.status_code for page in pages.values()} == {404}
    assert len({page.content for page in pages.values()}) == 1
    assert len({tuple(sorted(page.headers.items())) for page in pages.values()}) == 1


def test_an_open_link_is_another_page(school, wave):
    """The control of the test above."""
    assert Client().get(link_of(wave, school, "younger")).status_code == 200


def test_a_withdrawn_consent_ends_answering_at_the_next_request(school, wave):
    address, phone = link_of(wave, school, "younger"), Client()
    assert phone.get(address).status_code == 200
    for paper in Consent.objects.filter(person=school.people["younger"], purpose="data"):
        withdraw_consent(paper, by=None)
    assert phone.post(f"{address}?all=1", sent(before="no")).status_code == 404
    assert not Response.objects.exists()


def test_the_same_page_sent_again_is_the_same_answer(school, wave):
    address = link_of(wave, school, "younger")
    first = Client().post(f"{address}?all=1", sent("same", before="no"))
    again = Client().post(f"{address}?all=1", sent("same", before="yes"))
    assert first.headers["Location"] == again.headers["Location"] == "/a/sent/"
    assert Response.objects.get().answers == {"before": "no"}


def test_until_the_end_the_same_link_shows_the_answers_and_changes_them(school, wave):
    address = link_of(wave, school, "younger")
    Client().post(f"{address}?all=1", sent("one", comfort="7", before="yes", where="Там"))
    page = guest().get(f"{address}?all=1").content.decode()
    assert "You have answered already" in page
    assert re.search(r'value="7"\s+checked', page)
    assert "Там" in page
    # begun and not sent, the answer stays as it was
    Client().post(address, {"go": "next", "a-comfort": "2", "over": "one"})
    assert Draft.objects.exists()
    assert Response.objects.get().answers["comfort"] == 7
    # a page drawn before the answers were sent changes nothing: they are shown first
    stale = Client().post(f"{address}?all=1", sent("old", comfort="1", before="no"))
    assert stale.headers["Location"] == "?s=1"
    assert Response.objects.get().answers["comfort"] == 7
    done = Client().post(
        f"{address}?all=1", sent("two", comfort="3", before="no") | {"over": "one"}
    )
    assert done.headers["Location"] == "/a/sent/"
    row = Response.objects.get()
    assert (row.answers, row.texts) == ({"comfort": 3, "before": "no"}, {})
    assert AuditEntry.objects.filter(action="answer-changed").count() == 1
    assert AuditEntry.objects.filter(action="answered").count() == 1
    close_wave(wave, by=school.curator)
    assert Client().get(address).status_code == 404
    assert Client().post(f"{address}?all=1", sent("three", before="yes")).status_code == 404
    assert Response.objects.get().answers["before"] == "no"


def test_what_came_by_another_way_is_not_changed_by_the_link(school, wave):
    for key, source in (("younger", AnswerSource.PAPER), ("youngest", AnswerSource.ACCOUNT)):
        address = link_of(wave, school, key)
        row = invitation_of(wave, school, key)
        submit_answers(row, WHOLE, submit_key="a", source=source, by=None)
        assert Client().get(address).status_code == 404
        with pytest.raises(RefusedError):
            submit_answers(row, WHOLE, submit_key="b", source=AnswerSource.LINK, by=None)


def test_a_wave_closes_by_itself_when_nothing_can_be_lost(school, wave):
    """Three days after the last one; one with sheets that wait, or a confidential one of few, waits for a person."""
    secret = wave_of(school, mode=Mode.CONFIDENTIAL)
    on_paper = wave_of(school)
    run = PrintRun.objects.create(
        organisation=school.organisation,
        kind=SHEETS,
        subject_id=on_paper.pk,
        layout={},
        n_personal=1,
        n_spare=0,
    )
    blank = Blank.objects.create(organisation=school.organisation, run=run, number=77)
    intake = Intake.objects.create(
        organisation=school.organisation, kind=SHEETS, subject_id=on_paper.pk, n_files=1, n_pages=1
    )
    ScannedPage.objects.create(
        organisation=school.organisation,
        intake=intake,
        blank=blank,
        file_name="a",
        file_page=1,
        state="read",
        picture=b"x",
    )
    with translation.override("en"):
        titles = [one.title for one in attention.items_for(school.curator)]
    assert any("1 sheet waits" in title for title in titles)
    Wave.objects.update(opens_on=today() - dt.timedelta(days=9))
    Wave.objects.update(closes_on=today() - dt.timedelta(days=CLOSES_AFTER))
    assert close_overdue_waves(by=None) == 0
    page = f"/questionnaires/{wave.pk}/"
    assert "It closes by itself on" in text(signed_in(school.curator).get(page))
    Wave.objects.update(closes_on=today() - dt.timedelta(days=CLOSES_AFTER + 1))
    assert close_overdue_waves(by=None) == 1
    states = {one.pk: one.status for one in Wave.objects.all()}
    assert states == {wave.pk: "closed", secret.pk: "open", on_paper.pk: "open"}


def test_a_wave_that_is_to_close_says_what_is_lost_of_what_is_begun(school, wave):
    keep_draft(invitation_of(wave, school, "younger"), {"comfort": "7"}, by=None)
    Wave.objects.update(opens_on=today() - dt.timedelta(days=9))
    Wave.objects.update(closes_on=today() - dt.timedelta(days=1))
    curator, page = signed_in(school.curator), f"/questionnaires/{wave.pk}/"
    assert "1 person has begun and not sent: what is begun is erased then" in text(
        curator.get(page)
    )
    Draft.objects.all().delete()
    Invitation.objects.update(state=InvitationState.INVITED)
    assert "begun and not sent" not in text(curator.get(page))


def test_a_day_put_while_waves_close_keeps_the_wave_open(school, wave):
    other = wave_of(school)
    Wave.objects.update(opens_on=today() - dt.timedelta(days=9))
    Wave.objects.update(closes_on=today() - dt.timedelta(days=CLOSES_AFTER + 1))

    def move_the_rest(wave, **_said):
        for row in Wave.objects.filter(status="open"):
            move_last_day(row, closes_on=today(), by=None)

    wave_closed.connect(move_the_rest)
    try:
        assert close_overdue_waves(by=None) == 1
    finally:
        wave_closed.disconnect(move_the_rest)
    assert sorted(Wave.objects.values_list("status", flat=True)) == ["closed", "open"]
    # and the other way round: a page that was opened before the close moves nothing
    closed = Wave.objects.get(status="closed")
    stale = wave if closed == wave else other
    assert stale.status == "open"
    with pytest.raises(RefusedError):
        move_last_day(stale, closes_on=today(), by=None)
    closed.refresh_from_db()
    assert closed.closes_on < today()


@pytest.mark.parametrize("n", [300, pytest.param(100_000, marks=pytest.mark.deep)])
def test_of_so_many_guesses_none_opens_a_link(school, wave, n):
    link_of(wave, school, "younger")
    row = invitation_of(wave, school, "younger")
    assert not [1 for _ in range(n) if invitation_by(fresh_token())]
    (made,) = make_links(wave, [row], by=None)
    assert invitation_by(made.token) == row  # the control


def test_a_fresh_link_ends_the_one_before_and_keeps_what_was_begun(school, wave):
    old = link_of(wave, school, "younger")
    Client().post(old, {"go": "next", "a-comfort": "7"})
    fresh = link_of(wave, school, "younger")
    assert Client().get(old).status_code == 404
    assert re.search(r'value="7"\s+checked', Client().get(fresh).content.decode())


def test_a_link_is_read_as_people_type_it(school, wave):
    (link,) = make_links(wave, [invitation_of(wave, school, "younger")], by=None)
    assert len(link.token) == 26
    typed = link.token.lower().replace("0", "o").replace("1", "l")
    assert Client().get(f"/A/{typed}/").status_code == 200
    row = invitation_of(wave, school, "younger")
    assert row.token_sha256 == digest_of(link.token)
    assert link.token not in str(Invitation.objects.values().get(pk=row.pk))


def test_a_number_of_130_bits_is_written_whole():
    assert written(0) == "0" * 26
    assert written(2**130 - 1) == "Z" * 26
    assert len({written(2**place) for place in range(130)}) == 130


def test_guessed_links_open_nothing_and_are_slowed(school, wave):
    link_of(wave, school, "younger")
    statuses = [Client().get(f"/a/{written(n)}/").status_code for n in range(70)]
    assert set(statuses) == {404, 429}
    assert statuses[0] == 404
    # a right one passes from the same address all the same
    assert Client().get(link_of(wave, school, "youngest")).status_code == 200


def test_a_mentee_answers_from_the_own_account(cast, school, wave):
    user = cast.users[Role.MENTEE]
    browser = signed_in(user)
    row = invitation_of(wave, school, "younger")
    items = [one for one in attention.items_for(user) if one.url.endswith(f"/answer/{row.pk}/")]
    assert len(items) == 1
    done = browser.post(f"{items[0].url}?all=1", sent(before="yes"))
    assert done.headers["Location"] == "/today/"
    assert Response.objects.get().source == AnswerSource.ACCOUNT
    assert browser.get(items[0].url).status_code == 404
    other = invitation_of(wave, school, "youngest")
    assert browser.get(f"/questionnaires/answer/{other.pk}/").status_code == 404


def test_the_page_of_a_wave_names_who_is_missing_by_class(cast, school, wave):
    Client().post(f"{link_of(wave, school, 'younger')}?all=1", sent(before="no"))
    page = signed_in(cast.anna).get(f"/questionnaires/{wave.pk}/").content.decode()
    assert "33" in page
    assert "Младшова Маша" in page
    assert "Младшов Миша" not in page


def test_a_closed_wave_takes_nothing_and_an_opened_one_again(school, wave):
    address = link_of(wave, school, "younger")
    close_wave(wave, by=school.curator)
    assert Client().get(address).status_code == 404
    reopen_wave(wave, closes_on=today(), by=school.curator)
    assert Client().get(address).status_code == 200
    with pytest.raises(RefusedError):
        reopen_wave(wave, closes_on=today(), by=school.curator)


def test_a_last_day_that_is_over_is_refused(school, wave):
    with pytest.raises(RefusedError):
        move_last_day(wave, closes_on=today() - dt.timedelta(days=1), by=school.curator)


def test_the_form_asks_before_it_invites_and_shows_links_once(cast, school):
    browser = signed_in(cast.anna)
    row = version()
    data = {
        "version": row.pk, "audience": "mentee:", "title": "", "mode": "named",
        "opens_on": today().isoformat(), "closes_on": today().isoformat(),
    }  # fmt: skip
    page = browser.post("/questionnaires/new/", data).content.decode()
    assert "Ждунов" in page
    assert not Wave.objects.exists()
    answer = browser.post("/questionnaires/new/", {**data, "sure": "1"})
    wave = Wave.objects.get()
    assert answer.headers["Location"] == f"/questionnaires/{wave.pk}/"
    strips = browser.post(f"/questionnaires/{wave.pk}/links/", {"who": "new"}).content.decode()
    tokens = set(re.findall(r"/a/([0-9A-Z]{26})/", strips))
    assert len(tokens) == 3
    assert all(Client().get(f"/a/{token}/").status_code == 200 for token in tokens)
    # a class alone; the others keep theirs
    again = browser.post(f"/questionnaires/{wave.pk}/links/", {"who": "=5А"}).content.decode()
    assert len(set(re.findall(r"/a/([0-9A-Z]{26})/", again))) == 2


def test_a_published_questionnaire_keeps_its_body(wave):
    row = wave.version
    row.body = {**row.body, "title": "Другое"}
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    row.refresh_from_db()
    row.title = "Пробная анкета"
    row.save()  # the control: what is not the body may be said anew


def test_a_changed_file_makes_another_version(monkeypatch):
    from nastavnik.questionnaires import catalogues

    load_instruments(by=None)
    before = InstrumentVersion.objects.shipped().count()
    assert load_instruments(by=None) == 0
    shipped = catalogues.shipped()
    code, (body, instrument) = next(iter(shipped.items()))
    monkeypatch.setattr(
        catalogues, "shipped", lambda: {**shipped, code: ({**body, "source": "иначе"}, instrument)}
    )
    assert load_instruments(by=None) == 1
    assert InstrumentVersion.objects.shipped().count() == before + 1
    assert InstrumentVersion.objects.shipped().in_use().filter(code=code).get().number == 2


def test_a_confidential_answer_has_no_author(school):
    wave = wave_of(school, mode=Mode.CONFIDENTIAL)
    Client().post(f"{link_of(wave, school, 'younger')}?all=1", sent(before="no"))
    row = Response.objects.get()
    assert (row.invitation_id, row.submitted_at, row.source) == (None, None, "")
    asked = invitation_of(wave, school, "younger")
    assert (asked.state, asked.answered_on) == (InvitationState.ANSWERED, None)


def test_a_confidential_wave_of_few_is_erased_and_not_opened_again(school):
    wave = wave_of(school, mode=Mode.CONFIDENTIAL)
    Client().post(f"{link_of(wave, school, 'younger')}?all=1", sent(before="no"))
    close_wave(wave, by=school.curator)
    assert not Response.objects.exists()
    with pytest.raises(RefusedError):
        reopen_wave(wave, closes_on=today(), by=school.curator)


def test_a_refused_second_answer_leaves_the_first(school, wave):
    row = invitation_of(wave, school, "younger")
    submit_answers(row, WHOLE, submit_key="a", source=AnswerSource.LINK, by=None)
    assert submit_answers(row, {}, submit_key="a", source=AnswerSource.LINK, by=None).is_stored
    with pytest.raises(RefusedError):
        submit_answers(row, {}, submit_key="b", source=AnswerSource.ACCOUNT, by=None)
    assert Response.objects.get().answers["comfort"] == 7
