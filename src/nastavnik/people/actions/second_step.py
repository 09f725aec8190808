"""The second step of a sign-in: begun, confirmed by a code, passed, ended by its owner or by somebody who may."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit, codes
from nastavnik.core.errors import RefusedError
from nastavnik.people.access import may_switch_off
from nastavnik.people.models import SecondStep, User

_FIGURES = 6


@transaction.atomic
def begin_second_step(user: User, *, by: User) -> SecondStep:
    """Lay down a fresh key; nothing is asked at sign-in until a code has confirmed it.

    Raises:
        RefusedError: the step is on already: it is ended first, with a code.
    """
    step = _locked(user)
    if step is not None and step.is_on:
        raise RefusedError(
            _("The second step is on already. To change the telephone end it first.")
        )
    fresh = {
        "organisation": user.workplace, "secret": codes.fresh_key(), "confirmed_at": None, "last_counter": 0,
        "recovery": [], "ended_at": None, "ended_by": None, "is_noted": True,
    }  # fmt: skip
    step, _created = SecondStep.objects.update_or_create(user=user, defaults=fresh)
    audit.record("second-step-begun", step, by=by, fields=["secret"])
    return step


@transaction.atomic
def confirm_second_step(user: User, code: str, *, by: User) -> list[str]:
    """Switch the step on and return the recovery codes, for the one time they are shown.

    Raises:
        RefusedError: the code is wrong, or nothing has been begun.
    """
    step = _locked(user)
    if step is None or not step.is_begun:
        raise RefusedError(_wrong())
    now = timezone.now()
    counter = codes.counter_of(step.secret, _bare(code), at=now, after=0)
    if counter is None:
        raise RefusedError(_wrong())
    printed, step.recovery = codes.fresh_recovery(step.secret)
    step.confirmed_at, step.last_counter = now, counter
    step.save(update_fields=["confirmed_at", "last_counter", "recovery"])
    audit.record("second-step-on", step, by=by, fields=["confirmed_at", "recovery"])
    return printed


@transaction.atomic
def pass_second_step(user: User, code: str, *, by: User) -> SecondStep:
    """Use up a code at sign-in; whatever is wrong with it, the answer is the same.

    Raises:
        RefusedError: the code is wrong or has been used.
    """
    step = _on(user)
    used = _use(step, code)
    audit.record(
        "recovery-code-used" if used == "recovery" else "second-step-passed",
        step,
        by=by,
        fields=[used],
    )
    return step


@transaction.atomic
def renew_recovery_codes(user: User, code: str, *, by: User) -> list[str]:
    """Make the recovery codes anew; those of before open nothing.

    Raises:
        RefusedError: the code is wrong or has been used.
    """
    step = _on(user)
    _use(step, code)
    printed, step.recovery = codes.fresh_recovery(step.secret)
    step.save(update_fields=["recovery"])
    audit.record("recovery-codes-renewed", step, by=by, fields=["recovery"])
    return printed


@transaction.atomic
def end_second_step(user: User, code: str, *, by: User) -> SecondStep:
    """End one's own step.

    Raises:
        RefusedError: the code is wrong or has been used.
    """
    step = _on(user)
    _use(step, code)
    _end(step, by=by, is_noted=True)
    audit.record("second-step-off", step, by=by, fields=["ended_at"])
    return step


@transaction.atomic
def switch_off_second_step(user: User, *, by: User | None) -> SecondStep:
    """End the step of somebody else, who reads on «Today» who has done it.

    Args:
        user: whose.
        by: who ends it; None for whoever keeps the server, at its command line.

    Raises:
        RefusedError: it is not this person's to end, or there is none.
    """
    step = _locked(user)
    if by is not None and (verdict := may_switch_off(by, [user])[user.pk]).reasons:
        raise RefusedError(verdict.reasons)
    if step is None or not step.is_on:
        raise RefusedError(_("%s: the second step is off.") % user.full_name)
    _end(step, by=by, is_noted=False)
    audit.record("second-step-off-by-another", step, by=by, fields=["ended_at"])
    return step


@transaction.atomic
def note_second_step_off(user: User, *, by: User) -> None:
    """Note that the owner has read who ended the step; a second press changes nothing."""
    step = _locked(user)
    if step is not None and not step.is_noted:
        step.is_noted = True
        step.save(update_fields=["is_noted"])
        audit.record("second-step-off-read", step, by=by, fields=["is_noted"])


def _locked(user: User) -> SecondStep | None:
    return SecondStep.objects.select_for_update().filter(user=user).first()


def _end(step: SecondStep, *, by: User | None, is_noted: bool) -> None:
    """Forget the key and the codes of a step, not that there was one: the trail names whose it was."""
    step.secret, step.recovery, step.confirmed_at = "", [], None
    step.ended_at, step.ended_by, step.is_noted = timezone.now(), by, is_noted
    step.save(
        update_fields=["secret", "recovery", "confirmed_at", "ended_at", "ended_by", "is_noted"]
    )


def _on(user: User) -> SecondStep:
    """Return the step of an account, locked; where there is none no code is right."""
    step = _locked(user)
    if step is None or not step.is_on:
        raise RefusedError(_wrong())
    return step


def _use(step: SecondStep, code: str) -> str:
    """Use up a code of a step (locked), figures of the clock or words of paper; return the field that says so."""
    bare = _bare(code)
    if bare.isdecimal() and len(bare) == _FIGURES:
        counter = codes.counter_of(step.secret, bare, at=timezone.now(), after=step.last_counter)
        if counter is None:
            raise RefusedError(_wrong())
        step.last_counter = counter
        step.save(update_fields=["last_counter"])
        return "last_counter"
    kept = codes.kept_of(step.secret, bare, step.recovery)
    if kept is None:
        raise RefusedError(_wrong())
    step.recovery = [one for one in step.recovery if one != kept]
    step.save(update_fields=["recovery"])
    return "recovery"


def _bare(code: str) -> str:
    return "".join(code.split())


def _wrong() -> str:
    return _(
        "This code does not open. Take the one the telephone shows now: each is good once. Is the clock of the telephone right?"
    )
