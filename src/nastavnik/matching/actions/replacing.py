"""Another mentor for a pair, with the smallest disturbance."""

from dataclasses import replace

from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.engine.matching.watching import Watch, watched
from nastavnik.matching.actions.inputs import PairChange, engine_input
from nastavnik.matching.adapter import Substitute, fewest_moves, form_for
from nastavnik.matching.adapter import substitutes as find_substitutes
from nastavnik.programmes.models import MentoringForm, Participation, Programme


def substitutes(
    programme: Programme, form: MentoringForm, change: PairChange, watch: Watch | None = None
) -> tuple[Substitute, ...]:
    """Return who could lead a pair instead of its mentor, the best first; nobody else is moved."""
    given = engine_input(programme, [form], change=replace(change, others={}))
    with watched(watch):
        return find_substitutes(given, {str(key) for key in change.mentees})


def least_disturbance(
    programme: Programme, form: MentoringForm, change: PairChange, watch: Watch | None = None
) -> tuple[tuple[str, str, str], ...]:
    """Return the fewest moves of other pairs that would free a mentor: (mentee, before, after) in keys.

    Nothing where that would part the mentees of a group.
    """
    if not change.others:
        return ()
    given = engine_input(programme, [form], change=change)
    kept = {str(mentee): str(mentor) for mentee, mentor in change.others.items()}
    with watched(watch):
        found = fewest_moves(given, {str(key) for key in change.mentees}, str(change.mentor), kept)
    own = {after for _mentee, before, after in found if not before}
    return found if len(own) == 1 else ()


def check_substitute(
    programme: Programme, form: MentoringForm, change: PairChange, mentor: Participation
) -> None:
    """Look whether a mentor may lead a pair instead of its own.

    Raises:
        RefusedError: a rule, a ban or «not with», the gate or the limit speaks against it by now.
    """
    given = engine_input(programme, [form], change=replace(change, others={}))
    if not form_for(given, str(mentor.pk), {str(key) for key in change.mentees}):
        raise RefusedError(
            _("%(name)s cannot take this pair over now: open the page of the replacement anew.")
            % {"name": mentor.person.full_name}
        )
