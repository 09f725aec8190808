"""Who may match which forms."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, SignedIn, Verdict
from nastavnik.programmes.models import MentoringForm


def is_own_form(user: SignedIn, form: MentoringForm, perm: Perm) -> bool:
    """Tell whether a right reaches a form of an organisation: a curator of one направление has her own only."""
    if form.organisation_id not in user.viewer.organisations(perm):
        return False
    codes = user.viewer.form_codes(perm, form.organisation_id)
    return not codes or form.code in codes


def may_approve(user: SignedIn, forms: Collection[MentoringForm]) -> Verdict:
    """Tell whether somebody may approve a matching of these forms: only one whose every form is her own."""
    strange = [form.title for form in forms if not is_own_form(user, form, Perm.PAIR_APPROVE)]
    if not strange:
        return Verdict()
    return Verdict(
        (
            _(
                "This matching holds forms of another curator as well: %(forms)s. Press «Match» to make one of your"
                " own forms, and approve that."
            )
            % {"forms": ", ".join(strange)},
        )
    )
