"""The second step of a sign-in: what opens, what does not, and who ends it."""

import re
import time

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.cast import PASSWORD
from tests.pages import guest, said, signed_in, text
from tests.people.stepping import SECONDS, code_now, next_code, turn_on

from nastavnik.cabinet.queries.trail import told, trail
from nastavnik.core import codes, tries
from nastavnik.core.access import GRANTS, Perm, Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks import attention
from nastavnik.core.models import AuditEntry
from nastavnik.people.actions import (
    change_password,
    end_second_step,
    give_one_time_password,
    grant_role,
    pass_second_step,
    switch_off_second_step,
)
from nastavnik.people.models import Membership, SecondStep, User

pytestmark = pytest.mark.django_db

PAGE, CODE = "/password/second-step/", "/sign-in/code/"
WRONG = "This code does not open"


@pytest.fixture
def noon():
    """Stop the clock in the middle of a step, whatever the day."""
    now = int(time.time()) // SECONDS * SECONDS + SECONDS // 2
    with time_machine.travel(now, tick=False) as clock:
        yield clock


def user_of(cast, role):
    return User.objects.get(pk=cast.users[role].pk)


def step_of(user):
    return SecondStep.objects.get(user=user)


def sign_in(client, login="curator1", password=PASSWORD):
    return client.post("/sign-in/", {"login": login, "password": password, "next": "/people/"})


def half(user):
    client = guest()
    assert sign_in(client, user.login)["Location"] == CODE
    return client


def opens(client):
    return client.get("/today/").status_code == 200


# ---------------------------------------------------------------- switching on and off


def test_from_the_first_press_to_the_code_at_sign_in(cast, noon):
    here, there = signed_in(cast.anna), signed_in(cast.anna)
    assert PAGE in text(here.get("/password/"))
    assert "Off:" in text(here.get(PAGE))
    here.post(f"{PAGE}begin/")
    page = here.get(PAGE)
    step = step_of(cast.anna)
    assert codes.grouped(step.secret) in text(page)
    assert "no-store" in page["Cache-Control"]
    assert (
        sign_in(guest())["Location"] == "/people/"
    )  # nothing is asked before a code has confirmed it
    done = here.post(PAGE, {"password": PASSWORD, "code": code_now(cast.anna)})
    printed = done.context["codes"]
    assert len(set(printed)) == codes.N_RECOVERY
    assert all(code in text(done) for code in printed)
    assert opens(here)
    assert not opens(there)  # signed in without a code
    after = text(here.get(PAGE))
    assert step.secret not in after
    assert codes.grouped(step.secret) not in after
    assert not any(code in after for code in printed)
    noon.shift(SECONDS)
    client = half(cast.anna)
    assert not opens(client)
    assert client.get(CODE)["Cache-Control"] == "no-store"
    before = client.session.session_key
    answer = client.post(CODE, {"code": code_now(cast.anna)})
    assert answer["Location"] == "/people/"
    assert client.session.session_key != before
    assert client.cookies[tries.COOKIE].value
    assert opens(client)


def test_no_code_of_paper_stands_readable_in_the_database(cast):
    printed = turn_on(cast.anna)
    kept = str(SecondStep.objects.values_list())
    assert not any(code in kept or code.replace("-", "") in kept for code in printed)


@pytest.mark.parametrize(("password", "right"), [("не тот", True), (PASSWORD, False)])
def test_both_are_asked_to_switch_on_and_off(cast, noon, password, right):
    client = signed_in(cast.anna)
    client.post(f"{PAGE}begin/")
    code = code_now(cast.anna) if right else "000000"
    page = client.post(PAGE, {"password": password, "code": code})
    assert page.context["form"].errors
    assert not step_of(cast.anna).is_on
    turn_on(cast.anna)
    noon.shift(SECONDS)
    code = code_now(cast.anna) if right else "000000"
    for do in ("off", "codes"):
        page = client.post(PAGE, {"password": password, "code": code, "do": do})
        assert page.context["form"].errors
    assert step_of(cast.anna).is_on


def test_it_is_switched_off_and_the_key_is_forgotten(cast):
    turn_on(cast.anna)
    client = signed_in(cast.anna)
    answer = client.post(
        PAGE, {"password": PASSWORD, "code": next_code(cast.anna), "do": "off"}, follow=True
    )
    assert said(answer)
    step = step_of(cast.anna)
    assert (step.secret, step.recovery, step.is_on) == ("", [], False)
    assert sign_in(guest())["Location"] == "/people/"
    assert not [item for item in attention.items_for(cast.anna) if item.url == PAGE]


def test_new_recovery_codes_close_the_old_ones(cast):
    old = turn_on(cast.anna)
    client = signed_in(cast.anna)
    page = client.post(PAGE, {"password": PASSWORD, "code": next_code(cast.anna), "do": "codes"})
    new = page.context["codes"]
    assert not {*old} & {*new}
    with pytest.raises(RefusedError):
        pass_second_step(cast.anna, old[0], by=cast.anna)
    assert pass_second_step(cast.anna, new[0], by=cast.anna).n_recovery == codes.N_RECOVERY - 1


