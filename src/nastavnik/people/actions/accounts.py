"""One-time passwords: given by somebody who may, shown once, changed at first use."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core import audit, tries
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.passwords import halves_of_one, one_time_password
from nastavnik.organisations.models import Organisation
from nastavnik.people.access import halved_in, renewals, witnesses
from nastavnik.people.actions.roster import add_account, grant_role
from nastavnik.people.models import Person, SlipHalf, User
from nastavnik.people.queries import free_login, people_without_account

#: As many at one press: each password costs the server a hash.
MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Slip:
    """What somebody needs to sign in for the first time; the password is kept nowhere else.

    Attributes:
        user: whose.
        password: the whole of it, or its first half.
        is_half: whether a second person shows the other half.
        is_alone: whether it had to be shown whole for want of a second person.
    """

    user: User
    password: str
    is_half: bool = False
    is_alone: bool = False

    @property
    def until(self) -> dt.datetime:
        """Return the moment after which the password opens nothing."""
        return self.user.one_time_until or timezone.now()


@transaction.atomic
def give_one_time_password(user: User, *, by: User | None) -> Slip:
    """Replace a password by a one-time one; every session of the account ends.

    Args:
        user: whose password.
        by: who gives it; None for the program itself, at the command line of the server.

    Raises:
        RefusedError: it is one's own account, one that may more than one's own, or one of another organisation.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None and (verdict := renewals(by, [user])[user.pk]).reasons:
        raise RefusedError(verdict.reasons)
    return _slip(user, by=by)


def _slip(user: User, *, by: User | None) -> Slip:
    """Give an account (locked) its one-time password: whole, or by half where the giver is not to know it."""
    SlipHalf.objects.filter(user=user).delete()
    place = None if by is None else halved_in(by, user)
    first, second = halves_of_one() if place else (one_time_password(), "")
    password = f"{first}-{second}" if second else first
    user.set_password(password)
    user.one_time_until = timezone.now() + dt.timedelta(days=settings.ONE_TIME_DAYS)
    fresh = {"password": user.password, "one_time_until": user.one_time_until}
    User.objects.filter(pk=user.pk).update(**fresh)
    tries.forget(tries.LOGIN, user.login)  # whoever was shut out by a guesser gets in with the slip
    audit.record("one-time-password-given", user, by=by, fields=["password", "one_time_until"])
    if by is None or place is None:
        return Slip(user, password)
    is_half = witnesses(place.pk, without=[by.pk, user.pk])
    kept = SlipHalf.objects.create(
        organisation=place, user=user, half=second if is_half else "", given_by=by
    )
    audit.record("slip-halved" if is_half else "slip-given-alone", kept, by=by, fields=["half"])
    return Slip(user, first if is_half else password, is_half=is_half, is_alone=not is_half)


@transaction.atomic
def show_half(half: SlipHalf, *, by: User) -> str:
    """Return the second half of a slip, for the one time it is shown.

    Raises:
        RefusedError: it is one's own slip or one's own giving, or it has been shown already.
    """
    if by.pk in (half.given_by_id, half.user_id):
        raise RefusedError(
            _("The second half is shown to a second person: neither giver nor owner.")
        )
    kept = SlipHalf.objects.select_for_update().filter(pk=half.pk).exclude(half="").first()
    if kept is None:
        raise RefusedError(
            _("This half has been shown already. Whoever needs it asks for a new slip.")
        )
    audit.record("slip-half-shown", kept, by=by, fields=["half"])
    second = kept.half
    kept.delete()
    return second


@transaction.atomic
def note_alone(half: SlipHalf, *, by: User) -> None:
    """Note that somebody has read who gave a password without a second person; a second press changes nothing."""
    for kept in SlipHalf.objects.select_for_update().filter(pk=half.pk, half=""):
        audit.record("slip-given-alone-read", kept, by=by)
        kept.delete()


@transaction.atomic
def give_slips(
    users: Iterable[User],
    newcomers: Iterable[Person] = (),
    *,
    organisation: Organisation,
    role: Role,
    by: User,
) -> list[Slip]:
    """Give many people a way in at once, all or none of them.

    Args:
        users: accounts there are already: each gets a one-time password.
        newcomers: people of the roster without an account: each gets one, with a login made of the name.
        organisation: where the newcomers get their role.
        role: the role of the newcomers.
        by: who gives them.

    Raises:
        RefusedError: nobody is named, too many are, or one of the accounts is not this person's to renew.
    """
    users, newcomers = list(users), people_without_account(newcomers)
    if not users and not newcomers:
        raise RefusedError(_("Nobody is ticked: tick those who need a slip."))
    if (n := len(users) + len(newcomers)) > MOST_AT_ONCE:
        raise RefusedError(
            ngettext(
                "%(n)s person is ticked, at most %(most)s slips are made at once: take the classes one after another.",
                "%(n)s people are ticked, at most %(most)s slips are made at once: take the classes one after another.",
                n,
            )
            % {"n": n, "most": MOST_AT_ONCE}
        )
    slips = [give_one_time_password(user, by=by) for user in users]
    return slips + [
        invite(
            organisation,
            person=person,
            full_name="",
            role=role,
            login=free_login(person.full_name),
            by=by,
        )
        for person in newcomers
    ]


@transaction.atomic
def invite(
    organisation: Organisation,
    *,
    person: Person | None,
    full_name: str,
    role: str,
    login: str,
    form_codes: Iterable[str] = (),
    by: User | None,
) -> Slip:
    """Make an account with a one-time password and give it its first role.

    Raises:
        RefusedError: the role is not this person's to give.
    """
    name = person.full_name if person else full_name
    user = add_account(login, None, full_name=name, person=person, by=by)
    grant_role(user, organisation, Role(role), form_codes=frozenset(form_codes), by=by)
    return _slip(user, by=by)
