"""Writes that join several apps: the set-up of an installation."""

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.cabinet.choices import Step
from nastavnik.cabinet.models import CalendarLink, StepAside
from nastavnik.core import audit
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.links import digest_of, fresh_token
from nastavnik.core.presses import PressedBeforeError, Pressing
from nastavnik.organisations.actions import add_organisation, open_year
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import Organisation
from nastavnik.people.actions import add_account, grant_role
from nastavnik.people.models import User
from nastavnik.people.queries import has_any_account
from nastavnik.programmes.models import Programme

SET_UP = "set-up"  # the press there is one of


@transaction.atomic
def set_up(
    *,
    municipality: str,
    year_starts_on: dt.date,
    year_ends_on: dt.date,
    curator_name: str,
    login: str,
    password: str,
    by: models.Model | None,
    **organisation_fields: Any,
) -> User:
    """Make the first organisation, its year and its curator, all or nothing; return the curator.

    Raises:
        RefusedError: somebody has set the installation up in the meantime.
    """
    # of two who begin at once the second waits here until the first is done
    try:
        Pressing(SET_UP).claim()
    except PressedBeforeError:
        raise RefusedError(_("The site has been set up already: sign in.")) from None
    if has_any_account():
        raise RefusedError(_("The site has been set up already: sign in."))
    parent = (
        _municipality(municipality, organisation_fields["town"], by=by) if municipality else None
    )
    kind = OrganisationKind(organisation_fields.pop("kind"))
    organisation = add_organisation(
        parent, level=Level.ORGANISATION, kind=kind, by=by, **organisation_fields
    )
    open_year(organisation, starts_on=year_starts_on, ends_on=year_ends_on, by=by)
    curator = add_account(login, password, full_name=curator_name, by=by)
    grant_role(curator, organisation, Role.CURATOR, by=None)  # nobody gives a role to oneself
    return curator


def _municipality(name: str, town: str, *, by: models.Model | None) -> Organisation:
    return add_organisation(
        None,
        level=Level.MUNICIPALITY,
        kind=OrganisationKind.OFFICE,
        full_name=name,
        short_name=name,
        town=town,
        by=by,
    )


@transaction.atomic
def put_step_aside(programme: Programme, step: Step, *, by: models.Model | None) -> StepAside:
    """Put a first step of a programme aside; it can be taken up again. A second press changes nothing."""
    row, is_new = StepAside.objects.get_or_create(
        programme=programme, step=step, defaults={"organisation_id": programme.organisation_id}
    )
    if is_new:
        audit.record("step-put-aside", row, by=by, fields=["step"])
    return row


@transaction.atomic
def take_step_up(programme: Programme, step: Step, *, by: models.Model | None) -> None:
    """Take a first step up again that was put aside; a second press changes nothing."""
    for row in StepAside.objects.select_for_update().filter(programme=programme, step=step):
        audit.record("step-taken-up", row, by=by, fields=["step"])
        row.delete()


@transaction.atomic
def make_calendar_link(user: User, *, by: models.Model | None) -> str:
    """Make the address of somebody's own calendar and return its secret, to be seen once; the one before opens nothing."""
    token = fresh_token()
    link, _is_new = CalendarLink.objects.update_or_create(
        user=user,
        defaults={
            "organisation": user.workplace,
            "token_sha256": digest_of(token),
            "made_at": timezone.now(),
        },
    )
    audit.record("calendar-link-made", link, by=by, fields=["token_sha256"])
    return token


@transaction.atomic
def end_calendar_link(user: User, *, by: models.Model | None) -> None:
    """Let the address of somebody's calendar open nothing any more; without one nothing is done."""
    link = CalendarLink.objects.filter(user=user).first()
    if link is not None:
        audit.record("calendar-link-ended", link, by=by)
        link.delete()