def test_a_step_that_is_on_is_not_begun_anew(cast):
    turn_on(cast.anna)
    key = step_of(cast.anna).secret
    assert said(signed_in(cast.anna).post(f"{PAGE}begin/", follow=True))
    assert step_of(cast.anna).secret == key


@pytest.mark.parametrize("role", Role)
def test_those_who_answer_for_others_may_have_it(cast, role):
    may = role in {Role.CURATOR, Role.DIRECTOR, Role.PSYCHOLOGIST, Role.COORDINATOR}
    assert (Perm.SECOND_STEP in GRANTS[role]) == may
    client = signed_in(user_of(cast, role))
    assert client.get(PAGE).status_code == (200 if may else 403)
    assert (PAGE in text(client.get("/password/"))) == may


# ---------------------------------------------------------------- codes


def test_the_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, the last six of its eight figures."""
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = timezone.datetime.fromtimestamp(moment, tz=timezone.get_default_timezone())
        assert codes.counter_of(key, code, at=at, after=0) == moment // SECONDS


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(cast, noon, steps, good):
    turn_on(cast.anna)
    SecondStep.objects.update(last_counter=0)
    client = half(cast.anna)
    answer = client.post(CODE, {"code": code_now(cast.anna, steps=steps)})
    assert opens(client) == good
    assert good or WRONG in text(answer)


def test_a_code_opens_once_and_none_before_it(cast, noon):
    turn_on(cast.anna)
    noon.shift(2 * SECONDS)
    code, older = code_now(cast.anna), code_now(cast.anna, steps=-1)
    assert half(cast.anna).post(CODE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    for again in (code, older):
        client = half(cast.anna)
        assert WRONG in text(client.post(CODE, {"code": again}))
        assert not opens(client)
    with pytest.raises(RefusedError):
        end_second_step(cast.anna, code, by=cast.anna)


def test_a_recovery_code_opens_once(cast):
    printed = turn_on(cast.anna)
    client = half(cast.anna)
    client.post(CODE, {"code": printed[0].upper().replace("-", " ")})
    assert opens(client)
    assert AuditEntry.objects.filter(action="recovery-code-used", actor_id=cast.anna.pk).exists()
    client = half(cast.anna)
    assert WRONG in text(client.post(CODE, {"code": printed[0]}))
    assert not opens(client)


def test_who_has_few_recovery_codes_is_told(cast):
    printed = turn_on(cast.anna)
    for code in printed[:5]:
        pass_second_step(cast.anna, code, by=cast.anna)
    answer = half(cast.anna).post(CODE, {"code": printed[5]}, follow=True)
    assert any("recovery codes are left" in one for one in said(answer))


def without_what_differs(page, typed):
    return re.sub(r'value="[^"]*"', "", text(page).replace(typed, ""))


def test_every_wrong_code_is_answered_alike(cast, noon):
    printed = turn_on(cast.anna)
    pass_second_step(cast.anna, printed[0], by=cast.anna)
    used = code_now(cast.anna)
    client = half(cast.anna)
    answers = {
        without_what_differs(client.post(CODE, {"code": code}), code)
        for code in ("000000", used, printed[0], "слова")
    }
    assert len(answers) == 1


def test_a_guesser_of_codes_is_slowed_down_whatever_the_browser(cast, noon):
    turn_on(cast.anna)
    known = guest()
    noon.shift(SECONDS)
    sign_in(known)
    known.post(CODE, {"code": code_now(cast.anna)})
    known.post("/sign-out/")
    assert tries.COOKIE in known.cookies
    assert sign_in(known)["Location"] == CODE  # the known browser is asked too
    statuses = [half(cast.anna).post(CODE, {"code": "000000"}).status_code for _try in range(5)]
    assert statuses == [200] * 5
    noon.shift(SECONDS)
    for client in (known, half(cast.anna)):
        answer = client.post(CODE, {"code": code_now(cast.anna)})
        assert answer.status_code == 429
        assert "The code was wrong too often" in text(answer)
        assert not opens(client)
    noon.shift(tries.CODE.every)
    assert half(cast.anna).post(CODE, {"code": code_now(cast.anna)}).status_code == 302


def test_right_codes_cost_nothing(cast, noon):
    turn_on(cast.anna)
    for _n in range(8):
        noon.shift(SECONDS)
        assert half(cast.anna).post(CODE, {"code": code_now(cast.anna)}).status_code == 302


# ---------------------------------------------------------------- between the password and the code


def test_the_wait_for_the_code_ends_after_five_minutes(cast, noon):
    turn_on(cast.anna)
    client, late = half(cast.anna), half(cast.anna)
    noon.shift(5 * 60)
    assert client.get(CODE).status_code == 200
    noon.shift(1)
    answer = late.post(CODE, {"code": code_now(cast.anna)}, follow=True)
    assert said(answer)
    assert not opens(late)


@pytest.mark.parametrize("how", ["closed", "password", "step"])
def test_the_wait_ends_with_what_it_waits_for(cast, how):
    printed = turn_on(cast.anna)
    client = half(cast.anna)
    if how == "closed":
        User.objects.filter(pk=cast.anna.pk).update(is_active=False)
    elif how == "password":
        change_password(user_of(cast, Role.CURATOR), "новые слова 8", by=cast.anna)
    else:
        switch_off_second_step(cast.anna, by=None)
    client.post(CODE, {"code": printed[0]})
    assert not opens(client)


def test_without_the_password_there_is_no_page_for_a_code(cast):
    turn_on(cast.anna)
    client = guest()
    for answer in (client.get(CODE), client.post(CODE, {"code": next_code(cast.anna)})):
        assert answer["Location"] == "/sign-in/"
    assert not opens(client)


def test_a_new_slip_does_not_end_the_step(cast):
    printed = turn_on(user_of(cast, Role.DIRECTOR))
    slip = give_one_time_password(user_of(cast, Role.DIRECTOR), by=None)
    client = guest()
    assert sign_in(client, "director", slip.password)["Location"] == CODE
    assert not opens(client)
    client.post(CODE, {"code": printed[0]})
    assert client.get("/today/")["Location"] == "/password/"
    assert client.get(PAGE)["Location"] == "/password/"


# ---------------------------------------------------------------- ended by somebody else


@pytest.mark.parametrize("role", [Role.CURATOR, Role.PSYCHOLOGIST])
def test_the_director_ends_it_and_both_the_journal_and_the_owner_know(cast, role):
    director, owner = user_of(cast, Role.DIRECTOR), user_of(cast, role)
    turn_on(owner)
    client = signed_in(director)
    where = f"/settings/accounts/{Membership.objects.get(user=owner).pk}/second-step/"
    assert where in text(client.get("/settings/accounts/"))
    asked = client.get(where)
    assert owner.full_name in text(asked)
    assert step_of(owner).is_on
    assert said(client.post(where, follow=True))
    assert sign_in(guest(), owner.login)["Location"] == "/people/"
    assert where not in text(client.get("/settings/accounts/"))
    lines = told(director, trail(director)[:5])
    (line,) = [one for one in lines if one.act == "Второй шаг при входе выключен другим"]
    assert line.who == director.full_name
    assert owner.full_name in line.thing
    (item,) = [one for one in attention.items_for(user_of(cast, role)) if one.url == PAGE]
    assert director.full_name in item.why
    own = signed_in(owner)
    assert director.full_name in text(own.get(PAGE))
    own.post(f"{PAGE}noted/")
    assert director.full_name not in text(own.get(PAGE)).partition("<footer")[0]
    assert not [one for one in attention.items_for(user_of(cast, role)) if one.url == PAGE]


@pytest.mark.parametrize(
    ("giver", "role"),
    [
        (Role.CURATOR, Role.PSYCHOLOGIST),
        (Role.CURATOR, Role.DIRECTOR),
        (Role.CURATOR, Role.CURATOR),
        (Role.DIRECTOR, Role.DIRECTOR),
        (Role.DIRECTOR, Role.COORDINATOR),
        (Role.PSYCHOLOGIST, Role.CURATOR),
    ],
)
def test_nobody_else_ends_it(cast, giver, role):
    owner = user_of(cast, role)
    turn_on(owner)
    with pytest.raises(RefusedError):
        switch_off_second_step(owner, by=user_of(cast, giver))
    assert step_of(owner).is_on


def test_a_curator_is_offered_no_end_of_a_second_step(cast):
    owner = user_of(cast, Role.PSYCHOLOGIST)
    turn_on(owner)
    client = signed_in(cast.anna)
    where = f"/settings/accounts/{Membership.objects.get(user=owner).pk}/second-step/"
    assert where not in text(client.get("/settings/accounts/"))
    for ask in (client.get, client.post):
        assert said(ask(where, follow=True))
    assert step_of(owner).is_on


def test_a_director_here_ends_nothing_of_somebody_with_a_role_elsewhere(cast):
    owner = user_of(cast, Role.PSYCHOLOGIST)
    turn_on(owner)
    grant_role(owner, cast.other.organisation, Role.PSYCHOLOGIST, by=None)
    with pytest.raises(RefusedError):
        switch_off_second_step(owner, by=user_of(cast, Role.DIRECTOR))


def test_whoever_keeps_the_server_ends_it(cast, capsys):
    director = user_of(cast, Role.DIRECTOR)
    with pytest.raises(CommandError):
        call_command("second_step_off", "director")
    with pytest.raises(CommandError):
        call_command("second_step_off", "nobody-of-this-name")
    turn_on(director)
    call_command("second_step_off", "Director")
    assert director.full_name in capsys.readouterr().out
    assert not step_of(director).is_on
    assert [one for one in attention.items_for(director) if one.url == PAGE]
    assert AuditEntry.objects.filter(action="second-step-off-by-another", actor_id=None).exists()


@pytest.mark.both
@pytest.mark.parametrize(
    "wrong", [{"secret": "", "ended_at": None}, {"ended_at": timezone.now()}], ids=["on", "ended"]
)
def test_the_database_refuses_a_step_that_is_none(cast, wrong):
    turn_on(cast.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondStep.objects.filter(user=cast.anna).update(**wrong)
