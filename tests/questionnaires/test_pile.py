"""A pile that comes back: what is read, what is asked about, what is stored, who may see it, what is left of the pictures."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests.pages import counts, said, signed_in, text
from tests.questionnaires.asking import crowd_of, invitation_of, wave_of
from tests.questionnaires.marking import marked, one_file, pages_of

from nastavnik.blanks.actions import forget_old_intakes, judge_items, release_blank
from nastavnik.blanks.choices import ScanState
from nastavnik.blanks.models import Blank, Intake, PrintRun, ScannedPage
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.questionnaires.actions import (
    accept_sheets,
    close_overdue_waves,
    close_wave,
    submit_answers,
    take_back_answers,
)
from nastavnik.questionnaires.adapter import returned_sheets, sample_of
from nastavnik.questionnaires.choices import (
    CLOSES_AFTER,
    AnswerSource,
    InvitationState,
    Mode,
    SheetStanding,
)
from nastavnik.questionnaires.models import Invitation, Response, Wave

pytestmark = pytest.mark.django_db


class Desk:
    """The curator's browser with the sheets of a wave printed."""

    def __init__(self, school, wave, **given):
        self.school, self.wave, self.browser = school, wave, signed_in(school.curator)
        self.home = f"/questionnaires/{wave.pk}/sheets/"
        self.browser.post(self.home, {"who": "", "spare": "0", **given})
        self.run = PrintRun.objects.latest("pk")
        self.pages = pages_of(self.run)

    def blank(self, key):
        return Blank.objects.get(run=self.run, person=self.school.people[key])

    def page(self, blank, **answers):
        return marked(self.run, self.pages[blank.pk, 1], **answers)

    def load(self, **files):
        sent = [SimpleUploadedFile(name.replace("_", "."), data) for name, data in files.items()]
        return self.browser.post(f"{self.home}load/", {"scans": sent}, follow=True)

    def accept(self, **more):
        """Press the button of the page that says what will be stored."""
        page = self.browser.get(f"{self.home}accept/")
        shown = [one.shown for name in ("ready", "parts", "empty") for one in page.context[name]]
        return self.browser.post(f"{self.home}accept/", {"sheet": shown, **more}, follow=True)

    def sheets(self):
        return {one.blank.pk: one for one in returned_sheets(self.wave)}


@pytest.fixture
def school(cast):
    return cast.school


def noise():
    whole = BytesIO()
    Image.effect_noise((700, 900), 60).save(whole, "PNG")
    return whole.getvalue()


