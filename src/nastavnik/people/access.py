"""Who somebody that has signed in is, which roles they may give, and whose password they may replace."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from nastavnik.core import sessions, signins, tries
from nastavnik.core.access import GRANTS, Perm, Role, Verdict, Viewer
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import SignInKind
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Membership, Person, User, holds_on
from nastavnik.people.signals import correction_asked

#: Tries that may be at work at once: the threads beyond them are for the pages.
_TRYING = threading.BoundedSemaphore(5)


class Accounts(ModelBackend):
    """Django's own backend, with tries counted; the account of a request comes with its roles of today, in one query."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the account a password opens.

        Raises:
            TooManyError: the login, the browser or the address has been tried too often; the password is not looked at.
            BusyError: too many are at it this moment.
        """
        if username is None or password is None:
            return None
        asked = tries.of_sign_in(request, username)
        if not _TRYING.acquire(blocking=False):
            raise tries.BusyError
        try:
            tries.take(asked)
            # an unknown login costs a hash too: the time of the answer tells nothing
            user = super().authenticate(request, username=username, password=password, **kwargs)
            if user is not None:
                tries.give_back(asked)
            else:
                # of an unknown login as well: it is to take as long
                signins.note_failure(SignInKind.WRONG, *_tried(username))
        finally:
            _TRYING.release()
        return user

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session, None for one that may not sign in any more."""
        roles = Membership.objects.filter(holds_on(today()), user=user_id).order_by("pk")
        known = list(roles.select_related("organisation", "user"))
        if not known:
            return super().get_user(user_id)
        user = known[0].user
        user.remember_roles(known)
        return user if self.user_can_authenticate(user) else None


def _tried(login: str) -> tuple[int, int]:
    """Return the account of a login and where it works, two times nobody's number for an invented one; one query."""
    roles = Membership.objects.filter(_lasting(), user__login=login.strip().lower()).order_by("pk")
    return roles.values_list("user_id", "organisation_id").first() or (0, 0)


def may_end_role(by: User | None, membership: Membership) -> Verdict:
    """Tell whether a role may be ended.

    Not the own one, with which the way back would be lost, nor one that `by` could not give, nor one that has ended.
    """
    if by is not None and membership.user_id == by.pk:
        return Verdict(
            (_("You cannot take a role from yourself: another curator or the director can."),)
        )
    if by is not None and not by.viewer.gives(Role(membership.role), membership.organisation_id):
        return Verdict(
            (_("This role is not yours to give, so not yours to take: the director does both."),)
        )
    if membership.ends_on is not None and membership.ends_on < today():
        return Verdict(
            (_("This role has ended on %(day)s.") % {"day": f"{membership.ends_on:%d.%m.%Y}"},)
        )
    return Verdict()


def renewals(by: User, users: Iterable[User]) -> dict[int, Verdict]:
    """Return account → whether `by` may give it a one-time password, with which one could sign in oneself.

    Every role the account holds, or will hold, must be one of those `by` renews there (`RENEWS`): a role elsewhere or
    above one's own would be taken over with the rest. One query.
    """
    users = list(users)
    roles = _lasting_roles(users)
    return {user.pk: _renewal(by, user, roles[user.pk]) for user in users}


def _lasting_roles(users: Iterable[User]) -> dict[int, list[Membership]]:
    """Return account → the roles it holds or will hold."""
    roles: dict[int, list[Membership]] = {user.pk: [] for user in users}
    for row in Membership.objects.filter(_lasting(), user_id__in=list(roles)):
        roles[row.user_id].append(row)
    return roles


def _lasting() -> Q:
    """Return the condition that a role holds today or will hold."""
    return Q(ends_on=None) | Q(ends_on__gte=today())


def _renewal(by: User, user: User, roles: list[Membership]) -> Verdict:
    if user.pk == by.pk:
        return Verdict(
            (
                _(
                    "Your own password you change yourself: «Change my password» at the foot of the page."
                ),
            )
        )
    name = {"name": user.full_name}
    if not roles or not user.is_active:
        return Verdict(
            (
                _("%(name)s: this account has no role now, so there is nothing to sign in to.")
                % name,
            )
        )
    if all(by.viewer.renews(Role(row.role), row.organisation_id) for row in roles):
        return Verdict()
    return Verdict(
        (
            _(
                "%(name)s: this account may see what yours does not, so another gives the new password: the director, or the curator of all forms."
            )
            % name,
        )
    )


def may_give(by: User, role: Role, organisation: Organisation) -> Verdict:
    """Tell whether `by` may give a role in an organisation (`GIVES`), or is the one with whom it begins there."""
    if by.viewer.gives(role, organisation.pk) or _begins(by.viewer, role, organisation):
        return Verdict()
    if role in (Role.CURATOR, Role.PSYCHOLOGIST) and not _held(organisation, Role.DIRECTOR):
        return Verdict(
            (
                _(
                    "The director gives this role, so that nobody gives it to oneself. Make the director's account first: the director then gives the rest."
                ),
            )
        )
    if role is Role.DIRECTOR:
        return Verdict(
            (_("The school has a director already: the director gives this role to the next one."),)
        )
    return Verdict((_("This role the director gives, or the curator of all forms."),))


