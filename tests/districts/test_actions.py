"""The district sets lines and agrees; a school takes them over and sends its roadmap."""

import datetime as dt

import pytest

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.districts import actions
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import Adoption, Agreement, DistrictLine
from nastavnik.districts.queries import (
    municipal_roadmap,
    news_for,
    office_of,
    offices_above,
    school_side,
    table_of,
)
from nastavnik.organisations.actions import add_organisation, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.roadmaps.actions import (
    add_activity,
    change_activity,
    make_from_catalogue,
    remove_activity,
    set_activity_status,
)
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Activity

pytestmark = pytest.mark.django_db
S = AgreementStatus
ACCOUNT = {"login": "новый", "password": "три слова и 7"}


@pytest.fixture
def town(cast):
    """The district's roadmap of two lines, set for the schools: one over, one ahead."""
    by = cast.coordinator
    roadmap = actions.make_municipal(cast.district, by=by)
    roadmap.activities.all().delete()
    over = add_activity(roadmap, number="1", title="Утвердить состав групп", by=by)
    ahead = add_activity(roadmap, number="2", title="Провести слёт", result="сценарий", by=by)
    change_activity(over, ends_on=today() - dt.timedelta(days=5), by=by)
    change_activity(ahead, ends_on=today() + dt.timedelta(days=40), by=by)
    actions.set_lines(roadmap, [over, ahead], by=by)
    return roadmap


@pytest.fixture
def own(cast):
    """A roadmap of the first school: one line, nothing of the district."""
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    roadmap.activities.filter(position__gt=1).delete()
    return roadmap


@pytest.fixture
def adopted(cast, town, own):
    actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    return own


def link(title):
    return Adoption.objects.select_related("activity", "line__activity").get(
        line__activity__title=title
    )


def later(roadmap, days=60):
    """Give the second line of the district a later term in the school."""
    line = roadmap.activities.get(title="Провести слёт")
    return change_activity(line, ends_on=today() + dt.timedelta(days=days), by=None)


def row_of(cast, school=None):
    school = school or cast.school
    [row] = table_of(cast.coordinator, today(), only=school.organisation.pk).rows
    return row


def test_a_municipal_roadmap_sets_what_schools_share(cast):
    roadmap = actions.make_municipal(cast.district, by=cast.coordinator)
    lines = DistrictLine.objects.select_related("activity")
    assert 5 < lines.count() < roadmap.activities.count()
    assert {line.activity.catalogue_code for line in lines} & {"A31", "A01"}
    assert "A03" not in {line.activity.catalogue_code for line in lines}
    assert municipal_roadmap(cast.coordinator, today()) == roadmap
    with pytest.raises(RefusedError):
        actions.make_municipal(cast.district, by=cast.coordinator)


def test_only_an_office_sets_lines(cast, own):
    for refused in (
        lambda: actions.make_municipal(cast.school.organisation, by=cast.anna),
        lambda: actions.set_lines(own, own.activities.all(), by=cast.anna),
    ):
        with pytest.raises(RefusedError):
            refused()
    assert not DistrictLine.objects.exists()


def test_a_line_of_another_roadmap_is_not_set(cast, town, own):
    actions.set_lines(town, [*own.activities.all()], by=cast.coordinator)
    assert not DistrictLine.objects.standing().exists()


def test_lines_are_copied_once_and_keep_their_link(cast, town, own):
    assert len(school_side(own).waiting) == 2
    made = actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    assert [one.activity.title for one in made] == ["Утвердить состав групп", "Провести слёт"]
    copy = made[1].activity
    asked = made[1].line.activity
    assert (copy.number, copy.result, copy.ends_on) == ("Р2", "сценарий", asked.ends_on)
    assert copy.position > own.activities.first().position
    side = school_side(own)
    assert (len(side.waiting), len(side.taken), side.n_own) == (0, 2, 1)
    assert not side.changed
    assert not side.later
    assert actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna) == []


def test_what_the_school_has_already_is_linked_and_keeps_its_words(cast, town):
    own = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    known = own.activities.get(catalogue_code="A31")
    by_code = add_activity(town, title="Собрать базу", catalogue_code="A31", by=None)
    own_title = add_activity(own, title="провести СЛЁТ", by=None)
    actions.set_lines(town, town.activities.all(), by=cast.coordinator)
    number = own.activities.count()
    actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    assert Adoption.objects.get(line__activity=by_code).activity == known
    assert link("Провести слёт").activity == own_title
    assert own.activities.count() == number + 1
    # it has no term of its own, and the district's has one: that is later
    assert [one.activity for one in school_side(own).later] == [own_title]