def test_a_pile_is_read_looked_through_and_accepted(school, cast):
    desk = Desk(school, wave_of(school))
    mine, other = desk.blank("younger"), Blank.objects.filter(run=desk.run).exclude(
        person=school.people["younger"]
    ).first()  # fmt: skip
    sure = desk.page(mine, comfort=7, before="yes", mood=["calm"])
    doubtful = desk.page(other, comfort=3, before=["yes", "no"], words=...)
    loaded = desk.load(
        scan_pdf=one_file(sure, doubtful.rotate(180), sure.rotate(90, expand=True)),
        photo_png=noise(),
        list_txt=b"no picture",
    )
    page = text(loaded)
    # nothing is lost, each file is told of by itself, nothing is an answer yet
    assert "list.txt" in page
    assert "photo.png" in page
    assert not Response.objects.exists()
    states = sorted(ScannedPage.objects.values_list("state", flat=True))
    assert states == [ScanState.READ, ScanState.READ, ScanState.REPEATED, ScanState.TROUBLE]
    sheets = desk.sheets()
    assert sheets[mine.pk].standing == SheetStanding.READY
    assert sheets[mine.pk].given["comfort"] == "7"
    assert {one.item.code: one.why for one in sheets[other.pk].looks} == {
        "before": "two_marks",
        "words": "written",
    }
    # the wall: crops and fields, nothing chosen beforehand
    wall = desk.browser.get(f"{desk.home}look/")
    assert "checked" not in text(wall).partition("data-crops")[2].partition("</form>")[0]
    scan = sheets[other.pk].looks[0].scan
    crop = desk.browser.get(f"/questionnaires/scans/{scan.pk}/before/")
    assert crop.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in crop.headers["Cache-Control"]
    with Image.open(BytesIO(crop.content)) as picture:
        assert 60 < picture.width < 1050
        assert picture.height < 200
    assert desk.browser.get(f"/questionnaires/scans/{scan.pk}/nothing/").status_code == 404
    for stranger, status in ((cast.other.curator, 404), (cast.users[Role.CLASS_TEACHER], 403)):
        for path in (f"{scan.pk}/before/", f"{scan.pk}/"):
            answer = signed_in(stranger).get(f"/questionnaires/scans/{path}")
            assert answer.status_code == status
    # what is left out stays; what is said counts
    desk.browser.post(f"{desk.home}look/", {f"j-{scan.pk}-before": "no"})
    assert [one.item.code for one in desk.sheets()[other.pk].looks] == ["words"]
    desk.browser.post(f"{desk.home}look/", {f"j-{scan.pk}-words": "Поход запомнился"})
    assert desk.sheets()[other.pk].standing == SheetStanding.READY
    desk.accept()
    rows = {row.invitation.person_id: row for row in Response.objects.filter(wave=desk.wave)}
    assert rows[mine.person_id].answers == {"comfort": 7, "before": "yes"}
    assert rows[mine.person_id].guarded == {"mood": ["calm"]}
    assert rows[other.person_id].answers == {"comfort": 3, "before": "no"}
    assert rows[other.person_id].texts == {"words": "Поход запомнился"}
    assert {row.source for row in rows.values()} == {AnswerSource.PAPER}
    assert AuditEntry.objects.filter(action="answer-entered").count() == 2
    # the pictures are gone, a second press changes nothing, and there is a way back
    assert not ScannedPage.objects.filter(picture__isnull=False).exists()
    desk.accept()
    assert Response.objects.count() == 2
    take_back_answers(invitation_of(desk.wave, school, "younger"), by=school.curator)
    assert Response.objects.count() == 1


def given_scan(desk, blank, state=ScanState.READ, **fields):
    """Return a page as the reader has left it, without reading a picture."""
    intake = Intake.objects.filter(subject_id=desk.wave.pk).first() or Intake.objects.create(
        organisation=desk.school.organisation,
        kind="questionnaires.wave",
        subject_id=desk.wave.pk,
        n_files=1,
        n_pages=1,
    )
    usual = {"answers": {"comfort": 5, "before": "yes", "mood": None}, "picture": b"x"}
    return ScannedPage.objects.create(
        organisation=desk.school.organisation,
        intake=intake,
        blank=blank,
        file_name="a.jpg",
        file_page=1,
        state=state,
        **(usual | fields),
    )


def test_who_has_answered_online_keeps_that_answer_and_is_asked_about(school):
    desk = Desk(school, wave_of(school))
    mine = invitation_of(desk.wave, school, "younger")
    given_scan(desk, desk.blank("younger"))
    assert desk.sheets()[desk.blank("younger").pk].standing == SheetStanding.READY
    submit_answers(
        mine, {"before": "no"}, submit_key="a", source=AnswerSource.LINK, by=school.curator
    )
    assert desk.sheets()[desk.blank("younger").pk].standing == SheetStanding.ANSWERED
    desk.accept()
    assert Response.objects.get().answers == {"before": "no"}
    page = desk.browser.get(f"/questionnaires/returned/{desk.blank('younger').pk}/")
    assert "has answered already" in text(page)
    address = f"/questionnaires/returned/{desk.blank('younger').pk}/"
    assert 'name="sure"' in text(desk.browser.post(address, {"drop": "1"}))
    assert desk.sheets()
    desk.browser.post(address, {"drop": "1", "sure": "1"})
    assert not desk.sheets()


