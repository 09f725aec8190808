"""Who somebody that has signed in is."""

from django.contrib.auth.backends import ModelBackend

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
