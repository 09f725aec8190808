"""What may be done with a plan now."""

from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.queries import who_lacks
from nastavnik.core.access import Verdict
from nastavnik.core.dates import today
from nastavnik.mentorships.choices import OPEN
from nastavnik.people.models import Person
from nastavnik.plans.models import IndividualPlan

ADULT = 18


def may_be_kept(people: list[Person]) -> Verdict:
    """Tell whether the words of a plan may be kept and read today: its people stand in the base by their consents."""
    return Verdict(
        tuple(
            _("%(name)s: no consent (%(purpose)s). Until the paper is ticked off the plan stays closed.")
            % {"name": person.full_name, "purpose": purpose.label.lower()}
            for person, purpose in who_lacks(people, NEEDED_FOR_BASE)
        )
    )  # fmt: skip


def is_covered(plan: IndividualPlan) -> Verdict:
    """Tell whether a plan may be read and written today; tie, pair and people are to be fetched."""
    return may_be_kept([plan.tie.mentee.person, plan.tie.mentorship.mentor.person])


def goes_on(plan: IndividualPlan) -> Verdict:
    """Tell whether the mentee is in the pair and the pair goes on: the plan of one that has ended only stays."""
    if plan.tie.ends_on is None and plan.tie.mentorship.status in OPEN:
        return Verdict()
    return Verdict((_("The pair has ended: its plan stays as it is."),))


def reads_by_press(person: Person) -> bool:
    """Tell whether a mentee says by a press of the own that the plan was read; minors sign on paper (method.md §9.2)."""
    age = person.age_on(today())
    return not person.is_learner or (age is not None and age >= ADULT)