def test_a_sheet_without_a_name_waits_until_somebody_says_whose_it_is(school):
    desk = Desk(school, wave_of(school), spare="1")
    spare = Blank.objects.get(run=desk.run, person=None)
    given_scan(desk, spare)
    mine = invitation_of(desk.wave, school, "younger")
    assert desk.sheets()[spare.pk].standing == SheetStanding.NAMELESS
    desk.accept()
    assert not Response.objects.exists()
    desk.browser.post(f"/questionnaires/returned/{spare.pk}/", {"who": str(mine.pk)})
    assert desk.sheets()[spare.pk].standing == SheetStanding.READY
    # the spoilt sheet came back too: which one counts, a person says
    own = Blank.objects.filter(run=desk.run, person=mine.person).exclude(pk=spare.pk).get()
    given_scan(desk, own)
    assert {one.standing for one in desk.sheets().values()} == {SheetStanding.TWICE}


def test_two_pictures_that_differ_are_both_shown(school):
    desk = Desk(school, wave_of(school))
    blank = desk.blank("younger")
    first = given_scan(desk, blank)
    other = given_scan(
        desk, blank, ScanState.OTHER, answers={"comfort": 6, "before": "yes", "mood": None}
    )
    (look,) = desk.sheets()[blank.pk].looks
    assert (look.item.code, look.why, look.others) == ("comfort", "two_pictures", (other,))
    page = text(desk.browser.get(f"{desk.home}look/"))
    for scan in (first, other):
        assert f"/questionnaires/scans/{scan.pk}/comfort/" in page


def test_what_is_written_on_a_second_picture_only_is_looked_at(school):
    desk = Desk(school, wave_of(school))
    blank = desk.blank("younger")
    crosses = {"comfort": 7, "before": "yes", "mood": ["calm"]}
    desk.load(
        one_pdf=one_file(desk.page(blank, **crosses)),
        two_pdf=one_file(desk.page(blank, **crosses, words=...)),
    )
    states = list(ScannedPage.objects.order_by("pk").values_list("state", flat=True))
    assert states == [ScanState.READ, ScanState.OTHER]
    (look,) = desk.sheets()[blank.pk].looks
    assert (look.item.code, look.why, len(look.others)) == ("words", "written", 1)


def test_nothing_beside_something_is_said_is_asked_again(school):
    desk = Desk(school, wave_of(school))
    scan = given_scan(desk, desk.blank("younger"), doubts={"mood": "two_marks"})
    wall, name = f"{desk.home}look/", f"j-{scan.pk}-mood"
    desk.browser.post(wall, {name: ["calm"], f"{name}-none": "1"})
    assert [one.item.code for one in desk.sheets()[scan.blank_id].looks] == ["mood"]
    desk.browser.post(wall, {f"{name}-none": "1"})
    assert not desk.sheets()[scan.blank_id].looks


def test_what_the_questionnaire_rules_out_is_looked_at(school):
    desk = Desk(school, wave_of(school))
    given_scan(
        desk,
        desk.blank("younger"),
        answers={"comfort": None, "before": "no", "mood": ["calm", "none"]},
    )
    (look,) = desk.sheets()[desk.blank("younger").pk].looks
    assert look.item.code == "mood"


def test_the_sample_counts_what_was_read_wrongly_and_asks_for_it(school):
    desk = Desk(school, wave_of(school))
    scan = given_scan(desk, desk.blank("younger"))
    drawn = sample_of(desk.sheets().values())
    # a frame that was called empty is checked as well
    assert {one.item.code for one in drawn} == {"comfort", "before", "mood", "where", "words"}
    answer = desk.browser.post(
        f"{desk.home}sample/",
        {f"j-{scan.pk}-comfort": "wrong", f"j-{scan.pk}-before": "right"},
        follow=True,
    )
    assert said(answer) == ["Checked: 2, read wrongly: 1."]
    sheet = desk.sheets()[desk.blank("younger").pk]
    assert [(one.item.code, one.why) for one in sheet.looks] == [("comfort", "sample")]
    assert "2 were checked, 1 of them" in text(desk.browser.get(desk.home))


@pytest.fixture
def ballots(school):
    """A confidential wave with six sheets without names, and those who are asked."""
    desk = Desk(school, wave_of(school, mode=Mode.CONFIDENTIAL), spare="6")
    desk.asked = crowd_of(desk.wave, school)
    desk.blanks = list(Blank.objects.filter(run=desk.run))
    return desk


