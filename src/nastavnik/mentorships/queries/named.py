"""Pairs as names, for papers that are held against them."""

from nastavnik.core.access import SignedIn
from nastavnik.mentorships.models import Mentorship, Tie


def names_of_pairs(user: SignedIn) -> list[tuple[str, str]]:
    """Return full names of mentor and mentee of each pair that goes on and that the user sees."""
    seen = Mentorship.objects.visible_to(user).open()
    ties = Tie.objects.filter(mentorship__in=seen, ends_on=None).select_related(
        "mentorship__mentor__person", "mentee__person"
    )
    return [(one.mentorship.mentor.person.full_name, one.mentee.person.full_name) for one in ties]
