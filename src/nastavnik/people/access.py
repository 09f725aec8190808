"""Who somebody that has signed in is, and whose password they may replace."""

from collections.abc import Iterable

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from nastavnik.core.access import Role, Verdict
from nastavnik.core.dates import today
from nastavnik.people.models import Membership, User, holds_on


class Accounts(ModelBackend):
    """Django's own backend; the account of a request comes with its roles of today, in one query."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session, None for one that may not sign in any more."""
        roles = Membership.objects.filter(holds_on(today()), user=user_id).order_by("pk")
        known = list(roles.select_related("organisation", "user"))
        if not known:
            return super().get_user(user_id)
        user = known[0].user
        user.remember_roles(known)
        return user if self.user_can_authenticate(user) else None


def may_end_role(by: Model | None, membership: Membership) -> Verdict:
    """Tell whether a role may be ended: not the own one, with which the way back would be lost, nor one that has ended."""
    if by is not None and membership.user_id == by.pk:
        return Verdict(
            (_("You cannot take a role from yourself: another curator or the director can."),)
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
    roles: dict[int, list[Membership]] = {user.pk: [] for user in users}
    lasting = Q(ends_on=None) | Q(ends_on__gte=today())
    for row in Membership.objects.filter(lasting, user_id__in=list(roles)):
        roles[row.user_id].append(row)
    return {user.pk: _renewal(by, user, roles[user.pk]) for user in users}


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