def test_a_confidential_wave_keeps_who_apart_from_what(ballots, school):
    desk, who = ballots, [row.pk for row in ballots.asked]
    for number, blank in enumerate(desk.blanks[:5]):
        given_scan(desk, blank, answers={"comfort": number + 2, "before": "no", "mood": None})
    answer = desk.accept(who=who[:4])
    assert "the numbers must be the same" in said(answer)[0]
    assert not Response.objects.exists()
    desk.accept(who=who[:5])
    rows = Response.objects.filter(wave=desk.wave)
    assert {row.answers["comfort"] for row in rows} == {2, 3, 4, 5, 6}
    assert {(row.invitation_id, row.source, row.submitted_at) for row in rows} == {(None, "", None)}
    answered = Invitation.objects.filter(wave=desk.wave, state=InvitationState.ANSWERED)
    assert {row.pk for row in answered} == set(who[:5])
    # the same sheets once more count nothing
    given_scan(desk, desk.blanks[0])
    assert desk.sheets()[desk.blanks[0].pk].standing == SheetStanding.ANSWERED
    with pytest.raises(RefusedError):
        accept_sheets(desk.wave, [], by=school.curator)


def test_fewer_than_five_ballots_would_tell_who_said_what(ballots):
    for blank in ballots.blanks[:4]:
        given_scan(ballots, blank)
    before = counts()
    answer = ballots.accept(who=[row.pk for row in ballots.asked[:4]])
    assert "At least 5 sheets are accepted together" in said(answer)[0]
    assert counts() == before


def test_an_empty_ballot_is_given_back_and_is_no_answer(ballots):
    nothing = {"answers": {"comfort": None, "before": None, "mood": None}}
    for blank in ballots.blanks[:4]:
        given_scan(ballots, blank)
    given_scan(ballots, ballots.blanks[4], **nothing)
    assert ballots.sheets()[ballots.blanks[4].pk].standing == SheetStanding.EMPTY
    ballots.accept(who=[row.pk for row in ballots.asked[:5]])
    assert Response.objects.filter(wave=ballots.wave).count() == 4
    answered = Invitation.objects.filter(wave=ballots.wave, state=InvitationState.ANSWERED)
    assert answered.count() == 5
    # five have answered, four answers are there: a close erases them, and says so before
    wave, home = ballots.wave, f"/questionnaires/{ballots.wave.pk}/"
    asked = text(ballots.browser.get(f"{home}close/"))
    assert "There are fewer than 5 answers: they are erased unread" in asked
    assert "1 sheet given back was blank" in asked
    Wave.objects.update(opens_on=today() - dt.timedelta(days=9))
    Wave.objects.update(closes_on=today() - dt.timedelta(days=CLOSES_AFTER + 1))
    PrintRun.objects.update(subject_id=0)  # as though none of it were on paper
    ScannedPage.objects.all().delete()
    assert close_overdue_waves(by=None) == 0
    close_wave(wave, by=None)
    assert not Response.objects.exists()
    shown = text(ballots.browser.get(f"{home}results/"))
    assert "At the close there were fewer than 5 answers, blank sheets not counted" in shown
    assert "Fewer than 5 people" not in shown


def test_five_answers_and_a_blank_ballot_are_kept_and_told_apart(ballots):
    for blank in ballots.blanks[:5]:
        given_scan(ballots, blank)
    nothing = {"answers": {"comfort": None, "before": None, "mood": None}}
    given_scan(ballots, ballots.blanks[5], **nothing)
    ballots.accept(who=[row.pk for row in ballots.asked[:6]])
    home = f"/questionnaires/{ballots.wave.pk}/"
    asked = text(ballots.browser.get(f"{home}close/"))
    assert "erased" not in asked
    assert "1 sheet given back was blank" in asked
    close_wave(ballots.wave, by=None)
    assert Response.objects.count() == 5
    assert "1 sheet given back was blank" in text(ballots.browser.get(f"{home}results/"))


