"""Who gives which role, and that nobody comes by a role, or by a password, that reads more than the own one."""

import pytest
from tests.cast import CANARY, PASSWORD
from tests.pages import guest, signed_in, text

from nastavnik.core.access import GIVES, GRANTS, HALVED, RENEWS, Perm, Role, Viewer
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.people.access import may_give
from nastavnik.people.actions import (
    add_account,
    change_password,
    end_role,
    give_one_time_password,
    grant_role,
    invite,
    note_alone,
    show_half,
)
from nastavnik.people.models import Membership, SlipHalf, User

pytestmark = pytest.mark.django_db

HALVES = "/settings/accounts/halves/"
#: Written once more by hand, so that the table of the code has something to differ from.
MAY_GIVE = {
    Role.DIRECTOR: set(Role) - {Role.COORDINATOR},
    Role.CURATOR: {
        Role.MENTEE, Role.MENTOR, Role.CLASS_TEACHER, Role.SOCIAL_TEACHER, Role.DEPUTY_DIRECTOR,
    },
}  # fmt: skip
#: Rights whose rows are one's own whatever the role: the own pair, the own class.
_OWN = {
    Perm.OWN_PAIR_VIEW, Perm.MEETING_NOTE, Perm.PREFERENCE_GIVE, Perm.CONSENT_TICK, Perm.MENTEE_PROPOSE,
    Perm.REQUEST_WRITE, Perm.PLAN_EDIT,
}  # fmt: skip


def user_of(cast, role):
    return User.objects.get(pk=cast.users[role].pk)


def somebody(login="somebody"):
    return add_account(login, None, full_name="Ктото Кира", by=None)


# ---------------------------------------------------------------- the table


@pytest.mark.parametrize("granted", Role)
@pytest.mark.parametrize("giver", Role)
def test_a_role_is_given_and_taken_by_the_table_only(cast, giver, granted):
    by, organisation = user_of(cast, giver), cast.school.organisation
    if giver == Role.COORDINATOR and granted == Role.COORDINATOR:
        organisation = cast.district
    is_given = granted in MAY_GIVE.get(giver, ()) or giver == granted == Role.COORDINATOR
    newcomer = somebody()
    held = grant_role(somebody("held"), organisation, granted, by=None)
    if is_given:
        assert grant_role(newcomer, organisation, granted, by=by).user == newcomer
        end_role(held, by=by)
        return
    with pytest.raises(RefusedError):
        grant_role(newcomer, organisation, granted, by=by)
    with pytest.raises(RefusedError):
        end_role(held, by=by)
    with pytest.raises(RefusedError):
        invite(organisation, person=None, full_name="Н", role=granted, login="n", by=by)
    assert not newcomer.memberships.exists()
    assert not User.objects.filter(login="n").exists()


def too_wide(gives, halved):
    """Return giver → roles given whole although they open more than the giver's own."""
    return {
        (giver, role)
        for giver, roles in gives.items()
        for role in roles - halved.get(giver, frozenset()) - {giver}
        if GRANTS[role] - GRANTS[giver] - _OWN
    }


def test_nobody_learns_a_password_that_reads_more_than_the_own():
    assert too_wide(GIVES, HALVED) == set()
    assert too_wide(RENEWS, HALVED) == set()


def test_a_table_that_gives_a_director_the_marks_is_noticed():
    assert (Role.DIRECTOR, Role.PSYCHOLOGIST) in too_wide(GIVES, {})
    assert (Role.DIRECTOR, Role.CURATOR) in too_wide(RENEWS, {})
    assert too_wide({Role.CURATOR: frozenset({Role.PSYCHOLOGIST})}, HALVED)


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_a_role_to_oneself(cast, role):
    for giver in (Role.DIRECTOR, Role.CURATOR):
        by = user_of(cast, giver)
        with pytest.raises(RefusedError):
            grant_role(by, cast.school.organisation, role, by=by)


def test_nobody_gives_a_role_in_another_school(cast):
    for giver in (Role.DIRECTOR, Role.CURATOR):
        for role in Role:
            assert not may_give(user_of(cast, giver), role, cast.other.organisation)


def test_a_curator_of_some_forms_gives_the_roles_of_a_pair_only(cast):
    given = {role for role in Role if may_give(cast.staff_curator, role, cast.school.organisation)}
    assert given == {Role.MENTOR, Role.MENTEE}


