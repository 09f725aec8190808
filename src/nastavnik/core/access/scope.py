"""The only way rows reach a page: `Model.objects.visible_to(user)`."""

from typing import ClassVar, Self, TypeVar

from django.db import models

from nastavnik.core.access.permissions import Perm, SignedIn

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """Rows of a school, narrowed to organisations in which the viewer holds `view_perm`.

    A model whose rows need more (own class, own pair) overrides `visible_to` in its `queries`.
    """

    view_perm: ClassVar[Perm]

    def visible_to(self, user: SignedIn) -> Self:
        """Return the rows this user may see; a stranger gets none."""
        return self.filter(organisation_id__in=user.viewer.organisations(self.view_perm))
