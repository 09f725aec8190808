"""May a person enter a base, may a record go on: predicates that answer with reasons.

The gates are of method.md §2.1 (stages 2–4), §3.4 (consent of both, age, limits) and §9.1.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.queries import missing_purposes
from nastavnik.core.access import Verdict
from nastavnik.people.choices import OUTSIDERS
from nastavnik.people.models import Person
from nastavnik.programmes.choices import (
    CLEARANCE_SOON_DAYS,
    InterviewOutcome,
    ParticipationStatus,
    Side,
)
from nastavnik.programmes.models import MentoringForm, Participation


def fits_form(person: Person, form: MentoringForm, side: str, on: dt.date) -> Verdict:
    """Tell whether a form takes this person on this side: the kind first, then the age."""
    kinds = form.mentor_kinds if side == Side.MENTOR else form.mentee_kinds
    if person.kind not in kinds:
        return Verdict(
            (
                _("The form «%(form)s» is not meant for: %(kind)s.")
                % {"form": form.title, "kind": person.get_kind_display().lower()},
            )
        )
    age = person.age_on(on)
    if (
        side == Side.MENTEE
        and form.mentee_min_age
        and age is not None
        and age < form.mentee_min_age
    ):
        return Verdict(
            (
                _(
                    "The form «%(form)s» takes mentees from %(age)s years of age, and here it is %(has)s."
                )
                % {"form": form.title, "age": form.mentee_min_age, "has": age},
            )
        )
    return Verdict()


def may_leave(record: Participation) -> Verdict:
    """Tell whether a record may be taken out of its base: not once it has ended, nor out of an open pair."""
    if record.status in (ParticipationStatus.FINISHED, ParticipationStatus.LEFT):
        return Verdict(
            (
                _("%(name)s is in the base no longer: %(state)s.")
                % {
                    "name": record.person.full_name,
                    "state": record.get_status_display(),
                },
            )
        )
    if record.active_count:
        return Verdict(
            (_("There is an open pair: end it first, then the record leaves the base."),)
        )
    return Verdict()


def capacity_refusal(record: Participation, capacity: int, forms: Collection[MentoringForm]) -> str:
    """Return why a mentor may not take that many mentees, or nothing."""
    if capacity < record.active_count:
        return _("This mentor already has %(n)s mentees: the limit cannot be lower.") % {
            "n": record.active_count
        }
    limit = max((form.max_mentees for form in forms), default=capacity)
    if record.is_mentor and capacity > limit:
        return _(
            "The rules of the form allow %(n)s mentees at most. The limit itself is changed in the programme."
        ) % {"n": limit}
    return ""


def is_outsider(person: Person) -> bool:
    """Tell whether somebody comes from outside: by the kind, or from a partner, as a student of a university."""
    return person.kind in OUTSIDERS or person.partner_id is not None


def clearance_reason(record: Participation, on: dt.date) -> str:
    """Return why a mentor from outside may not work with minors on a day; empty where nothing stands against it."""
    if not is_outsider(record.person):
        return ""
    if record.cleared_on is None:
        return _(
            "An outsider works with minors only after the certificate of no criminal record has been seen."
        )
    if record.cleared_until and record.cleared_until < on:
        return _("The certificate of no criminal record ended on %(day)s: ask for a new one.") % {
            "day": f"{record.cleared_until:%d.%m.%Y}"
        }
    return ""


def _mentor_reasons(
    record: Participation, forms: Iterable[MentoringForm], on: dt.date
) -> list[str]:
    reasons = []
    if not record.areas:
        reasons.append(_("It is not said what the mentor can help with: mark at least one area."))
    if reason := clearance_reason(record, on):
        reasons.append(reason)
    years = record.experience_years
    lacking = [
        f for f in forms if f.mentor_min_years and (years is None or years < f.mentor_min_years)
    ]
    return reasons + [
        _("The form «%(form)s» asks for %(years)s years of experience; enter how many there are.")
        % {"form": form.title, "years": form.mentor_min_years}
        for form in lacking
    ]


def may_be_ready(
    record: Participation,
    held: frozenset[Purpose],
    forms: Collection[MentoringForm],
    on: dt.date,
) -> Verdict:
    """Tell whether a record may go to matching, with everything that is still missing, first what no paper mends.

    `held` are the consents that hold on the day, `forms` the forms of the record: both read beforehand for a whole
    list, so that a list needs no query a row.
    """
    unsigned = ", ".join(
        purpose.label.lower() for purpose in missing_purposes(held, NEEDED_FOR_BASE)
    )
    reasons = []
    if left_on := record.person.left_on:
        reasons.append(_("Left on %(day)s.") % {"day": left_on.strftime("%d.%m.%Y")})
    for form in forms:
        reasons.extend(fits_form(record.person, form, record.side, on).reasons)
    if unsigned:
        reasons.append(_("No signed consent: %(purpose)s.") % {"purpose": unsigned})
    if not forms:
        reasons.append(_("No form of mentoring is chosen."))
    if record.side == Side.MENTOR:
        reasons.extend(_mentor_reasons(record, forms, on))
    elif not record.request and not record.areas:
        reasons.append(_("There is no request yet: write it in neutral words or mark an area."))
    return Verdict(tuple(reasons))


_OF_INTERVIEW = {
    "": gettext_lazy("No interview yet."),
    InterviewOutcome.LATER: gettext_lazy("Interview: later."),
    InterviewOutcome.NOT_RECOMMENDED: gettext_lazy("Interview: not recommended."),
}


def warnings_of(record: Participation, on: dt.date) -> tuple[str, ...]:
    """Return what speaks for waiting with a record on a day and stops nothing (method.md §2.1 stage 4, §2.3).

    A mentor who is not trained, was not interviewed or not recommended; one from outside whose certificate ends soon, or
    ended since the gate was passed.
    """
    if record.side != Side.MENTOR or record.status in (
        ParticipationStatus.FINISHED,
        ParticipationStatus.LEFT,
    ):
        return ()
    found = [] if record.trained_on else [_("Not trained yet.")]
    if record.interviewed_on and not record.interview_outcome:
        found.append(_("It is not said how the interview ended."))
    elif said := _OF_INTERVIEW.get(record.interview_outcome):
        found.append(str(said))
    if record.status != ParticipationStatus.CANDIDATE and (ended := clearance_reason(record, on)):
        found.append(ended)
    soon = on + dt.timedelta(days=CLEARANCE_SOON_DAYS)
    if is_outsider(record.person) and record.cleared_until and on <= record.cleared_until <= soon:
        found.append(
            _("The certificate of no criminal record ends on %(day)s.")
            % {"day": f"{record.cleared_until:%d.%m.%Y}"}
        )
    return tuple(found)