def test_lines_of_another_district_or_year_are_not_offered(cast, town, own):
    far = add_organisation(
        None, level=Level.MUNICIPALITY, kind=OrganisationKind.OFFICE, full_name="Д", short_name="Д", town="Д", by=None,
    )  # fmt: skip
    foreign = actions.make_municipal(far, by=None)
    assert {line.organisation for line in school_side(own).waiting} == {cast.district}
    foreign_lines = DistrictLine.objects.filter(activity__roadmap=foreign)
    assert actions.adopt_lines(own, foreign_lines, by=cast.anna) == []
    before = cast.school.year.starts_on.year - 1
    last_year = open_year(
        cast.school.organisation,
        starts_on=dt.date(before, 9, 1), ends_on=dt.date(before + 1, 8, 31), by=None,
    )  # fmt: skip
    old = make_from_catalogue(last_year, RoadmapLevel.SCHOOL, by=None)
    assert school_side(old).waiting == ()


def test_a_change_of_the_district_is_shown_and_taken_over(cast, adopted):
    asked = link("Провести слёт").line.activity
    own = link("Провести слёт").activity
    change_activity(own, responsible="Наш педагог", result="наш сценарий", by=cast.anna)
    new_day = today() + dt.timedelta(days=20)
    change_activity(asked, ends_on=new_day, by=cast.coordinator)
    [changed] = school_side(adopted).changed
    assert [(one.name, one.now) for one in changed.differences] == [("term_text", asked.term_text)]
    # the school's term is now later than the district's, and nothing hides it
    assert changed.is_later
    assert school_side(adopted).later
    actions.take_over(changed.adoption, by=cast.anna)
    own.refresh_from_db()
    assert (own.ends_on, own.term_text) == (new_day, asked.term_text)
    assert (own.responsible, own.result) == ("Наш педагог", "наш сценарий")
    assert not school_side(adopted).changed
    actions.take_over(changed.adoption, by=cast.anna)


def test_a_school_may_leave_its_own_words(cast, adopted):
    change_activity(link("Провести слёт").line.activity, title="Провести форум", by=None)
    actions.keep_own(link("Провести форум"), by=cast.anna)
    assert link("Провести форум").activity.title == "Провести слёт"
    assert not school_side(adopted).changed


def test_a_withdrawn_line_becomes_the_schools_own(cast, town, adopted):
    one = link("Провести слёт")
    with pytest.raises(RefusedError, match="ещё"):
        actions.make_own(one, by=cast.anna)
    over = town.activities.get(number="1")
    actions.set_lines(town, [over], by=cast.coordinator)
    [gone] = school_side(adopted).withdrawn
    assert gone.adoption == one
    for refused in (actions.take_over, actions.keep_own):
        with pytest.raises(RefusedError):
            refused(one, by=cast.anna)
    actions.set_lines(town, town.activities.all(), by=cast.coordinator)
    assert not school_side(adopted).withdrawn
    remove_activity(one.line.activity, by=cast.coordinator)
    [gone] = school_side(adopted).withdrawn
    actions.make_own(gone.adoption, by=cast.anna)
    side = school_side(adopted)
    assert (side.withdrawn, side.n_own) == ([], 2)


def test_a_later_term_needs_a_reason_before_it_is_sent(cast, adopted):
    later(adopted)
    with pytest.raises(RefusedError, match="Р2"):
        actions.send_roadmap(adopted, by=cast.anna)
    assert not Agreement.objects.exists()
    actions.explain_delay(link("Провести слёт"), " ремонт зала ", by=cast.anna)
    agreement = actions.send_roadmap(adopted, by=cast.anna)
    [row] = [row for row in agreement.content if row["number"] == "Р2"]
    assert row["reason"] == "ремонт зала"


def test_the_news_say_what_the_page_says(cast, town, own):
    def told():
        news, side = news_for(cast.anna, today()), school_side(own)
        assert (news.n_new, news.n_changed) == (len(side.waiting), len(side.changed))
        assert news.agreement == side.agreement
        return news.n_new, news.n_changed, news.n_differing

    assert told() == (2, 0, 0)
    actions.adopt_lines(own, DistrictLine.objects.all()[:1], by=cast.anna)
    other = make_from_catalogue(cast.other.year, RoadmapLevel.SCHOOL, by=cast.vera)
    actions.adopt_lines(other, DistrictLine.objects.all(), by=cast.vera)
    assert told() == (1, 0, 0)
    for line in town.activities.all():
        change_activity(line, result="иначе", by=cast.coordinator)
    assert told() == (1, 1, 0)
    actions.send_roadmap(own, by=cast.anna)
    actions.answer_roadmap(Agreement.objects.get(), S.AGREED, by=cast.coordinator)
    add_activity(own, title="Ещё", by=cast.anna)
    assert told() == (1, 1, 1)
    actions.set_lines(town, [], by=cast.coordinator)
    assert told() == (0, 0, 1)
    assert news_for(cast.coordinator, today()) is None