@pytest.mark.parametrize("giver", [Role.DIRECTOR, Role.CURATOR])
def test_the_page_offers_what_the_action_takes(cast, giver):
    page = signed_in(user_of(cast, giver)).get("/settings/accounts/")
    offered = {value for value, _words in page.context["form"].fields["role"].choices}
    assert offered == {role.value for role in MAY_GIVE[giver]}
    shown = text(page)
    of_school = Membership.objects.filter(organisation=cast.school.organisation)
    ended = {row.user.full_name for row in of_school if f"/{row.pk}/end/" in shown}
    rows = Membership.objects.filter(organisation=cast.school.organisation).exclude(
        user=cast.users[giver]
    )
    assert ended == {row.user.full_name for row in rows if Role(row.role) in MAY_GIVE[giver]}


def test_a_forged_role_in_the_form_makes_no_account(cast):
    answers = {"person": "", "full_name": "Подложный", "role": "psychologist", "login": "forged"}
    page = signed_in(cast.anna).post("/settings/accounts/", answers)
    assert "role" in page.context["form"].errors
    assert not User.objects.filter(login="forged").exists()


# ---------------------------------------------------------------- where it begins


def of_director(cast):
    return Membership.objects.filter(
        organisation=cast.school.organisation, role=Role.DIRECTOR, ends_on=None
    )


def test_where_there_is_no_director_the_curator_makes_the_first_and_only_the_first(cast):
    end_role(of_director(cast).get(), by=None)
    for role in (Role.PSYCHOLOGIST, Role.CURATOR):
        said = may_give(cast.anna, role, cast.school.organisation).reasons
        assert "Сначала создайте вход директора" in said[0]
    assert not may_give(cast.staff_curator, Role.DIRECTOR, cast.school.organisation)
    assert not may_give(cast.vera, Role.DIRECTOR, cast.school.organisation)
    slip = invite(
        cast.school.organisation, person=None, full_name="Директорова Д", role=Role.DIRECTOR,
        login="d", by=cast.anna,
    )  # fmt: skip
    assert slip.is_half  # the psychologist shows the other half
    assert not may_give(cast.anna, Role.DIRECTOR, cast.school.organisation)
    with pytest.raises(RefusedError):
        give_one_time_password(slip.user, by=User.objects.get(pk=cast.anna.pk))


def test_a_curator_cannot_end_the_director_to_begin_anew(cast):
    with pytest.raises(RefusedError):
        end_role(of_director(cast).get(), by=cast.anna)


def test_a_curator_alone_gives_the_director_a_whole_slip_and_that_is_told(cast):
    for row in Membership.objects.filter(organisation=cast.school.organisation):
        if row.user != cast.anna:
            end_role(row, by=None)
    slip = invite(
        cast.school.organisation, person=None, full_name="Директорова Д", role=Role.DIRECTOR,
        login="d", by=cast.anna,
    )  # fmt: skip
    assert (slip.is_half, slip.is_alone) == (False, True)
    client = guest()
    client.post("/sign-in/", {"login": "d", "password": slip.password})
    client.post("/password/", {"password": "четыре слова 9", "again": "четыре слова 9"})
    director = User.objects.get(login="d")
    assert any(cast.anna.full_name in item.why for item in attention.items_for(director))
    assert not any("/halves/" in item.url for item in attention.items_for(cast.anna))
    assert AuditEntry.objects.filter(action="slip-given-alone", actor_id=cast.anna.pk).exists()
    row = SlipHalf.objects.get()
    assert signed_in(cast.anna).post(HALVES, {"slip": row.pk}).status_code == 404
    assert signed_in(director).post(HALVES, {"slip": row.pk})["Location"] == HALVES
    assert not SlipHalf.objects.exists()
    assert AuditEntry.objects.filter(action="slip-given-alone-read").exists()


# ---------------------------------------------------------------- two halves


@pytest.mark.parametrize(
    ("giver", "role"),
    [(giver, role) for giver in HALVED for role in HALVED[giver] if role in RENEWS[giver]],
)
def test_a_forgotten_password_above_the_giver_needs_two_people(cast, giver, role):
    by = user_of(cast, giver)
    user = somebody()
    grant_role(user, cast.school.organisation, role, by=None)
    change_password(user, PASSWORD, by=user)
    slip = give_one_time_password(user, by=by)
    assert slip.is_half
    assert not User.objects.get(pk=user.pk).check_password(slip.password)
    half = SlipHalf.objects.get(user=user)
    for nobody in (by, User.objects.get(pk=user.pk)):
        with pytest.raises(RefusedError):
            show_half(half, by=nobody)
    second = show_half(half, by=user_of(cast, Role.PSYCHOLOGIST))
    assert User.objects.get(pk=user.pk).check_password(f"{slip.password}-{second}")
    with pytest.raises(RefusedError):
        show_half(half, by=user_of(cast, Role.PSYCHOLOGIST))