def _begins(viewer: Viewer, role: Role, organisation: Organisation) -> bool:
    """Tell whether a role begins in an organisation with this viewer.

    The first director is made by the curator of all forms, the first curator of a new school by the coordinator
    above, the first coordinator by a school below. Where somebody holds the role, that one goes on.
    """
    own = {grant.role: grant for grant in viewer.grants}
    curates = Role.CURATOR in own and not own[Role.CURATOR].form_codes
    if role is Role.DIRECTOR:
        begins = curates and own[Role.CURATOR].organisation_id == organisation.pk
    elif role is Role.CURATOR:
        above = own.get(Role.COORDINATOR)
        begins = above is not None and above.organisation_id == organisation.parent_id
        return begins and not Membership.objects.filter(organisation=organisation).exists()
    elif role is Role.COORDINATOR:
        keeps = viewer.organisations(Perm.ACCOUNT_EDIT)
        begins = Organisation.objects.filter(pk__in=keeps, parent=organisation).exists()
    else:
        return False
    return begins and not _held(organisation, role)


def _held(organisation: Organisation, role: Role) -> bool:
    return Membership.objects.filter(
        _lasting(), organisation=organisation, role=role, user__is_active=True
    ).exists()


def roles_given(by: User, organisation: Organisation) -> list[Role]:
    """Return the roles `by` may give in an organisation, from the least to the most."""
    return [role for role in Role if may_give(by, role, organisation)]


def halved_in(by: User, user: User) -> Organisation | None:
    """Return where a one-time password of an account is shown to `by` by half only (`HALVED`), None for nowhere."""
    rows = Membership.objects.filter(_lasting(), user=user).select_related("organisation")
    return next(
        (
            row.organisation
            for row in rows
            if by.viewer.sees_half(Role(row.role), row.organisation_id)
        ),
        None,
    )


def witnesses(organisation_id: int, *, without: Iterable[int]) -> bool:
    """Tell whether anybody else in an organisation can show the other half of a slip.

    Somebody who still has a password of somebody else's choice does not count.
    """
    roles = [role for role in Role if Perm.SLIP_WITNESS in GRANTS[role]]
    return (
        Membership.objects.filter(
            holds_on(today()), organisation=organisation_id, role__in=roles, form_codes=[]
        )
        .filter(user__is_active=True, user__one_time_until=None)
        .exclude(user__in=list(without))
        .exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        .exists()
    )


@contextmanager
def code_counted(user: User) -> Iterator[None]:
    """Count a try of a code of an account, of whatever browser; what ends without an error was right.

    Raises:
        TooManyError: too many wrong ones have been tried; the code is not looked at.
    """
    asked = [(tries.CODE, user.login)]
    tries.take(asked)
    try:
        yield
    except RefusedError:
        signins.note_failure(SignInKind.CODE, *_tried(user.login))
        raise
    tries.give_back(asked)


def half_signed_in(request: HttpRequest) -> User | None:
    """Return the account whose right password has been typed in this browser and whose code is still to come.

    None when the five minutes are over, when the account is closed, and when the password has become another one.
    """
    kept = sessions.half_of(request)
    user = None if kept is None else Accounts().get_user(kept["account"])
    if kept is None or user is None:
        return None
    if user.one_time_until and user.one_time_until < timezone.now():
        return None
    return user if constant_time_compare(kept["mark"], user.get_session_auth_hash()) else None


def may_switch_off(by: User, users: Iterable[User]) -> dict[int, Verdict]:
    """Return account → whether `by` may end its second step: a director, who may give every role the account holds.

    A curator may not, also where a new password is theirs to give: both together would open the account. One query.
    """
    users = list(users)
    roles = _lasting_roles(users)
    return {user.pk: _switching_off(by, user, roles[user.pk]) for user in users}


def _switching_off(by: User, user: User, roles: list[Membership]) -> Verdict:
    if user.pk == by.pk:
        return Verdict((_("Your own second step you end yourself: «Change my password»."),))
    directs = {g.organisation_id for g in by.viewer.grants if g.role is Role.DIRECTOR}
    gives = by.viewer.gives
    if roles and all(
        row.organisation_id in directs and gives(Role(row.role), row.organisation_id)
        for row in roles
    ):
        return Verdict()
    return Verdict(
        (
            _(
                "%(name)s: this second step the director ends, or whoever keeps the server of the site."
            )
            % {"name": user.full_name},
        )
    )


def may_be_corrected(person: Person) -> Verdict:
    """Tell whether a card may be filled in or come back to the roster: an app above may know that it is erased."""
    asked = correction_asked.send(sender=Person, person=person)
    return Verdict(tuple(reason for _receiver, reasons in asked for reason in reasons or ()))
