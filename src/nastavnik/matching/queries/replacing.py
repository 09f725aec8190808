"""Who could take a pair over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.matching.queries.confidence import chosen_by, reader_of
from nastavnik.matching.queries.explanations import choice_words, part_words, price_words
from nastavnik.matching.queries.points import NO_POINTS, ScorePoints, points_of
from nastavnik.matching.queries.rules import rules_in_force
from nastavnik.people.queries import group_names
from nastavnik.programmes.models import Participation


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor who could take a pair over, as a page shows one."""

    mentor: Participation
    group: str
    reasons: tuple[str, ...]
    price: str
    points: ScorePoints = NO_POINTS


def candidates(
    user: SignedIn,
    mentees: Iterable[Participation],
    found: Iterable[tuple[str, Mapping[str, Any], Mapping[str, int]]],
) -> list[Candidate]:
    """Return mentors found by the engine, (key, reasons, price), in its order, as far as the user sees them."""
    found, mentees = list(found), list(mentees)
    mentors = {
        str(row.pk): row
        for row in Participation.objects.visible_to(user)
        .filter(pk__in=[int(key) for key, _reasons, _price in found])
        .select_related("person__partner")
    }
    names = group_names(row.person for row in mentors.values())
    organisation_id = mentees[0].organisation_id
    here = (own := user.viewer.person_id) is not None and (
        Participation.objects.filter(person_id=own, programme_id=mentees[0].programme_id).exists()
    )
    reader = reader_of(user, organisation_id, {}, is_matched=here)
    weight = rules_in_force(organisation_id).rank_weight
    shown = []
    for key, reasons, price in found:
        if mentor := mentors.get(key):
            chosen = chosen_by(reasons, reader, mentor, *mentees)
            parts = [part for part in reasons.get("parts", ()) if part["points"]]
            words = [choice_words(*chosen), *map(part_words, parts)]
            told = tuple(filter(None, words)) or (_("Nothing in common is written down."),)
            group = names.get(mentor.person_id, "")
            cost = price_words(price, weight, may_count=reader.steps)
            shown.append(Candidate(mentor, group, told, cost, points_of(reasons, reader)))
    return shown
