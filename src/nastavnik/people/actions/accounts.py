"""One-time passwords: given by somebody who may, shown once, changed at first use."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core import audit
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.passwords import one_time_password
from nastavnik.organisations.models import Organisation
from nastavnik.people.access import renewals
from nastavnik.people.actions.roster import add_account, grant_role
from nastavnik.people.models import Person, User
from nastavnik.people.queries import free_login, people_without_account

#: As many at one press: each password costs the server a hash.
MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Slip:
    """What somebody needs to sign in for the first time; the password is kept nowhere else."""

    user: User
    password: str

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
    password = one_time_password()
    user.set_password(password)
    user.one_time_until = timezone.now() + dt.timedelta(days=settings.ONE_TIME_DAYS)
    user.save(update_fields=["password", "one_time_until"])
    audit.record("one-time-password-given", user, by=by, fields=["password", "one_time_until"])
    return Slip(user, password)


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
        RefusedError: a curator of some forms would give more forms than the own ones.
    """
    own = by.viewer.own_form_codes(organisation.pk) if by else frozenset()
    codes = frozenset(form_codes)
    if Role(role) is Role.CURATOR and own and (not codes or codes - own):
        raise RefusedError(
            _("You lead some of the forms: a curator you add can lead only these, tick them.")
        )
    name = person.full_name if person else full_name
    password = one_time_password()
    user = add_account(
        login, password, full_name=name, person=person, one_time_days=settings.ONE_TIME_DAYS, by=by
    )
    grant_role(user, organisation, Role(role), form_codes=codes, by=by)
    return Slip(user, password)