def test_agreement_goes_its_ways(cast, adopted):
    by, district = cast.anna, cast.coordinator
    agreement = actions.send_roadmap(adopted, by=by)
    with pytest.raises(RefusedError):
        actions.send_roadmap(adopted, by=by)
    assert actions.recall_roadmap(agreement, by=by).status == S.DRAFT
    with pytest.raises(RefusedError):
        actions.answer_roadmap(agreement, S.AGREED, by=district)
    agreement = actions.send_roadmap(adopted, by=by)
    with pytest.raises(RefusedError):
        actions.answer_roadmap(agreement, S.RETURNED, remark="  ", by=district)
    returned = actions.answer_roadmap(agreement, S.RETURNED, remark="нет сроков", by=district)
    assert (returned.status, returned.remark, returned.decided_by) == (
        S.RETURNED,
        "нет сроков",
        district,
    )
    with pytest.raises(RefusedError):
        actions.recall_roadmap(returned, by=by)
    sent = actions.send_roadmap(adopted, by=by)
    assert (sent.remark, sent.decided_by, sent.sent_by) == ("", None, by)
    agreed = actions.answer_roadmap(sent, S.AGREED, by=district)
    assert agreed.status == S.AGREED
    told = AuditEntry.objects.filter(subject="districts.agreement").values_list(
        "action", "actor_id"
    )
    assert list(told.order_by("pk")) == [
        ("roadmap-sent", by.pk), ("roadmap-recalled", by.pk), ("roadmap-sent", by.pk),
        ("roadmap-returned", district.pk), ("roadmap-sent", by.pk), ("roadmap-agreed", district.pk),
    ]  # fmt: skip


def test_every_step_is_in_the_table(cast, adopted):
    """What `NEXT` does not have is refused, from every state."""
    agreement = actions.send_roadmap(adopted, by=cast.anna)
    for status in S:
        for wanted in S:
            remark = "так" if status == S.RETURNED else ""
            Agreement.objects.update(status=status, remark=remark)
            step = {
                S.SENT: lambda: actions.send_roadmap(adopted, by=cast.anna),
                S.DRAFT: lambda: actions.recall_roadmap(agreement, by=cast.anna),
            }.get(
                wanted,
                lambda to=wanted: actions.answer_roadmap(
                    agreement, to, remark="так", by=cast.coordinator
                ),
            )
            if wanted in actions.NEXT[status]:
                assert step().status == wanted
            else:
                with pytest.raises(RefusedError):
                    step()


def test_the_district_agrees_only_to_what_it_has_read(cast, adopted):
    first = actions.send_roadmap(adopted, by=cast.anna).sent_at
    actions.recall_roadmap(Agreement.objects.get(), by=cast.anna)
    actions.send_roadmap(adopted, by=cast.anna)
    with pytest.raises(RefusedError, match="заново"):
        actions.answer_roadmap(
            Agreement.objects.get(), S.AGREED, sent_at=first, by=cast.coordinator
        )
    assert Agreement.objects.get().status == S.SENT


def test_changes_after_agreement_are_told(cast, adopted):
    agreement = actions.send_roadmap(adopted, by=cast.anna)
    actions.answer_roadmap(agreement, S.AGREED, by=cast.coordinator)
    assert len(school_side(adopted).changes) == 0
    assert row_of(cast).n_moved == 0
    line = later(adopted)
    add_activity(adopted, title="Ещё одно", by=cast.anna)
    remove_activity(adopted.activities.first(), by=cast.anna)
    changes = school_side(adopted).changes
    assert [row["title"] for row in changes.added] == ["Ещё одно"]
    assert len(changes.removed) == 1
    assert [now["key"] for _was, now in changes.changed] == [line.pk]
    assert row_of(cast).n_moved == 1
    # states and owners are not part of what was agreed
    set_activity_status(line, ActivityStatus.GOING, by=cast.anna)
    change_activity(line, responsible="Иванова И. И.", by=cast.anna)
    assert len(school_side(adopted).changes) == 3
    actions.explain_delay(link("Провести слёт"), "ремонт", by=cast.anna)
    actions.send_roadmap(adopted, by=cast.anna)
    actions.answer_roadmap(Agreement.objects.get(), S.AGREED, by=cast.coordinator)
    assert len(school_side(adopted).changes) == 0