def test_from_the_first_press_to_the_own_password(cast):
    director, anna = signed_in(user_of(cast, Role.DIRECTOR)), signed_in(cast.anna)
    answers = {
        "person": "", "full_name": "Психологова Полина", "role": "psychologist", "login": "polina",
    }  # fmt: skip
    page = director.post("/settings/accounts/", answers)
    ((slip, _group),) = page.context["slips"]
    assert slip.password in text(page)
    half = SlipHalf.objects.get(user__login="polina")
    assert half.half not in text(page)
    assert any(item.url == HALVES for item in attention.items_for(cast.anna))
    assert director.get(HALVES).context["rows"] == []
    assert director.post(HALVES, {"slip": half.pk}).status_code == 404
    assert half.half not in text(anna.get(HALVES))
    shown = anna.post(HALVES, {"slip": half.pk})
    assert "no-store" in shown["Cache-Control"]
    whole = f"{slip.password}-{shown.context['half']}"
    assert anna.post(HALVES, {"slip": half.pk}).status_code == 404
    client = guest()
    assert (
        client.post("/sign-in/", {"login": "polina", "password": slip.password}).status_code == 200
    )
    assert client.post("/sign-in/", {"login": "polina", "password": whole}).status_code == 302
    assert client.get("/people/")["Location"] == "/password/"


def test_a_new_slip_and_an_own_password_leave_no_half_behind(cast):
    psychologist, director = user_of(cast, Role.PSYCHOLOGIST), user_of(cast, Role.DIRECTOR)
    first = give_one_time_password(psychologist, by=director)
    old = SlipHalf.objects.get().half
    give_one_time_password(psychologist, by=director)
    assert SlipHalf.objects.get().half != old
    assert not User.objects.get(pk=psychologist.pk).check_password(f"{first.password}-{old}")
    change_password(psychologist, PASSWORD, by=psychologist)
    assert not SlipHalf.objects.exists()


@pytest.mark.parametrize("role", [Role.MENTOR, Role.CLASS_TEACHER, Role.DEPUTY_DIRECTOR])
def test_a_slip_below_stays_whole(cast, role):
    for giver in (Role.DIRECTOR, Role.CURATOR):
        slip = give_one_time_password(user_of(cast, role), by=user_of(cast, giver))
        assert not slip.is_half
        assert User.objects.get(pk=cast.users[role].pk).check_password(slip.password)
    assert not SlipHalf.objects.exists()


def test_a_witness_made_of_a_slip_is_no_witness(cast):
    """A director makes a second one up: whoever still has the giver's password shows no halves."""
    for role in (Role.CURATOR, Role.PSYCHOLOGIST):
        for row in Membership.objects.filter(organisation=cast.school.organisation, role=role):
            if row.user != cast.anna:
                end_role(row, by=None)
    User.objects.filter(pk=cast.anna.pk).update(one_time_until="2100-01-01T00:00Z")
    slip = give_one_time_password(user_of(cast, Role.CURATOR), by=user_of(cast, Role.DIRECTOR))
    assert slip.is_alone
    assert AuditEntry.objects.filter(action="slip-given-alone").exists()


def test_neither_strangers_nor_curators_of_some_forms_see_a_half(cast):
    give_one_time_password(user_of(cast, Role.PSYCHOLOGIST), by=user_of(cast, Role.DIRECTOR))
    half = SlipHalf.objects.get()
    for user in (cast.vera, cast.staff_curator):
        assert not SlipHalf.objects.visible_to(user).exists()
        assert signed_in(user).post(HALVES, {"slip": half.pk}).status_code == 404
    for key in ("", "x", "9" * 30):
        assert signed_in(cast.anna).post(HALVES, {"slip": key}).status_code == 404
    assert signed_in(user_of(cast, Role.MENTOR)).get(HALVES).status_code == 403
    assert CANARY not in text(signed_in(cast.anna).get(HALVES))


def test_noting_twice_changes_nothing(cast):
    row = SlipHalf.objects.create(
        organisation=cast.school.organisation, user=user_of(cast, Role.DIRECTOR), given_by=cast.anna
    )
    for _press in range(2):
        note_alone(row, by=user_of(cast, Role.DIRECTOR))
    assert AuditEntry.objects.filter(action="slip-given-alone-read").count() == 1


def test_the_table_knows_no_role_that_gives_nothing():
    nobody = Viewer(user_id=1, person_id=None, grants=())
    assert not any(nobody.gives(role, 1) for role in Role)