def test_a_sheet_with_nothing_on_it_is_told_and_not_offered(school):
    desk = Desk(school, wave_of(school))
    blank = desk.blank("younger")
    given_scan(desk, blank, answers={"comfort": None, "before": None, "mood": None})
    assert desk.sheets()[blank.pk].standing == SheetStanding.EMPTY
    assert not desk.browser.get(f"{desk.home}accept/").context["ready"]


def test_only_what_the_page_has_shown_is_accepted(school):
    desk = Desk(school, wave_of(school))
    scan = given_scan(desk, desk.blank("younger"))
    page = desk.browser.get(f"{desk.home}accept/")
    shown = [one.shown for one in page.context["ready"]]
    # meanwhile somebody says otherwise of it, and another sheet is read
    judge_items(scan, {"before": "no"}, by=school.curator)
    given_scan(desk, desk.blank("youngest"))
    answer = desk.browser.post(f"{desk.home}accept/", {"sheet": shown}, follow=True)
    assert "is not as the page has shown it" in said(answer)[0]
    assert not Response.objects.exists()
    desk.accept()
    assert Response.objects.count() == 2


def test_whose_a_sheet_is_can_be_taken_back(school):
    desk = Desk(school, wave_of(school), spare="1")
    spare = Blank.objects.get(run=desk.run, person=None)
    given_scan(desk, spare)
    page = f"/questionnaires/returned/{spare.pk}/"
    mine = invitation_of(desk.wave, school, "younger")
    desk.browser.post(page, {"who": str(mine.pk)})
    assert "It is somebody else" in text(desk.browser.get(page))
    desk.browser.post(page, {"release": "1"})
    assert desk.sheets()[spare.pk].standing == SheetStanding.NAMELESS
    desk.browser.post(page, {"who": str(mine.pk)})
    desk.browser.post(page, {"drop": "1", "sure": "1"})  # put away: it is asked anew
    spare.refresh_from_db()
    assert spare.person is None
    own = desk.blank("younger")
    given_scan(desk, own)
    with pytest.raises(RefusedError):
        release_blank(own, by=school.curator)


def test_the_pages_of_sheets_never_fetch_the_pdf(school):
    desk = Desk(school, wave_of(school))
    scan = given_scan(desk, desk.blank("younger"))
    given_scan(desk, desk.blank("youngest"), ScanState.REPEATED, answers={}, picture=None)
    for page in ("", "look/", "accept/", "sample/"):
        with CaptureQueriesContext(connection) as caught:
            desk.browser.get(f"{desk.home}{page}")
        assert not [one for one in caught if PDF_READ.search(one["sql"])]
    with CaptureQueriesContext(connection) as caught:
        desk.browser.get(f"/questionnaires/returned/{scan.blank_id}/")
        desk.browser.get(f"/questionnaires/scans/{scan.pk}/")
    assert not [one for one in caught if PDF_READ.search(one["sql"])]
    with CaptureQueriesContext(connection) as caught:
        desk.browser.get(f"/questionnaires/sheets/{desk.run.pk}/")
    assert [one for one in caught if PDF_READ.search(one["sql"])]


PDF_READ = re.compile(r'"pdf"(?! IS)')


def test_another_school_s_sheet_tells_nothing_and_pictures_are_forgotten_at_their_term(
    cast, school
):
    from django.utils import timezone

    desk = Desk(school, wave_of(school))
    theirs = Desk(cast.other, wave_of(cast.other, title="Чужой опрос"))
    foreign = Blank.objects.filter(run=theirs.run).first()
    desk.load(scan_pdf=one_file(theirs.page(foreign, before="yes")))
    row = ScannedPage.objects.get(organisation=school.organisation)
    assert (row.state, row.blank, row.picture) == (ScanState.FOREIGN, None, None)
    page = text(desk.browser.get(desk.home))
    assert "was not printed here" in page
    assert "Чужой опрос" not in page
    scan = given_scan(desk, desk.blank("younger"))
    assert forget_old_intakes(timezone.now(), by=None) == 1
    assert not ScannedPage.objects.exists()
    with pytest.raises(RefusedError):
        judge_items(scan, {"before": "no"}, by=school.curator)