def test_lateness_is_by_the_districts_term_until_a_later_one_is_agreed(cast, town, adopted):
    over = town.activities.get(number="1")
    states = [(cell.state, cell.late_days) for cell in row_of(cast).cells]
    assert states == [("late", 5), ("due", 0)]
    own = adopted.activities.get(title=over.title)
    change_activity(own, ends_on=today() + dt.timedelta(days=3), by=cast.anna)
    assert row_of(cast).cells[0].late_days == 5
    actions.explain_delay(Adoption.objects.get(activity=own), "ждём приказа", by=cast.anna)
    actions.send_roadmap(adopted, by=cast.anna)
    assert row_of(cast).cells[0].late_days == 5
    actions.answer_roadmap(Agreement.objects.get(), S.AGREED, by=cast.coordinator)
    assert row_of(cast).cells[0].state == "due"
    # a school cannot go on by itself from there
    change_activity(own, ends_on=today() + dt.timedelta(days=300), by=cast.anna)
    assert row_of(cast).n_moved == 1
    Adoption.objects.update(agreed_ends_on=today() - dt.timedelta(days=1))
    assert row_of(cast).cells[0].late_days == 1
    # and the district's new term counts again
    Adoption.objects.update(agreed_ends_on=today() + dt.timedelta(days=9))
    change_activity(over, ends_on=today() - dt.timedelta(days=2), by=cast.coordinator)
    assert row_of(cast).cells[0].late_days == 2
    set_activity_status(own, ActivityStatus.DONE, by=cast.anna)
    assert row_of(cast).cells[0].state == "done"


def test_a_school_without_a_roadmap_has_taken_nothing_over(cast, town):
    row = row_of(cast, cast.other)
    assert [(cell.state, cell.late_days) for cell in row.cells] == [("absent", 5), ("absent", 0)]
    assert (row.status, row.n_late, row.n_absent) == ("", 1, 2)


def test_a_fact_ticks_the_line_of_its_school_alone(cast, town):
    code = add_activity(town, title="Открыть программу", catalogue_code="A12", by=None)
    from nastavnik.roadmaps.catalogues import entries

    fact = next(code for code, entry in entries().items() if entry.facts == ("programme_open",))
    Activity.objects.filter(pk=code.pk).update(catalogue_code=fact)
    actions.set_lines(town, [code], by=cast.coordinator)
    for school in (cast.school, cast.other):
        roadmap = make_from_catalogue(school.year, RoadmapLevel.SCHOOL, by=None)
        actions.adopt_lines(roadmap, DistrictLine.objects.all(), by=None)
    cast.other.programme.delete()
    rows = {row.pk: row for row in table_of(cast.coordinator, today()).rows}
    assert rows[cast.school.organisation.pk].cells[0].state == "done"
    assert rows[cast.other.organisation.pk].cells[0].state != "done"


def test_a_school_without_a_district_sends_to_nobody(cast, own):
    Organisation.objects.filter(pk=own.organisation_id).update(
        parent=None, path=f"/{own.organisation_id}/"
    )
    own.organisation.refresh_from_db()
    assert offices_above(own.organisation) == []
    with pytest.raises(RefusedError):
        actions.send_roadmap(own, by=cast.anna)


def test_a_school_is_added_with_its_curator(cast):
    made = actions.add_school(
        cast.district, kind=OrganisationKind.SCHOOL, curator_name="Третья Тамара", full_name="Школа № 3",
        short_name="Школа № 3", town="г. Примерск", by=cast.coordinator, **ACCOUNT,
    )  # fmt: skip
    assert made.parent == cast.district
    assert made.years.count() == 1
    curator = User.objects.get(login="новый")
    assert {(grant.role, grant.organisation_id) for grant in curator.viewer.grants} == {
        (Role.CURATOR, made.pk)
    }
    assert made in Organisation.objects.below(cast.coordinator)
    with pytest.raises(RefusedError):
        actions.add_school(
            made, kind=OrganisationKind.SCHOOL, curator_name="Ч", full_name="Ш", short_name="Ш", town="Т", by=None,
            login="ещё", password="три слова и 7",
        )  # fmt: skip


def test_a_school_names_the_first_coordinator_only(cast):
    with pytest.raises(RefusedError, match="уже есть"):
        actions.name_coordinator(cast.district, full_name="К", by=cast.anna, **ACCOUNT)
    second = actions.name_coordinator(cast.district, full_name="К", by=cast.coordinator, **ACCOUNT)
    assert office_of(second) == cast.district
    with pytest.raises(RefusedError):
        actions.name_coordinator(
            cast.school.organisation,
            full_name="К",
            by=cast.anna,
            login="л",
            password="три слова и 7",
        )
