"""What the bases ask of a curator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.attention import AttentionItem
from nastavnik.core.marks import SignedIn
from nastavnik.people.models import Person
from nastavnik.programmes.choices import Side
from nastavnik.programmes.queries import base_records, base_rows, candidates, current_programme


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield what stands between the roster and matching, in the order of the work."""
    programme = current_programme(user)
    if programme is None or not user.viewer.may(Perm.BASE_EDIT):
        return
    if not Person.objects.visible_to(user).exists():
        yield AttentionItem(
            10, "go", _("First step"), _("Load the lists"), _("The roster is empty: nobody to choose from."),
            _("Load a list"), reverse("people:import"),
        )  # fmt: skip
        return
    waiting = base_rows(candidates(user, programme))
    for side, people, title, url in (
        (Side.MENTEE, _("Mentees"), _("The base of mentees is empty"), "programmes:mentees"),
        (Side.MENTOR, _("Mentors"), _("The base of mentors is empty"), "programmes:mentors"),
    ):
        rows = [row for row in waiting if row.record.side == side]
        if not rows and not base_records(user, programme, side).exists():
            yield AttentionItem(
                20, "go", _("Next step"), title, _("Take people from the roster."), _("Take"),
                reverse("programmes:add-to-base", args=[side]),
            )  # fmt: skip
        unsigned = [row for row in rows if row.missing]
        if unsigned:
            yield AttentionItem(
                30, "wait", _("Papers are missing"),
                ngettext("%(n)s person has not signed", "%(n)s people have not signed", len(unsigned)) % {"n": len(unsigned)}
                + f": {people.lower()}",
                _("Without both consents nobody goes to matching."), _("Tick off"),
                f"{reverse('consents:ledger')}?show=missing",
            )  # fmt: skip
        fit = [row for row in rows if row.verdict]
        if fit:
            yield AttentionItem(
                40, "go", _("May go on"),
                ngettext("%(n)s record passes the gate", "%(n)s records pass the gate", len(fit)) % {"n": len(fit)},
                _("Everything is there: let them into matching."), _("Open"), reverse(url),
            )  # fmt: skip
