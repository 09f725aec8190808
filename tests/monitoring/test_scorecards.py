"""Scorecards: what a sum says and what it does not, who sees which points, evidence, years, the paper, strangers."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.documents.actions import (
    refresh_document,
    register_document,
    set_requisites,
)
from nastavnik.documents.models import Document
from nastavnik.documents.rendering import blocks_of
from nastavnik.mentorships.models import Meeting, Tie
from nastavnik.monitoring.actions import (
    Scored,
    begin_scorecard,
    close_scorecard,
    conclude_scorecard,
    drop_sheet,
    hand_in,
    invite_scorer,
    keep_marks,
    reopen_scorecard,
    take_sheet_back,
)
from nastavnik.monitoring.catalogues import scorecard_rules
from nastavnik.monitoring.choices import SCORECARD_PAPER
from nastavnik.monitoring.models import Scorecard, ScoreMark, ScoreSheet
from nastavnik.monitoring.queries.evidence import COUNTS, evidence_of
from nastavnik.monitoring.queries.scorecards import cards_of, result_of
from nastavnik.people.actions import grant_role
from nastavnik.programmes.actions import change_participation
from nastavnik.writers.blocks import texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within_the_year")]
CODES = [one.code for one in scorecard_rules().indicators]


def began(cast, *, scorer=None):
    return begin_scorecard(cast.school.programme, scorer=scorer or cast.anna, by=cast.anna)


def scored(card, user, points, **changed):
    """Let somebody score: nine points, or other answers by code; handed in."""
    sheet = card.sheets.filter(scorer=user).first() or invite_scorer(card, user, by=None)
    said = {code: Scored(one) for code, one in zip(CODES, points, strict=True)} | changed
    keep_marks(sheet, {code.lstrip("c"): one for code, one in said.items()}, by=user)
    return hand_in(ScoreSheet.objects.get(pk=sheet.pk), by=user)


def outcome(cast):
    return result_of(cards_of(cast.anna).get().sheets.all())


# ---------------------------------------------------------------- the sum and its level


@pytest.mark.parametrize(
    ("points", "total", "words"),
    [
        ([2] * 9, 18, "оптимальный уровень"),
        ([2] * 6 + [1] * 3, 15, "оптимальный уровень"),
        ([2] * 5 + [1] * 4, 14, "допустимый уровень"),
        ([1] * 9, 9, "допустимый уровень"),
        ([1] * 8 + [0], 8, "недопустимый уровень"),
        ([0] * 9, 0, "недопустимый уровень"),
    ],
)
def test_bounds_of_the_levels(cast, points, total, words):
    scored(began(cast), cast.anna, points)
    (done,) = outcome(cast).sums
    assert (done.total, done.level.words) == (total, words)


def test_every_whole_sum_has_just_one_level():
    rules = scorecard_rules()
    spans = sorted((one.least, one.most) for one in rules.levels)
    covered = [n for least, most in spans for n in range(least, most + 1)]
    assert covered == list(range(rules.most + 1))
    assert len(CODES) == 9
    assert len({one.criterion for one in rules.indicators}) == 3
    assert {code for one in rules.indicators for code in one.evidence} == set(COUNTS)


def test_what_cannot_be_scored_is_no_nought_and_has_no_level(cast):
    card = began(cast)
    scored(card, cast.anna, [2] * 9, c7=Scored(None, "партнёров нет"))
    found = outcome(cast)
    (done,) = found.sums
    assert (done.total, done.most, done.percent, done.level) == (16, 16, 100, None)
    assert done.share_level.words == "оптимальный уровень"
    assert (found.mean, found.level) == (None, None)
    page = text(signed_in(cast.anna, "ru").get(f"/monitoring/scorecards/{card.pk}/"))
    assert "Уровня нет" in page
    assert "партнёров нет" in page


def test_the_share_is_cut_and_not_rounded_up(cast):
    # 13 of 16 is 81.25 %, under 15 of 18 (83.3 %): rounding to 82 or to 15 would flatter
    scored(
        began(cast),
        cast.anna,
        [2] * 4 + [1] * 5,
        c9=Scored(None, "рано"),
        c5=Scored(2),
        c6=Scored(2),
        c7=Scored(1),
        c8=Scored(0),
    )
    (done,) = outcome(cast).sums
    assert (done.total, done.most, done.percent, done.share_level.words) == (
        13,
        16,
        81,
        "допустимый уровень",
    )


def test_a_mean_between_two_levels_counts_for_the_lower_one(cast):
    card = began(cast)
    scored(card, cast.anna, [2] * 6 + [1] * 3)
    scored(card, cast.users[Role.DIRECTOR], [2] * 5 + [1] * 4)
    found = outcome(cast)
    assert (found.n_whole, found.mean, found.level.words) == (2, 14.5, "допустимый уровень")
    assert (found.agreement.n_compared, found.agreement.n_equal, found.agreement.n_near) == (
        9,
        8,
        1,
    )


def test_a_sheet_with_a_gap_is_not_in_the_mean(cast):
    card = began(cast)
    scored(card, cast.anna, [0] * 9)
    scored(card, cast.users[Role.DIRECTOR], [2] * 9, c7=Scored(None, "нет"))
    found = outcome(cast)
    assert (found.n_whole, found.mean) == (1, 0)


# ---------------------------------------------------------------- the way of a sheet


def test_a_sheet_is_handed_in_whole_only(cast):
    card = began(cast)
    sheet = card.sheets.get()
    keep_marks(sheet, {"1": Scored(2)}, by=cast.anna)
    with pytest.raises(RefusedError, match="2, 3, 4, 5, 6, 7, 8, 9"):
        hand_in(sheet, by=cast.anna)
    with pytest.raises(RefusedError):
        keep_marks(sheet, {"7": Scored(None, " ")}, by=cast.anna)
    with pytest.raises(RefusedError):
        keep_marks(sheet, {"1": Scored(3)}, by=cast.anna)
    with pytest.raises(RefusedError):
        keep_marks(sheet, {"10": Scored(1)}, by=cast.anna)
    assert list(sheet.marks.values_list("indicator", "points")) == [("1", 2)]


def test_the_database_refuses_what_no_sheet_says(cast):
    sheet = began(cast).sheets.get()
    for points, why in ((3, ""), (None, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScoreMark.objects.create(
                organisation_id=sheet.organisation_id,
                sheet=sheet,
                indicator="1",
                points=points,
                why=why,
            )


def test_a_card_closes_when_all_have_handed_in_and_opens_again(cast):
    card = began(cast)
    invite_scorer(card, cast.users[Role.DIRECTOR], by=cast.anna)
    scored(card, cast.anna, [1] * 9)
    with pytest.raises(RefusedError):
        close_scorecard(card, by=cast.anna)
    drop_sheet(card.sheets.get(scorer=cast.users[Role.DIRECTOR]), by=cast.anna)
    close_scorecard(card, by=cast.anna)
    sheet = card.sheets.get()
    for refused in (
        lambda: take_sheet_back(sheet, by=cast.anna),
        lambda: keep_marks(sheet, {}, by=cast.anna),
        lambda: invite_scorer(card, cast.users[Role.PSYCHOLOGIST], by=cast.anna),
    ):
        with pytest.raises(RefusedError):
            refused()
    reopen_scorecard(card, by=cast.anna)
    take_sheet_back(sheet, by=cast.anna)
    with pytest.raises(RefusedError):
        drop_sheet(sheet, by=cast.anna)
    assert sheet.marks.count() == 9


def test_only_the_staff_of_this_school_is_asked(cast):
    card = began(cast)
    for stranger in (cast.vera, cast.users[Role.MENTEE], cast.coordinator):
        with pytest.raises(RefusedError):
            invite_scorer(card, stranger, by=cast.anna)
    assert card.sheets.count() == 1


# ---------------------------------------------------------------- who sees what


def test_nobody_sees_others_points_before_the_own_sheet_is_handed_in(cast):
    card = began(cast)
    director = cast.users[Role.DIRECTOR]
    scored(card, director, [0] * 9)
    page, client = f"/monitoring/scorecards/{card.pk}/", signed_in(cast.anna)
    shown = text(client.get(page))
    assert "недопустимый" not in shown.partition("Levels of the sum")[0]
    assert 'data-label="' + director.full_name not in shown
    assert "недопустимый" not in text(client.get("/monitoring/"))
    xlsx = client.get(page, {"as": "print"})
    assert "недопустимый" not in text(xlsx)
    assert f">{director.full_name}<" not in text(xlsx)
    scored(card, cast.anna, [1] * 9)
    assert 'data-label="' + director.full_name in text(client.get(page))


def test_a_scorer_who_sees_no_monitoring_fills_in_the_own_sheet_from_today(cast):
    card = began(cast)
    teacher = cast.users[Role.CLASS_TEACHER]
    sheet = invite_scorer(card, teacher, by=cast.anna)
    client, page = signed_in(teacher), f"/monitoring/sheets/{sheet.pk}/"
    assert page in [item.url for item in attention.items_for(teacher)]
    assert client.get("/monitoring/").status_code == 403
    sent = {f"points_{code}": "2" for code in CODES} | {"points_7": "none", "go": "hand-in"}
    assert client.post(page, sent).status_code == 422
    assert not sheet.marks.exists()
    client.post(page, sent | {"why_7": "партнёров нет"})
    sheet.refresh_from_db()
    assert sheet.handed_in_on == today()
    assert sheet.marks.get(indicator="7").points is None
    assert page not in [item.url for item in attention.items_for(teacher)]
    assert client.get(f"/monitoring/scorecards/{card.pk}/").status_code == 403
    # what was handed in is not changed by a page left open
    client.post(page, {"points_1": "0", "go": "keep"})
    assert sheet.marks.get(indicator="1").points == 2
    client.post(f"{page}back/")
    sheet.refresh_from_db()
    assert sheet.handed_in_on is None


def test_others_sheets_and_other_schools_are_not_found(cast):
    card = began(cast)
    own = card.sheets.get()
    other = begin_scorecard(cast.other.programme, scorer=cast.vera, by=cast.vera)
    conclude_scorecard(other, conclusion=f"Вывод {CANARY}", by=cast.vera)
    client = signed_in(cast.anna)
    for address in (
        f"/monitoring/scorecards/{other.pk}/",
        f"/monitoring/sheets/{other.sheets.get().pk}/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in (404, 405)
    assert (
        signed_in(cast.users[Role.DIRECTOR]).get(f"/monitoring/sheets/{own.pk}/").status_code == 404
    )
    assert CANARY not in text(client.get("/monitoring/"))
    assert cards_of(cast.staff_curator).count() == 0


def test_the_director_reads_and_writes_nothing(cast):
    card = began(cast)
    client = signed_in(cast.users[Role.DIRECTOR])
    assert client.get(f"/monitoring/scorecards/{card.pk}/").status_code == 200
    for name in ("invite", "words", "close", "reopen"):
        assert client.post(f"/monitoring/scorecards/{card.pk}/{name}/").status_code == 403
    assert client.post("/monitoring/begin/").status_code == 403


def test_who_leads_here_and_reads_there_writes_nothing_there(cast):
    other = begin_scorecard(cast.other.programme, scorer=cast.vera, by=cast.vera)
    grant_role(cast.anna, cast.other.organisation, Role.DEPUTY_DIRECTOR, by=None)
    client = signed_in(cast.anna)
    assert client.get(f"/monitoring/scorecards/{other.pk}/").status_code == 200
    for name in ("invite", "words", "close", "reopen", "paper"):
        assert client.post(f"/monitoring/scorecards/{other.pk}/{name}/").status_code == 404
    assert client.post(f"/monitoring/sheets/{other.sheets.get().pk}/off/").status_code == 404
    assert other.sheets.count() == 1


# ---------------------------------------------------------------- when, and beside which counts


def test_today_asks_for_the_card_in_its_months_only(cast):
    year = cast.school.year
    urls = lambda: [item.url for item in attention.items_for(cast.anna, at_most=None)]  # noqa: E731 - asked four times
    assert "/monitoring/" not in urls()
    may = dt.datetime(year.ends_on.year, 5, 20, 9, tzinfo=dt.UTC)
    with time_machine.travel(may):
        assert "/monitoring/" not in urls()  # no pair has begun
    order = approve_pairs(cast.school)
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    with time_machine.travel(may):
        assert "/monitoring/" in urls()
        card = began(cast)
        scored(card, cast.anna, [1] * 9)
        assert f"/monitoring/scorecards/{card.pk}/" in urls()
        close_scorecard(card, by=cast.anna)
        assert f"/monitoring/scorecards/{card.pk}/" not in urls()


def test_counts_are_true_to_their_words(cast):
    none = evidence_of(cast.anna, cast.school.programme)
    assert (none["meetings"].n, none["meetings"].total) == (0, 0)
    order = approve_pairs(cast.school)
    waiting = evidence_of(cast.anna, cast.school.programme)
    n_pairs = waiting["ordered"].total
    assert n_pairs > 0
    assert waiting["ordered"].n == 0  # they wait for the order
    assert waiting["meetings"].total == 0
    assert (
        waiting["trained"].total
        == cast.school.programme.participations.filter(side="mentor").count()
    )
    set_requisites(order, number="7-н", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    begun = evidence_of(cast.anna, cast.school.programme)
    assert (begun["ordered"].n, begun["ordered"].total) == (n_pairs, n_pairs)
    meetings = Meeting.objects.filter(mentorship__programme=cast.school.programme)
    last = max(meetings.values_list("planned_on", flat=True))
    with time_machine.travel(dt.datetime.combine(last, dt.time(9), dt.UTC)):
        due = evidence_of(cast.anna, cast.school.programme)
        assert (due["meetings"].n, due["meetings"].total) == (0, meetings.count())
    assert (begun["plans"].n, begun["plans"].total) == (
        0,
        Tie.objects.filter(organisation=cast.school.organisation).count(),
    )
    (mentor,) = cast.school.programme.participations.filter(side="mentor")[:1]
    change_participation(mentor, trained_before=today(), by=cast.anna)
    trained = evidence_of(cast.anna, cast.school.programme)["trained"]
    assert trained.n == begun["trained"].n + 1


def test_a_first_card_begins_from_the_section(cast):
    client = signed_in(cast.anna)
    assert "Begin the scorecard" in text(client.get("/monitoring/"))
    client.post("/monitoring/begin/")
    card = Scorecard.objects.get()
    assert card.sheets.get().scorer == cast.anna
    client.post("/monitoring/begin/")
    assert Scorecard.objects.count() == 1


def test_years_stand_side_by_side(cast):
    card = began(cast)
    scored(card, cast.anna, [2] * 9)
    page = text(signed_in(cast.anna, "ru").get("/monitoring/"))
    assert "18 из 18" in page
    assert "оптимальный уровень" in page


# ---------------------------------------------------------------- the paper


def test_the_paper_says_what_people_gave(cast):
    card = began(cast)
    scored(card, cast.anna, [2] * 9, c7=Scored(None, "партнёров нет"))
    scored(card, cast.users[Role.DIRECTOR], [2] * 8 + [0])
    conclude_scorecard(card, conclusion="Искать партнёров.\nУчить наставников.", by=cast.anna)
    client = signed_in(cast.anna)
    client.post(f"/monitoring/scorecards/{card.pk}/paper/")
    assert not Document.objects.filter(kind=SCORECARD_PAPER).exists()  # still open
    close_scorecard(card, by=cast.anna)
    client.post(f"/monitoring/scorecards/{card.pk}/paper/")
    client.post(f"/monitoring/scorecards/{card.pk}/paper/")
    paper = Document.objects.get(kind=SCORECARD_PAPER)
    refresh_document(paper, by=cast.anna)
    said = " ".join(texts_of(blocks_of(paper.content)))
    assert "16 из 16 баллов (100 % возможных)" in said
    assert "Уровень определён только для всех девяти показателей" in said
    assert "Сумма: 16 из 18 – оптимальный уровень." in said
    assert "разошлись на балл 0, на два балла 1" in said
    assert "Показатель 7 не оценён: партнёров нет" in said
    assert "Искать партнёров." in said
